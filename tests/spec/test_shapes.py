"""Walking a stack: a shape for every layer, or the first problem, and the counts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.errors import ShapeError
from nnstudio.spec.facts import DataFacts, Rows, Shape
from nnstudio.spec.layers import BatchNorm1d, Conv2d, Dropout, Flatten, LayerKind, Linear, MaxPool2d, ReLU
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.model import Model, Row, Weights
from nnstudio.spec.shapes import output_problem, walk
from nnstudio.spec.tasks import Task
from tests.spec.strategies import models

shapes = st.lists(st.integers(1, 64), min_size=1, max_size=3).map(tuple)


def stack(*kinds: LayerKind) -> Model:
    """A model of these kinds, whose rows are called a, b, c."""
    return Model(tuple(Row(identity, kind) for identity, kind in zip("abcdefgh", kinds, strict=False)))


IRIS = stack(Linear(16), ReLU(), Linear(3))
DIGITS = stack(Conv2d(8), ReLU(), MaxPool2d(), Flatten(), Linear(10))


# walk


@pytest.mark.parametrize(
    ("model", "before", "after", "counts"),
    [
        (IRIS, (4,), [(16,), (16,), (3,)], [80, 0, 51]),
        (DIGITS, (1, 8, 8), [(8, 8, 8), (8, 8, 8), (8, 4, 4), (128,), (10,)], [80, 0, 0, 0, 1290]),
        (stack(BatchNorm1d(), Dropout()), (5,), [(5,), (5,)], [10, 0]),
    ],
)
def test_every_layer_has_its_shape_and_count(
    model: Model, before: Shape, after: list[Shape], counts: list[int]
) -> None:
    walked = walk(model, before)
    assert [step.after for step in walked.steps] == after
    assert [step.before for step in walked.steps] == [before, *after[:-1]]
    assert [step.count for step in walked.steps] == counts
    assert walked.count == walked.trainable == sum(counts)
    assert walked.output == after[-1]
    assert walked.problem is None


def test_an_empty_stack_gives_what_it_gets() -> None:
    walked = walk(Model(), (4,))
    assert walked.output == walked.input_shape == (4,)
    assert walked.count == walked.trainable == 0
    assert walked.problem is None


def test_the_first_problem_ends_the_walk() -> None:
    walked = walk(stack(Conv2d(8), Linear(3), Conv2d(9), Linear(5)), (1, 8, 8))
    good, bad, *rest = walked.steps
    assert good.after == (8, 8, 8)
    assert bad.problem is not None
    assert bad.problem.what == "Linear needs a flat list of numbers, but gets 8 × 8 × 8."
    assert (bad.before, bad.after, bad.count) == ((8, 8, 8), None, 0)
    assert walked.problem is bad
    assert walked.output is None
    assert walked.count == good.count
    for step in rest:
        assert (step.before, step.after, step.problem, step.count) == (None, None, None, 0)


def test_locks_count_out_what_training_may_not_change() -> None:
    first, middle, last = IRIS.rows
    locked = Model((replace(first, locked=True), middle, replace(last, locked_parameters=("bias",))))
    walked = walk(locked, (4,))
    assert [step.trainable for step in walked.steps] == [0, 0, 48]
    assert walked.count == 131
    assert walked.trainable == 48


def test_a_locked_parameter_that_the_layer_lacks_counts_nothing() -> None:
    walked = walk(Model((Row("a", Linear(3, bias=False), locked_parameters=("bias",)),)), (4,))
    assert walked.trainable == walked.count == 12


def test_buffers_are_no_parameters() -> None:
    (step,) = walk(stack(BatchNorm1d()), (5,)).steps
    assert step.buffers.keys() == {"running_mean", "running_var", "num_batches_tracked"}
    assert step.count == 10


@given(model=models, shape=shapes)
def test_any_stack_can_be_walked(model: Model, shape: Shape) -> None:
    walked = walk(model, shape)
    assert [step.row for step in walked.steps] == list(model.rows)
    assert 0 <= walked.trainable <= walked.count
    assert (walked.output is None) == (walked.problem is not None)
    troubled = [step for step in walked.steps if step.problem]
    assert len(troubled) <= 1
    passed = [step for step in walked.steps if step.after is not None]
    assert walked.steps[: len(passed)] == tuple(passed)
    assert walked.count == sum(math.prod(tensor) for step in passed for tensor in step.parameters.values())


@given(model=models, shape=shapes)
def test_a_walk_does_not_depend_on_names_and_locks_do_not_change_shapes(model: Model, shape: Shape) -> None:
    other = Model(tuple(replace(row, name="other", locked=not row.locked) for row in model.rows))
    assert [step.after for step in walk(model, shape).steps] == [step.after for step in walk(other, shape).steps]


# output_problem


def facts(task: Task, classes: int) -> DataFacts:
    return DataFacts(task, (4,), Rows(80, 10, 10), "species", classes=tuple(f"class {n}" for n in range(classes)))


@pytest.mark.parametrize(
    ("task", "classes", "loss", "outputs"),
    [
        (Task.MULTICLASS, 3, CrossEntropy(), 3),
        (Task.MULTICLASS, 7, NLL(), 7),
        (Task.BINARY, 2, CrossEntropy(), 2),
        (Task.BINARY, 2, BCEWithLogits(), 1),
        (Task.BINARY, 2, BCE(), 1),
        (Task.REGRESSION, 0, MSE(), 1),
        (Task.REGRESSION, 0, L1(), 1),
    ],
)
def test_the_output_has_to_fit_the_loss(task: Task, classes: int, loss: Loss, outputs: int) -> None:
    assert output_problem(walk(stack(Linear(outputs)), (4,)), loss, facts(task, classes)) is None
    assert output_problem(walk(stack(Linear(outputs + 1)), (4,)), loss, facts(task, classes)) is not None
    assert output_problem(walk(stack(Conv2d(outputs)), (1, 4, 4)), loss, facts(task, classes)) is not None


@pytest.mark.parametrize(
    ("model", "shape", "loss", "sentence"),
    [
        (
            stack(Linear(5)),
            (4,),
            CrossEntropy(),
            (
                "The network gives 5 numbers for each row, but cross-entropy needs 3 (one a class). "
                "The target is “species”. Let it end with a linear layer of 3 outputs."
            ),
        ),
        (
            stack(Linear(5)),
            (4,),
            L1(),
            (
                "The network gives 5 numbers for each row, but mean absolute error (L1) needs 1. "
                "The target is “species”. Let it end with a linear layer of 1 output."
            ),
        ),
        (
            stack(Conv2d(2)),
            (1, 4, 4),
            NLL(),
            "The network gives 2 × 4 × 4 numbers for each row, but negative log-likelihood needs 3 (one a class). ",
        ),
    ],
)
def test_an_output_that_does_not_fit_is_explained(model: Model, shape: Shape, loss: Loss, sentence: str) -> None:
    problem = output_problem(walk(model, shape), loss, facts(Task.MULTICLASS, 3))
    assert isinstance(problem, ShapeError)
    assert str(problem).startswith(sentence)


def test_an_unknown_output_is_no_problem_of_the_output() -> None:
    walked = walk(stack(Linear(3)), (1, 8, 8))
    assert walked.problem
    assert output_problem(walked, CrossEntropy(), facts(Task.MULTICLASS, 3)) is None


# rows


def test_rows_are_found_by_identity() -> None:
    assert IRIS.row("b").kind == ReLU()
    assert IRIS.index("c") == 2
    assert [(prefix, row.id) for prefix, row in IRIS.numbered()] == [("0", "a"), ("1", "b"), ("2", "c")]
    for find in (IRIS.row, IRIS.index):
        with pytest.raises(KeyError, match="nowhere"):
            find("nowhere")


def test_a_row_is_called_by_its_own_name_or_by_its_kind() -> None:
    assert Row("a", ReLU()).title == "ReLU"
    assert Row("a", ReLU(), "bend").title == "bend"


def test_a_model_starts_fresh_unless_told_otherwise() -> None:
    assert Model().start is None
    assert Model(start=Weights("w.pth", "00")).start == Weights("w.pth", "00")
