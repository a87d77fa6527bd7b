"""What can be done to a project: each verb does its own thing and leaves the rest as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import edits
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import DataError, SpecError
from nnstudio.spec.files import project_from_json, project_to_json
from nnstudio.spec.layers import Branches, Conv2d, Flatten, Linear, ReLU, Repeat, Sigmoid
from nnstudio.spec.losses import L1, CrossEntropy
from nnstudio.spec.model import Model, Row, Weights, new_row
from nnstudio.spec.nesting import DEEPEST, depth
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import COLUMNS, data_of_task, found_in, kinds_of, project_of
from tests.spec.strategies import layers, projects

IRIS = project_of(Task.MULTICLASS, Linear(8), ReLU(), Linear(3))
LOCKED = edits.lock_parameter(edits.lock_layer(IRIS, "a", True), "c", "bias", True)

Edit = Callable[[Project], Project]


def ids(project: Project) -> str:
    return "".join(row.id for row in project.model.rows)


# the stack


@pytest.mark.parametrize(("index", "place"), [(None, 3), (0, 0), (1, 1), (3, 3)])
def test_a_layer_is_put_where_it_was_asked_for(index: int | None, place: int) -> None:
    project, row_id = edits.add_layer(IRIS, Sigmoid(), index)
    assert project.model.index(row_id) == place
    assert project.model.row(row_id).kind == Sigmoid()
    assert edits.remove_layers(project, {row_id}) == IRIS


def test_every_new_row_has_an_identity_of_its_own() -> None:
    assert len({new_row(ReLU()).id for _ in range(100)}) == 100
    assert new_row(ReLU(), "bend").name == "bend"


@pytest.mark.parametrize(
    ("gone", "left"), [({"b"}, "ac"), ({"a", "c"}, "b"), (set(), "abc"), ({"z"}, "abc"), ("abc", "")]
)
def test_rows_are_removed(gone: set[str], left: str) -> None:
    assert ids(edits.remove_layers(IRIS, gone)) == left


def test_a_copy_stands_behind_its_row_and_is_not_locked() -> None:
    project, copy = edits.duplicate_layer(edits.rename_layer(LOCKED, "a", "first"), "a")
    assert project.model.index(copy) == 1
    row = project.model.row(copy)
    assert (row.kind, row.name, row.locked, row.locked_parameters) == (Linear(8), "first", False, ())
    assert edits.remove_layers(project, {copy}) == edits.rename_layer(LOCKED, "a", "first")


@pytest.mark.parametrize(
    ("row_id", "index", "order"),
    [("a", 0, "abc"), ("a", 2, "bac"), ("a", 3, "bca"), ("c", 0, "cab"), ("b", 3, "acb"), ("b", 99, "acb")],
)
def test_a_row_is_moved(row_id: str, index: int, order: str) -> None:
    assert ids(edits.move_layers(IRIS, {row_id}, (index,))) == order


@given(project=projects.filter(lambda project: project.model.rows), data=st.data())
def test_identities_and_locks_survive_moves(project: Project, data: st.DataObject) -> None:
    rows = project.model.rows
    row_id = data.draw(st.sampled_from([row.id for row in rows]))
    index = data.draw(st.integers(0, len(rows) - 1))
    before = project.model.index(row_id)
    moved = edits.move_layers(project, {row_id}, (index + (index > before),))
    assert moved.model.index(row_id) == index
    assert {row.id: row for row in moved.model.rows} == {row.id: row for row in rows}
    assert moved.model.start == project.model.start
    back = edits.move_layers(moved, {row_id}, (before + (before > index),))
    assert back.model == project.model


@given(project=projects, kind=layers, data=st.data())
def test_identities_and_locks_survive_insertions(project: Project, kind: object, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(project.model.rows)))
    added, row_id = edits.add_layer(project, kind, index)  # type: ignore[arg-type]  # drawn from the layers
    others = tuple(row for row in added.model.rows if row.id != row_id)
    assert others == project.model.rows


def test_other_settings_keep_the_locks_and_another_kind_drops_those_of_parameters() -> None:
    assert edits.change_layer(LOCKED, "c", Linear(5)).model.row("c").locked_parameters == ("bias",)
    assert edits.change_layer(LOCKED, "c", ReLU()).model.row("c").locked_parameters == ()
    assert edits.change_layer(LOCKED, "a", Conv2d()).model.row("a").locked
    assert edits.change_layer(LOCKED, "a", Linear(9)).model.row("a").kind == Linear(9)


@pytest.mark.parametrize(("name", "stored"), [("head", "head"), ("  head ", "head"), ("", ""), ("   ", "")])
def test_a_row_takes_a_name(name: str, stored: str) -> None:
    assert edits.rename_layer(IRIS, "c", name).model.row("c").name == stored


def test_a_whole_layer_is_locked_and_let_go() -> None:
    locked = edits.lock_layer(IRIS, "a", True)
    assert [row.locked for row in locked.model.rows] == [True, False, False]
    assert edits.lock_layer(locked, "a", False) == IRIS
    assert edits.lock_layer(LOCKED, "c", True).model.row("c").locked_parameters == ()
    assert edits.lock_layer(LOCKED, "c", False).model.row("c").locked_parameters == ()


def test_single_parameters_are_locked_and_let_go() -> None:
    once = edits.lock_parameter(IRIS, "a", "bias", True)
    assert once.model.row("a").locked_parameters == ("bias",)
    assert edits.lock_parameter(once, "a", "bias", True) == once
    both = edits.lock_parameter(once, "a", "weight", True)
    assert both.model.row("a").locked_parameters == ("bias", "weight")
    assert edits.lock_parameter(both, "a", "weight", False) == once
    assert edits.lock_parameter(once, "a", "bias", False) == IRIS


def test_training_starts_from_a_file_or_fresh() -> None:
    weights = Weights("w.pth", "ab")
    started = edits.start_from(IRIS, weights)
    assert started.model == Model(IRIS.model.rows, weights)
    assert edits.add_layer(started, ReLU())[0].model.start == weights
    assert edits.start_from(started, None) == IRIS


@pytest.mark.parametrize(
    "edit",
    [
        lambda project: edits.duplicate_layer(project, "z")[0],
        lambda project: edits.change_layer(project, "z", ReLU()),
        lambda project: edits.rename_layer(project, "z", "z"),
        lambda project: edits.lock_layer(project, "z", True),
        lambda project: edits.lock_parameter(project, "z", "bias", True),
    ],
    ids=["duplicate", "change", "rename", "lock", "lock parameter"],
)
def test_a_row_that_is_not_there_is_a_defect_of_the_caller(edit: Edit) -> None:
    with pytest.raises(KeyError, match="z"):
        edit(IRIS)


# the data


def roles(project: Project) -> list[Role]:
    return [column.role for column in edits.data_of(project).columns]


def test_opening_takes_what_was_found() -> None:
    found = found_in(data_of_task(Task.BINARY))
    opened = edits.open_source(Project(), found)
    assert edits.data_of(opened) == data_of_task(Task.BINARY)
    again = edits.open_source(edits.set_split(opened, RandomSplit(0.3)), found)
    assert edits.data_of(again).split == RandomSplit()


@pytest.mark.parametrize(
    ("name", "task", "expected"),
    [
        ("length", Task.REGRESSION, [Role.TARGET, Role.FEATURE, Role.IGNORE, Role.FEATURE]),
        ("width", Task.MULTICLASS, [Role.FEATURE, Role.TARGET, Role.IGNORE, Role.FEATURE]),
        ("id", Task.REGRESSION, [Role.FEATURE, Role.FEATURE, Role.TARGET, Role.FEATURE]),
        ("species", Task.MULTICLASS, [Role.FEATURE, Role.FEATURE, Role.IGNORE, Role.TARGET]),
    ],
)
def test_another_target_frees_the_old_one_and_brings_its_task(name: str, task: Task, expected: list[Role]) -> None:
    project = edits.set_target(IRIS, found_in(edits.data_of(IRIS)), name)
    assert roles(project) == expected
    assert edits.data_of(project).task is task
    target = edits.data_of(project).target
    assert target is not None
    assert target.name == name


def test_a_target_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match=r"^There is no column called “colour”\."):
        edits.set_target(IRIS, found_in(edits.data_of(IRIS)), "colour")


def test_columns_are_used_or_not_but_the_target_stays() -> None:
    unused = edits.set_used(IRIS, ["length", "species"], False)
    assert roles(unused) == [Role.IGNORE, Role.FEATURE, Role.IGNORE, Role.TARGET]
    assert roles(edits.set_used(unused, ["length", "id"], True)) == [*[Role.FEATURE] * 3, Role.TARGET]


def test_columns_are_understood_otherwise() -> None:
    project = edits.set_kind(IRIS, ["width", "id"], Kind.CATEGORY)
    kinds = [column.kind for column in edits.data_of(project).columns]
    assert kinds == [Kind.NUMBER, Kind.CATEGORY, Kind.CATEGORY, Kind.CATEGORY]
    assert roles(project) == roles(IRIS)


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (lambda project: edits.set_task(project, Task.BINARY), {"task": Task.BINARY}),
        (lambda project: edits.set_split(project, RandomSplit(0.3)), {"split": RandomSplit(0.3)}),
        (lambda project: edits.set_batches(project, Batches(7)), {"batches": Batches(7)}),
        (
            lambda project: edits.set_used(project, {"id"}, True),
            {"columns": (*COLUMNS[:2], Column("id", Kind.NUMBER), COLUMNS[3])},
        ),
    ],
    ids=["task", "split", "batches", "columns"],
)
def test_a_verb_changes_nothing_else_of_the_data(edit: Edit, changed: dict[str, object]) -> None:
    assert edit(IRIS).data == replace(edits.data_of(IRIS), **changed)  # type: ignore[arg-type]  # fields of DataSpec
    assert edit(IRIS).model == IRIS.model


@pytest.mark.parametrize(
    "edit",
    [
        lambda project: edits.set_task(project, Task.BINARY),
        lambda project: edits.set_split(project, RandomSplit()),
        lambda project: edits.set_batches(project, Batches()),
        lambda project: edits.set_used(project, {"id"}, True),
        lambda project: edits.set_kind(project, {"id"}, Kind.NUMBER),
        lambda project: edits.set_target(project, found_in(data_of_task(Task.BINARY)), "id"),
    ],
    ids=["task", "split", "batches", "used", "kind", "target"],
)
def test_editing_data_that_is_not_there_is_a_defect_of_the_caller(edit: Edit) -> None:
    with pytest.raises(ValueError, match="this project has no data yet"):
        edit(Project())


# training


@pytest.mark.parametrize(
    ("edit", "training"),
    [
        (lambda project: edits.set_loss(project, L1()), Training(loss=L1())),
        (lambda project: edits.set_optimizer(project, SGD()), Training(optimizer=SGD())),
        (lambda project: edits.set_training(project, Training(epochs=3)), Training(epochs=3)),
    ],
    ids=["loss", "optimizer", "all"],
)
def test_settings_of_training(edit: Edit, training: Training) -> None:
    assert edit(IRIS) == replace(IRIS, training=training)


def test_another_network_comes_with_its_loss_and_fresh_weights() -> None:
    model = Model((new_row(Flatten()),))
    project = edits.use_network(edits.start_from(IRIS, Weights("w.pth", "ab")), model, CrossEntropy())
    assert (project.model, project.training.loss, project.data) == (model, CrossEntropy(), IRIS.data)
    assert kinds_of(project) == [Flatten()]


# blocks


def block(*stacks: tuple[Row, ...]) -> Project:
    """Iris with a block of these stacks in front, called x."""
    return edits.add_rows(IRIS, [Row("x", Branches(), branches=stacks)], 0)


def test_a_new_block_has_its_usual_stacks() -> None:
    assert new_row(Branches()).branches == ((), ())
    assert new_row(Repeat()).branches == ((),)
    assert new_row(ReLU()).branches == ()


def test_layers_are_edited_in_a_block_as_outside() -> None:
    project = block((Row("y", ReLU()),), ())
    project, added = edits.add_layer(project, Linear(5), (0, 0, 0))
    assert [row.id for row in project.model.row("x").branches[0]] == [added, "y"]
    project, copy = edits.duplicate_layer(edits.rename_layer(project, "y", " bend "), "y")
    assert [row.name for row in project.model.row("x").branches[0]] == ["", "bend", "bend"]
    project = edits.lock_layer(edits.change_layer(project, copy, Linear(6)), copy, True)
    assert project.model.row(copy) == Row(copy, Linear(6), "bend", locked=True)
    project = edits.move_layers(project, {copy}, (0, 1, 0))
    assert project.model.path(copy) == (0, 1, 0)
    assert edits.nudge_layers(project, {copy}, down=True).model.path(copy) == (1,)
    assert edits.remove_layers(project, {"x"}) == IRIS


def test_branches_come_and_go() -> None:
    project = edits.add_branch(block((Row("y", ReLU()),), ()), "x")
    assert len(project.model.row("x").branches) == 3
    project = edits.remove_branch(edits.remove_branch(project, "x", 2), "x", 1)
    assert [len(stack) for stack in project.model.row("x").branches] == [1]
    assert edits.remove_branch(project, "x", 0).model.row("x").branches == ((),)


def test_a_block_of_another_kind_keeps_its_layers() -> None:
    project = edits.change_layer(block((Row("y", ReLU()),), (Row("z", ReLU()),)), "x", Repeat())
    assert [row.id for row in project.model.row("x").branches[0]] == ["y", "z"]
    assert edits.change_layer(project, "x", ReLU()).model.row("x").branches == ()


def guessed() -> Project:
    first, second = new_row(Linear(4)), new_row(ReLU())
    return Project(model=Model((replace(first, guess="Proposed."), replace(second, guess="Proposed, too."))))


def test_a_layer_that_is_changed_is_no_guess_any_more() -> None:
    project = guessed()
    first, second = project.model.rows
    changed = edits.change_layer(project, first.id, Linear(5)).model.rows
    assert [row.guess for row in changed] == ["", "Proposed, too."]
    assert edits.rename_layer(project, second.id, "bend").model.rows[1].guess == "Proposed, too."


def test_guesses_are_accepted_one_by_one() -> None:
    project = guessed()
    accepted = edits.accept_guesses(project, [project.model.rows[1].id])
    assert [row.guess for row in accepted.model.rows] == ["Proposed.", ""]
    assert [row.kind for row in accepted.model.rows] == [Linear(4), ReLU()]


def test_blocks_stand_in_each_other_as_deep_as_a_file_can_hold_and_no_deeper() -> None:
    rows: tuple[Row, ...] = (Row("inner", Linear(3)),)
    for level in range(DEEPEST):
        rows = (Row(f"{level}", Repeat(1), branches=(rows,)),)
    project = edits.with_rows(IRIS, rows)
    assert depth(project.model.rows) == DEEPEST
    assert project_from_json(project_to_json(project)) == project
    with pytest.raises(SpecError, match=f"{DEEPEST} levels deep, and no deeper"):
        edits.with_rows(IRIS, (Row("outer", Branches(), branches=((), rows)),))
