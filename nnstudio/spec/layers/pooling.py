"""Layers that shrink their input by summarising each window of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_sides, size
from nnstudio.spec.layers.sliding import Window, said, spread
from nnstudio.spec.params import Param, Sides

_KERNEL = Param("Kernel", "Length of each side of the window.", low=1, high=1_024, unit="pixels")
_STRIDE = Param("Stride", "Step from one window to the next.", low=1, high=1_024, unit="pixels")
_BORDER = Param("Padding", "Border added on each side.", low=0, high=512, unit="pixels")
_ZEROS = Param("Padding", "Zeros added on each side.", low=0, high=512, unit="pixels")
_CEIL = Param("Round up", "Keep a last window that reaches over the edge, rather than leave the rest out.")


@dataclass(frozen=True, slots=True)
class Pool(LayerKind, family="pooling"):
    """What the poolings share: a window, a step, and a border.

    Shapes: channels stay; each side becomes (side + 2 · padding − kernel) / stride + 1, rounded down, or up where a
    last window may reach over the edge. It has no parameters: nothing is learned here.

    Use it between convolutions, so that the layers behind it see more of the input in fewer numbers. What goes
    wrong: after too many poolings nothing is left to pool, and where something lies exactly is lost, which matters
    when a position is to be predicted. A convolution with a stride shrinks, too, and learns how.
    """

    sides: ClassVar[int]
    torch_name: ClassVar[str]
    kernel_size: Annotated[Sides, _KERNEL] = 2
    stride: Annotated[Sides, _STRIDE] = 2
    padding: Annotated[Sides, _BORDER] = 0
    ceil_mode: Annotated[bool, _CEIL] = False

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, self.sides, self.title)
        pairs = zip(spread(self.padding, self.sides), spread(self.kernel_size, self.sides), strict=True)
        if any(padding > kernel // 2 for padding, kernel in pairs):
            what = f"padding {said(self.padding)} is more than half of the kernel {said(self.kernel_size)}."
            raise ShapeError(
                f"{self.title}: {what}",
                "A window would see nothing but padding.",
                "Use less padding or a larger kernel.",
            )
        window = Window(self.kernel_size, self.stride, self.padding, ceil=self.ceil_mode)
        return shape[0], *window.places(shape[1:], self.title)

    def call(self, shape: Shape) -> Call:
        del shape
        usual = {"stride": self.kernel_size, "padding": 0, "ceil_mode": False}
        given = {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}
        return Call(self.torch_name, (self.kernel_size,), given)

    def summary(self) -> str:
        return f"{size(spread(self.kernel_size, self.sides))} · step {said(self.stride)}"


@layer("max_pool1d", "Max pooling 1d")
@dataclass(frozen=True, slots=True)
class MaxPool1d(Pool):
    """Keeps the largest value of each stretch: was the pattern there at all?

    y[c, t] = the largest of x[c, t · stride], …, x[c, t · stride + kernel − 1]. It answers whether a pattern
    occurred in the stretch, and forgets where. Channels × steps go in and come out.
    """

    sides = 1
    torch_name = "nn.MaxPool1d"


@layer("max_pool2d", "Max pooling 2d")
@dataclass(frozen=True, slots=True)
class MaxPool2d(Pool):
    """Keeps the largest value of each window: was the pattern there at all?

    y[c, i, j] = the largest number of channel c in the window at (i · stride, j · stride). It answers whether a
    pattern is in the window, and forgets where: the picture may move a little without changing the result. Channels
    × height × width go in and come out.
    """

    sides = 2
    torch_name = "nn.MaxPool2d"


@layer("avg_pool1d", "Average pooling 1d")
@dataclass(frozen=True, slots=True)
class AvgPool1d(Pool):
    """Keeps the mean of each stretch: how much of the pattern was there?

    y[c, t] = the mean of the numbers of channel c in the stretch. It smooths, and lets the gradient reach every
    step alike. Channels × steps go in and come out; zeros that are added at the border count in the mean.
    """

    sides = 1
    torch_name = "nn.AvgPool1d"
    padding: Annotated[Sides, _ZEROS] = 0


@layer("avg_pool2d", "Average pooling 2d")
@dataclass(frozen=True, slots=True)
class AvgPool2d(Pool):
    """Keeps the mean of each window: how much of the pattern was there?

    y[c, i, j] = the mean of the numbers of channel c in the window. It smooths, and lets the gradient reach every
    pixel alike; zeros that are added at the border count in the mean. Channels × height × width go in and come out.
    """

    sides = 2
    torch_name = "nn.AvgPool2d"
    padding: Annotated[Sides, _ZEROS] = 0


_OUTPUT = Param("Output", "Windows along each side, however large the input is; 1 pools all of it.", low=1, high=1_024)


@dataclass(frozen=True, slots=True)
class AdaptivePool(LayerKind, family="pooling"):
    """A pooling whose windows are made to fit: the output always has the same sides.

    Shapes: the channels stay, and each side becomes the stated output, whatever the input measures; window number i
    reaches from i · side / output to (i + 1) · side / output. It has no parameters.

    Use it with output 1 at the end of the convolutions, with Flatten behind it: the linear layer needs one weight
    for each channel instead of one for each pixel, which saves most parameters of a network, and pictures of other
    sizes pass, too. What goes wrong: an output larger than the input repeats numbers rather than adding any.
    """

    sides: ClassVar[int]
    torch_name: ClassVar[str]
    output_size: Annotated[Sides, _OUTPUT] = 1

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, self.sides, self.title)
        return shape[0], *spread(self.output_size, self.sides)

    def call(self, shape: Shape) -> Call:
        del shape
        return Call(self.torch_name, (self.output_size,))

    def summary(self) -> str:
        return "global" if self.output_size == 1 else f"to {size(spread(self.output_size, self.sides))}"


@layer("adaptive_avg_pool1d", "Global average pooling 1d")
@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool1d(AdaptivePool):
    """Keeps the mean of each channel over the whole sequence, or over a stated number of equal stretches.

    y[c] = the mean of channel c over all steps: how much of each pattern is in the sequence. Every step counts
    alike.
    """

    sides = 1
    torch_name = "nn.AdaptiveAvgPool1d"


@layer("adaptive_avg_pool2d", "Global average pooling 2d")
@dataclass(frozen=True, slots=True)
class AdaptiveAvgPool2d(AdaptivePool):
    """Keeps the mean of each channel over the whole picture, or over a stated number of equal windows.

    y[c] = the mean of channel c over all pixels: how much of each pattern is in the picture. This is the usual end
    of ResNet, MobileNet and most networks since.
    """

    sides = 2
    torch_name = "nn.AdaptiveAvgPool2d"


@layer("adaptive_max_pool1d", "Global max pooling 1d")
@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool1d(AdaptivePool):
    """Keeps the largest value of each channel in the whole sequence, or in each of some equal stretches.

    y[c] = the largest number of channel c over all steps: whether the pattern occurs anywhere in the sequence,
    however short it is.
    """

    sides = 1
    torch_name = "nn.AdaptiveMaxPool1d"


@layer("adaptive_max_pool2d", "Global max pooling 2d")
@dataclass(frozen=True, slots=True)
class AdaptiveMaxPool2d(AdaptivePool):
    """Keeps the largest value of each channel in the whole picture, or in each of some equal windows.

    y[c] = the largest number of channel c over all pixels: whether the pattern is anywhere in the picture. One
    pixel decides, so that single outliers do, too, where a mean would outvote them.
    """

    sides = 2
    torch_name = "nn.AdaptiveMaxPool2d"
