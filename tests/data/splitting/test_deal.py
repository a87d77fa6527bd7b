"""Each way to deal the rows out keeps its promise, and so do the folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnstudio.data.splitting.split import SplitRows, deal
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import SPLITS, ColumnSplit, FileSplit, GroupSplit, RandomSplit, ShareSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task

shares = st.floats(0, 0.47)
seeds = st.integers(0, 2**31 - 1)
values = st.lists(st.integers(0, 12), min_size=1, max_size=120)
class_lists = st.lists(st.integers(0, 3), min_size=1, max_size=120)


def table_of(file: Sequence[int] | None = None, **columns: Sequence[Any]) -> MappedTable:
    """A table in memory; ``file`` says which file each row comes from."""
    made = pa.table({name: pa.array(cells) for name, cells in columns.items()})
    return MappedTable.of(made, np.array(file or [0] * made.num_rows, np.int8))


def spec_of(split: Split, group: str = "") -> DataSpec:
    columns = (Column("x", Kind.NUMBER), Column("y", Kind.CATEGORY, Role.TARGET))
    with_group = (*columns, Column(group, Kind.CATEGORY, Role.GROUP)) if group else columns
    return DataSpec(TableSource(), with_group, Task.MULTICLASS, split)


def dealt(
    split: Split, classes: Sequence[int] | None = None, fold: int = 0, group: str = "", **columns: Sequence[Any]
) -> SplitRows:
    """How the rows of ``columns`` are dealt out."""
    table = table_of(**columns)
    known = None if classes is None else np.array(classes)
    return deal(spec_of(split, group), table, np.arange(table.rows), known, fold)


def parts_of(rows: SplitRows) -> list[list[int]]:
    return [part.tolist() for part in (rows.train, rows.validation, rows.test)]


def assert_each_once(rows: SplitRows, n: int) -> None:
    assert sorted(np.concatenate([rows.train, rows.validation, rows.test]).tolist()) == list(range(n))
    for part in (rows.train, rows.validation, rows.test):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()


def of_parts(column: Sequence[Any], rows: SplitRows) -> list[set[Any]]:
    """The values of ``column`` in each part."""
    return [{column[row] for row in part} for part in parts_of(rows)]


# ---- groups ----


@given(shares, shares, seeds, values)
def test_no_group_is_on_both_sides(validation: float, test: float, seed: int, groups: list[int]) -> None:
    assume(len(set(groups)) >= 3)
    split = GroupSplit(validation, test, seed)
    rows = dealt(split, group="g", g=groups)
    assert_each_once(rows, len(groups))
    train, validating, testing = of_parts(groups, rows)
    assert not train & (validating | testing)
    assert not validating & testing
    assert train
    assert bool(validating) is (validation > 0)
    assert bool(testing) is (test > 0)
    assert parts_of(rows) == parts_of(dealt(split, group="g", g=groups))


def test_the_shares_of_many_groups_come_close() -> None:
    groups = np.random.default_rng(1).integers(0, 200, 5_000).tolist()
    for seed in range(5):
        rows = dealt(GroupSplit(0.2, 0.1, seed), group="g", g=groups)
        assert abs(len(rows.validation) - 1_000) < 40
        assert abs(len(rows.test) - 500) < 40


def test_another_seed_deals_groups_out_differently() -> None:
    groups = [row // 5 for row in range(200)]
    one, other = (dealt(GroupSplit(seed=seed), group="g", g=groups) for seed in (0, 1))
    assert parts_of(one) != parts_of(other)


@given(seeds, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=9, max_size=80))
def test_training_sees_every_class_of_the_groups(seed: int, cells: list[tuple[int, int]]) -> None:
    groups, classes = [list(column) for column in zip(*cells, strict=True)]
    assume(len(set(groups)) >= 3)
    rows = dealt(GroupSplit(0.3, 0.3, seed), classes, group="g", g=groups)
    assert {classes[row] for row in rows.train} == set(classes)


def test_rows_without_a_group_stand_alone() -> None:
    rows = dealt(GroupSplit(0.25, 0.25), group="g", g=["a", None, "a", None, "b", None, None, "b"])
    assert_each_once(rows, 8)
    assert len(rows.validation) == len(rows.test) == 2


def test_groups_may_be_as_many_as_rows() -> None:
    rows = dealt(GroupSplit(0.1, 0.1), group="g", g=[f"patient {row}" for row in range(20_000)])
    assert (len(rows.train), len(rows.validation), len(rows.test)) == (16_000, 2_000, 2_000)


def test_a_split_by_groups_needs_a_group_column() -> None:
    with pytest.raises(DataError, match="needs a column whose role is “group”"):
        dealt(GroupSplit(), g=[1, 2, 3])


def test_too_few_groups_are_named() -> None:
    with pytest.raises(DataError, match=r"“g” has too few groups to deal them out\. It has 2, and 3 parts need"):
        dealt(GroupSplit(), group="g", g=[1, 2, 2])


# ---- time ----


@given(shares, shares, values)
def test_time_runs_from_training_to_test(validation: float, test: float, moments: list[int]) -> None:
    assume(len(set(moments)) >= 3)
    rows = dealt(TimeSplit(validation, test, "t"), t=moments)
    assert_each_once(rows, len(moments))
    order = [part for part in of_parts(moments, rows) if part]
    for earlier, later in pairwise(order):
        assert max(earlier) < min(later)
    assert len(rows.train)


def test_the_order_of_the_file_is_exact() -> None:
    rows = dealt(TimeSplit(0.2, 0.1), t=list(range(10)))
    assert parts_of(rows) == [[0, 1, 2, 3, 4, 5, 6], [7, 8], [9]]


def test_parts_that_are_not_asked_for_stay_empty() -> None:
    assert parts_of(dealt(TimeSplit(0, 0), t=[1, 2, 3])) == [[0, 1, 2], [], []]
    assert parts_of(dealt(TimeSplit(0, 0.4), t=[1, 2, 3])) == [[0, 1], [], [2]]


def test_dates_tell_the_order_and_missing_ones_are_the_earliest() -> None:
    days = [datetime(2024, 3, 1), None, datetime(2021, 1, 1), datetime(2023, 1, 1)]
    assert parts_of(dealt(TimeSplit(0.25, 0.25, "t"), t=days)) == [[1, 2], [3], [0]]


def test_what_happened_at_once_stays_on_one_side() -> None:
    rows = dealt(TimeSplit(0.1, 0.1, "t"), t=[1] * 8 + [2] * 6 + [3] * 6)
    assert of_parts([1] * 8 + [2] * 6 + [3] * 6, rows) == [{1}, {2}, {3}]


@pytest.mark.parametrize(
    ("column", "cells", "sentence"),
    [
        ("t", ["soon", "late", "never"], "“t” does not tell earlier from later"),
        ("when", [1, 2, 3], "There is no column “when” to tell earlier from later"),
        ("t", [5, 5, 5], "Every row has the same time"),
    ],
)
def test_what_tells_no_order_is_refused(column: str, cells: list[Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        dealt(TimeSplit(0.2, 0.2, column), t=cells)


# ---- a column ----


def test_a_column_says_which_row_is_for_what() -> None:
    cells = ["train", "test", None, "val", "train", "other"]
    rows = dealt(ColumnSplit("s", validation="val"), s=cells)
    assert parts_of(rows) == [[0, 2, 4, 5], [3], [1]]


def test_numbers_say_it_too() -> None:
    rows = dealt(ColumnSplit("s", validation="", test="1"), s=[0, 1, 0.0, 1])
    assert parts_of(rows) == [[0, 2], [], [1, 3]]


def test_only_rows_with_a_target_are_dealt_out() -> None:
    table = table_of(s=["train", "test", "train", "test", "train"])
    rows = deal(spec_of(ColumnSplit("s")), table, np.array([1, 2, 4]), None)
    assert parts_of(rows) == [[1, 2], [], [0]]


@pytest.mark.parametrize(
    ("split", "sentence"),
    [
        (ColumnSplit("s"), r"No row of the column “s” says “validation” or “test”\. It holds “dev”, “fit”\."),
        (ColumnSplit("s", "nope", ""), r"No row of the column “s” says “nope”\."),
        (ColumnSplit("s", "", "nope"), r"No row of the column “s” says “nope”\."),
        (ColumnSplit("part"), "There is no column “part” to split by"),
        (ColumnSplit(), "No column to split by is chosen"),
        (ColumnSplit("s", "dev", "dev"), "“dev” cannot mean both"),
        (ColumnSplit("s", "dev", "fit"), "No row is left to train on"),
    ],
)
def test_a_column_that_cannot_say_it_is_refused(split: ColumnSplit, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        dealt(split, s=["fit", "dev", "fit"])


# ---- separate files ----


def files(*parts: int) -> list[int]:
    return np.repeat([0, 1, 2], parts).tolist()


def test_files_are_the_parts() -> None:
    table = table_of(files(4, 2, 3), x=range(9))
    rows = deal(spec_of(FileSplit("v.csv", "t.csv")), table, np.arange(9), None)
    assert parts_of(rows) == [[0, 1, 2, 3], [4, 5], [6, 7, 8]]


def test_a_share_of_the_main_file_validates_where_no_file_does() -> None:
    table = table_of(files(40, 0, 5), x=range(45))
    classes = np.array([0, 1] * 20 + [0] * 5)
    rows = deal(spec_of(FileSplit("", "t.csv", share=0.25)), table, np.arange(45), classes)
    assert_each_once(rows, 45)
    assert rows.test.tolist() == [40, 41, 42, 43, 44]
    assert np.bincount(classes[rows.validation]).tolist() == [5, 5]


def test_a_main_file_without_targets_cannot_be_trained_on() -> None:
    table = table_of(files(2, 0, 3), x=range(5))
    with pytest.raises(DataError, match="No row is left to train on"):
        deal(spec_of(FileSplit("", "t.csv")), table, np.array([2, 3, 4]), None)


# ---- folds ----


def folds_of(split: Split, n: int, classes: Sequence[int] | None = None, **more: Any) -> list[SplitRows]:
    columns = more.pop("columns", {"x": range(n)})
    return [dealt(split, classes, fold, **more, **columns) for fold in range(1, split.folds + 1)]


def assert_partition(folds: list[SplitRows], ordinary: SplitRows) -> None:
    rest = sorted([*ordinary.train.tolist(), *ordinary.validation.tolist()])
    assert sorted(np.concatenate([fold.validation for fold in folds]).tolist()) == rest
    for fold in folds:
        assert fold.test.tolist() == ordinary.test.tolist()
        assert sorted([*fold.train.tolist(), *fold.validation.tolist()]) == rest


@given(shares, seeds, class_lists, st.integers(2, 7), st.booleans())
def test_folds_share_the_rows_out(test: float, seed: int, classes: list[int], count: int, stratify: bool) -> None:
    split = RandomSplit(0.1, test, stratify, seed, folds=count)
    ordinary = dealt(split, classes, x=classes)
    assume(len(ordinary.train) + len(ordinary.validation) >= count)
    folds = folds_of(split, len(classes), classes)
    assert_partition(folds, ordinary)
    sizes = [len(fold.validation) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    if stratify:
        for label in set(classes):
            counts = [sum(classes[row] == label for row in fold.validation) for fold in folds]
            assert max(counts) - min(counts) <= 1


def test_folds_depend_on_the_seed_alone() -> None:
    one, same, other = (
        [parts_of(fold) for fold in folds_of(RandomSplit(seed=seed, folds=3), 60)] for seed in (1, 1, 2)
    )
    assert one == same != other


def test_the_ordinary_split_is_the_same_with_folds() -> None:
    without, with_folds = (dealt(RandomSplit(seed=3, folds=folds), x=range(50)) for folds in (0, 5))
    assert parts_of(without) == parts_of(with_folds)


@given(seeds, values, st.integers(2, 4))
def test_no_group_is_parted_by_a_fold(seed: int, groups: list[int], count: int) -> None:
    split = GroupSplit(0.1, 0.1, seed, folds=count)
    assume(len(set(groups)) >= count + 1)
    folds = folds_of(split, len(groups), columns={"g": groups}, group="g")
    assert_partition(folds, dealt(split, group="g", g=groups))
    for fold in folds:
        train, validation, _ = of_parts(groups, fold)
        assert validation
        assert not train & validation


@st.composite
def moments_and_folds(draw: st.DrawFn) -> tuple[list[int], int]:
    """Moments of which more differ than there are folds, even without validation and test, and how many folds."""
    count = draw(st.integers(2, 5))
    different = draw(st.lists(st.integers(-50, 50), min_size=count + 2, max_size=40, unique=True))
    again = draw(st.lists(st.sampled_from(different), max_size=40))
    return draw(st.permutations([*different, *again])), count


@given(moments_and_folds(), shares)
def test_folds_along_time_never_look_ahead(drawn: tuple[list[int], int], test: float) -> None:
    moments, count = drawn
    split = TimeSplit(0.1, test, "t", folds=count)
    ordinary = dealt(split, t=moments)
    rest = {moments[row] for row in (*ordinary.train, *ordinary.validation)}
    assume(len(rest) > count)
    before: set[int] = set()
    train, validation = before, before
    for fold in folds_of(split, len(moments), columns={"t": moments}):
        train, validation, _ = of_parts(moments, fold)
        assert max(train) < min(validation)
        assert train > before  # the window grows
        assert fold.test.tolist() == ordinary.test.tolist()
        before = train
    assert len(rest) == len(train | validation)


def test_folds_along_time_are_of_about_one_size() -> None:
    folds = folds_of(TimeSplit(0.1, 0.1, folds=4), 100)
    assert [(len(fold.train), len(fold.validation)) for fold in folds] == [(18, 18), (36, 18), (54, 18), (72, 18)]


@pytest.mark.parametrize(
    ("split", "columns", "sentence"),
    [
        (RandomSplit(0, 0, folds=5), {"x": [1, 2, 3]}, "3 rows are too few for 5 folds"),
        (TimeSplit(0, 0, "t", folds=2), {"t": [1, 1, 2, 2]}, "Time cannot be cut into 3 stretches"),
        (GroupSplit(0, 0, folds=3), {"g": [1, 1, 2, 2]}, "“g” has too few groups"),
    ],
)
def test_too_little_for_so_many_folds_is_refused(split: Split, columns: dict[str, list[int]], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        dealt(split, fold=1, group="g" if "g" in columns else "", **columns)


def test_there_is_no_other_fold() -> None:
    for fold in (4, -1):
        with pytest.raises(DataError, match="There is no fold"):
            dealt(RandomSplit(folds=3), fold=fold, x=range(20))


@pytest.mark.parametrize("split", [RandomSplit(), GroupSplit(), TimeSplit(), ColumnSplit("g"), FileSplit()])
def test_without_rows_nothing_can_be_dealt_out(split: Split) -> None:
    nothing: NDArray[np.int64] = np.array([], np.int64)
    with pytest.raises(DataError, match="no rows to learn from"):
        deal(spec_of(split, "g"), table_of(g=["a"]), nothing, None)


def test_every_split_by_shares_is_dealt_out_here() -> None:
    kinds = [kind for kind in SPLITS.kinds.values() if issubclass(kind, ShareSplit)]
    assert kinds
    for kind in kinds:
        rows = dealt(SPLITS.read({"kind": kind.key, "validation": 0.2, "test": 0.2}), group="g", g=list(range(40)))
        assert [len(part) for part in parts_of(rows)] == [24, 8, 8]
