"""The same file read in another way: what the user has said about its columns stays as far as it makes sense."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.session import edits
from nnstudio.session.rereading import read_otherwise
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

BEFORE = TableSource("/data/houses.csv")
AFTER = TableSource("/data/houses.csv", decimal=",", delimiter=";")


def found(source: TableSource, *columns: Column, fingerprint: str = "f1") -> SourceFacts:
    """What opening finds: number columns are numeric, others are not; the task is that of the target."""
    profiles = tuple(
        ColumnProfile(column.name, column.kind, 0, 90, is_numeric=column.kind is Kind.NUMBER) for column in columns
    )
    target = next(profile for profile, column in zip(profiles, columns, strict=True) if column.role is Role.TARGET)
    return SourceFacts(source, fingerprint, "/cache", 100, profiles, columns, target.suggested_task)


AS_WORDS = found(
    BEFORE,
    Column("street", Kind.CATEGORY),
    Column("size", Kind.TEXT),
    Column("code", Kind.NUMBER),
    Column("price", Kind.CATEGORY, Role.TARGET),
)
AS_NUMBERS = found(
    AFTER,
    Column("street", Kind.CATEGORY),
    Column("size", Kind.NUMBER),
    Column("code", Kind.NUMBER),
    Column("price", Kind.NUMBER, Role.TARGET),
)


def opened(facts: SourceFacts) -> Project:
    return edits.open_source(Project(), facts)


def data_of(project: Project) -> DataSpec:
    return edits.data_of(project)


def test_columns_are_understood_anew_and_keep_their_roles() -> None:
    project = edits.set_role(opened(AS_WORDS), {"street"}, Role.IGNORE)
    data = data_of(read_otherwise(project, AS_NUMBERS, AS_WORDS))
    assert data.source == AFTER
    assert [(column.name, column.kind, column.role) for column in data.columns] == [
        ("street", Kind.CATEGORY, Role.IGNORE),
        ("size", Kind.NUMBER, Role.FEATURE),
        ("code", Kind.NUMBER, Role.FEATURE),
        ("price", Kind.NUMBER, Role.TARGET),
    ]


def test_the_task_follows_the_target_unless_it_was_chosen() -> None:
    suggested = opened(AS_WORDS)
    assert data_of(suggested).task is Task.MULTICLASS
    assert data_of(read_otherwise(suggested, AS_NUMBERS, AS_WORDS)).task is Task.REGRESSION
    chosen = edits.set_task(opened(AS_NUMBERS), Task.MULTICLASS)
    assert data_of(read_otherwise(chosen, AS_NUMBERS, AS_NUMBERS)).task is Task.MULTICLASS


def test_a_regression_of_what_are_words_now_is_not_kept() -> None:
    chosen = edits.set_task(opened(AS_WORDS), Task.REGRESSION)
    assert data_of(read_otherwise(chosen, AS_WORDS, AS_WORDS)).task is Task.MULTICLASS


def test_a_kind_that_was_chosen_stays_with_its_encoding() -> None:
    project = edits.set_kind(opened(AS_WORDS), {"code"}, Kind.CATEGORY)
    project = edits.set_encoding(project, {"code"}, CategoryEncoding(most=5))
    column = data_of(read_otherwise(project, AS_NUMBERS, AS_WORDS)).column("code")
    assert column is not None
    assert (column.kind, column.encoding) == (Kind.CATEGORY, CategoryEncoding(most=5))
    anew = data_of(read_otherwise(project, AS_NUMBERS)).column("code")
    assert anew is not None
    assert anew.kind is Kind.NUMBER, "without the reading before nobody knows what was chosen"


def test_a_file_whose_columns_are_all_new_is_taken_as_it_seems_to_be_meant() -> None:
    one = found(BEFORE, Column("street;size;price", Kind.TEXT), Column("x", Kind.NUMBER, Role.TARGET))
    data = data_of(read_otherwise(opened(one), AS_NUMBERS, one))
    assert data.columns == AS_NUMBERS.suggested
    assert data.task is Task.REGRESSION


def test_another_column_that_seems_to_be_the_target_is_a_feature_beside_the_one_that_was_chosen() -> None:
    project = edits.set_target(opened(AS_NUMBERS), AS_NUMBERS, "size")
    data = data_of(read_otherwise(project, AS_NUMBERS, AS_NUMBERS))
    assert [column.name for column in data.targets] == ["size"]
    wider = found(AFTER, *AS_NUMBERS.suggested[:3], Column("price2", Kind.NUMBER, Role.TARGET))
    data = data_of(read_otherwise(project, wider, AS_NUMBERS))
    assert [column.name for column in data.targets] == ["size"]
    assert data.column("price2") == Column("price2", Kind.NUMBER, Role.FEATURE)


def test_the_split_stays_as_far_as_its_columns_do() -> None:
    project = edits.set_split(opened(AS_NUMBERS), RandomSplit(0.2, 0.2, seed=9))
    assert data_of(read_otherwise(project, AS_NUMBERS)).split == RandomSplit(0.2, 0.2, seed=9)
    project = edits.set_split(project, TimeSplit(0.2, 0.2, "street"))
    without = found(AFTER, *AS_NUMBERS.suggested[1:])
    assert data_of(read_otherwise(project, without)).split == TimeSplit(0.2, 0.2, "")


def test_the_fingerprint_is_that_of_the_file_as_it_was_read() -> None:
    assert data_of(read_otherwise(opened(AS_WORDS), replace(AS_NUMBERS, fingerprint="f9"))).fingerprint == "f9"


def test_an_encoding_of_numbers_is_kept_for_what_it_can_encode_alone() -> None:
    project = edits.set_encoding(opened(AS_NUMBERS), {"size"}, NumberEncoding("minmax"))
    column = data_of(read_otherwise(project, AS_WORDS, AS_NUMBERS)).column("size")
    assert column is not None
    assert column.encoded == Column("size", Kind.TEXT).encoded
