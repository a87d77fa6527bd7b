"""Layers that only rearrange numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_steps, size
from nnstudio.spec.params import Param


@layer("flatten", "Flatten")
@dataclass(frozen=True, slots=True)
class Flatten(LayerKind, family="reshaping"):
    """Lays all numbers of an example out in one row, so that a linear layer can take them."""

    def out_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Flatten")


_CHANNELS = Param("Channels", "The first side of what comes out.", low=1, high=65_536)
_HEIGHT = Param("Height", "The second side; the rest of the numbers make up the last one.", low=1, high=65_536)


@layer("unflatten", "Unflatten")
@dataclass(frozen=True, slots=True)
class Unflatten(LayerKind, family="reshaping"):
    """Makes a picture (channels × height × width) of one row of numbers: Flatten backward."""

    channels: Annotated[int, _CHANNELS] = 1
    height: Annotated[int, _HEIGHT] = 1

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise ShapeError(
                f"Unflatten needs one row of numbers, but gets {size(shape)}.",
                "It makes a picture of a row.",
                "Add Flatten before it.",
            )
        width, rest = divmod(shape[0], self.channels * self.height)
        if rest:
            raise ShapeError(
                f"Unflatten cannot part {shape[0]:,} numbers into {self.channels} × {self.height} rows.",
                "All rows of a picture are equally long.",
                "Choose channels and a height whose product divides it.",
            )
        return self.channels, self.height, width

    def call(self, shape: Shape) -> Call:
        return Call("nn.Unflatten", (1, self.out_shape(shape)))

    def summary(self) -> str:
        return f"{self.channels} × {self.height} × …"


_SIDE = Param("Side", "Length of this side of what comes out; 0 leaves the side away.", low=0, high=1_048_576)
_REST = Param("Last side", "Length of the last side; 0 takes what is left of the numbers.", low=0, high=1_048_576)


@layer("reshape", "Reshape")
@dataclass(frozen=True, slots=True)
class Reshape(LayerKind, family="reshaping"):
    """Lays the same numbers out in other sides, in the same order, such as 64 as 8 × 8."""

    first: Annotated[int, _SIDE] = 0
    second: Annotated[int, _SIDE] = 0
    last: Annotated[int, _REST] = 0

    def out_shape(self, shape: Shape) -> Shape:
        numbers, lead = math.prod(shape), self._lead
        last = self.last or numbers // math.prod(lead)
        if math.prod(lead) * last != numbers:
            raise ShapeError(
                f"Reshape cannot lay {numbers:,} numbers out as {self.summary()}.",
                "As many numbers come out as go in.",
                "Choose sides whose product is the number of inputs, or 0 for the last one.",
            )
        return *lead, last

    def call(self, shape: Shape) -> Call:
        return Call("Reshape", self.out_shape(shape))

    def summary(self) -> str:
        return " × ".join(map(str, (*self._lead, self.last or "…")))

    @property
    def _lead(self) -> Shape:
        return tuple(side for side in (self.first, self.second) if side)


@layer("permute", "Permute")
@dataclass(frozen=True, slots=True)
class Permute(LayerKind, family="reshaping"):
    """Swaps steps and features, so that a convolution can slide along the steps."""

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        return shape[::-1]

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("Permute")
