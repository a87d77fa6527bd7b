"""Walk the stack: a shape for each layer, or the first problem in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Literal

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.nesting import Block, Branches, Repeat
from nnstudio.spec.layers.normalisation import BatchNorm
from nnstudio.spec.losses import Loss
from nnstudio.spec.model import Model, Row
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

MOST_LAYERS = 4_096
"""As many layers may stand in one block, every repetition counted: more would take minutes to build."""


@dataclass(frozen=True)
class Step:
    """One row of the stack with what goes in and what comes out; both are None behind the first problem.

    ``inner`` are the steps of the stacks that a block holds: one for each branch, or for each repetition. Its tensors
    are those of all of them, by their names in the block: ``0.1.weight``. ``held`` says that a block around it is
    locked.
    """

    row: Row
    before: Shape | None
    after: Shape | None
    parameters: Mapping[str, Shape] = field(default_factory=dict)
    buffers: Mapping[str, Shape] = field(default_factory=dict)
    problem: ShapeError | None = None
    inner: tuple[tuple[Step, ...], ...] = ()
    held: bool = False

    @property
    def locked(self) -> bool:
        """Whether every tensor stays as it is, by a lock of its own or by that of a block around it."""
        return self.held or self.row.locked

    @property
    def is_repeat(self) -> bool:
        """Whether the stacks in it follow each other; in other blocks they stand side by side."""
        return isinstance(self.row.kind, Repeat)

    @cached_property
    def count(self) -> int:
        """How many learnable numbers the layer has."""
        return sum(math.prod(shape) for shape in self.parameters.values())

    @cached_property
    def trainable(self) -> int:
        """How many of them training may change."""
        if self.locked:
            return 0
        if self.inner:
            return sum(step.trainable for steps in self.inner for step in steps)
        free = (shape for name, shape in self.parameters.items() if name not in self.row.locked_parameters)
        return sum(math.prod(shape) for shape in free)

    @cached_property
    def multiply_adds(self) -> int:
        """Multiply-adds of one example's forward pass through the layer's weights."""
        if self.inner:
            return sum(step.multiply_adds for steps in self.inner for step in steps)
        return self.row.kind.multiply_adds(self.before) if self.parameters and self.before and self.after else 0

    @cached_property
    def activations(self) -> int:
        """How many numbers one example leaves behind in the layer, for the way back of training."""
        own = math.prod(self.after) if self.after else 0
        if not self.inner:
            return own
        joins = len(self.inner) > 1 and isinstance(self.row.kind, Branches)
        return sum(step.activations for steps in self.inner for step in steps) + (own if joins else 0)

    @property
    def compares_rows_alone(self) -> bool:
        """Whether this is an unlocked batch norm that sees one number a channel of each row: one row is too few."""
        is_norm = isinstance(self.row.kind, BatchNorm) and not self.locked
        return is_norm and math.prod((self.before or ())[1:]) == 1

    def leaves(self) -> Iterator[Step]:
        """The layers that this one holds, at any depth and in every repetition; itself when it is no block."""
        if not self.row.is_block:
            yield self
        for steps in self.inner:
            for step in steps:
                yield from step.leaves()

    def first_problem(self) -> Step | None:
        """The first layer in here that cannot work, or this one."""
        found = (step.first_problem() for steps in self.inner for step in steps)
        return self if self.problem else next(filter(None, found), None)


Inner = tuple[tuple[Step, ...], ...]
"""The steps of the stacks in a block."""


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
        """The first layer that cannot work, the innermost one where it is in a block."""
        return next(filter(None, (step.first_problem() for step in self.steps)), None)

    @cached_property
    def count(self) -> int:
        return sum(step.count for step in self.steps)

    @cached_property
    def trainable(self) -> int:
        return sum(step.trainable for step in self.steps)

    @cached_property
    def multiply_adds(self) -> int:
        """Multiply-adds of one example's forward pass."""
        return self.multiply_adds_of(slice(None))

    def multiply_adds_of(self, rows: slice) -> int:
        """Those of some rows of the stack alone."""
        return sum(step.multiply_adds for step in self.steps[rows])

    @cached_property
    def activations(self) -> int:
        """How many numbers one example leaves behind for the way back of training."""
        return math.prod(self.input_shape) + sum(step.activations for step in self.steps)

    def leaves(self) -> Iterator[Step]:
        """Every layer that is no block, at any depth and in every repetition."""
        return (leaf for step in self.steps for leaf in step.leaves())


def walk(model: Model, input_shape: Shape, like: Walk | None = None) -> Walk:
    """Infer every shape; the first layer that cannot take its input ends the inference.

    Steps of the walk ``like`` are taken over, the very objects, where the same row gets the same input.
    """
    return Walk(input_shape, _steps(model.rows, input_shape, False, like.steps if like else ()))


def unknown(rows: Sequence[Row]) -> tuple[Step, ...]:
    """The steps of rows whose input is not known."""
    return _steps(rows, None, held=False)


def _steps(rows: Sequence[Row], shape: Shape | None, held: bool, like: Sequence[Step] = ()) -> tuple[Step, ...]:
    known = {step.row.id: step for step in like}
    steps: list[Step] = []
    for row in rows:
        step = known.get(row.id)
        if step is None or step.row is not row or step.before != shape or step.held != held:
            step = _block(row, shape, held, step) if row.branches else _step(row, shape, held)
        steps.append(step)
        shape = step.after
    return tuple(steps)


def _step(row: Row, shape: Shape | None, held: bool) -> Step:
    if shape is None:
        return Step(row, None, None, held=held)
    try:
        after = row.kind.out_shape(shape)
    except ShapeError as problem:
        return Step(row, shape, None, problem=problem, held=held)
    return Step(row, shape, after, row.kind.parameters(shape), row.kind.buffers(shape), held=held)


def _block(row: Row, shape: Shape | None, held: bool, like: Step | None) -> Step:
    """The step of a row that holds others; ``like`` is what it was before."""
    known = like.inner if like else ()
    if shape is not None and (layers := layers_in(row)) > MOST_LAYERS:
        return Step(row, shape, None, problem=_too_many(row, layers), inner=_inside(row, None, held, ())[0], held=held)
    inner, given = _inside(row, shape, held, known)
    shapes = [one for one in given if one is not None]
    if shape is None or len(shapes) < len(given):
        return Step(row, shape, None, inner=inner, held=held)
    assert isinstance(row.kind, Block)
    try:
        after = row.kind.joined(shapes)
    except ShapeError as problem:
        return Step(row, shape, None, problem=problem, inner=inner, held=held)
    return Step(row, shape, after, _named(inner, "parameters"), _named(inner, "buffers"), inner=inner, held=held)


def _inside(row: Row, shape: Shape | None, held: bool, like: Inner) -> tuple[Inner, list[Shape | None]]:
    """The steps of the stacks that a block holds, and what comes out of each."""
    held = held or row.locked
    if not isinstance(row.kind, Repeat):
        pairs = zip_longest(row.branches, like[: len(row.branches)], fillvalue=())
        stacks = tuple(_steps(branch, shape, held, known) for branch, known in pairs)
        return stacks, [_output(steps, shape) for steps in stacks]
    repetitions: list[tuple[Step, ...]] = []
    given = shape
    for number in range(row.kind.count if shape is not None else 1):
        same = repetitions and repetitions[-1] and repetitions[-1][0].before == given
        known = like[number] if number < len(like) else ()
        repetitions.append(repetitions[-1] if same else _steps(row.branches[0], given, held, known))
        given = _output(repetitions[-1], given)
    return tuple(repetitions), [given]


def _output(steps: Sequence[Step], shape: Shape | None) -> Shape | None:
    return steps[-1].after if steps else shape


def _named(inner: Sequence[Sequence[Step]], kept: Literal["parameters", "buffers"]) -> Mapping[str, Shape]:
    """The tensors of all layers in a block, by their names in it."""
    numbered = ((f"{number}.{place}", step) for number, steps in enumerate(inner) for place, step in enumerate(steps))
    return {f"{prefix}.{name}": shape for prefix, step in numbered for name, shape in getattr(step, kept).items()}


def layers_in(row: Row) -> int:
    """How many layers a row comes to, every repetition counted."""
    inner = sum(layers_in(one) for branch in row.branches for one in branch)
    return 1 + inner * (row.kind.count if isinstance(row.kind, Repeat) else 1)


def _too_many(row: Row, layers: int) -> ShapeError:
    return ShapeError(
        f"{row.title} comes to {layers:,} layers.",
        f"A block may hold {MOST_LAYERS:,}, every repetition counted.",
        "Repeat it less often.",
    )


def output_problem(walked: Walk, loss: Loss, facts: DataFacts) -> ShapeError | None:
    """Why the network's output does not fit the loss, or None when it does (or when no output is known)."""
    wanted = (loss.outputs(len(facts.classes), facts.answers),)
    if walked.output is None or walked.output == wanted:
        return None
    gives = " × ".join(map(str, walked.output))
    each = " (one a class)" if loss.counts_classes and facts.classes else " (one for each number of the target)"
    needs = f"{wanted[0]:,}{each if wanted[0] > 1 else ''}"
    return ShapeError(
        f"The network gives {gives} numbers for each row, but {loss.wording()} needs {needs}.",
        "The target is the input itself." if facts.task is Task.RECONSTRUCTION else f"The target is “{facts.target}”.",
        f"Let it end with a linear layer of {counted(wanted[0], 'output')}.",
    )
