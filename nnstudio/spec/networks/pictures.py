"""Networks for pictures of any size: small ones, and known families that take small steps where pictures are small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnstudio.spec.facts import Shape
from nnstudio.spec.initialisations import Kaiming
from nnstudio.spec.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LayerKind,
    Linear,
    MaxPool2d,
    ReLU,
    Tanh,
)
from nnstudio.spec.model import Row, stack
from nnstudio.spec.nesting import mapped
from nnstudio.spec.networks.mobilenet import mobilenet_v2, mobilenet_v3
from nnstudio.spec.networks.resnet import resnet
from nnstudio.spec.networks.squeezenet import squeezenet

SMALL = 64
"""Pixels; families that were made for pictures of 224 take smaller steps where the shorter side has fewer."""

SMALLEST_TO_POOL = 4
"""Pixels a side; pooling halves it."""

LENET_SIDE = 32
LENET_WINDOW = 5

VGG_WIDTHS = (32, 64, 128)
VGG_SIDE = 4
"""Pixels a side of what the linear layers of the VGG-like network get at most."""


def small_cnn(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """Two convolutions with pooling, and a hidden linear layer."""
    kinds: list[LayerKind] = []
    side = _side(shape)
    for channels in (16, 32):
        kinds += [Conv2d(channels), ReLU()]
        if side >= SMALLEST_TO_POOL:
            kinds.append(MaxPool2d())
            side //= 2
    return stack([*kinds, Flatten(), Linear(64), ReLU(), Linear(outputs)])


def lenet(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """LeNet-5 (LeCun et al., 1998), with a border around pictures that are smaller than its 32 × 32."""
    side = _side(shape)
    first = _border(side >= LENET_SIDE)
    side = (side + 2 * first - LENET_WINDOW + 1) // 2
    second = _border(side >= 2 * LENET_WINDOW)
    features = [Conv2d(6, LENET_WINDOW, padding=first), Tanh(), AvgPool2d()]
    features += [Conv2d(16, LENET_WINDOW, padding=second), Tanh(), AvgPool2d()]
    return stack([*features, Flatten(), Linear(120), Tanh(), Linear(84), Tanh(), Linear(outputs)])


def _border(is_large: bool) -> int:
    """Around a window of five: none, or as much as keeps the size."""
    return 0 if is_large else LENET_WINDOW // 2


def vgg_like(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """Stages of two convolutions, each twice as wide as the one before, with pooling between them; after VGG."""
    kinds: list[LayerKind] = []
    side = _side(shape)
    for channels in VGG_WIDTHS:
        kinds += [Conv2d(channels), BatchNorm2d(), ReLU()] * 2
        if side >= 2:
            kinds.append(MaxPool2d())
            side //= 2
    if side > VGG_SIDE:
        kinds.append(AdaptiveAvgPool2d(VGG_SIDE))
    return stack([*kinds, Flatten(), Linear(128), ReLU(), Dropout(), Linear(outputs)])


def resnet_for(layers: int) -> Callable[[Shape, int], tuple[Row, ...]]:
    """A ResNet whose first convolution, on small pictures, looks at 3 × 3 pixels and nothing is pooled behind it.

    So did its authors on pictures of 32 × 32 (He et al., 2016, 4.2).
    """

    def made(shape: Shape, outputs: int) -> tuple[Row, ...]:
        convolution, *rest = resnet(layers, outputs)
        if _side(shape) >= SMALL:
            return (convolution, *rest)
        small = replace(convolution, kind=Conv2d(64, bias=False))
        return (small, *(row for row in rest if not isinstance(row.kind, MaxPool2d)))

    return made


def squeezenet_for(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """SqueezeNet 1.1 with a linear layer behind the pooling, which is what its last convolution comes to.

    Without batch norm, signals would fade on the way through its layers; Kaiming's initialisation keeps them.
    """
    convolution, *rest = squeezenet("1.1", None)
    if _side(shape) < SMALL:
        convolution = replace(convolution, kind=Conv2d(64))
        rest.remove(next(row for row in rest if isinstance(row.kind, MaxPool2d)))
    features = mapped((convolution, *rest), _kaiming)
    return (*features, *stack([AdaptiveAvgPool2d(), Flatten(), Dropout(), Linear(outputs)]))


def mobilenet_v2_for(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """MobileNet V2 whose first two steps of two pixels are of one where pictures are small."""
    return _with_small_steps(mobilenet_v2(outputs), shape)


def mobilenet_v3_for(shape: Shape, outputs: int) -> tuple[Row, ...]:
    """MobileNet V3 small, likewise; its batch norms follow the data at PyTorch's usual pace.

    That of the paper, a tenth of it, is for the many batches of ImageNet.
    """
    return mapped(_with_small_steps(mobilenet_v3("small", outputs), shape), _at_usual_pace)


def _with_small_steps(rows: tuple[Row, ...], shape: Shape, count: int = 2) -> tuple[Row, ...]:
    """Let the first ``count`` convolutions that step two pixels step one, where pictures are small."""
    if _side(shape) >= SMALL:
        return rows
    left = count

    def smaller(row: Row) -> Row:
        nonlocal left
        if left and isinstance(row.kind, Conv2d) and row.kind.stride == 2:
            left -= 1
            return replace(row, kind=replace(row.kind, stride=1))
        return row

    return mapped(rows, smaller)


def _kaiming(row: Row) -> Row:
    return replace(row, initialisation=Kaiming()) if isinstance(row.kind, Conv2d) else row


def _at_usual_pace(row: Row) -> Row:
    if not isinstance(row.kind, BatchNorm2d):
        return row
    return replace(row, kind=replace(row.kind, momentum=BatchNorm2d().momentum))


def _side(shape: Shape) -> int:
    """The shorter side."""
    return min(shape[1:])
