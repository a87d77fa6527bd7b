"""Networks that are known from papers, told by the names and shapes of their tensors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from nnstudio.engine.rebuilding.units import COUNTER, Shapes
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Shape
from nnstudio.spec.model import Model, Row
from nnstudio.spec.nesting import mapped
from nnstudio.spec.networks.alexnet import alexnet
from nnstudio.spec.networks.mobilenet import Size, mobilenet_v2, mobilenet_v3
from nnstudio.spec.networks.resnet import DEPTHS, ResNet, resnet_of
from nnstudio.spec.networks.squeezenet import Version, squeezenet
from nnstudio.spec.networks.vgg import DEPTHS as VGG_DEPTHS
from nnstudio.spec.networks.vgg import vgg
from nnstudio.spec.shapes import walk

SIDE, SMALL_SIDE = 224, 32
"""Pixels of the pictures that these networks were made for, and of those with a small first window."""

WIDTHS = (1.0, 0.75, 0.5, 0.35, 0.25, 1.25, 1.3, 1.4)
"""Multiples of the channels that MobileNets are published with."""

HIDDEN = 4096
"""Hidden units of the published AlexNet and VGG."""

MOST_PREFIXES = 8
"""Networks beside each other in one file that are looked for."""

SMALL_STEM = (
    "Networks for small pictures begin with a window of 3 × 3, a stride of 1 and no pooling; the weights do not tell."
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network that a file may hold: what it is called, and its rows with a head for so many classes, or none."""

    title: str
    rows: Callable[[int | None], tuple[Row, ...]]
    side: int = SIDE


@dataclass(frozen=True, slots=True)
class Family:
    """How a family is found: by tensors that all of it have, with their number of sides.

    The first of these sees the input; ``head`` is the weight of the last layer.
    """

    marks: Mapping[str, int]
    head: str
    members: Callable[[Shapes], Iterator[Candidate]]


@dataclass(frozen=True, slots=True)
class Known:
    """A network that was found; ``rest`` are tensors without a place in it, ``headless`` says that it has no end."""

    title: str
    rows: tuple[Row, ...]
    input_shape: Shape
    rest: tuple[str, ...]
    headless: bool


def known(shapes: Shapes) -> Known | None:
    """The network of a known family in a file with tensors of these names and shapes, also below a prefix."""
    for family in FAMILIES:
        first = next(iter(family.marks))
        named = (name for name in shapes if name == first or name.endswith(f".{first}"))
        for name in islice(named, MOST_PREFIXES):
            if found := _below(shapes, name.removesuffix(first), family):
                return found
    return None


def _below(shapes: Shapes, prefix: str, family: Family) -> Known | None:
    """The member of ``family`` whose tensors all begin with ``prefix``."""
    here = {name.removeprefix(prefix): shape for name, shape in shapes.items() if name.startswith(prefix)}
    if any(len(here.get(mark, ())) != sides for mark, sides in family.marks.items()):
        return None
    channels = here[next(iter(family.marks))][1]
    for candidate in family.members(here):
        shape = (channels, candidate.side, candidate.side)
        for classes in dict.fromkeys((_first(here, family.head), None)):
            if rows := _fitting(candidate, classes, shape, here):
                mine = {prefix + name for name in tensors_of(rows, shape)}
                rest = tuple(name for name in shapes if name not in mine)
                return Known(candidate.title, _prefixed(rows, prefix), shape, rest, classes is None)
    return None


def _fitting(candidate: Candidate, classes: int | None, shape: Shape, here: Shapes) -> tuple[Row, ...]:
    """The rows of a candidate, where every tensor that they need is there."""
    try:
        rows = candidate.rows(classes)
    except SpecError:  # more classes than a layer can have, or none
        return ()
    wanted = tensors_of(rows, shape)
    fits = all(here.get(name) == size for name, size in wanted.items() if not name.endswith(COUNTER))
    return rows if wanted and fits else ()


def _first(shapes: Shapes, name: str) -> int | None:
    """The first side of a tensor that may be missing, or have none."""
    return next(iter(shapes.get(name, ())), None)


def tensors_of(rows: tuple[Row, ...], shape: Shape) -> Shapes:
    """The tensors of rows by their rows' names; none where they cannot take an example of ``shape``."""
    walked = walk(Model(rows), shape)
    if walked.problem:
        return {}
    return {
        f"{leaf.row.name}.{name}": size
        for leaf in walked.leaves()
        for name, size in (*leaf.parameters.items(), *leaf.buffers.items())
    }


def _prefixed(rows: tuple[Row, ...], prefix: str) -> tuple[Row, ...]:
    return mapped(rows, lambda row: replace(row, name=prefix + row.name)) if prefix else rows


# the members of each family


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
    found = {match.groups() for name in shapes if (match := re.match(r"layer(\d+)\.(\d+)\.", name))}
    stages = [stage for stage, _ in found]
    return tuple(stages.count(str(number)) for number in range(1, len(set(stages)) + 1))


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
    hidden = _first(shapes, "classifier.0.weight") or HIDDEN
    if (layers := len(convolutions) + 3) in VGG_DEPTHS:
        title = f"VGG-{layers}{' with batch norm' if batch_norm else ''}"
        yield Candidate(title, partial(vgg, layers, batch_norm, hidden=hidden))


def _alexnet(shapes: Shapes) -> Iterator[Candidate]:
    hidden = _first(shapes, "classifier.1.weight") or HIDDEN
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


FAMILIES = (
    Family(
        {"conv1.weight": 4, "bn1.running_mean": 1, "layer1.0.conv1.weight": 4, "layer1.0.conv2.weight": 4},
        "fc.weight",
        _residual,
    ),
    Family({"features.0.weight": 4, "features.3.squeeze.weight": 4}, "classifier.1.weight", _squeezenet),
    Family({"features.0.0.weight": 4, "features.1.conv.0.0.weight": 4}, "classifier.1.weight", _mobilenet_v2),
    Family({"features.0.0.weight": 4, "features.1.block.0.0.weight": 4}, "classifier.3.weight", _mobilenet_v3),
    Family({"features.0.weight": 4, "features.3.weight": 4, "features.10.weight": 4}, "classifier.6.weight", _alexnet),
    Family({"features.0.weight": 4, "features.0.bias": 1}, "classifier.6.weight", _vgg),
)
"""Those with rarer marks first."""
