"""Layers that slide a small window of weights over their input."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_sides, size
from nnstudio.spec.layers.sliding import Window, said, spread
from nnstudio.spec.params import Param, Sides
from nnstudio.spec.words import counted

_CHANNELS = Param("Channels", "Number of patterns to look for.", low=1, high=65_536, usual=(4, 128), log=True)
_KERNEL = Param("Kernel", "Length of each side of the window.", low=1, high=1_024, unit="pixels")
_STRIDE = Param("Stride", "Step from one window to the next.", low=1, high=1_024, unit="pixels")
_PADDING = Param("Padding", "Border added on each side.", low=0, high=1_024, unit="pixels")
_BIAS = Param("Bias", "Add a learnable baseline to each channel.")
_DILATION = Param("Dilation", "Distance between the pixels that a window looks at.", low=1, high=256, unit="pixels")
_GROUPS = Param("Groups", "The channels are parted into so many groups that do not see each other.", low=1, high=65_536)
_BORDER = Param(
    "Border", "What the border is made of.", labels=("Zeros", "Mirror image", "The edge again", "The other side")
)

_USUAL = {
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "groups": 1,
    "bias": True,
    "dilation": 1,
    "padding_mode": "zeros",
}
"""What PyTorch takes for settings that a call leaves out."""

Border = Literal["zeros", "reflect", "replicate", "circular"]


@dataclass(frozen=True, slots=True)
class Convolution(LayerKind, family="convolution"):
    """What the convolutions share: windows, groups, weights and a bias.

    Settings: stride is the step of the window and shrinks the output; dilation spreads the pixels of the window
    apart, so that it sees further with as many weights; a window need not be square: 1 × 7 looks along one side, and
    each of these settings may be another one for each side; groups part the channels, so that each group sees only its
    share: with as many groups as channels every channel is looked at alone (depthwise).
    """

    sides: ClassVar[int]
    torch_name: ClassVar[str]
    out_channels: Annotated[int, _CHANNELS] = 16
    kernel_size: Annotated[Sides, _KERNEL] = 3
    stride: Annotated[Sides, _STRIDE] = 1
    padding: Annotated[Sides, _PADDING] = 1
    bias: Annotated[bool, _BIAS] = True
    dilation: Annotated[Sides, _DILATION] = 1
    groups: Annotated[int, _GROUPS] = 1

    def call(self, shape: Shape) -> Call:
        settings = ((name, getattr(self, name, default)) for name, default in _USUAL.items())
        given = {name: value for name, value in settings if value != _USUAL[name]}
        return Call(self.torch_name, (shape[0], self.out_channels, self.kernel_size), given)

    def need_groups(self, shape: Shape) -> None:
        """Raise `ShapeError` unless the channels can be parted into the groups."""
        need_sides(shape, self.sides, self.title)
        if shape[0] % self.groups or self.out_channels % self.groups:
            raise ShapeError(
                f"{self.title}: {shape[0]} channels in and {self.out_channels} out "
                f"cannot be parted into {self.groups} groups.",
                "Each group takes and gives equally many channels.",
                "Choose a number of groups that divides both.",
            )

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        weight = {"weight": (*self._pairs(shape[0]), *spread(self.kernel_size, self.sides))}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def _pairs(self, in_channels: int) -> Shape:
        """How PyTorch counts the pairs of channels that have a window of weights."""
        return self.out_channels, in_channels // self.groups

    def summary(self) -> str:
        words = [counted(self.out_channels, "channel"), size(spread(self.kernel_size, self.sides))]
        words += [f"step {said(self.stride)}"] if self.stride != 1 else []
        words += [f"{self.groups} groups"] if self.groups > 1 else []
        return " · ".join(words)


@dataclass(frozen=True, slots=True)
class Conv(Convolution):
    """A convolution forward: as many outputs as the window has places.

    Parameters: each output channel has one weight for every input channel and every place of the window, and one
    bias. For k pixels a side that is out · (in / groups) · k to the power of the sides, plus out, however large the
    input is: the same weights are used everywhere.

    Use several with small windows rather than one with a large one; an odd kernel k with padding (k − 1) / 2 and
    stride 1 keeps the size. Let an activation follow: two convolutions without one between them are one. What goes
    wrong: the sides shrink to nothing, since every layer without padding takes k − 1 of them; and zeros at the
    border are a pattern of their own, which the other kinds of border avoid.
    """

    padding_mode: Annotated[Border, _BORDER] = "zeros"

    def out_shape(self, shape: Shape) -> Shape:
        self.need_groups(shape)
        self._need_border(shape[1:])
        window = Window(self.kernel_size, self.stride, self.padding, self.dilation)
        return self.out_channels, *window.places(shape[1:], self.title)

    def _need_border(self, sides: Shape) -> None:
        spare = {"reflect": 1, "circular": 0}.get(self.padding_mode)
        pairs = zip(spread(self.padding, len(sides)), sides, strict=True)
        if spare is not None and any(padding > side - spare for padding, side in pairs):
            raise ShapeError(
                f"{self.title}: a border of {said(self.padding)} cannot be made from {size(sides)}.",
                "It would repeat more than there is.",
                f"Use a padding of at most {min(sides) - spare}, or a border of zeros.",
            )


@layer("conv1d", "Convolution 1d")
@dataclass(frozen=True, slots=True)
class Conv1d(Conv):
    """Each output channel looks for one short pattern everywhere in the sequence.

    y[c, t] = b[c] + the sum over input channels i and places k of w[c, i, k] · x[i, t + k]: a short window of
    weights slides along the steps, and each place gives one number of each output channel.

    Shapes: channels × steps go in and come out; the steps become (steps + 2 · padding − dilation · (kernel − 1) −
    1) / stride + 1, rounded down. Sequences whose steps come first need Permute before it, or it takes steps for
    channels.
    """

    sides = 1
    torch_name = "nn.Conv1d"


@layer("conv2d", "Convolution 2d")
@dataclass(frozen=True, slots=True)
class Conv2d(Conv):
    """Each output channel looks for one small pattern everywhere in the picture.

    y[c, i, j] = b[c] + the sum over input channels and window places of weight · pixel: a small window of weights
    slides over the picture, and each place gives one number of each output channel. Early layers find edges and
    colours, later ones what is made of them.

    Shapes: channels × height × width go in and come out; each side becomes (side + 2 · padding − dilation · (kernel
    − 1) − 1) / stride + 1, rounded down. A grey picture has one channel, a coloured one three.
    """

    sides = 2
    torch_name = "nn.Conv2d"


@layer("conv3d", "Convolution 3d")
@dataclass(frozen=True, slots=True)
class Conv3d(Conv):
    """Each output channel looks for one small pattern everywhere in the volume.

    y[c, i, j, k] = b[c] + the sum over input channels and window places of weight · voxel: a convolution whose
    window slides along three sides, as in scans made of slices, or in short films.

    Shapes: channels × depth × height × width go in and come out; each side becomes (side + 2 · padding − dilation ·
    (kernel − 1) − 1) / stride + 1, rounded down. Memory grows with the third power of the side: keep volumes small
    and the channels few.
    """

    sides = 3
    torch_name = "nn.Conv3d"


_EXTRA = Param("Extra edge", "Pixels added to one side of the output.", low=0, high=1_024, unit="pixels")


@dataclass(frozen=True, slots=True)
class ConvTranspose(Convolution):
    """A convolution backward: every input paints a window into a larger output.

    Parameters: in · (out / groups) · kernel to the power of the sides, plus one bias for each output channel, as a
    convolution in the other direction has them.

    Use it to make something larger in a learned way: the decoder of an autoencoder, or a network that gives a
    picture. What goes wrong: where the kernel is not a multiple of the stride, neighbouring outputs are painted
    unequally often, which shows as a chessboard pattern; kernel 2 with stride 2, or 4 with 2 and padding 1, avoid
    it. The extra edge makes up for sizes that the stride cannot give otherwise.
    """

    kernel_size: Annotated[Sides, _KERNEL] = 2
    stride: Annotated[Sides, _STRIDE] = 2
    padding: Annotated[Sides, _PADDING] = 0
    output_padding: Annotated[Sides, _EXTRA] = 0

    def out_shape(self, shape: Shape) -> Shape:
        self.need_groups(shape)
        self._need_output_padding()
        reach = Window(self.kernel_size, 1, 0, self.dilation).reach(self.sides)
        rule = zip(shape[1:], *self._spread("stride", "padding"), reach, *self._spread("output_padding"), strict=True)
        sides = tuple((side - 1) * step - 2 * border + painted + extra for side, step, border, painted, extra in rule)
        if min(sides) < 1:
            raise ShapeError(
                f"{self.title}: nothing of {size(shape[1:])} would be left.",
                f"A padding of {said(self.padding)} cuts off more than the window paints.",
                "Use less padding or a larger kernel.",
            )
        return self.out_channels, *sides

    def _need_output_padding(self) -> None:
        rule = zip(*self._spread("output_padding", "stride", "dilation"), strict=True)
        if any(extra >= max(stride, dilation) for extra, stride, dilation in rule):
            raise ShapeError(
                f"{self.title}: an extra edge of {said(self.output_padding)} is too wide.",
                "It must be less than the stride or the dilation, whichever is larger.",
                "Use 0, or 1 with a stride of 2.",
            )

    def _spread(self, *names: str) -> tuple[Shape, ...]:
        """These settings, with one number for each side."""
        return tuple(spread(getattr(self, name), self.sides) for name in names)

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(self.parameters(shape)["weight"]) * math.prod(shape[1:])

    def _pairs(self, in_channels: int) -> Shape:
        return in_channels, self.out_channels // self.groups


@layer("conv_transpose1d", "Transposed convolution 1d")
@dataclass(frozen=True, slots=True)
class ConvTranspose1d(ConvTranspose):
    """Makes a sequence longer: every step paints a learned pattern around itself.

    Every step of the input multiplies a short window of weights, and the windows are laid down stride apart and
    added up: y[c, t · stride + k] grows by w[i, c, k] · x[i, t].

    Shapes: channels × steps go in and come out; the steps become (steps − 1) · stride − 2 · padding + dilation ·
    (kernel − 1) + 1 + extra edge.
    """

    sides = 1
    torch_name = "nn.ConvTranspose1d"


@layer("conv_transpose2d", "Transposed convolution 2d")
@dataclass(frozen=True, slots=True)
class ConvTranspose2d(ConvTranspose):
    """Makes a picture larger: every pixel paints a learned pattern around itself.

    Every pixel of the input multiplies a small window of weights, and the windows are laid down stride apart and
    added up where they overlap: the reverse of how a convolution looks at a picture.

    Shapes: channels × height × width go in and come out; each side becomes (side − 1) · stride − 2 · padding +
    dilation · (kernel − 1) + 1 + extra edge. With the defaults every side doubles.
    """

    sides = 2
    torch_name = "nn.ConvTranspose2d"


@layer("conv_transpose3d", "Transposed convolution 3d")
@dataclass(frozen=True, slots=True)
class ConvTranspose3d(ConvTranspose):
    """Makes a volume larger: every point paints a learned pattern around itself.

    Every point of the input multiplies a small cube of weights, and the cubes are laid down stride apart and added
    up where they overlap.

    Shapes: channels × depth × height × width go in and come out; each side becomes (side − 1) · stride − 2 ·
    padding + dilation · (kernel − 1) + 1 + extra edge. With the defaults every side doubles, so that eight times as
    many numbers come out.
    """

    sides = 3
    torch_name = "nn.ConvTranspose3d"
