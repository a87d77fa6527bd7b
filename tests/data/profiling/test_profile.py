"""What a column holds, at a glance."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.profiling.profile import BINS, MOST_TOP, profile_column, profile_table
from nnstudio.data.source import open_source
from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.sources import TableSource

FACTORS = (1e-310, 1e-150, 1.0, 1e30, 1e36)
"""From numbers whose squares vanish to numbers whose cubes overflow."""


def profile(values: Sequence[object] | pa.Array, name: str = "x") -> ColumnProfile:
    return profile_column(name, pa.chunked_array([values if isinstance(values, pa.Array) else pa.array(values)]))


def test_a_column_of_the_penguins(sample: Callable[[str], TableSource]) -> None:
    mass = open_source(sample("penguins")).column("body_mass_g")
    assert (mass.kind, mass.missing, mass.distinct) == (Kind.NUMBER, 2, 94)
    assert (mass.low, mass.high, mass.is_whole, mass.is_numeric) == (2700.0, 6300.0, True, True)
    assert mass.mean == pytest.approx(4201.754386)
    assert mass.median == 4050.0
    assert mass.std == pytest.approx(800.781229)
    assert mass.skew == pytest.approx(0.468264, abs=1e-6)
    assert mass.histogram == (9, 25, 56, 54, 44, 36, 34, 26, 19, 22, 13, 4)
    assert mass.top[0] == ("3800", 12)


def test_the_columns_of_a_table_keep_their_order() -> None:
    table = pa.table({"b": [1.5, 2.5], "a": ["x", "y"], "c": [True, None]})
    assert [column.name for column in profile_table(table)] == ["b", "a", "c"]


# words, truth values, dates, pictures


def test_the_most_frequent_categories_come_first() -> None:
    values = [*"cab" * 2, *"a" * 3, None, *"defghijkl"]
    found = profile(values)
    assert (found.kind, found.missing, found.distinct, found.is_numeric) == (Kind.CATEGORY, 1, 12, False)
    assert found.top == (("a", 5), ("c", 2), ("b", 2), ("d", 1), ("e", 1), ("f", 1), ("g", 1), ("h", 1))
    assert (found.low, found.mean, found.std, found.histogram) == (None, None, None, ())


def test_truth_values_are_yes_and_no() -> None:
    found = profile([True, False, None, True])
    assert (found.kind, found.top, found.missing) == (Kind.BOOLEAN, (("True", 2), ("False", 1)), 1)
    assert profile([True, True]).kind is Kind.CONSTANT


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_have_a_first_and_a_last_moment(unit: str) -> None:
    moments = pa.array(["2024-03-01", None, "2023-12-31T06:30:00", "2024-03-01"])
    found = profile(moments.cast(pa.timestamp(unit)))
    assert (found.kind, found.missing, found.distinct) == (Kind.DATE, 1, 2)
    assert (found.earliest, found.latest) == ("2023-12-31T06:30:00", "2024-03-01")
    assert found.top == (("2024-03-01 00:00:00", 2), ("2023-12-31 06:30:00", 1))
    assert (sum(found.histogram), found.low, found.is_numeric) == (3, None, False)


def test_days_are_dates_too() -> None:
    found = profile(pa.array([date(1899, 1, 2), date(1969, 5, 5)], pa.date32()))
    assert (found.kind, found.earliest, found.latest) == (Kind.DATE, "1899-01-02", "1969-05-05")


def test_a_date_beyond_what_python_knows_is_still_shown() -> None:
    found = profile(pa.array([0, 400_000_000_000], pa.timestamp("s")))
    assert (found.earliest, found.latest) == ("1970-01-01", "14645-06-30T15:06:40.000000")


def test_one_date_only_or_none_is_a_constant() -> None:
    assert profile(pa.array([7, 7], pa.timestamp("s"))).kind is Kind.CONSTANT
    empty = profile(pa.array([None, None], pa.timestamp("s")))
    assert (empty.kind, empty.missing, empty.distinct, empty.earliest) == (Kind.CONSTANT, 2, 0, "")


def test_pictures_are_counted() -> None:
    pictures = pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((5, 2, 2, 3), np.uint8))
    assert profile(pictures) == ColumnProfile("x", Kind.IMAGE, 0, 5)


# numbers


def test_infinities_and_gaps_are_missing() -> None:
    found = profile([1.0, None, float("inf"), float("-inf"), float("nan"), 1e39, 2.5])
    assert (found.missing, found.distinct, found.low, found.high, found.mean) == (5, 2, 1.0, 2.5, 1.75)
    assert (found.infinite, found.is_whole) == (3, False)


def test_gaps_alone_are_not_infinite() -> None:
    assert profile([1.0, None, float("nan"), 3.5]).infinite == 0
    assert profile([1, None, 3]).infinite == 0
    assert profile([float("inf"), None]).infinite == 1


@pytest.mark.parametrize("values", [pa.array([None, None], pa.float64()), pa.array([float("nan")] * 2)])
def test_nothing_but_gaps(values: pa.Array) -> None:
    found = profile(values)
    assert (found.kind, found.missing, found.distinct, found.top) == (Kind.CONSTANT, 2, 0, ())
    assert (found.mean, found.std, found.median, found.skew, found.infinite) == (None, None, None, None, 0)


def test_a_constant_lies_in_one_bin() -> None:
    found = profile([3, 3, 3])
    assert sorted(found.histogram) == [0] * (BINS - 1) + [3]
    assert (found.kind, found.std, found.skew, found.median) == (Kind.CONSTANT, 0.0, 0.0, 3.0)


@given(st.lists(st.floats(-1e30, 1e30) | st.integers(-5, 5).map(float), min_size=1, max_size=60))
def test_a_profile_agrees_with_numpy(values: list[float]) -> None:
    found = profile(values)
    distinct, counts = np.unique(values, return_counts=True)
    assert found.distinct == len(distinct)
    assert (found.low, found.high) == (min(values), max(values))
    assert sum(found.histogram) == len(values)
    assert len(found.top) == min(MOST_TOP, len(distinct))
    assert [count for _, count in found.top] == sorted(counts.tolist(), reverse=True)[:MOST_TOP]
    assert found.is_whole == all(value.is_integer() for value in values)
    assert found.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-9 * float(np.abs(values).max()))
    assert found.median == pytest.approx(np.median(values), rel=1e-12)
    assert found.std == pytest.approx(np.std(values), rel=1e-6, abs=1e-9 * float(np.abs(values).max()) + 1e-150)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40), st.sampled_from(FACTORS))
def test_skewness_does_not_depend_on_the_unit(whole: list[int], factor: float) -> None:
    found, scaled = profile(list(map(float, whole))), profile([value * factor for value in whole])
    assert scaled.skew == pytest.approx(found.skew, abs=1e-6)
    deviations = np.array(whole) - np.mean(whole)
    expected = (deviations**3).mean() / (deviations**2).mean() ** 1.5 if deviations.any() else 0
    assert found.skew == pytest.approx(expected, abs=1e-9)


def test_the_longer_tail_gives_the_sign_of_the_skewness() -> None:
    right, left = profile([1.0, 1.0, 1.5, 9.0]).skew, profile([-1.0, -1.0, -1.5, -9.0]).skew
    assert right is not None
    assert left is not None
    assert right > 1 > -1 > left
