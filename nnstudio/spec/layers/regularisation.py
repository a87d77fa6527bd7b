"""Layers that work against overfitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.layers.base import Elementwise, Shape, layer, need_sides
from nnstudio.spec.params import Param

_SHARE = Param("Share", "Probability that a number is set to zero.", low=0, high=1)


@dataclass(frozen=True, slots=True)
class Dropping(Elementwise, family="regularisation"):
    """What the dropouts share: a probability; in ``eval()`` they let everything through."""

    p: Annotated[float, _SHARE] = 0.5

    def summary(self) -> str:
        return f"p {self.p:g}"


@layer("dropout", "Dropout")
@dataclass(frozen=True, slots=True)
class Dropout(Dropping):
    """While training, sets a random share of its input to zero, so that no neuron is relied on alone."""

    torch_name = "nn.Dropout"


@layer("dropout2d", "Dropout 2d (spatial)")
@dataclass(frozen=True, slots=True)
class Dropout2d(Dropping):
    """While training, sets whole channels of a picture to zero: neighbouring pixels know too much of each other."""

    torch_name = "nn.Dropout2d"
    p: Annotated[float, Param("Share", "Probability that a channel is set to zero.", low=0, high=1)] = 0.5

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, 2, self.title)
        return shape


@layer("alpha_dropout", "Alpha dropout")
@dataclass(frozen=True, slots=True)
class AlphaDropout(Dropping):
    """A dropout that keeps mean and spread as they are: the one that goes with SELU."""

    torch_name = "nn.AlphaDropout"
