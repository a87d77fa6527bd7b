"""Layers that work against overfitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import Elementwise, Shape, layer
from nnstudio.spec.params import Param


@layer("dropout", "Dropout")
@dataclass(frozen=True, slots=True)
class Dropout(Elementwise, family="regularisation"):
    """While training, sets a random share of its input to zero, so that no neuron is relied on alone."""

    p: Annotated[float, Param("Share", "Probability that a number is set to zero.", low=0, high=1)] = 0.5

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Dropout", (self.p,))

    def summary(self) -> str:
        return f"p {self.p:g}"
