"""What is proposed where weights do not tell: strides, paddings, poolings, and the size of an example."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from nnstudio.engine.rebuilding.units import Unit
from nnstudio.spec.layers import Embedding, Shape
from nnstudio.spec.layers.convolution import Convolution
from nnstudio.spec.layers.sliding import alike, spread
from nnstudio.spec.params import Sides

Window = Literal["same", "valid", "half", "step"]
Pools = Literal["each", "last", "none"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How windows step and whether poolings follow convolutions, where nothing tells.

    ``same`` keeps the sides; ``valid`` adds no border; ``half`` steps by half a window without border; ``step`` halves
    the sides. Poolings stand behind ``each`` convolution, behind the ``last`` one, or nowhere.
    """

    window: Window
    pools: Pools

    def forward(self, kernel: Sides) -> tuple[Sides, Sides]:
        """Stride and padding of a convolution."""
        sides = [self._along(side) for side in spread(kernel, 1)]
        return alike([stride for stride, _ in sides]), alike([padding for _, padding in sides])

    def _along(self, kernel: int) -> tuple[int, int]:
        is_odd = kernel % 2 == 1
        if self.window == "valid" or kernel == 1:
            return 1, 0
        if self.window == "half":
            return (1 if is_odd else kernel // 2), 0
        if is_odd:
            return (2 if self.window == "step" else 1), kernel // 2
        return (2, 1) if kernel == 4 else (kernel, 0)


def backward(kernel: Sides) -> tuple[Sides, Sides, Sides]:
    """Stride, padding and extra edge of a transposed convolution that doubles the sides, where it can."""
    stride, padding, extra = zip(*map(_backward_along, spread(kernel, 1)), strict=True)
    return alike(stride), alike(padding), alike(extra)


def _backward_along(kernel: int) -> tuple[int, int, int]:
    if kernel == 2:
        return 2, 0, 0
    return (2, (kernel - 1) // 2, 1) if kernel % 2 else (2, kernel // 2 - 1, 0)


USUAL = (
    Policy("same", "each"),
    Policy("valid", "each"),
    Policy("same", "last"),
    Policy("valid", "last"),
    Policy("same", "none"),
    Policy("valid", "none"),
)
UNUSUAL = (Policy("half", "none"), Policy("step", "none"))
"""The likeliest first; the unusual ones where no other fits, whatever the size."""

USUAL_SIDES, OTHER_SIDES = (32, 28, 64, 224), (84, 96, 128, 48, 256, 16, 8, 227, 299, 512)
"""Sides of pictures that networks are made for."""

STEPS, OTHER_STEPS = 16, (128, 64, 32, 100, 256, 1000)
"""Steps of a sequence where the weights do not depend on them, and other lengths that are tried."""

LENGTHS = (1024, 512, 256, 128, 64, 2048, 4096)
"""Pixels of pictures that are a single line, such as the samples of a sound."""

SMALL = 4
"""Sides of what a network that paints begins with."""


def inputs(units: Sequence[Unit]) -> Iterator[tuple[Shape, ...]]:
    """Shapes of an example that the first of ``units`` can take, in lots of equal likelihood."""
    unit, *others = units
    width = unit.width
    match unit.takes:
        case "flat":
            yield ((width,),)
        case "table" | "lookup":
            yield from _lookups(unit, others)
        case "steps":
            yield ((STEPS, width),)
        case "paint":
            yield ((width, *(SMALL,) * _sides(unit)),)
        case "norm" | "scale":
            yield (width,), (width, USUAL_SIDES[0], USUAL_SIDES[0]), (STEPS, width), (width, STEPS)
        case "slide":
            yield from _lines(unit)
            yield from _sided(width, _sides(unit))
            if unit.other:
                yield ((unit.other, *(SMALL,) * _sides(unit)),)


def _lookups(unit: Unit, others: Sequence[Unit]) -> Iterator[tuple[Shape, ...]]:
    """Rows of whole numbers; a matrix may take a row of numbers instead."""
    each = unit.kind.embedding_dim if isinstance(unit.kind, Embedding) else unit.width
    wanted = others[0].width if others and others[0].takes == "flat" else 0
    steps = wanted // each if wanted % each == 0 and wanted > each else STEPS
    if unit.takes == "table":
        yield ((unit.width,),)
    yield ((steps + (unit.takes == "table" and steps == unit.width),),)


def _lines(unit: Unit) -> Iterator[tuple[Shape, ...]]:
    """Pictures that are a single line or column, for windows that look along one side only."""
    kernel = unit.kind.kernel_size if isinstance(unit.kind, Convolution) else 1
    if isinstance(kernel, tuple) and kernel.count(1) == len(kernel) - 1:
        yield tuple((unit.width, *(1 if side == 1 else length for side in kernel)) for length in LENGTHS)


def _sided(channels: int, sides: int) -> Iterator[tuple[Shape, ...]]:
    """Channels of sequences, pictures or volumes."""
    if sides == 2:
        for lot in (USUAL_SIDES, OTHER_SIDES):
            yield tuple((channels, side, side) for side in lot)
        return
    lengths = (*OTHER_STEPS, STEPS) if sides == 1 else (32, 16, 64, 8)
    yield tuple((channels, *(length,) * sides) for length in lengths)


def _sides(unit: Unit) -> int:
    return unit.kind.sides if isinstance(unit.kind, Convolution) else 0
