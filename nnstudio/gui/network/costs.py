"""What a layer holds and what it costs, in words: its tensors, its multiply-adds, its memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.shapes import Step
from nnstudio.spec.words import in_bytes

MOST_COUNTED = 2
"""Tensors whose numbers are added up in words."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a layer: its name in the layer (``weight``), its shape, and whether training may change it."""

    name: str
    shape: Shape
    locked: bool
    is_buffer: bool

    @property
    def size(self) -> str:
        return size(self.shape) if self.shape else "1 number"

    @property
    def size_and_count(self) -> str:
        """The shape and how many numbers that is: ``16 × 10 = 160``."""
        return f"{self.size} = {math.prod(self.shape):,}" if len(self.shape) > 1 else self.size


def tensors_of(step: Step) -> tuple[Tensor, ...]:
    """The tensors of a layer, parameters first, as ``state_dict`` lists them."""
    locked, keeps = step.locked, step.row.locked_parameters
    parameters = [Tensor(name, shape, locked or name in keeps, False) for name, shape in step.parameters.items()]
    return (*parameters, *(Tensor(name, shape, locked, True) for name, shape in step.buffers.items()))


def cost(step: Step) -> str:
    """What a layer costs for one example: ``1,024 multiply-adds · 256 bytes kept for the way back``."""
    return f"{step.multiply_adds:,} multiply-adds an example · {in_bytes(4 * step.activations)} kept for the way back"


def short_cost(step: Step) -> str:
    """The same in few words, with its parameters: ``4 · 16 + 16 = 80 parameters (320 bytes), all trainable · …``."""
    kept = f"{step.multiply_adds:,} multiply-adds · {in_bytes(4 * step.activations)} kept"
    if not step.count:
        return f"No parameters · {kept}"
    free = "all" if step.trainable == step.count else f"{step.trainable:,}" if step.trainable else "none"
    counted = f"{counting(step)}{step.count:,} parameters ({in_bytes(4 * step.count)})"
    return f"{counted}, {free} trainable · {kept}"


def counting(step: Step) -> str:
    """How the parameters of a layer are counted, in × out + out for a linear one: ``4 · 16 + 16 = ``.

    Empty where that says nothing, or where there are too many tensors to read.
    """
    shapes = list(step.parameters.values())
    if len(shapes) > MOST_COUNTED or all(len(shape) < 2 for shape in shapes):
        return ""
    products = (" · ".join(f"{side:,}" for side in reversed(shape)) for shape in shapes)
    return f"{' + '.join(products)} = "
