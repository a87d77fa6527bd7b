"""What else than the seed decides the bits of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layout = Literal["contiguous", "channels_last"]
"""How pictures and kernels lie in memory: channel by channel, or with the channels of a pixel side by side."""


Precision = Literal["float32", "bfloat16", "float16"]
"""What layers calculate in: float32 alone, or a smaller type where that does (mixed precision)."""


@dataclass(frozen=True, slots=True)
class NumericPlan:
    """Everything but the seed that decides the bits of a run; fixed when it starts, and stored with it.

    A recorded step has the bits of an eager one: where it turns out that a step cannot be recorded, ``eager_because``
    says why, in a clause. Where memory ran out a batch goes through in ``parts``, whose gradients are added up. What
    layers at the front that never change make of the rows is computed ``once``, by so many threads; 0: in every epoch.
    """

    threads: int = 1
    device: str = "cpu"
    step: Literal["eager", "recorded"] = "recorded"
    eager_because: str = ""
    fused: bool = True
    layout: Layout = "contiguous"
    precision: Precision = "float32"
    parts: int = 1
    once: int = 0
