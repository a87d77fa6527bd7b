"""The arithmetic of a window that slides over a picture, shared by convolution and pooling."""

from __future__ import annotations

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import Shape, size


def slide(sides: Shape, kernel: int, stride: int, padding: int, title: str) -> Shape:
    """The number of window positions along each side, as PyTorch's Conv2d and MaxPool2d documentation gives it.

    ``floor((side + 2·padding − kernel) / stride) + 1``; raises `ShapeError` where the window does not fit.
    """
    if any(side + 2 * padding < kernel for side in sides):
        raise ShapeError(
            f"{title}: a window of {kernel} × {kernel} does not fit into {size(sides)}.",
            f"With padding the picture is {size(tuple(side + 2 * padding for side in sides))}.",
            "Use a smaller kernel, more padding, or fewer poolings before it.",
        )
    return tuple((side + 2 * padding - kernel) // stride + 1 for side in sides)
