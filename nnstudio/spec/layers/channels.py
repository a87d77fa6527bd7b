"""Layers about the channels of pictures: mixed, scaled, or gathered from neighbouring places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_groups, need_sides, size
from nnstudio.spec.params import Param
from nnstudio.spec.words import counted

_GROUPS = Param("Groups", "So many parts of the channels are dealt out like cards.", low=1, high=65_536)


@layer("channel_shuffle", "Channel shuffle")
@dataclass(frozen=True, slots=True)
class ChannelShuffle(LayerKind, family="reshaping"):
    """Deals the channels out anew, so that the groups of the next convolution see some of every group before.

    y[i · groups + g] = x[g · (channels / groups) + i]: first the first channel of every group, then the second ones.

    Shapes: channels × height × width go in and come out. It has no parameters and computes nothing.

    Use it between convolutions with groups, or behind branches that are put side by side: so does ShuffleNet. The
    groups must divide the channels. What goes wrong is leaving it out: then groups never learn from each other.
    """

    groups: Annotated[int, _GROUPS] = 2

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, 2, self.title)
        need_groups(shape[0], self.groups, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.ChannelShuffle", (self.groups,))

    def summary(self) -> str:
        return counted(self.groups, "group")


_ALONG = Param("Along", "Which side the numbers are for.", labels=("The first (channels)", "The last (features)"))
_INIT = Param("Start", "What every number is at first.", low=-100, high=100)


@layer("layer_scale", "Layer scale")
@dataclass(frozen=True, slots=True)
class LayerScale(LayerKind, family="normalisation"):
    """Multiplies every channel by a learned number, which is tiny at first.

    y[c] = s[c] · x[c]. At the end of a residual branch it lets a deep network begin as if the branch were not there:
    each branch fades in as far as it helps.

    Shapes: what goes in comes out. Parameters: one for each channel, or for each feature of the last side.

    Use it as the last layer of the branch beside an empty one, in deep networks such as ConvNeXt. What goes wrong: in
    a stack without a way around it, so small a start shrinks the signal to nothing.
    """

    along: Annotated[Literal["first", "last"], _ALONG] = "first"
    start: Annotated[float, _INIT] = 1e-6

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def call(self, shape: Shape) -> Call:
        return Call("LayerScale", self._sides(shape), {"start": self.start})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"layer_scale": self._sides(shape)}

    def multiply_adds(self, shape: Shape) -> int:
        del shape
        return 0

    def summary(self) -> str:
        return f"from {self.start:g}"

    def _sides(self, shape: Shape) -> Shape:
        """A number for each channel, with sides of 1 behind it where others follow."""
        return (shape[0], *(1,) * (len(shape) - 1)) if self.along == "first" else shape[-1:]


@layer("patch_merge", "Merge patches")
@dataclass(frozen=True, slots=True)
class PatchMerge(LayerKind, family="reshaping"):
    """Puts the features of every 2 × 2 places side by side: half as many lines and columns, four times the features.

    y[i, j] = x[2i, 2j], x[2i + 1, 2j], x[2i, 2j + 1] and x[2i + 1, 2j + 1] side by side; zeros stand in at the edge of
    an odd side.

    Shapes: height × width × features go in, half of each side (rounded up) × four times the features come out. It has
    no parameters.

    Use it with a linear layer on the last side behind it, which makes fewer features of them again: so does the Swin
    Transformer where others pool. What goes wrong: channels that come first are taken for lines; put Permute before
    it.
    """

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            raise ShapeError(
                f"{self.title} needs pictures (height × width × features), but gets {size(shape)}.",
                "It gathers neighbours of a picture.",
                "Use it on pictures, with Permute before it where their channels come first.",
            )
        height, width, features = shape
        return -(-height // 2), -(-width // 2), 4 * features

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("PatchMerge", ())

    def summary(self) -> str:
        return "2 × 2 places into one"
