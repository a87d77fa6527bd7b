"""ShuffleNet V2: Ma et al., “ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design” (2018).

Names are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnstudio.spec.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Branches,
    ChannelShuffle,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Slice,
)
from nnstudio.spec.model import Row, block, new_row
from nnstudio.spec.networks.listing import listed


@dataclass(frozen=True, slots=True)
class ShuffleNet:
    """The channels at first, of the three stages, and at the end; and the number of blocks of each stage."""

    widths: Sequence[int] = (24, 116, 232, 464, 1024)
    depths: Sequence[int] = (4, 8, 4)


def shufflenet(plan: ShuffleNet, classes: int | None = 1000) -> tuple[Row, ...]:
    """A ShuffleNet V2 for pictures; without ``classes`` it ends with the features ``(C, H, W)``."""
    first, *widths, last = plan.widths
    rows = [*listed("conv1", (Conv2d(first, 3, 2, bias=False), BatchNorm2d(), ReLU()))]
    rows.append(new_row(MaxPool2d(3, 2, 1), "maxpool"))
    channels = first
    for stage, (width, depth) in enumerate(zip(widths, plan.depths, strict=True), 2):
        for number in range(depth):
            rows += _block(channels, width, f"stage{stage}.{number}", number == 0)
            channels = width
    rows += listed("conv5", (Conv2d(last, 1, padding=0, bias=False), BatchNorm2d(), ReLU()))
    if classes is None:
        return tuple(rows)
    return (*rows, new_row(AdaptiveAvgPool2d()), new_row(Flatten()), new_row(Linear(classes), "fc"))


def _block(channels: int, width: int, name: str, is_first: bool) -> tuple[Row, Row]:
    """Half of the channels pass, the others are worked on; the first block works on all of them twice, in half size."""
    half, stride = width // 2, 2 if is_first else 1
    right = (
        *(Conv2d(half, 1, padding=0, bias=False), BatchNorm2d(), ReLU()),
        *(Conv2d(half, 3, stride, bias=False, groups=half), BatchNorm2d()),
        *(Conv2d(half, 1, padding=0, bias=False), BatchNorm2d(), ReLU()),
    )
    left = (
        *(Conv2d(channels, 3, 2, bias=False, groups=channels), BatchNorm2d()),
        *(Conv2d(half, 1, padding=0, bias=False), BatchNorm2d(), ReLU()),
    )
    passed = listed(f"{name}.branch1", left) if is_first else (new_row(Slice(0, half, "first")),)
    taken = () if is_first else (new_row(Slice(half, half, "first")),)
    branches = block(Branches("concat"), passed, (*taken, *listed(f"{name}.branch2", right)), name=name)
    return branches, new_row(ChannelShuffle())
