"""What every kind of layer declares: its fields, its shape rule, its PyTorch call and its tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.params import Declared, Registry, changed_fields

Shape = tuple[int, ...]
"""The shape of one example: a batch of N of them is ``(N, *shape)``."""


class LayerKind(Declared):
    """One kind of layer with its settings; knows nothing of its place in a network."""

    __slots__ = ()
    family: ClassVar[str]

    def __init_subclass__(cls, family: str = "", **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if family:
            cls.family = family

    @classmethod
    def lesson(cls) -> tuple[str, ...]:
        """The paragraphs that teach this kind: behind the first of its docstring, and of the classes that it is of."""
        taught = (base for base in cls.__mro__ if issubclass(base, LayerKind) and base is not LayerKind)
        return tuple(paragraph for base in taught for paragraph in _paragraphs(base)[1:])

    def out_shape(self, shape: Shape) -> Shape:
        """The shape that comes out when ``shape`` goes in; raises `ShapeError` in one sentence."""
        raise NotImplementedError

    def call(self, shape: Shape) -> Call:
        """The constructor call that makes this layer for inputs of ``shape``."""
        raise NotImplementedError

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        """The learnable tensors by the names that PyTorch gives them."""
        del shape
        return {}

    def buffers(self, shape: Shape) -> Mapping[str, Shape]:
        """The tensors that training changes without a gradient, such as running means."""
        del shape
        return {}

    def multiply_adds(self, shape: Shape) -> int:
        """Multiply-adds that one example of ``shape`` costs: each weight matrix or kernel, wherever it is applied."""
        weights = sum(math.prod(tensor) for tensor in self.parameters(shape).values() if len(tensor) > 1)
        return weights and weights * math.prod(self.out_shape(shape)[1:])

    def summary(self) -> str:
        """The settings in a few words, as the row of the stack shows them."""
        return self.family


class Elementwise(LayerKind):
    """A layer that keeps the shape; its fields and their defaults are those of the PyTorch class ``torch_name``."""

    __slots__ = ()
    torch_name: ClassVar[str]

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def call(self, shape: Shape) -> Call:
        del shape
        return Call(self.torch_name, (), changed_fields(self))


def _paragraphs(cls: type) -> list[str]:
    """The paragraphs of a docstring, each as one line."""
    return [" ".join(paragraph.split()) for paragraph in (cls.__doc__ or "").split("\n\n")]


LAYERS: Registry[LayerKind] = Registry("layer")
layer = LAYERS


def size(shape: Shape) -> str:
    """A shape as people write it: ``16`` or ``1 × 8 × 8``."""
    return " × ".join(map(str, shape))


_INPUTS = {
    1: (
        "sequences (channels × steps)",
        "the steps of a sequence",
        "Use it on sequences; Permute swaps steps and features.",
    ),
    2: (
        "pictures (channels × height × width)",
        "the height and the width of a picture",
        "Use it before Flatten, on image data.",
    ),
    3: (
        "volumes (channels × depth × height × width)",
        "the three sides of a volume",
        "Use it before Flatten, on volumes.",
    ),
}
"""For each number of sides: what has them, what they are, and what to do about an input that has others."""


def need_sides(shape: Shape, sides: int, title: str) -> None:
    """Raise `ShapeError` unless ``shape`` is channels and so many sides."""
    if len(shape) != sides + 1:
        wanted, across, remedy = _INPUTS[sides]
        what = f"{title} needs {wanted}, but gets {size(shape)}."
        raise ShapeError(what, f"It slides over {across}.", remedy)


def need_steps(shape: Shape, title: str) -> None:
    """Raise `ShapeError` unless ``shape`` is steps × features."""
    if len(shape) != 2:
        raise ShapeError(
            f"{title} needs sequences (steps × features), but gets {size(shape)}.",
            "It reads an example step by step.",
            "Let the data be read as a sequence or in windows.",
        )


def need_groups(channels: int, groups: int, title: str) -> None:
    """Raise `ShapeError` unless the channels can be parted into the groups."""
    if channels % groups:
        raise ShapeError(
            f"{title} cannot part {channels} channels into {groups} groups.",
            "Each group has equally many channels.",
            "Choose a number of groups that divides the channels.",
        )


def need_heads(features: int, heads: int, title: str) -> None:
    """Raise `ShapeError` unless the features can be parted among the heads."""
    if features % heads:
        raise ShapeError(
            f"{title} cannot part {features} features among {heads} heads.",
            "Each head looks at equally many features.",
            "Choose a number of heads that divides the features.",
        )
