"""Layers that hold layers: stacks side by side, and a stack that is repeated.

What a block holds stands in its row of the network (`Row.branches`), so that the layers in it keep their identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, size
from nnstudio.spec.params import Param, changed_fields


@dataclass(frozen=True, slots=True)
class Block(LayerKind, family="nesting"):
    """What holds stacks: how many a new one has, and what shape comes of theirs."""

    fewest: ClassVar[int]
    most: ClassVar[int]
    usual: ClassVar[int]

    def out_shape(self, shape: Shape) -> Shape:
        """A block that holds nothing passes its input on."""
        return shape

    def joined(self, shapes: Sequence[Shape]) -> Shape:
        """The shape that comes out when the stacks give ``shapes``, at least one; raises `ShapeError`."""
        raise NotImplementedError


_JOIN = Param(
    "Join",
    "How the results of the branches become one.",
    labels=("Add them up", "Put them side by side", "Multiply them"),
)
_ALONG = Param(
    "Side by side along",
    "Which side grows when results are put side by side.",
    labels=("The first side (channels)", "The last side (features of a step)"),
)


@layer("branches", "Branches")
@dataclass(frozen=True, slots=True)
class Branches(Block):
    """Hands the same input to several stacks and joins their results; an empty branch passes the input on.

    y = branch 1(x) + branch 2(x) + … (or their product, or all of them side by side). An empty branch is x itself.

    Shapes: every branch gets the same input. Added or multiplied the results must have one shape; side by side they
    add up along the chosen side. It has no parameters of its own: those of its layers are counted.

    Use it for residual blocks (layers beside an empty branch, added), inception blocks (windows of several sizes
    side by side), dense blocks, and gates that weigh channels (multiplied). The way around lets the gradient pass,
    so that deep networks can learn. What goes wrong: a branch that shrinks the picture does not fit an empty one;
    give that a 1 × 1 convolution with the same stride.
    """

    join: Annotated[Literal["add", "concat", "multiply"], _JOIN] = "add"
    along: Annotated[Literal["first", "last"], _ALONG] = "first"

    fewest, most, usual = 1, 64, 2

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("Branches", (), changed_fields(self))

    def joined(self, shapes: Sequence[Shape]) -> Shape:
        first = shapes[0]
        for place, shape in enumerate(shapes[1:], 2):
            if not self._fits(first, shape):
                raise self._misfit(place, shapes[0], shape)
            first = tuple(map(max, first, shape)) if self.join == "multiply" else first
        if self.join != "concat":
            return first
        side = self._side(first)
        return *first[:side], sum(shape[side] for shape in shapes), *first[side + 1 :]

    def _side(self, shape: Shape) -> int:
        return 0 if self.along == "first" else len(shape) - 1

    def _fits(self, one: Shape, other: Shape) -> bool:
        if len(one) != len(other):
            return False
        pairs = list(zip(one, other, strict=True))
        if self.join == "concat":
            del pairs[self._side(one)]
        return all(a == b or (self.join == "multiply" and 1 in (a, b)) for a, b in pairs)

    def _misfit(self, place: int, first: Shape, shape: Shape) -> ShapeError:
        verb, rule = {
            "add": ("added to", "Only results of the same shape can be added."),
            "concat": ("put beside", "All sides but the one that grows must be equally long."),
            "multiply": ("multiplied with", "Their sides must be equally long, or 1."),
        }[self.join]
        return ShapeError(
            f"Branch {place} gives {size(shape)}, which cannot be {verb} {size(first)} of branch 1.",
            rule,
            "Change the layers of one branch, or how the branches are joined.",
        )

    def summary(self) -> str:
        return {"add": "added up", "concat": "side by side", "multiply": "multiplied"}[self.join]


_COUNT = Param("Times", "How often the stack stands there, each time with weights of its own.", low=1, high=256)


@layer("repeat", "Repeat")
@dataclass(frozen=True, slots=True)
class Repeat(Block):
    """Puts the same stack of layers there several times, one after the other, each with its own weights.

    y = stack(stack(… stack(x))): the layers stand there as often as stated, each time with weights of their own.

    Shapes: what one turn gives must be what the next one takes; a stack that keeps the shape always fits. The
    parameters are those of the stack, times the number of turns; it has none of its own.

    Use it to write down deep networks shortly. What goes wrong: a stack that halves the picture soon has nothing
    left to halve; and depth without ways around it, or normalisation, is hard to train.
    """

    count: Annotated[int, _COUNT] = 2

    fewest, most, usual = 1, 1, 1

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.Sequential")

    def joined(self, shapes: Sequence[Shape]) -> Shape:
        return shapes[-1]

    def summary(self) -> str:
        return f"{self.count} times"
