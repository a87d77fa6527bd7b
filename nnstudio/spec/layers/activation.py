"""Layers that bend: without one between them, two linear layers are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import Elementwise, Shape, layer
from nnstudio.spec.params import Param


@layer("relu", "ReLU")
@dataclass(frozen=True, slots=True)
class ReLU(Elementwise, family="activation"):
    """Keeps what is positive and sets the rest to zero."""

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.ReLU")


_SLOPE = Param("Negative slope", "Share of a negative value that passes.", low=0, high=1)


@layer("leaky_relu", "Leaky ReLU")
@dataclass(frozen=True, slots=True)
class LeakyReLU(Elementwise, family="activation"):
    """Like ReLU, but lets a little of the negative through, so that no neuron dies."""

    negative_slope: Annotated[float, _SLOPE] = 0.01

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.LeakyReLU", (self.negative_slope,))

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


@layer("sigmoid", "Sigmoid")
@dataclass(frozen=True, slots=True)
class Sigmoid(Elementwise, family="activation"):
    """Squeezes every number into 0 to 1: a probability of yes; far from zero it saturates and learns slowly."""

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Sigmoid")


@layer("tanh", "Tanh")
@dataclass(frozen=True, slots=True)
class Tanh(Elementwise, family="activation"):
    """Squeezes every number into −1 to 1; far from zero it saturates and learns slowly."""

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Tanh")


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
