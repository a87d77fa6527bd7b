"""Networks of convolutions that are known from papers: how each family is found, and its members."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from nnstudio.engine.rebuilding.candidates import SIDE, Candidate, Family, counted, first
from nnstudio.engine.rebuilding.units import Shapes
from nnstudio.spec.model import Row
from nnstudio.spec.networks.alexnet import alexnet
from nnstudio.spec.networks.convnext import ConvNeXt, convnext
from nnstudio.spec.networks.mobilenet import Size, mobilenet_v2, mobilenet_v3
from nnstudio.spec.networks.resnet import DEPTHS, ResNet, resnet_of
from nnstudio.spec.networks.shufflenet import ShuffleNet, shufflenet
from nnstudio.spec.networks.squeezenet import Version, squeezenet
from nnstudio.spec.networks.vgg import DEPTHS as VGG_DEPTHS
from nnstudio.spec.networks.vgg import vgg

SMALL_SIDE = 32
"""Pixels of the pictures that networks with a small first window were made for."""

WIDTHS = (1.0, 0.75, 0.5, 0.35, 0.25, 1.25, 1.3, 1.4)
"""Multiples of the channels that MobileNets are published with."""

SHUFFLED = {48: "0.5", 116: "1.0", 176: "1.5", 244: "2.0"}
"""The sizes that ShuffleNet V2 is published in, by the channels of its first stage."""

CONVNEXTS = {(96, 9): "tiny", (96, 27): "small", (128, 27): "base", (192, 27): "large"}
"""The sizes of ConvNeXt, by the channels at first and the blocks of the third stage."""

HIDDEN = 4096
"""Hidden units of the published AlexNet and VGG."""

SMALL_STEM = (
    "Networks for small pictures begin with a window of 3 × 3, a stride of 1 and no pooling; the weights do not tell."
)


def _residual(shapes: Shapes) -> Iterator[Candidate]:
    width, _, kernel, _ = shapes["conv1.weight"]
    is_bottleneck = "layer1.0.conv3.weight" in shapes
    inner, window = shapes["layer1.0.conv1.weight"][0], shapes["layer1.0.conv2.weight"][1]
    if not window or inner % window or kernel not in (3, 7):
        return
    is_small = kernel == 3
    plan = ResNet(_blocks(shapes), is_bottleneck, width, inner, inner // window, is_small)
    side = SMALL_SIDE if is_small else SIDE
    yield Candidate(_residual_title(plan), partial(_residual_rows, plan), side)


def _residual_rows(plan: ResNet, classes: int | None) -> tuple[Row, ...]:
    first, *others = resnet_of(plan, classes)
    return replace(first, guess=SMALL_STEM if plan.is_small else ""), *others


def _blocks(shapes: Shapes) -> tuple[int, ...]:
    """How many blocks each stage has."""
    stages = {name.partition(".")[0] for name in shapes if re.match(r"layer\d+\.\d+\.", name)}
    return tuple(counted(shapes, f"layer{number}.") for number in range(1, len(stages) + 1))


def _residual_title(plan: ResNet) -> str:
    number = 2 + sum(plan.blocks) * (3 if plan.is_bottleneck else 2)
    if DEPTHS.get(number) != plan.blocks or plan.width != 64 or plan.is_small:
        return f"a ResNet-{number} of {plan.width} channels at first"
    if plan.groups > 1:
        return f"ResNeXt-{number} ({plan.groups}x{plan.inner // plan.groups}d)"
    return f"ResNet-{number}" if plan.inner == plan.width else f"Wide ResNet-{number}-{plan.inner // plan.width}"


def _vgg(shapes: Shapes) -> Iterator[Candidate]:
    convolutions = [name for name, shape in shapes.items() if name.startswith("features.") and len(shape) == 4]
    batch_norm = any(name.startswith("features.") and name.endswith("running_mean") for name in shapes)
    hidden = first(shapes, "classifier.0.weight") or HIDDEN
    if (layers := len(convolutions) + 3) in VGG_DEPTHS:
        title = f"VGG-{layers}{' with batch norm' if batch_norm else ''}"
        yield Candidate(title, partial(vgg, layers, batch_norm, hidden=hidden))


def _alexnet(shapes: Shapes) -> Iterator[Candidate]:
    hidden = first(shapes, "classifier.1.weight") or HIDDEN
    yield Candidate("AlexNet", partial(alexnet, hidden=hidden))


def _squeezenet(shapes: Shapes) -> Iterator[Candidate]:
    version: Version = "1.1" if shapes["features.0.weight"][0] == 64 else "1.0"
    yield Candidate(f"SqueezeNet {version}", partial(squeezenet, version))


def _mobilenet_v2(shapes: Shapes) -> Iterator[Candidate]:
    del shapes
    for width in WIDTHS:
        yield Candidate(f"MobileNet V2{_times(width)}", partial(mobilenet_v2, width=width))


def _mobilenet_v3(shapes: Shapes) -> Iterator[Candidate]:
    size: Size = "large" if "features.16.0.weight" in shapes else "small"
    for width in WIDTHS:
        title = f"MobileNet V3 {size}{_times(width)}"
        yield Candidate(title, partial(mobilenet_v3, size, width=width))


def _times(width: float) -> str:
    return "" if width == 1 else f", {width:g} times as wide"


def _shufflenet(shapes: Shapes) -> Iterator[Candidate]:
    stages = [f"stage{number}" for number in (2, 3, 4)]
    halves = [first(shapes, f"{stage}.0.branch2.0.weight") for stage in stages]
    begin, end = first(shapes, "conv1.0.weight"), first(shapes, "conv5.0.weight")
    if begin and end and all(halves):
        widths = (begin, *(2 * (half or 0) for half in halves), end)
        plan = ShuffleNet(widths, [counted(shapes, f"{stage}.") for stage in stages])
        size = SHUFFLED.get(widths[1], "")
        title = f"ShuffleNet V2, {size} times as wide" if size else f"a ShuffleNet V2 of {widths[1]} channels"
        yield Candidate(title, partial(shufflenet, plan))


def _convnext(shapes: Shapes) -> Iterator[Candidate]:
    stages = [f"features.{place}." for place in (1, 3, 5, 7)]
    widths = [first(shapes, f"{stage}0.layer_scale") for stage in stages]
    if all(widths):
        plan = ConvNeXt([width or 0 for width in widths], [counted(shapes, stage) for stage in stages])
        size = CONVNEXTS.get((plan.widths[0], plan.depths[2]))
        title = f"ConvNeXt {size}" if size else f"a ConvNeXt of {plan.widths[0]} channels at first"
        yield Candidate(title, partial(convnext, plan))


CONVOLUTIONAL = (
    Family(
        {"conv1.weight": 4, "bn1.running_mean": 1, "layer1.0.conv1.weight": 4, "layer1.0.conv2.weight": 4},
        "fc.weight",
        _residual,
    ),
    Family(
        {"conv1.0.weight": 4, "stage2.0.branch1.0.weight": 4, "stage2.0.branch2.0.weight": 4}, "fc.weight", _shufflenet
    ),
    Family({"features.0.0.weight": 4, "features.1.0.layer_scale": 3}, "classifier.2.weight", _convnext),
    Family({"features.0.weight": 4, "features.3.squeeze.weight": 4}, "classifier.1.weight", _squeezenet),
    Family({"features.0.0.weight": 4, "features.1.conv.0.0.weight": 4}, "classifier.1.weight", _mobilenet_v2),
    Family({"features.0.0.weight": 4, "features.1.block.0.0.weight": 4}, "classifier.3.weight", _mobilenet_v3),
    Family({"features.0.weight": 4, "features.3.weight": 4, "features.10.weight": 4}, "classifier.6.weight", _alexnet),
    Family({"features.0.weight": 4, "features.0.bias": 1}, "classifier.6.weight", _vgg),
)
"""Those with rarer marks first."""
