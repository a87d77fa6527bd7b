"""Residual networks: He et al., “Deep Residual Learning for Image Recognition” (2016), and their wide and grouped kin.

Names and strides are those of the networks that are published for PyTorch: a bottleneck steps in its 3 × 3 convolution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers import AdaptiveAvgPool2d, BatchNorm2d, Branches, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from nnstudio.spec.model import Row, block, new_row

DEPTHS: Mapping[int, tuple[int, ...]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""Blocks in each stage, by the number of layers with weights."""

DEEP = 50
"""From so many layers on, blocks are bottlenecks."""

EXPANSION = 4
"""A bottleneck gives so many times the channels of its stage."""


@dataclass(frozen=True, slots=True)
class ResNet:
    """What tells residual networks apart.

    ``inner`` is the width of the first stage's blocks inside; it is more than ``width`` in wide networks and in those
    with ``groups``. ``is_small`` is for small pictures: they are looked at in full size first.
    """

    blocks: Sequence[int]
    is_bottleneck: bool = False
    width: int = 64
    inner: int = 64
    groups: int = 1
    is_small: bool = False

    @property
    def expansion(self) -> int:
        return EXPANSION if self.is_bottleneck else 1


def resnet(layers: int = 18, classes: int | None = 1000) -> tuple[Row, ...]:
    """ResNet-18, -34, -50, -101 or -152 for pictures; without ``classes`` it ends with the features ``(C, H, W)``."""
    return resnet_of(ResNet(DEPTHS[layers], layers >= DEEP), classes)


def resnet_of(plan: ResNet, classes: int | None = 1000) -> tuple[Row, ...]:
    """A residual network of any plan."""
    first = Conv2d(plan.width, bias=False) if plan.is_small else Conv2d(plan.width, 7, 2, 3, bias=False)
    pool = () if plan.is_small else (new_row(MaxPool2d(3, 2, 1), "maxpool"),)
    stem = new_row(first, "conv1"), new_row(BatchNorm2d(), "bn1"), new_row(ReLU(), "relu")
    return (*stem, *pool, *_stages(plan), *_head(classes))


def _stages(plan: ResNet) -> Iterator[Row]:
    channels = plan.width
    for stage, count in enumerate(plan.blocks):
        wide = plan.width * 2**stage
        for place in range(count):
            stride = 2 if stage and not place else 1
            fits = stride == 1 and channels == wide * plan.expansion
            yield from _block(plan, f"layer{stage + 1}.{place}", stage, stride, fits)
            channels = wide * plan.expansion


def _block(plan: ResNet, name: str, stage: int, stride: int, fits: bool) -> Iterator[Row]:
    wide, inner = plan.width * 2**stage, plan.inner * 2**stage
    around: tuple[Row, ...]
    if plan.is_bottleneck:
        around = (
            *_step(name, 1, Conv2d(inner, 1, padding=0, bias=False)),
            *_step(name, 2, Conv2d(inner, 3, stride, bias=False, groups=plan.groups)),
            *_step(name, 3, Conv2d(wide * EXPANSION, 1, padding=0, bias=False)),
        )
    else:
        around = (*_step(name, 1, Conv2d(wide, 3, stride, bias=False)), *_step(name, 2, Conv2d(wide, bias=False)))
    yield block(Branches("add"), around[:-1], () if fits else _shortcut(plan, name, wide, stride), name=name)
    yield around[-1]


def _step(name: str, number: int, convolution: Conv2d) -> tuple[Row, Row, Row]:
    return (
        new_row(convolution, f"{name}.conv{number}"),
        new_row(BatchNorm2d(), f"{name}.bn{number}"),
        new_row(ReLU(), f"{name}.relu"),
    )


def _shortcut(plan: ResNet, name: str, wide: int, stride: int) -> tuple[Row, Row]:
    convolution = Conv2d(wide * plan.expansion, 1, stride, 0, bias=False)
    return new_row(convolution, f"{name}.downsample.0"), new_row(BatchNorm2d(), f"{name}.downsample.1")


def _head(classes: int | None) -> tuple[Row, ...]:
    if classes is None:
        return ()
    pool, flatten = new_row(AdaptiveAvgPool2d(1), "avgpool"), new_row(Flatten(), "flatten")
    return pool, flatten, new_row(Linear(classes), "fc")
