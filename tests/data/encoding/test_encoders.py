"""Each way to encode a column: what it gives, what it learns from, and what becomes of gaps and strangers."""

import math
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnstudio.data.answers import InputTarget
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, NumberFeature
from nnstudio.data.encoding.fill import fill_rows, filled_cells
from nnstudio.data.encoding.fit import fit_feature, sketch_feature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import CategoryEncoding, Column, ColumnEncoding, DateEncoding, Kind, NumberEncoding
from nnstudio.spec.errors import DataError
from nnstudio.spec.tasks import Task


def table_of(values: Any, kind: Any = None) -> MappedTable:
    """A table with the one column ``c``."""
    column = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([pa.array(values, kind)])
    return MappedTable.of(pa.table({"c": column}), np.zeros(len(column), np.int8))


KINDS: dict[type[ColumnEncoding], Kind] = {
    NumberEncoding: Kind.NUMBER,
    CategoryEncoding: Kind.CATEGORY,
    DateEncoding: Kind.DATE,
}


def column_of(how: ColumnEncoding) -> Column:
    return Column("c", KINDS[type(how)], encoding=how)


def encoded(values: Any, how: ColumnEncoding, train: list[int] | None = None) -> tuple[Feature, NDArray[np.float32]]:
    """What is learned from the ``train`` rows of a column (all of them), and what every row becomes."""
    table = values if isinstance(values, MappedTable) else table_of(values)
    rows = np.arange(table.rows)
    feature = fit_feature(column_of(how), table, rows if train is None else np.array(train))
    return feature, fill_rows((feature,), table, rows)


# ---- numbers ----

GAPS = [1.0, 2.0, 2.0, None, 9.0]


@pytest.mark.parametrize(
    ("missing", "fill"), [("median", 2.0), ("mean", 3.5), ("most_frequent", 2.0), ("constant", -7.0)]
)
def test_what_stands_in_for_a_missing_number(missing: Any, fill: float) -> None:
    feature, x = encoded(GAPS, NumberEncoding("none", missing, -7.0))
    assert feature == NumberFeature("c", fill, 0.0, 1.0, "none")
    assert x.ravel().tolist() == [1, 2, 2, fill, 9]


def test_of_equally_frequent_numbers_the_smallest_stands_in() -> None:
    feature, _ = encoded([5.0, 3.0, None, 5.0, 3.0], NumberEncoding("none", "most_frequent"))
    assert feature == NumberFeature("c", 3.0, 0.0, 1.0, "none")


def test_an_indicator_says_what_was_missing() -> None:
    feature, x = encoded(GAPS, NumberEncoding(indicator=True))
    assert feature.names == ("c", "c is missing")
    assert x[:, 1].tolist() == [0, 0, 0, 1, 0]


def test_min_max_goes_from_0_to_1() -> None:
    feature, x = encoded([3.0, 8.0, 13.0, 23.0], NumberEncoding("minmax"), train=[0, 1, 2])
    assert feature == NumberFeature("c", 8.0, 3.0, 10.0, "minmax")
    assert x.ravel().tolist() == [0, 0.5, 1, 2]


def test_robust_is_about_median_and_quartiles() -> None:
    feature, x = encoded([1.0, 2.0, 3.0, 4.0, 1000.0], NumberEncoding("robust"))
    assert feature == NumberFeature("c", 3.0, 3.0, 2.0, "robust")
    assert x.ravel().tolist() == [-1, -0.5, 0, 0.5, 498.5]


def test_where_the_quartiles_are_equal_the_deviation_scales() -> None:
    values = [0.0, 0.0, 0.0, 0.0, 10.0]
    feature, _ = encoded(values, NumberEncoding("robust"))
    assert feature == NumberFeature("c", 0.0, 0.0, float(np.std(values)), "robust")


def test_a_logarithm_takes_negative_numbers_too() -> None:
    values = np.array([-(math.e - 1), 0, math.e - 1, math.e**3 - 1])
    feature, x = encoded(values, NumberEncoding("log"))
    logs = np.array([-1, 0, 1, 3])
    assert isinstance(feature, NumberFeature)
    assert (feature.offset, feature.scale) == pytest.approx((logs.mean(), logs.std()))
    np.testing.assert_allclose(x[:, 0], (logs - logs.mean()) / logs.std(), rtol=1e-6)


@pytest.mark.parametrize("scale", ["standard", "minmax", "robust", "log"])
def test_a_constant_becomes_0(scale: Any) -> None:
    assert not encoded([7.5, 7.5, 7.5], NumberEncoding(scale))[1].any()


def test_truth_values_and_dates_can_be_numbers() -> None:
    assert encoded([True, False, None], NumberEncoding("none"))[1].ravel().tolist() == [1, 0, 0.5]
    days = encoded([datetime(1970, 1, 2), datetime(1970, 1, 3, 12)], NumberEncoding("none"))[1]
    assert days.ravel().tolist() == [1, 2.5]


# ---- categories ----

WORDS = ["b", "a", "c", "b", None, "d", "b", "c"]


def test_the_most_frequent_categories_stay_and_the_rest_are_other() -> None:
    feature, x = encoded(WORDS, CategoryEncoding(most=2), train=[0, 1, 2, 3, 4, 6, 7])
    assert feature == CategoryFeature("c", ("b", "c"), True, "b", "one_hot", other=True)
    assert feature.names == ("c = b", "c = c", "c = (other)", "c = (missing)")
    assert x.argmax(axis=1).tolist() == [0, 2, 1, 0, 3, 2, 0, 1]  # d, which no training row had, is another, too
    assert x.sum(axis=1).tolist() == [1] * 8


def test_a_cap_that_cuts_nothing_leaves_no_other() -> None:
    feature, x = encoded(WORDS, CategoryEncoding(most=3), train=[0, 1, 2, 3])
    assert feature == CategoryFeature("c", ("a", "b", "c"), False, "b")
    assert x[5].tolist() == [0, 0, 0]


def test_ordinal_is_the_place_in_the_order() -> None:
    feature, x = encoded([10, 9, 30, 20, 9, 77], CategoryEncoding("ordinal"), train=[0, 1, 2, 3, 4])
    assert feature.names == ("c",)
    assert x.ravel().tolist() == pytest.approx([1 / 3, 0, 1, 2 / 3, 0, 0.5])


def test_an_index_leaves_0_for_the_unknown() -> None:
    _, x = encoded(WORDS, CategoryEncoding("index"), train=[0, 1, 2])
    assert x.ravel().tolist() == [2, 1, 3, 2, 0, 0, 2, 3]
    _, x = encoded(WORDS, CategoryEncoding("index", 1, "most_frequent"))
    assert x.ravel().tolist() == [1, 2, 2, 1, 1, 2, 1, 2]


def test_missing_as_the_most_frequent() -> None:
    feature, x = encoded(WORDS, CategoryEncoding(missing="most_frequent"))
    assert feature == CategoryFeature("c", ("a", "b", "c", "d"), False, "b")
    assert x[4].tolist() == [0, 1, 0, 0]


def test_truth_values_and_dates_can_be_categories() -> None:
    assert encoded([True, False, True], CategoryEncoding())[0].names == ("c = False", "c = True")
    days = [datetime(2024, 5, 17), datetime(2024, 5, 17, 8, 30)]
    assert encoded(days, CategoryEncoding())[0].names == ("c = 2024-05-17", "c = 2024-05-17 08:30")


def test_many_different_words_are_fine_where_only_some_are_kept() -> None:
    table = table_of([f"w{number}" for number in range(20_000)] + ["often"] * 5)
    feature, x = encoded(table, CategoryEncoding(most=1))
    assert feature.names == ("c = often", "c = (other)")
    assert x.sum(axis=0).tolist() == [5, 20_000]
    with pytest.raises(DataError, match="20,001 different values"):
        encoded(table, CategoryEncoding())


# ---- dates ----

NEW_YEAR = datetime(2024, 1, 1)  # a Monday


def parts(**chosen: bool) -> DateEncoding:
    nothing = dict.fromkeys(("elapsed", "year", "month", "day", "weekday", "hour"), False)
    return DateEncoding(**(nothing | chosen))


def test_parts_of_a_date_on_circles() -> None:
    _, x = encoded([NEW_YEAR, NEW_YEAR + timedelta(days=91)], parts(month=True, weekday=True))  # the first of April
    np.testing.assert_allclose(x[0], [0, 1, 0, 1], atol=1e-7)
    np.testing.assert_allclose(x[1], [1, 0, 0, 1], atol=1e-7)


def test_parts_of_a_date_from_0_to_1() -> None:
    dates = [NEW_YEAR, datetime(2023, 12, 31, 18, 0)]
    feature, x = encoded(dates, parts(month=True, day=True, weekday=True, hour=True, cyclic=False))
    assert feature.names == ("c: month", "c: day of the month", "c: weekday", "c: time of day")
    assert x.tolist() == [[0, 0, 0, 0], [1, 1, 1, 0.75]]


def test_elapsed_days_and_years_are_standardised() -> None:
    dates = [NEW_YEAR - timedelta(days=366), NEW_YEAR, NEW_YEAR + timedelta(days=366)]
    feature, x = encoded(dates, parts(elapsed=True, year=True))
    assert feature.names == ("c: elapsed", "c: year")
    np.testing.assert_allclose(x[:, 0], [-math.sqrt(1.5), 0, math.sqrt(1.5)], rtol=1e-6)
    np.testing.assert_allclose(x[:, 1], np.array([-5, 1, 4]) / math.sqrt(14), rtol=1e-6)  # 2022, 2024 and 2025


def test_a_missing_date_is_in_the_middle() -> None:
    feature, x = encoded([NEW_YEAR, None, NEW_YEAR + timedelta(days=100)], parts(elapsed=True, year=True, month=True))
    assert x[1].tolist() == [0, 0, 0, 0]
    assert filled_cells(feature, table_of([NEW_YEAR, None]), np.arange(2)) == 1
    assert encoded([None, NEW_YEAR], parts(month=True, cyclic=False))[1][0].tolist() == [0.5]


def test_dates_before_1970_and_of_any_unit_are_the_same() -> None:
    dates = [datetime(1969, 12, 31, 23), datetime(1900, 2, 28, 5), NEW_YEAR]
    how = DateEncoding(True, True, True, True, True, True)
    tables = [table_of(dates, pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")]
    first, *others = [encoded(table, how)[1] for table in tables]
    for x in others:
        np.testing.assert_array_equal(x, first)
    text = table_of([str(date) for date in dates], pa.large_string())
    np.testing.assert_array_equal(encoded(text, how)[1], first)


def test_the_time_of_day_is_that_of_the_clocks() -> None:
    zoned = table_of([datetime(2024, 7, 1, 22)], pa.timestamp("us", "Europe/Berlin"))  # UTC
    assert encoded(zoned, parts(hour=True, cyclic=False))[1].tolist() == [[0.0]]


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(DataError, match=r"“c” cannot be used as a date[.] It holds “soon”"):
        encoded(["2024-05-17", "soon"], DateEncoding())
    with pytest.raises(DataError, match=r"cannot be used as a date[.] It holds no dates"):
        encoded([1, 2], DateEncoding())
    with pytest.raises(DataError, match="Nothing of the date “c” is used"):
        encoded([NEW_YEAR], parts())


# ---- what holds for all ----

PLAIN = st.floats(width=32) | st.none()
TEXTS = st.text("abc", max_size=2) | st.none()
DATES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)) | st.none()
numbers = st.builds(
    NumberEncoding,
    st.sampled_from(["standard", "minmax", "robust", "log", "none"]),
    st.sampled_from(["median", "mean", "most_frequent", "constant"]),
    st.floats(-1e6, 1e6),
    st.booleans(),
)
categories = st.builds(
    CategoryEncoding,
    st.sampled_from(["one_hot", "ordinal", "index"]),
    st.integers(0, 3),
    st.sampled_from(["own", "most_frequent"]),
)
dates = st.tuples(*[st.booleans()] * 7).filter(lambda it: any(it[:6])).map(lambda it: DateEncoding(*it))


@st.composite
def columns(draw: st.DrawFn) -> tuple[pa.ChunkedArray, ColumnEncoding, list[int]]:
    """A column in one chunk or two, a way to encode it, and the training rows."""
    values, kind, hows = draw(
        st.sampled_from([
            (PLAIN, pa.float64(), numbers | categories),
            (st.integers(-3, 3) | st.none(), pa.int64(), numbers | categories),
            (st.booleans() | st.none(), pa.bool_(), numbers | categories),
            (TEXTS, pa.large_string(), categories),
            (DATES, pa.timestamp("us"), dates | categories | numbers),
        ])
    )  # fmt: skip
    found = draw(st.lists(values, min_size=2, max_size=20))
    cut = draw(st.integers(0, len(found)))
    chunks = [pa.array(found[:cut], kind), pa.array(found[cut:], kind)]
    train = draw(st.sets(st.integers(0, len(found) - 1), min_size=1))
    return pa.chunked_array(chunks), draw(hows), sorted(train)


def encoding_of(feature: Feature) -> Encoding:
    return Encoding(Task.RECONSTRUCTION, (feature,), InputTarget())


@given(columns())
def test_every_encoding_is_finite_complete_and_in_bounds(
    drawn: tuple[pa.ChunkedArray, ColumnEncoding, list[int]],
) -> None:
    column, how, train = drawn
    feature, x = encoded(table_of(column), how, train)
    assert np.isfinite(x).all()
    assert x.shape == (len(column), len(feature.names))
    assert len(feature.meanings(figures=True)) == len(feature.meanings(figures=False)) == len(feature.names)
    match feature:
        case CategoryFeature(code="one_hot"):
            assert set(x.sum(axis=1)[train].tolist()) == {1}
            assert set(x.sum(axis=1).tolist()) <= ({1} if feature.other else {0, 1})
        case CategoryFeature(code="ordinal"):
            assert 0 <= x.min() <= x.max() <= 1
        case CategoryFeature():
            assert set(x.ravel().tolist()) <= set(range(len(feature.known) + 1))
        case NumberFeature(method="minmax"):
            assert 0 <= x[train, 0].min() <= x[train, 0].max() <= 1
        case DateFeature(cyclic=True, parts=("month" | "day" | "weekday" | "hour",)):
            assert (x * x).sum(axis=1) == pytest.approx(np.where(x.any(axis=1), 1, 0), abs=1e-6)


@given(columns(), st.randoms(use_true_random=False))
def test_an_encoding_learns_from_training_rows_only(
    drawn: tuple[pa.ChunkedArray, ColumnEncoding, list[int]], random: Any
) -> None:
    column, how, train = drawn
    values = column.to_pylist()
    others = [row for row in range(len(values)) if row not in train]
    before = fit_feature(column_of(how), table_of(column), np.array(train))
    for row in others:
        values[row] = random.choice([None, *values])
    changed = table_of(pa.array(values, column.type))
    assert fit_feature(column_of(how), changed, np.array(train)) == before
    sketch = sketch_feature(column_of(how), changed, np.array(train))
    assert (sketch.names, sketch.meanings(figures=False)) == (before.names, before.meanings(figures=False))


@given(columns())
def test_an_encoding_that_was_saved_gives_the_same_bits(
    drawn: tuple[pa.ChunkedArray, ColumnEncoding, list[int]],
) -> None:
    column, how, train = drawn
    table = table_of(column)
    feature, x = encoded(table, how, train)
    again = Encoding.from_json(encoding_of(feature).to_json())
    assert again == encoding_of(feature)
    np.testing.assert_array_equal(fill_rows(again.features, table, np.arange(table.rows)), x)
