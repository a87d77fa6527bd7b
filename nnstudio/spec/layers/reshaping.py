"""Layers that only rearrange numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer


@layer("flatten", "Flatten")
@dataclass(frozen=True, slots=True)
class Flatten(LayerKind, family="reshaping"):
    """Lays all numbers of an example out in one row, so that a linear layer can take them."""

    def out_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Flatten")
