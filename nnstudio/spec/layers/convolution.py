"""Layers that slide a small window of weights over their input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_image
from nnstudio.spec.layers.sliding import slide
from nnstudio.spec.params import Param


@layer("conv2d", "Convolution 2d")
@dataclass(frozen=True, slots=True)
class Conv2d(LayerKind, family="convolution"):
    """Each output channel looks for one small pattern everywhere in the picture."""

    out_channels: Annotated[int, Param("Channels", "Number of patterns to look for.", low=1, high=65_536)] = 16
    kernel_size: Annotated[int, Param("Kernel", "Side of the square window.", low=1, high=1_024, unit="pixels")] = 3
    stride: Annotated[int, Param("Stride", "Step from one window to the next.", low=1, high=1_024, unit="pixels")] = 1
    padding: Annotated[int, Param("Padding", "Zeros added on each side.", low=0, high=1_024, unit="pixels")] = 1
    bias: Annotated[bool, Param("Bias", "Add a learnable baseline to each channel.")] = True

    def out_shape(self, shape: Shape) -> Shape:
        need_image(shape, self.title)
        return self.out_channels, *slide(shape[1:], self.kernel_size, self.stride, self.padding, self.title)

    def call(self, shape: Shape) -> Call:
        settings = {"stride": (self.stride, 1), "padding": (self.padding, 0), "bias": (self.bias, True)}
        given = {name: value for name, (value, default) in settings.items() if value != default}
        return Call("nn.Conv2d", (shape[0], self.out_channels, self.kernel_size), given)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        weight = {"weight": (self.out_channels, shape[0], self.kernel_size, self.kernel_size)}
        return weight | {"bias": (self.out_channels,)} if self.bias else weight

    def summary(self) -> str:
        return f"{self.out_channels} channels · {self.kernel_size} × {self.kernel_size}"
