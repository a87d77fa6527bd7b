"""What an activation does to the size of a signal, as far as the weights before it should know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.layers import (
    ELU,
    GELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LayerKind,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)

Name = Literal["linear", "sigmoid", "tanh", "relu", "leaky_relu"]

_GAINS: dict[str, float] = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0)}


@dataclass(frozen=True, slots=True)
class Bend:
    """An activation by the name that PyTorch's ``nn.init.calculate_gain`` has for it, or for its closest kin."""

    name: Name = "linear"
    slope: float = 0.0
    """Of a leaky ReLU, for negative numbers."""

    @property
    def gain(self) -> float:
        """By how much weights have to be larger so that the signal keeps its size, as ``calculate_gain`` has it."""
        if self.name == "leaky_relu":
            return math.sqrt(2.0 / (1 + self.slope**2))
        return _GAINS.get(self.name, 1.0)


_RELU_LIKE = (ReLU, ELU, GELU, SiLU, Mish, Softplus, Hardswish)


def bend_of(kind: LayerKind | None) -> Bend:
    """What weights should know of an activation behind them; SELU wants a gain of 1, to normalise itself."""
    match kind:
        case LeakyReLU():
            return Bend("leaky_relu", kind.negative_slope)
        case PReLU():
            return Bend("leaky_relu", kind.init)
        case Hardtanh():
            return Bend("tanh" if kind.min_val < 0 else "relu")
        case Sigmoid() | Hardsigmoid():
            return Bend("sigmoid")
        case Tanh():
            return Bend("tanh")
        case _:
            return Bend("relu") if isinstance(kind, _RELU_LIKE) else Bend()
