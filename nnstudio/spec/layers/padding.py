"""Layers that add a border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_sides
from nnstudio.spec.params import Param


def _edge(title: str, where: str) -> Param:
    return Param(title, f"Zeros added {where}.", low=0, high=1_024, unit="pixels")


@layer("zero_pad2d", "Zero padding 2d")
@dataclass(frozen=True, slots=True)
class ZeroPad2d(LayerKind, family="reshaping"):
    """Adds lines and columns of zeros around a picture, as many on each edge as stated.

    y[c, i, j] = x[c, i − top, j − left] where that is in the picture, and 0 elsewhere.

    Shapes: channels × height × width go in; the height grows by top and bottom, the width by left and right. It has no
    parameters.

    Use it before a convolution with an even kernel, whose own padding is the same on both sides and cannot keep the
    size: a kernel of 64 needs 31 on one side and 32 on the other. Where both sides are alike, the padding of the
    convolution is simpler. What goes wrong: a wide border of zeros is a pattern that the network sees.
    """

    left: Annotated[int, _edge("Left", "before each line")] = 0
    right: Annotated[int, _edge("Right", "behind each line")] = 1
    top: Annotated[int, _edge("Top", "above the first line")] = 0
    bottom: Annotated[int, _edge("Bottom", "below the last line")] = 1

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, 2, self.title)
        channels, height, width = shape
        return channels, height + self.top + self.bottom, width + self.left + self.right

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.ZeroPad2d", ((self.left, self.right, self.top, self.bottom),))

    def summary(self) -> str:
        return f"left {self.left} · right {self.right} · top {self.top} · bottom {self.bottom}"
