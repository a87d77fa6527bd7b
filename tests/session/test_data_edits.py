"""Roles, encodings, splits, layouts and files: what agrees before an edit agrees behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import edits
from nnstudio.session.agreement import shares_of
from nnstudio.spec.columns import CategoryEncoding, Column, ColumnEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.layouts import RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.losses import MSE
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import project_of
from tests.spec.strategies import data_specs, encodings, splits

SOURCE = TableSource("sales.csv")
PROFILES = (
    ColumnProfile("shop", Kind.INTEGER, 0, 9, is_whole=True, is_numeric=True),
    ColumnProfile("day", Kind.DATE, 0, 90),
    ColumnProfile("part", Kind.CATEGORY, 0, 3),
    ColumnProfile("sold", Kind.NUMBER, 0, 80, is_whole=True, is_numeric=True),
    ColumnProfile("paid", Kind.NUMBER, 0, 90, is_numeric=True),
    ColumnProfile("back", Kind.BOOLEAN, 0, 2, is_whole=True, is_numeric=True),
)
COLUMNS = tuple(
    Column(profile.name, profile.kind, Role.TARGET if profile.name == "paid" else Role.FEATURE) for profile in PROFILES
)
FOUND = SourceFacts(SOURCE, "new", "c.arrow", 100, PROFILES, COLUMNS, Task.REGRESSION)
SALES = Project(DataSpec(SOURCE, COLUMNS, Task.REGRESSION, fingerprint="old"), training=Training(loss=MSE()))
names = st.sets(st.sampled_from([column.name for column in COLUMNS]))


def data(project: Project) -> DataSpec:
    return edits.data_of(project)


def having(project: Project, role: Role) -> list[str]:
    return [column.name for column in data(project).with_role(role)]


# roles


def test_a_role_is_given_to_several_columns() -> None:
    project = edits.set_role(SALES, ["shop", "day"], Role.IGNORE)
    assert having(project, Role.IGNORE) == ["shop", "day"]
    assert having(edits.set_role(project, ["day"], Role.FEATURE), Role.IGNORE) == ["shop"]
    assert having(edits.set_role(SALES, ["paid"], Role.IGNORE), Role.TARGET) == []


@pytest.mark.parametrize("role", [Role.GROUP, Role.WEIGHT])
def test_one_column_at_a_time_is_the_group_or_the_weight(role: Role) -> None:
    project = edits.set_role(SALES, ["shop", "day"], role)
    assert having(project, role) == ["shop"]
    project = edits.set_role(project, ["sold"], role)
    assert (having(project, role), having(project, Role.IGNORE)) == (["sold"], ["shop"])
    assert having(edits.set_role(project, [], role), role) == ["sold"]


def test_a_group_splits_by_groups_until_there_is_none() -> None:
    random = RandomSplit(0.2, 0.3, seed=4, folds=5)
    grouped = edits.set_role(edits.set_split(SALES, random), ["shop"], Role.GROUP)
    assert data(grouped).split == GroupSplit(0.2, 0.3, 4, 5)
    assert data(edits.set_role(grouped, ["shop"], Role.FEATURE)).split == random
    by_time = edits.set_split(grouped, TimeSplit())
    assert data(edits.set_role(by_time, ["day"], Role.GROUP)).split == TimeSplit()


@given(chosen=names, role=st.sampled_from(Role))
def test_a_role_changes_nothing_but_roles_and_perhaps_the_split(chosen: set[str], role: Role) -> None:
    after = data(edits.set_role(SALES, chosen, role))
    roles = {column.name: column.role for column in COLUMNS}
    assert tuple(replace(column, role=roles[column.name]) for column in after.columns) == COLUMNS
    assert replace(after, columns=COLUMNS, split=RandomSplit()) == data(SALES)
    assert isinstance(after.split, GroupSplit) == bool(after.with_role(Role.GROUP))


# targets and the task


def test_several_columns_of_numbers_are_predicted_together() -> None:
    project = edits.set_targets(SALES, FOUND, ["shop", "sold"])
    assert (having(project, Role.TARGET), data(project).task) == (["shop", "sold"], Task.REGRESSION)
    assert project.training.loss == MSE()
    assert having(project, Role.FEATURE) == ["day", "part", "paid", "back"]


def test_one_column_alone_is_predicted_by_its_task() -> None:
    assert edits.set_targets(SALES, FOUND, ["back"]) == edits.set_target(SALES, FOUND, "back")
    assert data(edits.set_targets(SALES, FOUND, ["back"])).task is Task.BINARY
    assert having(edits.set_targets(SALES, FOUND, []), Role.TARGET) == []


def test_words_are_not_predicted_together_with_numbers() -> None:
    with pytest.raises(DataError, match=r"^Only numbers can be predicted together\. “part” does not hold numbers\."):
        edits.set_targets(SALES, FOUND, ["sold", "part"])
    with pytest.raises(DataError, match=r"^There is no column called “x”\."):
        edits.set_targets(SALES, FOUND, ["sold", "x"])


def test_of_several_targets_a_classification_keeps_the_first() -> None:
    several = edits.set_targets(SALES, FOUND, ["shop", "sold"])
    assert having(edits.set_task(several, Task.MULTICLASS), Role.TARGET) == ["shop"]
    assert having(edits.set_task(several, Task.RECONSTRUCTION), Role.TARGET) == ["shop", "sold"]


def test_where_the_input_is_the_target_the_columns_stay_what_they_are() -> None:
    project = edits.set_task(project_of(Task.MULTICLASS), Task.RECONSTRUCTION)
    assert data(project).columns == data(project_of(Task.MULTICLASS)).columns
    assert project.training.loss == MSE()


# encodings


def test_an_encoding_is_chosen_for_the_columns_that_it_is_for() -> None:
    log = NumberEncoding("log")
    chosen = edits.set_encoding(SALES, ["sold", "part", "shop"], log)
    assert [column.encoding for column in data(chosen).columns] == [log, None, None, log, None, None]
    assert edits.set_encoding(chosen, ["sold", "part", "shop"], None) == SALES


@given(chosen=names, encoding=st.none() | encodings)
def test_every_chosen_encoding_is_in_force(chosen: set[str], encoding: ColumnEncoding | None) -> None:
    for column in data(edits.set_encoding(SALES, chosen, encoding)).columns:
        assert column.encoding in (None, column.encoded)


# splits and layouts


def test_the_column_that_says_which_row_is_for_what_is_no_feature() -> None:
    assert having(edits.set_split(SALES, ColumnSplit("part")), Role.IGNORE) == ["part"]
    assert having(edits.set_split(SALES, ColumnSplit("paid")), Role.TARGET) == ["paid"]


@given(split=splits)
def test_any_split_can_be_chosen(split: Split) -> None:
    assert data(edits.set_split(SALES, split)).split == split


def test_windows_need_rows_in_order() -> None:
    layout = WindowLayout(order="day")
    windows = edits.set_layout(edits.set_split(SALES, RandomSplit(0.2, 0.3, folds=4)), layout)
    assert (data(windows).layout, data(windows).split) == (layout, TimeSplit(0.2, 0.3, "day", 4))
    assert data(edits.set_layout(windows, WindowLayout(order="sold"))).split == TimeSplit(0.2, 0.3, "sold", 4)
    assert data(edits.set_layout(windows, RowLayout())).split == data(windows).split


@pytest.mark.parametrize("split", [GroupSplit(), ColumnSplit("part"), FileSplit(test="t.csv")])
def test_other_splits_keep_rows_together_anyway(split: Split) -> None:
    assert data(edits.set_layout(edits.set_split(SALES, split), WindowLayout())).split == split


def test_a_sequence_may_be_dealt_out_at_random() -> None:
    assert data(edits.set_layout(SALES, SequenceLayout(3))).split == RandomSplit()


def test_the_shares_of_a_split() -> None:
    assert shares_of(TimeSplit(0.2, 0.3)) == (0.2, 0.3)
    assert shares_of(FileSplit()) == (0.1, 0.1)


# the file


def test_a_file_that_was_moved_is_read_as_before() -> None:
    project = edits.set_source(SALES, TableSource("sales.csv", delimiter=";"))
    moved = edits.relocate(project, "elsewhere.csv")
    assert data(moved) == replace(data(project), source=TableSource("elsewhere.csv", delimiter=";"))


def test_a_changed_file_is_accepted_with_its_new_columns() -> None:
    profiles = (*PROFILES[1:], ColumnProfile("new", Kind.NUMBER, 0, 5, is_numeric=True))
    columns = tuple(Column(profile.name, profile.kind) for profile in profiles)
    found = replace(FOUND, columns=profiles, suggested=columns)
    kept = edits.set_encoding(edits.set_role(SALES, ["part"], Role.IGNORE), ["sold"], NumberEncoding("log"))
    after = data(edits.accept_file(kept, found))
    assert after.columns == (*data(kept).columns[1:], Column("new", Kind.NUMBER, Role.IGNORE))
    assert (after.fingerprint, after.source) == ("new", SOURCE)


def test_numbers_that_became_words_are_understood_anew() -> None:
    profiles = tuple(
        ColumnProfile("sold", Kind.CATEGORY, 0, 5) if profile.name == "sold" else profile for profile in PROFILES
    )
    columns = tuple(Column(profile.name, profile.kind) for profile in profiles)
    after = data(edits.accept_file(SALES, replace(FOUND, columns=profiles, suggested=columns)))
    assert [column.kind for column in after.columns] == [profile.kind for profile in profiles]
    as_words = edits.set_kind(SALES, ["shop"], Kind.CATEGORY)
    assert data(edits.accept_file(as_words, FOUND)).columns == data(as_words).columns


@pytest.mark.parametrize(
    ("edit", "split", "layout"),
    [
        (lambda project: edits.set_split(project, ColumnSplit("gone", folds=3)), RandomSplit(folds=3), RowLayout()),
        (lambda project: edits.set_split(project, TimeSplit(column="gone")), TimeSplit(), RowLayout()),
        (lambda project: edits.set_layout(project, WindowLayout(order="gone")), TimeSplit(), WindowLayout()),
        (lambda project: edits.set_role(project, ["gone"], Role.GROUP), RandomSplit(), RowLayout()),
        (lambda project: edits.set_split(project, TimeSplit(column="day")), TimeSplit(column="day"), RowLayout()),
    ],
)
def test_nothing_names_a_column_that_went(edit: object, split: Split, layout: object) -> None:
    before = replace(data(SALES), columns=(*COLUMNS, Column("gone", Kind.CATEGORY)))
    after = data(edits.accept_file(edit(edits.set_data(SALES, before)), FOUND))  # type: ignore[operator]  # an edit
    assert (after.split, after.layout) == (split, layout)
    assert after.column("gone") is None


@given(spec=data_specs)
def test_any_project_takes_any_file(spec: DataSpec) -> None:
    after = data(edits.accept_file(Project(spec), FOUND))
    assert [column.name for column in after.columns] == [column.name for column in COLUMNS]
    assert edits.accept_file(Project(after), FOUND).data == after
    assert CategoryEncoding() not in [column.encoded for column in after.columns if column.kind is Kind.NUMBER]
