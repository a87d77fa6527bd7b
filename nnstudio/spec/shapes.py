"""Walk the stack: a shape for each layer, or the first problem in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Shape
from nnstudio.spec.losses import Loss
from nnstudio.spec.model import Model, Row
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the stack with what goes in and what comes out; both are None behind the first problem."""

    row: Row
    before: Shape | None
    after: Shape | None
    parameters: Mapping[str, Shape] = field(default_factory=dict)
    buffers: Mapping[str, Shape] = field(default_factory=dict)
    problem: ShapeError | None = None

    @property
    def count(self) -> int:
        """How many learnable numbers the layer has."""
        return sum(math.prod(shape) for shape in self.parameters.values())

    @property
    def trainable(self) -> int:
        """How many of them training may change."""
        if self.row.locked:
            return 0
        free = (shape for name, shape in self.parameters.items() if name not in self.row.locked_parameters)
        return sum(math.prod(shape) for shape in free)


@dataclass(frozen=True)
class Walk:
    """What a model does to one example of ``input_shape``."""

    input_shape: Shape
    steps: tuple[Step, ...]

    @cached_property
    def output(self) -> Shape | None:
        """The shape that leaves the network, or None where a layer cannot work."""
        return self.steps[-1].after if self.steps else self.input_shape

    @cached_property
    def problem(self) -> Step | None:
        """The first layer that cannot work."""
        return next((step for step in self.steps if step.problem), None)

    @cached_property
    def count(self) -> int:
        return sum(step.count for step in self.steps)

    @cached_property
    def trainable(self) -> int:
        return sum(step.trainable for step in self.steps)


def walk(model: Model, input_shape: Shape) -> Walk:
    """Infer every shape; the first layer that cannot take its input ends the inference."""
    steps: list[Step] = []
    shape: Shape | None = input_shape
    for row in model.rows:
        step = _step(row, shape)
        steps.append(step)
        shape = step.after
    return Walk(input_shape, tuple(steps))


def _step(row: Row, shape: Shape | None) -> Step:
    if shape is None:
        return Step(row, None, None)
    try:
        after = row.kind.out_shape(shape)
    except ShapeError as problem:
        return Step(row, shape, None, problem=problem)
    return Step(row, shape, after, row.kind.parameters(shape), row.kind.buffers(shape))


def output_problem(walked: Walk, loss: Loss, facts: DataFacts) -> ShapeError | None:
    """Why the network's output does not fit the loss, or None when it does (or when no output is known)."""
    wanted = (loss.outputs(len(facts.classes), facts.answers),)
    if walked.output is None or walked.output == wanted:
        return None
    gives = " × ".join(map(str, walked.output))
    each = " (one a class)" if loss.counts_classes else " (one for each number of the target)"
    needs = f"{wanted[0]:,}{each if wanted[0] > 1 else ''}"
    return ShapeError(
        f"The network gives {gives} numbers for each row, but {loss.wording()} needs {needs}.",
        "The target is the input itself." if facts.task is Task.RECONSTRUCTION else f"The target is “{facts.target}”.",
        f"Let it end with a linear layer of {wanted[0]} output{'s' if wanted[0] != 1 else ''}.",
    )
