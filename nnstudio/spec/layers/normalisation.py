"""Layers that bring their input to a common scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_image, size
from nnstudio.spec.params import Param


class BatchNorm(LayerKind, family="normalisation"):
    """What batch normalisation keeps for any shape: a scale and a shift to learn, a mean and a variance to follow."""

    __slots__ = ()
    torch_name = ""
    momentum: float

    def call(self, shape: Shape) -> Call:
        return Call(self.torch_name, (shape[0],), {} if self.momentum == 0.1 else {"momentum": self.momentum})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (shape[0],), "bias": (shape[0],)}

    def buffers(self, shape: Shape) -> Mapping[str, Shape]:
        return {"running_mean": (shape[0],), "running_var": (shape[0],), "num_batches_tracked": ()}

    def summary(self) -> str:
        return f"momentum {self.momentum:g}"


_MOMENTUM = Param("Momentum", "Share of each new batch in the running mean and variance.", above=0, high=1)


@layer("batch_norm1d", "Batch norm 1d")
@dataclass(frozen=True, slots=True)
class BatchNorm1d(BatchNorm):
    """Brings each number to mean 0 and spread 1 over the batch, then scales and shifts it by learned amounts."""

    torch_name = "nn.BatchNorm1d"
    momentum: Annotated[float, _MOMENTUM] = 0.1

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) not in (1, 2):
            raise ShapeError(
                f"Batch norm 1d needs a flat list of numbers, but gets {size(shape)}.",
                "Pictures are normalised a channel at a time.",
                "Use Batch norm 2d.",
            )
        return shape


@layer("batch_norm2d", "Batch norm 2d")
@dataclass(frozen=True, slots=True)
class BatchNorm2d(BatchNorm):
    """Brings each channel to mean 0 and spread 1 over the batch, then scales and shifts it by learned amounts."""

    torch_name = "nn.BatchNorm2d"
    momentum: Annotated[float, _MOMENTUM] = 0.1

    def out_shape(self, shape: Shape) -> Shape:
        need_image(shape, self.title)
        return shape
