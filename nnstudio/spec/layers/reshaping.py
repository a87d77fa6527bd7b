"""Layers that only rearrange numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, size
from nnstudio.spec.params import Param, changed_fields


@layer("flatten", "Flatten")
@dataclass(frozen=True, slots=True)
class Flatten(LayerKind, family="reshaping"):
    """Lays all numbers of an example out in one row, so that a linear layer can take them.

    y = all numbers of x in one row, the last side running fastest: channel by channel, line by line.

    Shapes: any shape goes in; one row of as many numbers comes out, 3 × 8 × 8 as 192. It has no parameters and
    computes nothing.

    Use it before the first linear layer. What goes wrong: the linear layer behind it has a weight for each of these
    numbers, so that a large picture makes a huge layer; pool first. Which pixel is beside which is not visible
    behind it.
    """

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
    """Makes a picture (channels × height × width) of one row of numbers: Flatten backward.

    y = the numbers of the row laid out as channels × height × width, the last side running fastest.

    Shapes: one row of numbers goes in; channels × height × what is left comes out, 192 as 3 × 8 × 8. It has no
    parameters and computes nothing.

    Use it in a decoder, to go from a code back to a picture, or where a table holds the pixels of pictures.
    Channels times height must divide the numbers, and the order must be that in which they were laid out.
    """

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
    """Lays the same numbers out in other sides, in the same order, such as 64 as 8 × 8.

    y = the same numbers in the same order, with other sides.

    Shapes: any shape goes in, and the stated sides come out; the product of the sides must stay, and one side may
    be left to be computed. It has no parameters and computes nothing.

    Use it to read a row of 64 numbers as a picture of 1 × 8 × 8, or as 8 steps of 8. What goes wrong: it does not
    move numbers. To swap sides use Permute: reshaping 3 × 5 into 5 × 3 scrambles steps and features.
    """

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


_MOVES = Param(
    "Moves",
    "Which side goes to the other end; of two sides both swap.",
    labels=("The last side to the front", "The first side to the end"),
)


@layer("permute", "Permute")
@dataclass(frozen=True, slots=True)
class Permute(LayerKind, family="reshaping"):
    """Swaps steps and features, so that a convolution can slide along the steps; or lets channels come first.

    y[j, i] = x[i, j]: the two sides of a sequence change places. Of three sides the last one comes to the front,
    y[k, i, j] = x[i, j, k], or the first one to the end; the others keep their order.

    Shapes: steps × features go in, features × steps come out; height × width × channels become channels × height ×
    width. It has no parameters and computes nothing.

    Use it before a 1d convolution or pooling, which take the features as channels and slide along the steps, and once
    more before a recurrent layer behind it; and on pictures whose channels come last. What goes wrong is leaving it
    out: both orders fit, and the network learns the wrong neighbourhood without an error.
    """

    moves: Annotated[Literal["last", "first"], _MOVES] = "last"

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) < 2:
            raise ShapeError(
                f"Permute needs two or more sides, but gets {size(shape)}.",
                "It lets sides change places.",
                "Use it on sequences and pictures.",
            )
        return (shape[-1], *shape[:-1]) if self.moves == "last" else (*shape[1:], shape[0])

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("Permute", (), changed_fields(self))

    def summary(self) -> str:
        return "last side first" if self.moves == "last" else "first side last"


_FIRST = Param("First", "The place of the first one, counted from 0.", low=0, high=1_048_575)
_TAKEN = Param("Count", "So many, one after another.", low=1, high=1_048_576)
_ALONG = Param(
    "Along", "Which side they are taken of.", labels=("The last side (numbers)", "The first side (steps, channels)")
)


@layer("slice", "Slice")
@dataclass(frozen=True, slots=True)
class Slice(LayerKind, family="reshaping"):
    """Takes some neighbours out of a row (out of each step, or each line) and leaves the other numbers out.

    y = x[first], x[first + 1] …, as many as count says.

    Shapes: any shape goes in; its last side (or its first one) becomes as long as count, the others stay: 10 become 3,
    8 × 10 become 8 × 3. It has no parameters and computes nothing.

    Use it at the beginning of a branch, so that each branch sees other columns: an index goes into an embedding,
    the amounts pass beside it. Along the first side it takes steps of a sequence, or channels of a picture. What
    goes wrong: the places are those of the encoded row, in which a category may be several numbers; whoever adds or
    removes a column has to move them.
    """

    first: Annotated[int, _FIRST] = 0
    count: Annotated[int, _TAKEN] = 1
    along: Annotated[Literal["last", "first"], _ALONG] = "last"

    def out_shape(self, shape: Shape) -> Shape:
        end, width = self.first + self.count, shape[0 if self.along == "first" else -1]
        if end > width:
            raise ShapeError(
                f"Slice cannot take numbers {self.first:,} to {end - 1:,} of {width:,}.",
                f"The last one there is number {width - 1:,}.",
                "Begin earlier, or take fewer.",
            )
        return (self.count, *shape[1:]) if self.along == "first" else (*shape[:-1], self.count)

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("Slice", (self.first, self.count), {} if self.along == "last" else {"along": self.along})

    def summary(self) -> str:
        each = "number" if self.along == "last" else "place"
        one = f"{each} {self.first:,}"
        return one if self.count == 1 else f"{each}s {self.first:,} to {self.first + self.count - 1:,}"
