"""MobileNets for phones.

V2: Sandler et al., “MobileNetV2: Inverted Residuals and Linear Bottlenecks” (2018). V3: Howard et al., “Searching for
MobileNetV3” (2019). Names, and the epsilon and momentum of V3's batch norms, are those of the networks that are
published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Branches,
    Conv2d,
    Dropout,
    Flatten,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LayerKind,
    Linear,
    ReLU,
)
from nnstudio.spec.model import Row, block, new_row
from nnstudio.spec.networks.listing import listed

Size = Literal["small", "large"]

_V2: Sequence[tuple[int, int, int, int]] = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Table 2 of the paper: expansion, channels, repetitions, stride of the first one."""


@dataclass(frozen=True, slots=True)
class _V3Block:
    """A line of tables 1 and 2 of the paper on V3."""

    kernel: int
    expanded: int
    out: int
    squeezes: bool
    is_hard: bool
    stride: int


_V3: Mapping[Size, Sequence[_V3Block]] = {
    "large": (
        _V3Block(3, 16, 16, False, False, 1),
        _V3Block(3, 64, 24, False, False, 2),
        _V3Block(3, 72, 24, False, False, 1),
        _V3Block(5, 72, 40, True, False, 2),
        _V3Block(5, 120, 40, True, False, 1),
        _V3Block(5, 120, 40, True, False, 1),
        _V3Block(3, 240, 80, False, True, 2),
        _V3Block(3, 200, 80, False, True, 1),
        _V3Block(3, 184, 80, False, True, 1),
        _V3Block(3, 184, 80, False, True, 1),
        _V3Block(3, 480, 112, True, True, 1),
        _V3Block(3, 672, 112, True, True, 1),
        _V3Block(5, 672, 160, True, True, 2),
        _V3Block(5, 960, 160, True, True, 1),
        _V3Block(5, 960, 160, True, True, 1),
    ),
    "small": (
        _V3Block(3, 16, 16, True, False, 2),
        _V3Block(3, 72, 24, False, False, 2),
        _V3Block(3, 88, 24, False, False, 1),
        _V3Block(5, 96, 40, True, True, 2),
        _V3Block(5, 240, 40, True, True, 1),
        _V3Block(5, 240, 40, True, True, 1),
        _V3Block(5, 120, 48, True, True, 1),
        _V3Block(5, 144, 48, True, True, 1),
        _V3Block(5, 288, 96, True, True, 2),
        _V3Block(5, 576, 96, True, True, 1),
        _V3Block(5, 576, 96, True, True, 1),
    ),
}

_V3_HIDDEN: Mapping[Size, int] = {"small": 1024, "large": 1280}


def eights(channels: float) -> int:
    """The multiple of 8 that is nearest, and no less than nine tenths: what the papers' code rounds channels to."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def mobilenet_v2(classes: int | None = 1000, width: float = 1.0) -> tuple[Row, ...]:
    """MobileNet V2 for pictures; without ``classes`` it ends with the features ``(1280, H, W)``."""
    channels = eights(32 * width)
    rows = list(listed("features.0", (Conv2d(channels, 3, 2, bias=False), BatchNorm2d(), _relu6())))
    place = 1
    for expansion, out, count, first_stride in _V2:
        for number in range(count):
            stride, wanted = (1 if number else first_stride), eights(out * width)
            rows += _inverted_v2(f"features.{place}", channels, expansion, wanted, stride)
            channels, place = wanted, place + 1
    last = Conv2d(eights(1280 * max(1.0, width)), 1, padding=0, bias=False)
    rows += listed(f"features.{place}", (last, BatchNorm2d(), _relu6()))
    if classes is None:
        return tuple(rows)
    return (*rows, *_pooled(), *listed("classifier", (Dropout(0.2), Linear(classes))))


def mobilenet_v3(size: Size = "small", classes: int | None = 1000, width: float = 1.0) -> tuple[Row, ...]:
    """MobileNet V3 small or large for pictures; without ``classes`` it ends with the features ``(C, H, W)``."""
    channels = eights(16 * width)
    rows = list(listed("features.0", (Conv2d(channels, 3, 2, bias=False), _norm(), Hardswish())))
    for place, plan in enumerate(_V3[size], 1):
        rows += _inverted_v3(f"features.{place}", channels, plan, width)
        channels = eights(plan.out * width)
    last = Conv2d(6 * channels, 1, padding=0, bias=False)
    rows += listed(f"features.{len(_V3[size]) + 1}", (last, _norm(), Hardswish()))
    if classes is None:
        return tuple(rows)
    head = (Linear(eights(_V3_HIDDEN[size] * width)), Hardswish(), Dropout(0.2), Linear(classes))
    return (*rows, *_pooled(), *listed("classifier", head))


def _inverted_v2(name: str, channels: int, expansion: int, out: int, stride: int) -> list[Row]:
    """More channels, a window for each of them, fewer channels; and a way around where in and out are alike."""
    hidden = channels * expansion
    steps: list[Row] = []
    if expansion != 1:
        steps += listed(f"{name}.conv.0", (Conv2d(hidden, 1, padding=0, bias=False), BatchNorm2d(), _relu6()))
    depthwise = Conv2d(hidden, 3, stride, bias=False, groups=hidden)
    place = 1 if expansion != 1 else 0
    steps += listed(f"{name}.conv.{place}", (depthwise, BatchNorm2d(), _relu6()))
    steps += [
        new_row(Conv2d(out, 1, padding=0, bias=False), f"{name}.conv.{place + 1}"),
        new_row(BatchNorm2d(), f"{name}.conv.{place + 2}"),
    ]
    return _around(name, steps, stride == 1 and channels == out)


def _inverted_v3(name: str, channels: int, plan: _V3Block, width: float) -> list[Row]:
    """As in V2, with a wider window here and there, and channels that are weighed by what the whole picture shows."""
    hidden, out = eights(plan.expanded * width), eights(plan.out * width)
    parts: list[Row] = []
    place = 0
    if hidden != channels:
        parts += listed(f"{name}.block.0", (Conv2d(hidden, 1, padding=0, bias=False), _norm(), _bend(plan)))
        place += 1
    window = Conv2d(hidden, plan.kernel, plan.stride, plan.kernel // 2, bias=False, groups=hidden)
    parts += listed(f"{name}.block.{place}", (window, _norm(), _bend(plan)))
    if plan.squeezes:
        place += 1
        parts.append(_weighed(f"{name}.block.{place}", hidden))
    parts += listed(f"{name}.block.{place + 1}", (Conv2d(out, 1, padding=0, bias=False), _norm()))
    return _around(name, parts, plan.stride == 1 and channels == out)


def _around(name: str, steps: Sequence[Row], fits: bool) -> list[Row]:
    return [block(Branches("add"), steps, (), name=name)] if fits else list(steps)


def _weighed(name: str, channels: int) -> Row:
    """Squeeze and excite: each channel times a share that all channels decide on."""
    weigh = (
        new_row(AdaptiveAvgPool2d(1), f"{name}.avgpool"),
        new_row(Conv2d(eights(channels // 4), 1, padding=0), f"{name}.fc1"),
        new_row(ReLU(), f"{name}.activation"),
        new_row(Conv2d(channels, 1, padding=0), f"{name}.fc2"),
        new_row(Hardsigmoid(), f"{name}.scale_activation"),
    )
    return block(Branches("multiply"), weigh, (), name=name)


def _pooled() -> tuple[Row, Row]:
    return new_row(AdaptiveAvgPool2d(1), "avgpool"), new_row(Flatten(), "flatten")


def _bend(plan: _V3Block) -> LayerKind:
    return Hardswish() if plan.is_hard else ReLU()


def _relu6() -> Hardtanh:
    return Hardtanh(0.0, 6.0)


def _norm() -> BatchNorm2d:
    return BatchNorm2d(momentum=0.01, eps=0.001)
