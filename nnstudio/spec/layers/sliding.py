"""The arithmetic of a window that slides over its input, shared by convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import Shape, size
from nnstudio.spec.params import Sides

_NAMES = {1: "sequence", 2: "picture", 3: "volume"}


def spread(given: Sides, sides: int) -> Shape:
    """One number for each side."""
    return given if isinstance(given, tuple) else (given,) * sides


def alike(sides: Sequence[int]) -> Sides:
    """One number where all sides have the same."""
    return sides[0] if len(set(sides)) == 1 else tuple(sides)


def said(given: Sides) -> str:
    """A setting in a sentence: ``2``, or ``1 × 2`` where sides differ."""
    return size(spread(given, 1))


@dataclass(frozen=True, slots=True)
class Window:
    """How a window lies on its input; with ``ceil`` a last one may reach over the edge, unless it would start there."""

    kernel: Sides
    stride: Sides
    padding: Sides
    dilation: Sides = 1
    ceil: bool = False

    def reach(self, sides: int) -> Shape:
        """Pixels from the first to the last that it looks at, along each side."""
        pairs = zip(spread(self.kernel, sides), spread(self.dilation, sides), strict=True)
        return tuple(dilation * (kernel - 1) + 1 for kernel, dilation in pairs)

    def places(self, sides: Shape, title: str) -> Shape:
        """How many places it has along each side, as PyTorch's documentation of Conv2d and MaxPool2d gives it.

        ``floor((side + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1``; raises `ShapeError` where it does not
        fit.
        """
        count = len(sides)
        reach, padding = self.reach(count), spread(self.padding, count)
        places = tuple(starmap(self._along, zip(sides, reach, spread(self.stride, count), padding, strict=True)))
        if min(places) < 1:
            padded = tuple(side + 2 * border for side, border in zip(sides, padding, strict=True))
            raise ShapeError(
                f"{title}: a window of {size(reach)} does not fit into {size(sides)}.",
                f"With padding the {_NAMES[count]} is {size(padded)}.",
                "Use a smaller kernel, more padding, or fewer poolings before it.",
            )
        return places

    def _along(self, side: int, reach: int, stride: int, padding: int) -> int:
        room = side + 2 * padding - reach
        if not self.ceil:
            return room // stride + 1 if room >= 0 else 0
        places = -(-room // stride) + 1
        return places - ((places - 1) * stride >= side + padding)
