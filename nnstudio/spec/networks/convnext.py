"""ConvNeXt: Liu et al., “A ConvNet for the 2020s” (2022).

Names and the epsilon of the norms are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers import (
    GELU,
    AdaptiveAvgPool2d,
    Branches,
    Conv2d,
    Flatten,
    LayerNorm,
    LayerScale,
    Linear,
    Permute,
    StepLinear,
)
from nnstudio.spec.model import Row, block, new_row

EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class ConvNeXt:
    """The channels and the number of blocks of each stage."""

    widths: Sequence[int] = (96, 192, 384, 768)
    depths: Sequence[int] = (3, 3, 9, 3)


def convnext(plan: ConvNeXt, classes: int | None = 1000) -> tuple[Row, ...]:
    """A ConvNeXt for pictures; without ``classes`` it ends with the features ``(C, H, W)``."""
    rows = [new_row(Conv2d(plan.widths[0], 4, 4, 0), "features.0.0"), *_norm("features.0.1")]
    for stage, (width, depth) in enumerate(zip(plan.widths, plan.depths, strict=True)):
        if stage:
            smaller = f"features.{2 * stage}"
            rows += [*_norm(f"{smaller}.0"), new_row(Conv2d(width, 2, 2, 0), f"{smaller}.1")]
        rows += [_block(width, f"features.{2 * stage + 1}.{number}") for number in range(depth)]
    if classes is None:
        return tuple(rows)
    head = new_row(Flatten(), "classifier.1"), new_row(Linear(classes), "classifier.2")
    return (*rows, new_row(AdaptiveAvgPool2d(), "avgpool"), *_norm("classifier.0"), *head)


def _norm(name: str) -> Iterator[Row]:
    """A layer norm over the channels of every pixel."""
    yield new_row(Permute("first"))
    yield new_row(LayerNorm(eps=EPSILON), name)
    yield new_row(Permute())


def _block(width: int, name: str) -> Row:
    """A wide window for each channel, and two linear layers for each pixel, beside a way around them."""
    steps = (
        new_row(Conv2d(width, 7, 1, 3, groups=width), f"{name}.block.0"),
        new_row(Permute("first"), f"{name}.block.1"),
        new_row(LayerNorm(eps=EPSILON), f"{name}.block.2"),
        new_row(StepLinear(4 * width), f"{name}.block.3"),
        new_row(GELU(), f"{name}.block.4"),
        new_row(StepLinear(width), f"{name}.block.5"),
        new_row(Permute(), f"{name}.block.6"),
        new_row(LayerScale(), name),
    )
    return block(Branches("add"), steps, (), name=name)
