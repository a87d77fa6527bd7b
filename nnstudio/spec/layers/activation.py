"""Layers that bend: without one between them, two linear layers are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import Elementwise, Shape, layer
from nnstudio.spec.params import Param


class Activation(Elementwise, family="activation"):
    """A bend that is the same for every number."""

    __slots__ = ()


@layer("relu", "ReLU")
@dataclass(frozen=True, slots=True)
class ReLU(Activation):
    """Keeps what is positive and sets the rest to zero."""

    torch_name = "nn.ReLU"


_SLOPE = Param("Negative slope", "Share of a negative value that passes.", low=0, high=1)


@layer("leaky_relu", "Leaky ReLU")
@dataclass(frozen=True, slots=True)
class LeakyReLU(Activation):
    """Like ReLU, but lets a little of the negative through, so that no neuron dies."""

    torch_name = "nn.LeakyReLU"
    negative_slope: Annotated[float, _SLOPE] = 0.01

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


_OWN_SLOPES = Param("Slopes", "How many slopes are learned.", labels=("One for all", "One a channel"))
_START = Param("Starts at", "Share of a negative value that passes before training.", low=0, high=1)


@layer("prelu", "PReLU")
@dataclass(frozen=True, slots=True)
class PReLU(Activation):
    """Like leaky ReLU, but how much of the negative passes is learned."""

    slopes: Annotated[Literal["one", "channel"], _OWN_SLOPES] = "one"
    init: Annotated[float, _START] = 0.25

    def call(self, shape: Shape) -> Call:
        start = {} if self.init == 0.25 else {"init": self.init}
        return Call("nn.PReLU", (shape[0],) if self.slopes == "channel" else (), start)

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        return {"weight": (shape[0] if self.slopes == "channel" else 1,)}

    def summary(self) -> str:
        return "a slope a channel" if self.slopes == "channel" else "one slope"


_ALPHA = Param("Alpha", "What a very negative number becomes, with a minus sign.", above=0, high=100)


@layer("elu", "ELU")
@dataclass(frozen=True, slots=True)
class ELU(Activation):
    """Keeps what is positive and lets the negative run smoothly into −alpha."""

    torch_name = "nn.ELU"
    alpha: Annotated[float, _ALPHA] = 1.0

    def summary(self) -> str:
        return f"alpha {self.alpha:g}"


@layer("selu", "SELU")
@dataclass(frozen=True, slots=True)
class SELU(Activation):
    """An ELU scaled so that deep stacks of linear layers keep mean 0 and spread 1; goes with alpha dropout."""

    torch_name = "nn.SELU"


_FORMULA = Param("Formula", "Exact, or the tanh formula that some published networks use.", labels=("Exact", "Tanh"))


@layer("gelu", "GELU")
@dataclass(frozen=True, slots=True)
class GELU(Activation):
    """A smooth ReLU: each number is weighed by how likely a normal number is smaller. Usual in transformers."""

    torch_name = "nn.GELU"
    approximate: Annotated[Literal["none", "tanh"], _FORMULA] = "none"


@layer("silu", "SiLU (swish)")
@dataclass(frozen=True, slots=True)
class SiLU(Activation):
    """A smooth ReLU: the number times its sigmoid."""

    torch_name = "nn.SiLU"


@layer("mish", "Mish")
@dataclass(frozen=True, slots=True)
class Mish(Activation):
    """A smooth ReLU: the number times the tanh of its softplus."""

    torch_name = "nn.Mish"


@layer("softplus", "Softplus")
@dataclass(frozen=True, slots=True)
class Softplus(Activation):
    """A rounded ReLU that is positive everywhere: for outputs that must be more than zero."""

    torch_name = "nn.Softplus"
    beta: Annotated[float, Param("Beta", "How sharp the bend is.", above=0, high=100)] = 1.0

    def summary(self) -> str:
        return f"beta {self.beta:g}"


@layer("sigmoid", "Sigmoid")
@dataclass(frozen=True, slots=True)
class Sigmoid(Activation):
    """Squeezes every number into 0 to 1: a probability of yes; far from zero it saturates and learns slowly."""

    torch_name = "nn.Sigmoid"


@layer("tanh", "Tanh")
@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    """Squeezes every number into −1 to 1; far from zero it saturates and learns slowly."""

    torch_name = "nn.Tanh"


@layer("hardsigmoid", "Hard sigmoid")
@dataclass(frozen=True, slots=True)
class Hardsigmoid(Activation):
    """A sigmoid of three straight lines, cheap to compute: 0 below −3, 1 above 3."""

    torch_name = "nn.Hardsigmoid"


@layer("hardswish", "Hard swish")
@dataclass(frozen=True, slots=True)
class Hardswish(Activation):
    """The number times its hard sigmoid: the bend of small networks for phones."""

    torch_name = "nn.Hardswish"


@layer("hardtanh", "Hard tanh")
@dataclass(frozen=True, slots=True)
class Hardtanh(Activation):
    """Keeps what lies between two bounds and cuts off the rest; from 0 to 6 it is known as ReLU6."""

    torch_name = "nn.Hardtanh"
    min_val: Annotated[float, Param("Lowest", "Smaller numbers become this one.", low=-1_000, high=0)] = -1.0
    max_val: Annotated[float, Param("Highest", "Larger numbers become this one.", above=0, high=1_000)] = 1.0

    def summary(self) -> str:
        return f"{self.min_val:g} to {self.max_val:g}"


@layer("softmax", "Softmax")
@dataclass(frozen=True, slots=True)
class Softmax(Elementwise, family="activation"):
    """Turns the scores of the classes into probabilities that add up to 1."""

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Softmax", (), {"dim": 1})


@layer("log_softmax", "Log-softmax")
@dataclass(frozen=True, slots=True)
class LogSoftmax(Elementwise, family="activation"):
    """The logarithm of softmax: what the negative log-likelihood loss expects."""

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.LogSoftmax", (), {"dim": 1})
