"""A layer that cannot work gets the remedy that makes it work, wherever it stands."""

from __future__ import annotations

import pytest

from nnstudio.session.finding import Finding
from nnstudio.session.preflight import preflight
from nnstudio.spec.layers import (
    LSTM,
    BatchNorm1d,
    BatchNorm2d,
    Branches,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Flatten,
    GroupNorm,
    LayerKind,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Permute,
    ReLU,
    Repeat,
    Reshape,
    SelfAttention,
    Shape,
    Unflatten,
)
from nnstudio.spec.model import Model, block, stack
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from nnstudio.spec.tasks import Task
from tests.session.examples import data_of_task, facts_of, kinds_of, state_of


def finding_in(model: Model, shape: Shape) -> tuple[Project, Finding]:
    project = Project(data_of_task(Task.MULTICLASS), model)
    (finding,) = preflight(state_of(project, facts_of(Task.MULTICLASS, shape)))
    assert finding.blocks
    return project, finding


def mended(model: Model, shape: Shape) -> tuple[str, Project]:
    """The title of the remedy, and the project behind it, in which the layers fit."""
    project, finding = finding_in(model, shape)
    assert finding.fix is not None
    after = finding.fix.apply(project)
    assert walk(after.model, shape).problem is None
    return finding.fix.title, after


@pytest.mark.parametrize(
    ("kinds", "shape", "title", "after"),
    [
        ([Linear(3)], (1, 4, 4), "Add Flatten", [Flatten(), Linear(3)]),
        ([Unflatten(1, 2)], (2, 4), "Add Flatten", [Flatten(), Unflatten(1, 2)]),
        ([Conv2d(4)], (64,), "Add Reshape", [Reshape(1, 8, 8), Conv2d(4)]),
        ([Conv2d(4)], (192,), "Add Reshape", [Reshape(3, 8, 8), Conv2d(4)]),
        ([Conv2d(4)], (6, 20), "Use Convolution 1d", [Conv1d(4)]),
        ([Conv1d(4)], (3, 8, 8), "Use Convolution 2d", [Conv2d(4)]),
        ([MaxPool1d()], (3, 8, 8), "Use Max pooling 2d", [MaxPool2d()]),
        ([BatchNorm1d()], (3, 8, 8), "Use Batch norm 2d", [BatchNorm2d()]),
        ([BatchNorm2d(0.3)], (8,), "Use Batch norm 1d", [BatchNorm1d(0.3)]),
        ([MaxPool2d(5)], (9, 9, 3), "Add Permute", [Permute(), MaxPool2d(5)]),
        ([LSTM(4)], (1, 8, 6), "Add Reshape", [Reshape(8, 0, 6), LSTM(4)]),
        ([LSTM(4)], (8,), "Add Reshape", [Reshape(8, 0, 1), LSTM(4)]),
        ([Dropout2d(0.3)], (8,), "Use Dropout", [Dropout(0.3)]),
        ([Conv2d(4, groups=3)], (9, 9, 9), "1 group", [Conv2d(4, groups=1)]),
        ([Conv2d(16, groups=6)], (12, 9, 9), "4 groups", [Conv2d(16, groups=4)]),
        ([GroupNorm(8)], (12, 3, 3), "6 groups", [GroupNorm(6)]),
        ([SelfAttention(4)], (5, 6), "3 heads", [SelfAttention(3)]),
        ([Conv2d(4, 7, padding=0)], (1, 4, 4), "Padding 2", [Conv2d(4, 7, padding=2)]),
        (
            [Conv2d(4, 9, padding=5, padding_mode="reflect")],
            (1, 4, 4),
            "Use a border of zeros",
            [Conv2d(4, 9, padding=5)],
        ),
        ([MaxPool2d(4, padding=3)], (1, 8, 8), "Padding 2", [MaxPool2d(4, padding=2)]),
        ([MaxPool2d((1, 4), padding=3)], (1, 8, 8), "Padding 0 × 2", [MaxPool2d((1, 4), padding=(0, 2))]),
        ([Conv2d(4, (1, 7), padding=0)], (1, 4, 4), "Padding 0 × 2", [Conv2d(4, (1, 7), padding=(0, 2))]),
        ([MaxPool2d(8), Flatten()], (1, 4, 4), "Remove the pooling", [Flatten()]),
        ([ConvTranspose2d(4, output_padding=2)], (1, 4, 4), "No extra edge", [ConvTranspose2d(4)]),
        ([Reshape(2, 0, 5)], (12,), "Compute the last side", [Reshape(2)]),
    ],
)
def test_the_remedy_makes_the_layer_fit(
    kinds: list[LayerKind], shape: Shape, title: str, after: list[LayerKind]
) -> None:
    got, project = mended(Model(stack(kinds)), shape)
    assert got == title
    assert kinds_of(project) == after


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(Conv2d(), (8,)), (LSTM(), (3, 8, 8)), (Unflatten(3, 3), (8,)), (Reshape(5), (8,))],
)
def test_where_nothing_certain_helps_nothing_is_offered(kind: LayerKind, shape: Shape) -> None:
    _, finding = finding_in(Model(stack([kind])), shape)
    assert finding.fix is None


def test_a_layer_in_a_block_is_mended_where_it_stands() -> None:
    inner = stack([ReLU(), Linear(3)])
    model = Model((block(Branches("concat"), inner, [Flatten()]),))
    title, project = mended(model, (2, 4, 4))
    assert title == "Add Flatten"
    assert [row.kind for row in project.model.rows[0].branches[0]] == [ReLU(), Flatten(), Linear(3)]


def test_a_later_repetition_is_mended_in_all() -> None:
    """The first time the picture is large enough, the third time it is not."""
    pool = stack([MaxPool2d(2)])
    title, project = mended(Model((block(Repeat(4), pool),)), (1, 8, 8))
    assert title == "Remove the pooling"
    assert finding_in(Model((block(Repeat(4), pool),)), (1, 8, 8))[1].row_id == pool[0].id
    assert len(project.model.rows) == 1


@pytest.mark.parametrize("kind", [LSTM(), Conv2d(), Conv1d(), Reshape(7, 0, 0)])
def test_more_numbers_than_a_setting_allows_are_no_trap(kind: LayerKind) -> None:
    for shape in [(2_000_001,), (4_000_000,), (1, 2_000_000, 3)]:
        model = Model(stack([kind]))
        if problem := walk(model, shape).problem:
            assert finding_in(model, shape)[1].row_id == problem.row.id


def test_branches_wider_than_a_layer_can_be_are_no_trap() -> None:
    wide = Model((block(Branches(), [Flatten()], []),))
    _, finding = finding_in(wide, (10, 300, 300))
    assert finding.fix is None
    narrower = Model((block(Branches(), [Flatten()], [Flatten(), Linear(8)]),))
    assert finding_in(narrower, (10, 300, 300))[1].fix is None


# branches


def test_branches_that_are_added_get_as_many_channels() -> None:
    model = Model((block(Branches(), [Conv2d(8)], [ReLU(), Conv2d(6, 1, padding=0)]),))
    title, project = mended(model, (3, 8, 8))
    assert title == "Give 8 channels"
    assert project.model.rows[0].branches[1][-1].kind == Conv2d(8, 1, padding=0)
    flat = Model((block(Branches(), [Linear(8)], [Linear(6)]),))
    assert mended(flat, (3,))[0] == "Give 8 outputs"


@pytest.mark.parametrize(
    ("inside", "shape", "around"),
    [
        (Conv2d(8), (3, 8, 8), Conv2d(8, 1, padding=0)),
        (Conv2d(8, stride=2), (3, 9, 9), Conv2d(8, 1, 2, 0)),
        (Linear(8), (3,), Linear(8)),
    ],
)
def test_the_way_around_gets_a_layer_that_makes_it_fit(inside: LayerKind, shape: Shape, around: LayerKind) -> None:
    title, project = mended(Model((block(Branches(), [inside, ReLU()], []),)), shape)
    assert title == f"Add {around.title} to branch 2"
    assert [row.kind for row in project.model.rows[0].branches[1]] == [around]


def test_branches_side_by_side_are_left_to_the_user() -> None:
    _, finding = finding_in(Model((block(Branches("concat"), [Conv2d(8, stride=2)], []),)), (3, 8, 8))
    assert finding.fix is None
