"""Attention in pictures: every place looks at those in a window, not at all of them.

The pictures have their channels last, ``(height, width, features)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_heads, size
from nnstudio.spec.params import Param, changed_fields
from nnstudio.spec.words import counted

_HEADS = Param("Heads", "So many ways to look, each at its share of the features.", low=1, high=1_024)
_WINDOW = Param("Window", "Places along each side of a window.", low=2, high=64, unit="places")
_SHIFT = Param("Shift", "How far the windows are moved, mostly half a window or not at all.", low=0, high=63)

_HIDDEN = 512
"""Units of the small network that Swin V2 computes its biases with."""


@dataclass(frozen=True, slots=True)
class Windowed(LayerKind, family="attention"):
    """What the attention layers in windows share: heads, the side of a window, and a bias for each distance.

    Shapes: height × width × features go in, and the same come out; put Permute before it where channels come first.

    Use it for pictures, where attention of all places to all places costs too much: here the cost grows with the
    number of places, not with its square. The heads must divide the features. What goes wrong: it is no block of its
    own; put it with a norm before or behind it beside an empty branch, and let linear layers on the last side follow.
    """

    num_heads: Annotated[int, _HEADS] = 4
    window: Annotated[int, _WINDOW] = 7

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ShapeError(
                f"{self.title} needs pictures (height × width × features), but gets {size(shape)}.",
                "It looks at the places of a window.",
                "Use it on pictures, with Permute before it where their channels come first.",
            )
        need_heads(shape[2], self.num_heads, self.title)
        return shape

    def multiply_adds(self, shape: Shape) -> int:
        """Every matrix at every place, and every place compared with those in its window, to look and to gather."""
        height, width, features = shape
        tall, wide = (-(-side // self.window) * self.window for side in (height, width))
        return tall * wide * (4 * features**2 + 2 * self.window**2 * features)

    def summary(self) -> str:
        return f"{counted(self.num_heads, 'head')} · {self.window} × {self.window}"

    def _table(self) -> Shape:
        """A bias for each way to go within a window, and each head."""
        return (2 * self.window - 1) ** 2, self.num_heads


def _matrices(width: int, first: str, last: str) -> Mapping[str, Shape]:
    return {
        f"{first}.weight": (3 * width, width),
        f"{first}.bias": (3 * width,),
        f"{last}.weight": (width, width),
        f"{last}.bias": (width,),
    }


@dataclass(frozen=True, slots=True)
class Shifted(Windowed):
    """What the attention of Swin Transformers shares: windows that may be moved, so that neighbours meet.

    The picture is padded with zeros where windows do not divide it. Shift every second layer by half a window: without
    that, nothing ever crosses the border of a window.
    """

    shift: Annotated[int, _SHIFT] = 0

    def out_shape(self, shape: Shape) -> Shape:
        shape = Windowed.out_shape(self, shape)
        if self.shift >= self.window:
            raise ShapeError(
                f"{self.title}: a shift of {self.shift} is as far as a window of {self.window}.",
                "Windows are moved by a part of their side.",
                f"Use half of it, {self.window // 2}.",
            )
        return shape

    def summary(self) -> str:
        return Windowed.summary(self) + (f" · shift {self.shift}" if self.shift else "")


@layer("window_attention", "Window attention")
@dataclass(frozen=True, slots=True)
class WindowAttention(Shifted):
    """Every place of a picture gathers what it needs from its window: the attention of the Swin Transformer.

    For each head: Q, K, V = x times three weight matrices; y = softmax(Q · K transposed / sqrt(features of a head) +
    b) · V, where b is a learned number for each distance from place to place. Parameters: 4 · features · features + 4
    · features, and (2 · window − 1)² for each head.
    """

    def call(self, shape: Shape) -> Call:
        shifted = {"shift": self.shift} if self.shift else {}
        return Call("WindowAttention", (shape[2], self.num_heads, self.window), shifted)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"relative_position_bias_table": self._table(), **_matrices(shape[2], "qkv", "proj")}


@layer("cosine_window_attention", "Window attention by angles")
@dataclass(frozen=True, slots=True)
class CosineWindowAttention(Shifted):
    """Window attention that compares directions rather than sizes: that of the Swin Transformer V2.

    For each head: y = softmax(cos(Q, K) · s + b) · V, where s is learned, and b comes from a small network that is told
    how far two places are apart, so that it holds for other windows, too. Parameters: 4 · features · features + 4 ·
    features, one for each head, and those of the small network.
    """

    window: Annotated[int, _WINDOW] = 8

    def call(self, shape: Shape) -> Call:
        shifted = {"shift": self.shift} if self.shift else {}
        return Call("CosineWindowAttention", (shape[2], self.num_heads, self.window), shifted)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {
            "logit_scale": (self.num_heads, 1, 1),
            **_matrices(shape[2], "qkv", "proj"),
            "cpb_mlp.0.weight": (_HIDDEN, 2),
            "cpb_mlp.0.bias": (_HIDDEN,),
            "cpb_mlp.2.weight": (self.num_heads, _HIDDEN),
        }

    def multiply_adds(self, shape: Shape) -> int:
        small = (2 * self.window - 1) ** 2 * _HIDDEN * (2 + self.num_heads)
        return Windowed.multiply_adds(self, shape) + small


_PLACES = Param(
    "Places",
    "Which places look at each other.",
    labels=("Those of a block of neighbours", "Those of a grid over the whole picture"),
)


@layer("multi_axis_attention", "Multi-axis attention")
@dataclass(frozen=True, slots=True)
class MultiAxisAttention(Windowed):
    """Every place looks at its block of neighbours, or at a grid over the whole picture: the attention of MaxViT.

    For each head: y = softmax(Q · K transposed / sqrt(features) + b) · V, where b is a learned number for each distance
    from place to place. Blocks see what is near; a grid takes every so manieth place and sees far. Parameters: 4 ·
    features · features + 4 · features, and (2 · window − 1)² for each head.

    One layer of each, one behind the other, lets everything reach everything. The window must divide height and width.
    """

    places: Annotated[Literal["block", "grid"], _PLACES] = "block"

    def out_shape(self, shape: Shape) -> Shape:
        height, width, _ = Windowed.out_shape(self, shape)
        if height % self.window or width % self.window:
            raise ShapeError(
                f"{self.title} cannot part {height} × {width} places into windows of {self.window} × {self.window}.",
                "No window reaches over the edge here.",
                f"Use a window that divides both, or pictures whose sides give multiples of {self.window} here.",
            )
        return shape

    def call(self, shape: Shape) -> Call:
        other = {name: value for name, value in changed_fields(self).items() if name == "places"}
        return Call("MultiAxisAttention", (shape[2], self.num_heads, self.window), other)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"relative_position_bias_table": self._table(), **_matrices(shape[2], "to_qkv", "merge")}

    def summary(self) -> str:
        return f"{Windowed.summary(self)} · {'grid' if self.places == 'grid' else 'blocks'}"
