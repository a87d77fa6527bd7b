"""What each column seems to be for."""

from collections.abc import Callable

import pytest

from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec, suggest_columns, suggest_split
from nnstudio.spec.columns import Column, Kind, NumberEncoding, Role
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import ColumnSplit, RandomSplit, Split
from nnstudio.spec.tasks import Task


def number(name: str, distinct: int = 50, missing: int = 0, kind: Kind = Kind.NUMBER) -> ColumnProfile:
    return ColumnProfile(name, kind, missing, distinct, is_whole=kind is not Kind.NUMBER, is_numeric=True)


def text(name: str, distinct: int = 3, missing: int = 0, kind: Kind = Kind.CATEGORY) -> ColumnProfile:
    return ColumnProfile(name, kind, missing, distinct)


def parts(name: str, *words: str, distinct: int | None = None) -> ColumnProfile:
    top = tuple((word, 30) for word in words)
    return ColumnProfile(name, Kind.CATEGORY, 0, len(words) if distinct is None else distinct, top=top)


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
        text("unit", 1, kind=Kind.CONSTANT),
        text("review", 30, kind=Kind.TEXT),
        text("uuid", 60, kind=Kind.IDENTIFIER),
        number("empty", 0, missing=100, kind=Kind.CONSTANT),
        number("id", 100, kind=Kind.IDENTIFIER),
    ],
)
def test_what_names_the_rows_or_never_changes_is_ignored(useless: ColumnProfile) -> None:
    assert roles(useless, number("a"), number("b")) == "ift"
    assert roles(number("a"), number("b"), useless) == "fti"  # nor is it the target


@pytest.mark.parametrize(
    ("distinct", "rows", "role"),
    [(100, 201, "f"), (142, 1_420, "f"), (142, 1_419, "i"), (300, 10_000, "f"), (301, 10_000, "i")],
)
def test_many_categories_are_used_where_each_has_rows_to_be_learned_from(distinct: int, rows: int, role: str) -> None:
    assert roles(text("country", distinct), number("a"), number("b"), rows=rows) == f"{role}ft"


@pytest.mark.parametrize(
    "useful",
    [
        text("town", 60, missing=0),
        text("answer", 2, kind=Kind.BOOLEAN),
        number("weight", 200),
        number("grade", 3, kind=Kind.INTEGER),
        ColumnProfile("when", Kind.DATE, 0, 200),
        ColumnProfile("image", Kind.IMAGE, 0, 200),
    ],
)
def test_what_repeats_or_measures_is_a_feature(useful: ColumnProfile) -> None:
    assert roles(useful, number("b"), rows=200) == "ft"


def test_no_column_can_be_predicted() -> None:
    assert roles(text("name", 100), number("constant", 1, kind=Kind.CONSTANT)) == "ii"
    assert roles(ColumnProfile("when", Kind.DATE, 0, 90)) == "f"


def test_a_date_is_not_what_is_to_be_predicted() -> None:
    assert roles(number("a"), number("b"), ColumnProfile("when", Kind.DATE, 0, 90)) == "ftf"


def test_zeros_and_ones_stay_numbers() -> None:
    columns, _ = suggest_columns([number("flag", 2, kind=Kind.BOOLEAN), text("answer", 2, kind=Kind.BOOLEAN)], 100)
    assert columns == (
        Column("flag", Kind.BOOLEAN, encoding=NumberEncoding()),
        Column("answer", Kind.BOOLEAN, Role.TARGET),
    )


# a column that says which row is for what


@pytest.mark.parametrize(
    ("column", "split"),
    [
        (parts("split", "train", "test"), ColumnSplit("split")),
        (parts("Set", "Training", "VAL", "Test"), ColumnSplit("Set", "VAL", "Test")),
        (parts("subset", "dev", "train"), ColumnSplit("subset", "dev")),
        (parts("split", "train"), RandomSplit()),
        (parts("split", "val", "test"), RandomSplit()),
        (parts("split", "train", "test", "other"), RandomSplit()),
        (parts("split", "train", "test", distinct=40), RandomSplit()),
        (parts("fold", "1", "2", "3"), RandomSplit()),
        (parts("surface", "train", "test"), RandomSplit()),
    ],
)
def test_a_column_that_names_the_parts_splits_the_rows(column: ColumnProfile, split: Split) -> None:
    assert suggest_split([number("a"), column]) == split
    assert roles(number("a"), number("b"), column)[-1] == ("i" if isinstance(split, ColumnSplit) else "t")


def test_the_suggested_split_is_taken() -> None:
    split = ColumnSplit("split")
    facts = SourceFacts(TableSource("t.csv"), "f", "c", 9, (), (), Task.BINARY, split=split)
    assert default_spec(facts).split == split


@pytest.mark.parametrize(
    ("counts", "task"),
    [
        ((1,) * 16, Task.REGRESSION),
        ((2, 2, 2, 1, 1), Task.REGRESSION),
        ((3, 3, 3), Task.MULTICLASS),
        ((9, 1, 1), Task.MULTICLASS),
        ((1, 1), Task.BINARY),
    ],
)
def test_whole_numbers_that_hardly_repeat_are_amounts(counts: tuple[int, ...], task: Task) -> None:
    top = tuple((str(year), count) for year, count in enumerate(counts[:8]))
    profile = ColumnProfile("YEAR", Kind.INTEGER, 0, len(counts), top=top, is_whole=True, is_numeric=True)
    assert profile.suggested_task is task
