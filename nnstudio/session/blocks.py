"""Blocks as they are known from papers, ready to be put into a network: a few rows that fit what comes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers import (
    AdaptiveAvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Branches,
    Conv2d,
    LayerKind,
    Linear,
    MaxPool2d,
    ReLU,
    Repeat,
    Shape,
    Sigmoid,
)
from nnstudio.spec.layers.base import size
from nnstudio.spec.model import Model, Row, block, new_row, stack
from nnstudio.spec.shapes import walk

USUAL: Shape = (16, 32, 32)
"""What a block is made for while the shape of the data is unknown."""

GROWTH = 12
"""Channels that each step of a dense block adds."""


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """Rows that belong together, for an input of any shape that they can take."""

    key: str
    title: str
    about: str
    make: Callable[[Shape], tuple[Row, ...]]
    takes_rows: bool = False
    """It is also for flat input, not only for pictures."""

    family = "nesting"

    def explanation(self) -> str:
        """The one sentence that explains it."""
        return self.about

    def lesson(self) -> tuple[str, ...]:
        """Its layers, outermost first, as paragraphs to read."""
        return (f"It puts in: {_listed(self.make(USUAL))}.", "Every layer of it can be changed, moved and removed.")

    def rows(self, shape: Shape | None) -> tuple[Row, ...]:
        """New rows for an input of ``shape``."""
        return self.make(shape if shape and not self.problem(shape) else USUAL)

    def problem(self, shape: Shape) -> str:
        """Why it does not fit an input of ``shape``; empty when it does."""
        if len(shape) == 3 or (self.takes_rows and len(shape) == 1):
            return ""
        flat = "flat input or " if self.takes_rows else ""
        return f"{self.title} needs {flat}pictures (channels × height × width), but gets {size(shape)}."

    def out_shape(self, shape: Shape) -> Shape | None:
        """The shape that comes out."""
        return walk(Model(self.make(shape)), shape).output


def _listed(rows: Sequence[Row]) -> str:
    """Layers in words, those of a block in brackets: ``Branches (Linear, ReLU | the input itself)``."""
    inner = (" | ".join(_listed(branch) or "the input itself" for branch in row.branches) for row in rows)
    named = (row.title + (f" ({held})" if held else "") for row, held in zip(rows, inner, strict=True))
    return ", ".join(named)


def _residual(shape: Shape) -> tuple[Row, ...]:
    if len(shape) == 1:
        width = shape[0]
        around = [Linear(width), BatchNorm1d(), ReLU(), Linear(width), BatchNorm1d()]
    else:
        around = [Conv2d(shape[0]), BatchNorm2d(), ReLU(), Conv2d(shape[0]), BatchNorm2d()]
    return stack([block(Branches("add"), around, [], name="Residual block"), ReLU()])


def _inception(shape: Shape) -> tuple[Row, ...]:
    channels, fewer = max(4, shape[0] // 2), max(2, shape[0] // 4)
    branches = block(
        Branches("concat"),
        [_pointwise(channels), ReLU()],
        [_pointwise(fewer), ReLU(), Conv2d(channels), ReLU()],
        [_pointwise(fewer), ReLU(), Conv2d(channels, 5, padding=2), ReLU()],
        [MaxPool2d(3, 1, 1), _pointwise(channels), ReLU()],
        name="Inception block",
    )
    return (branches,)


def _squeeze_excite(shape: Shape) -> tuple[Row, ...]:
    weigh = [
        AdaptiveAvgPool2d(1),
        _pointwise(max(1, shape[0] // 4)),
        ReLU(),
        _pointwise(shape[0]),
        Sigmoid(),
    ]
    return (block(Branches("multiply"), [], weigh, name="Squeeze and excite"),)


def _dense(shape: Shape) -> tuple[Row, ...]:
    flat: list[LayerKind] = [BatchNorm1d(), ReLU(), Linear(GROWTH)]
    step = flat if len(shape) == 1 else [BatchNorm2d(), ReLU(), Conv2d(GROWTH)]
    return (block(Repeat(3), [block(Branches("concat"), [], step)], name="Dense block"),)


def _depthwise(shape: Shape) -> tuple[Row, ...]:
    channels = shape[0]
    each, mix = new_row(Conv2d(channels, groups=channels), "Depthwise"), new_row(_pointwise(2 * channels), "Pointwise")
    return stack([each, BatchNorm2d(), ReLU(), mix, BatchNorm2d(), ReLU()])


def _pointwise(channels: int) -> Conv2d:
    """A convolution that looks at one pixel at a time."""
    return Conv2d(channels, 1, padding=0)


KNOWN_BLOCKS = (
    KnownBlock(
        "residual",
        "Residual block",
        "Two layers and a way around them: deep networks learn what to add to their input.",
        _residual,
        takes_rows=True,
    ),
    KnownBlock(
        "inception",
        "Inception block",
        "Looks through windows of several sizes at once, and puts what they find side by side.",
        _inception,
    ),
    KnownBlock(
        "squeeze_excite",
        "Squeeze-and-excite block",
        "Weighs each channel by what the whole picture shows.",
        _squeeze_excite,
    ),
    KnownBlock(
        "dense",
        "Dense block",
        "Each of its three steps sees the results of all before it.",
        _dense,
        takes_rows=True,
    ),
    KnownBlock(
        "depthwise_separable",
        "Depthwise-separable convolution",
        "Looks at each channel for itself, then mixes them pixel by pixel: far fewer weights than a convolution.",
        _depthwise,
    ),
)
"""In the order in which the palette lists them."""
