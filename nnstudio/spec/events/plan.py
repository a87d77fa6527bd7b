"""What else than the seed decides the bits of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layout = Literal["contiguous", "channels_last"]
"""How pictures and kernels lie in memory: channel by channel, or with the channels of a pixel side by side."""


@dataclass(frozen=True, slots=True)
class NumericPlan:
    """Everything but the seed that decides the bits of a run; fixed when it starts, and stored with it.

    A recorded step has the bits of an eager one: where it turns out that a step cannot be recorded, ``eager_because``
    says why, in a clause.
    """

    threads: int = 1
    device: str = "cpu"
    step: Literal["eager", "recorded"] = "recorded"
    eager_because: str = ""
    fused: bool = True
    layout: Layout = "contiguous"
    precision: Literal["float32"] = "float32"
