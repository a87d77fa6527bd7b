"""Activations that keep every number within bounds: they squeeze, and saturate where they are flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.activation import Activation
from nnstudio.spec.layers.base import Elementwise, Shape, layer
from nnstudio.spec.params import Param


@layer("sigmoid", "Sigmoid")
@dataclass(frozen=True, slots=True)
class Sigmoid(Activation):
    """Squeezes every number into 0 to 1: a probability of yes; far from zero it saturates and learns slowly.

    y = 1 / (1 + exp(−x)): 0.5 at x = 0, near 1 for large numbers and near 0 for very negative ones. Its slope is at
    most 0.25 and nearly 0 beyond ±5: there it is saturated.

    It has no parameters. Use it for gates, and as the last layer where a probability of yes is asked for and the
    loss takes one. What goes wrong: in deep stacks each one shrinks the gradient to a quarter or less, so that the
    first layers hardly learn; and before a loss that contains a sigmoid itself it squeezes twice.
    """

    torch_name = "nn.Sigmoid"


@layer("tanh", "Tanh")
@dataclass(frozen=True, slots=True)
class Tanh(Activation):
    """Squeezes every number into −1 to 1; far from zero it saturates and learns slowly.

    y = (exp(x) − exp(−x)) / (exp(x) + exp(−x)), between −1 and 1 with slope 1 at 0: a sigmoid stretched to be
    symmetric.

    It has no parameters. Use it in small networks, for outputs between −1 and 1, and with Xavier initialisation.
    What goes wrong: beyond ±3 it is saturated and its gradient nearly 0, so that deep stacks of it learn slowly;
    standardise the input.
    """

    torch_name = "nn.Tanh"


@layer("hardsigmoid", "Hard sigmoid")
@dataclass(frozen=True, slots=True)
class Hardsigmoid(Activation):
    """A sigmoid of three straight lines, cheap to compute: 0 below −3, 1 above 3.

    y = min(1, max(0, x / 6 + 1 / 2)): straight from 0 at −3 to 1 at 3, flat outside.

    It has no parameters. Use it where Sigmoid would cost too much, as in the gates of MobileNet V3. Outside −3 to 3
    its gradient is exactly 0.
    """

    torch_name = "nn.Hardsigmoid"


@layer("hardtanh", "Hard tanh")
@dataclass(frozen=True, slots=True)
class Hardtanh(Activation):
    """Keeps what lies between two bounds and cuts off the rest; from 0 to 6 it is known as ReLU6.

    y = x between the two bounds, else the nearer bound. From 0 to 6 it is ReLU6, which MobileNet V2 uses because
    numbers within known bounds can be stored in few bits.

    It has no parameters. Use it to keep numbers within bounds. Outside of them the gradient is exactly 0, so that a
    unit that is always outside does not learn.
    """

    torch_name = "nn.Hardtanh"
    min_val: Annotated[float, Param("Lowest", "Smaller numbers become this one.", low=-1_000, high=0)] = -1.0
    max_val: Annotated[float, Param("Highest", "Larger numbers become this one.", above=0, high=1_000)] = 1.0

    def summary(self) -> str:
        return f"{self.min_val:g} to {self.max_val:g}"


@layer("softmax", "Softmax")
@dataclass(frozen=True, slots=True)
class Softmax(Elementwise, family="activation"):
    """Turns the scores of the classes into probabilities that add up to 1.

    y_i = exp(x_i) / (exp(x_1) + … + exp(x_n)): every number becomes positive, they add up to 1, and the largest
    score gets the largest share.

    Shapes: any shape goes in, and the same comes out; the numbers along the first side of an example (the classes,
    the channels) add up to 1. It has no parameters. Adding the same number to all scores changes nothing.

    Use it where probabilities are to be passed on inside a network. Do not put it before cross-entropy: that loss
    contains it, and squeezed twice the gradient nearly vanishes. Predictions show probabilities without it.
    """

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Softmax", (), {"dim": 1})


@layer("log_softmax", "Log-softmax")
@dataclass(frozen=True, slots=True)
class LogSoftmax(Elementwise, family="activation"):
    """The logarithm of softmax: what the negative log-likelihood loss expects.

    y_i = x_i − ln(exp(x_1) + … + exp(x_n)): the logarithm of softmax, computed without the overflow that the two
    steps would have.

    Shapes: any shape goes in, and the same comes out; it runs along the first side of an example (the classes). It
    has no parameters.

    Use it as the last layer before the negative log-likelihood loss; the two together are cross-entropy on raw
    scores, which needs one layer less.
    """

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.LogSoftmax", (), {"dim": 1})
