"""Learned vectors beside the steps of a sequence: one that stands for the whole, and one for each place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_steps


@layer("class_token", "Class token")
@dataclass(frozen=True, slots=True)
class ClassToken(LayerKind, family="attention"):
    """Puts one learned step in front of a sequence, in which attention gathers what the answer needs.

    y[0] = a learned vector, the same for every example, and y[t + 1] = x[t]. The vector means nothing by itself; the
    attention layers behind it fill its place with what they find in all other steps.

    Shapes: steps × features go in, and one step more comes out. Parameters: one for each feature.

    Use it before the positions and the attention layers of a classifier, and let a slice of the first step and a
    linear layer follow them: so does the vision transformer. What goes wrong: without attention behind it nothing
    reaches the token, and the network answers the same to everything.
    """

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        return shape[0] + 1, shape[1]

    def call(self, shape: Shape) -> Call:
        return Call("ClassToken", (shape[1],))

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"class_token": (1, 1, shape[-1])}

    def multiply_adds(self, shape: Shape) -> int:
        del shape
        return 0

    def summary(self) -> str:
        return "one step more"


@layer("learned_positions", "Learned positions")
@dataclass(frozen=True, slots=True)
class LearnedPositions(LayerKind, family="attention"):
    """Adds a learned vector to every step, so that attention can tell the places apart.

    y[t] = x[t] + p[t]: each place has a vector of its own, learned like any other weight.

    Shapes: steps × features go in, and the same come out. Parameters: one for each step and feature, so that the
    number of steps is fixed once it is trained.

    Use it once before the first attention, where examples are equally long, such as the patches of pictures of one
    size. What goes wrong: another length or another size of pictures does not fit the weights; the positional
    encoding of sines and cosines takes any length, and needs no data to learn from.
    """

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        return Call("LearnedPositions", shape)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"pos_embedding": (1, *shape[-2:])}

    def multiply_adds(self, shape: Shape) -> int:
        del shape
        return 0

    def summary(self) -> str:
        return "a vector for each step"
