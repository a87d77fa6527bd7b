"""Layers that shrink a picture by summarising each window of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_image
from nnstudio.spec.layers.sliding import slide
from nnstudio.spec.params import Param


class Pool2d(LayerKind, family="pooling"):
    """What the two poolings share: a window, a step, and zeros around the picture."""

    __slots__ = ()
    kernel_size: int
    stride: int
    padding: int

    def out_shape(self, shape: Shape) -> Shape:
        need_image(shape, self.title)
        if self.padding > self.kernel_size // 2:
            raise ShapeError(
                f"{self.title}: padding {self.padding} is more than half of the kernel {self.kernel_size}.",
                "A window would see nothing but padding.",
                "Use less padding or a larger kernel.",
            )
        return shape[0], *slide(shape[1:], self.kernel_size, self.stride, self.padding, self.title)

    def _settings(self) -> dict[str, int]:
        stride = {} if self.stride == self.kernel_size else {"stride": self.stride}
        return stride | ({"padding": self.padding} if self.padding else {})

    def summary(self) -> str:
        return f"{self.kernel_size} × {self.kernel_size} · step {self.stride}"


@layer("max_pool2d", "Max pooling 2d")
@dataclass(frozen=True, slots=True)
class MaxPool2d(Pool2d):
    """Keeps the largest value of each window: was the pattern there at all?"""

    kernel_size: Annotated[int, Param("Kernel", "Side of the square window.", low=1, high=1_024, unit="pixels")] = 2
    stride: Annotated[int, Param("Stride", "Step from one window to the next.", low=1, high=1_024, unit="pixels")] = 2
    padding: Annotated[int, Param("Padding", "Border added on each side.", low=0, high=512, unit="pixels")] = 0

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.MaxPool2d", (self.kernel_size,), self._settings())


@layer("avg_pool2d", "Average pooling 2d")
@dataclass(frozen=True, slots=True)
class AvgPool2d(Pool2d):
    """Keeps the mean of each window: how much of the pattern was there?"""

    kernel_size: Annotated[int, Param("Kernel", "Side of the square window.", low=1, high=1_024, unit="pixels")] = 2
    stride: Annotated[int, Param("Stride", "Step from one window to the next.", low=1, high=1_024, unit="pixels")] = 2
    padding: Annotated[int, Param("Padding", "Zeros added on each side.", low=0, high=512, unit="pixels")] = 0

    def call(self, shape: Shape) -> Call:
        del shape
        return Call("nn.AvgPool2d", (self.kernel_size,), self._settings())
