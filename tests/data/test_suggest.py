"""What each column seems to be for."""

from collections.abc import Callable

import pytest

from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec, suggest_columns, suggest_task
from nnstudio.spec.data import Kind, Role, TableSource
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.tasks import Task


def number(name: str, distinct: int = 50, missing: int = 0, is_whole: bool = False) -> ColumnProfile:
    return ColumnProfile(name, Kind.NUMBER, missing, distinct, is_whole=is_whole)


def text(name: str, distinct: int = 3, missing: int = 0) -> ColumnProfile:
    return ColumnProfile(name, Kind.CATEGORY, missing, distinct)


def roles(*profiles: ColumnProfile, rows: int = 100) -> str:
    """The first letter of each column's role."""
    columns, _ = suggest_columns(profiles, rows)
    return "".join(column.role.value[0] for column in columns)


@pytest.mark.parametrize(
    ("name", "target", "task", "ignored"),
    [
        ("iris", "species", Task.MULTICLASS, 0),
        ("penguins", "species", Task.MULTICLASS, 0),
        ("digits", "digit", Task.MULTICLASS, 3),
        ("diabetes", "progression", Task.REGRESSION, 0),
    ],
)
def test_the_samples(sample: Callable[[str], TableSource], name: str, target: str, task: Task, ignored: int) -> None:
    facts = open_source(sample(name))
    spec = default_spec(facts)
    assert spec.target
    assert (spec.target.name, spec.task) == (target, task)
    assert sum(column.role is Role.IGNORE for column in spec.columns) == ignored
    assert [column.name for column in spec.columns] == [profile.name for profile in facts.columns]
    assert (spec.fingerprint, spec.source) == (facts.fingerprint, facts.source)


@pytest.mark.parametrize(
    ("profile", "task"),
    [
        (text("x", 2), Task.BINARY),
        (text("x", 3), Task.MULTICLASS),
        (text("x", 500), Task.MULTICLASS),
        (number("x", 2, is_whole=True), Task.BINARY),
        (number("x", 2), Task.BINARY),
        (number("x", 10, is_whole=True), Task.MULTICLASS),
        (number("x", 10), Task.REGRESSION),
        (number("x", 21, is_whole=True), Task.REGRESSION),
    ],
)
def test_tasks(profile: ColumnProfile, task: Task) -> None:
    assert suggest_task(profile) is task


def test_a_telling_name_is_the_target() -> None:
    assert roles(number("Species", 5), number("a"), number("b")) == "tff"
    assert roles(number("y"), number("Target "), number("b")) == "ftf"  # target tells more than y
    assert roles(number("a"), text("b"), number("c")) == "fft"  # none tells: the last one


@pytest.mark.parametrize(
    "useless",
    [
        text("name", 100),
        text("name", 80, missing=20),
        text("address", 60),
        text("city", 101),
        text("unit", 1),
        number("empty", 0, missing=100),
        number("constant", 1),
        number("id", 100, is_whole=True),
        number("PassengerId", 100, is_whole=True),
        number("row_index", 100, is_whole=True),
        number("Unnamed: 0", 100, is_whole=True),
    ],
)
def test_what_names_the_rows_or_never_changes_is_ignored(useless: ColumnProfile) -> None:
    assert roles(useless, number("a"), number("b")) == "ift"
    assert roles(number("a"), number("b"), useless) == "fti"  # nor is it the target


@pytest.mark.parametrize(
    "useful",
    [
        text("town", 60, missing=0),
        number("id", 99, is_whole=True),
        number("paid", 200, is_whole=True),
        number("weight", 200),
        number("grade", 3, is_whole=True),
    ],
)
def test_what_repeats_or_measures_is_a_feature(useful: ColumnProfile) -> None:
    assert roles(useful, number("b"), rows=200) == "ft"


def test_no_column_can_be_predicted() -> None:
    assert roles(text("name", 100), number("constant", 1)) == "ii"
