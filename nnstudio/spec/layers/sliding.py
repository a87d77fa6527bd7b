"""The arithmetic of a window that slides over its input, shared by convolution and pooling."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import Shape, size

_NAMES = {1: "sequence", 2: "picture", 3: "volume"}


@dataclass(frozen=True, slots=True)
class Window:
    """How a window lies on its input; with ``ceil`` a last one may reach over the edge, unless it would start there."""

    kernel: int
    stride: int
    padding: int
    dilation: int = 1
    ceil: bool = False

    @property
    def reach(self) -> int:
        """Pixels from the first to the last that it looks at."""
        return self.dilation * (self.kernel - 1) + 1

    def places(self, sides: Shape, title: str) -> Shape:
        """How many places it has along each side, as PyTorch's documentation of Conv2d and MaxPool2d gives it.

        ``floor((side + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1``; raises `ShapeError` where it does not
        fit.
        """
        places = tuple(map(self._along, sides))
        if min(places) < 1:
            window, padded = (self.reach,) * len(sides), tuple(side + 2 * self.padding for side in sides)
            raise ShapeError(
                f"{title}: a window of {size(window)} does not fit into {size(sides)}.",
                f"With padding the {_NAMES[len(sides)]} is {size(padded)}.",
                "Use a smaller kernel, more padding, or fewer poolings before it.",
            )
        return places

    def _along(self, side: int) -> int:
        room = side + 2 * self.padding - self.reach
        if not self.ceil:
            return room // self.stride + 1 if room >= 0 else 0
        places = -(-room // self.stride) + 1
        return places - ((places - 1) * self.stride >= side + self.padding)
