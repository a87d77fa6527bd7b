"""Layers that bring their input to a common scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_groups, need_sides, size
from nnstudio.spec.params import Param
from nnstudio.spec.words import counted

_EPS = Param("Epsilon", "Added to the variance, so that nothing is divided by zero.", above=0, high=1)
_MOMENTUM = Param("Momentum", "Share of each new batch in the running mean and variance.", above=0, high=1)
_AFFINE = Param("Scale and shift", "Multiply and add learned amounts afterwards.")


@dataclass(frozen=True, slots=True)
class BatchNorm(LayerKind, family="normalisation"):
    """What batch normalisation keeps for any shape: a scale and a shift to learn, a mean and a variance to follow.

    y = (x − mean) / sqrt(variance + eps) · weight + bias, with mean and variance over the batch (and over all
    places of a channel). In use, and in a locked layer, the running mean and variance take their place: running =
    (1 − momentum) · running + momentum · batch.

    Parameters: 2 for each channel (weight and bias), and a running mean and variance for each, which are counted
    along and not learned.

    Use it behind a linear layer or a convolution and before the activation: deep networks learn faster and bear
    larger learning rates. The bias of the layer before it is superfluous. What goes wrong: a batch of one row has
    no variance, and batches of a few rows give noisy ones; use group or layer norm there. Training and use differ,
    and that shows when the batches of training are unlike the data in use.
    """

    torch_name: ClassVar[str]
    momentum: Annotated[float, _MOMENTUM] = 0.1
    eps: Annotated[float, _EPS] = 1e-5
    affine: Annotated[bool, _AFFINE] = True

    def call(self, shape: Shape) -> Call:
        usual = {"momentum": 0.1, "eps": 1e-5, "affine": True}
        given = {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}
        return Call(self.torch_name, (shape[0],), given)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (shape[0],), "bias": (shape[0],)} if self.affine else {}

    def buffers(self, shape: Shape) -> Mapping[str, Shape]:
        return {"running_mean": (shape[0],), "running_var": (shape[0],), "num_batches_tracked": ()}

    def summary(self) -> str:
        return f"momentum {self.momentum:g}"


@layer("batch_norm1d", "Batch norm 1d")
@dataclass(frozen=True, slots=True)
class BatchNorm1d(BatchNorm):
    """Brings each number to mean 0 and spread 1 over the batch, then scales and shifts it by learned amounts.

    Shapes: a row of numbers goes in, or channels × steps, and the same comes out; each number (each channel) is
    normalised for itself, over the rows of the batch.
    """

    torch_name = "nn.BatchNorm1d"

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
    """Brings each channel to mean 0 and spread 1 over the batch, then scales and shifts it by learned amounts.

    Shapes: channels × height × width go in, and the same come out; all pixels of a channel, of all pictures of the
    batch, share one mean and variance.
    """

    torch_name = "nn.BatchNorm2d"

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, 2, self.title)
        return shape


@layer("batch_norm3d", "Batch norm 3d")
@dataclass(frozen=True, slots=True)
class BatchNorm3d(BatchNorm):
    """Brings each channel of a volume to mean 0 and spread 1 over the batch, then scales and shifts it.

    Shapes: channels × depth × height × width go in, and the same come out; all voxels of a channel, of all volumes
    of the batch, share one mean and variance.
    """

    torch_name = "nn.BatchNorm3d"

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, 3, self.title)
        return shape


_OVER = Param("Over", "Which numbers share a mean.", labels=("The last side", "The whole example"))


@layer("layer_norm", "Layer norm")
@dataclass(frozen=True, slots=True)
class LayerNorm(LayerKind, family="normalisation"):
    """Brings each example to mean 0 and spread 1 by itself: needs no batch, and is the same in training and use.

    y = (x − mean) / sqrt(variance + eps) · weight + bias, with mean and variance over the numbers of one example:
    over its last side (the features of each step), or over the whole example.

    Shapes: any shape goes in, and the same comes out. Parameters: a weight and a bias for each number that shares
    the mean: 2 · features over the last side, 2 · all numbers over the whole example; none without scale and shift.

    Use it in transformers and recurrent networks, and where batches are small: it does not look at other rows, so
    that training and use agree. What goes wrong: over the last side of a picture (its width) it normalises each
    line for itself, which is hardly meant.
    """

    over: Annotated[Literal["last", "all"], _OVER] = "last"
    eps: Annotated[float, _EPS] = 1e-5
    affine: Annotated[bool, _AFFINE] = True

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def call(self, shape: Shape) -> Call:
        normalised = self._normalised(shape)
        given = {} if self.eps == 1e-5 else {"eps": self.eps}
        switch = {} if self.affine else {"elementwise_affine": False}
        return Call("nn.LayerNorm", (normalised if len(normalised) > 1 else normalised[0],), given | switch)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(("weight", "bias"), self._normalised(shape)) if self.affine else {}

    def _normalised(self, shape: Shape) -> Shape:
        return shape if self.over == "all" else shape[-1:]

    def summary(self) -> str:
        return "each example" if self.over == "all" else "the last side"


@layer("group_norm", "Group norm")
@dataclass(frozen=True, slots=True)
class GroupNorm(LayerKind, family="normalisation"):
    """Brings groups of channels to mean 0 and spread 1, example by example: a batch norm for small batches.

    y = (x − mean) / sqrt(variance + eps) · weight + bias, with mean and variance over a group of channels of one
    example and all their places.

    Shapes: channels come first, and the same shape comes out. Parameters: a weight and a bias for each channel, 2 ·
    channels; none without scale and shift.

    Use it in convolutional networks where batches are too small for batch norm. With 1 group all channels share a
    mean, with as many groups as channels it is instance norm; 8 to 32 are usual. The groups must divide the
    channels.
    """

    groups: Annotated[int, Param("Groups", "The channels are parted into so many.", low=1, high=65_536)] = 1
    eps: Annotated[float, _EPS] = 1e-5
    affine: Annotated[bool, _AFFINE] = True

    def out_shape(self, shape: Shape) -> Shape:
        need_groups(shape[0], self.groups, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        given = {} if self.eps == 1e-5 else {"eps": self.eps}
        return Call("nn.GroupNorm", (self.groups, shape[0]), given | ({} if self.affine else {"affine": False}))

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(("weight", "bias"), shape[:1]) if self.affine else {}

    def summary(self) -> str:
        return counted(self.groups, "group")


@dataclass(frozen=True, slots=True)
class InstanceNorm(LayerKind, family="normalisation"):
    """What instance normalisation shares: one mean and spread for each channel of each example.

    y = (x − mean) / sqrt(variance + eps), with mean and variance over all places of one channel of one example;
    then · weight + bias, where scale and shift are on.

    Parameters: none as it stands, or with scale and shift 2 for each channel.

    Use it where brightness and contrast of single examples should not matter, as in networks that transfer a style.
    What goes wrong: how strong a pattern is gets lost, which classification often needs; and a channel of a single
    number has nothing to compare with.
    """

    torch_name: ClassVar[str]
    sides: ClassVar[int]
    eps: Annotated[float, _EPS] = 1e-5
    affine: Annotated[bool, _AFFINE] = False

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, self.sides, self.title)
        if all(side == 1 for side in shape[1:]):
            raise ShapeError(
                f"{self.title} has nothing to compare: each channel is a single number.",
                "It brings the numbers of a channel to a common scale.",
                "Use it before pooling, or use group norm.",
            )
        return shape

    def call(self, shape: Shape) -> Call:
        given = {} if self.eps == 1e-5 else {"eps": self.eps}
        return Call(self.torch_name, (shape[0],), given | ({"affine": True} if self.affine else {}))

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(("weight", "bias"), shape[:1]) if self.affine else {}

    def summary(self) -> str:
        return "scale and shift" if self.affine else "no weights"


@layer("instance_norm1d", "Instance norm 1d")
@dataclass(frozen=True, slots=True)
class InstanceNorm1d(InstanceNorm):
    """Brings each channel of each sequence to mean 0 and spread 1.

    Shapes: channels × steps go in, and the same come out; each channel of each sequence is normalised for itself.
    """

    torch_name = "nn.InstanceNorm1d"
    sides = 1


@layer("instance_norm2d", "Instance norm 2d")
@dataclass(frozen=True, slots=True)
class InstanceNorm2d(InstanceNorm):
    """Brings each channel of each picture to mean 0 and spread 1: contrast no longer matters.

    Shapes: channels × height × width go in, and the same come out; each channel of each picture is normalised for
    itself.
    """

    torch_name = "nn.InstanceNorm2d"
    sides = 2
