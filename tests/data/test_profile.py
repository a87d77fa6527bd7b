"""What a column holds, at a glance."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.profile import BINS, MOST_TOP, profile_column
from nnstudio.data.source import open_source
from nnstudio.spec.data import Kind, TableSource
from nnstudio.spec.facts import ColumnProfile


def profile(values: Sequence[object]) -> ColumnProfile:
    return profile_column("x", pa.chunked_array([pa.array(values)]))


def test_a_column_of_the_penguins(sample: Callable[[str], TableSource]) -> None:
    mass = open_source(sample("penguins")).column("body_mass_g")
    assert (mass.kind, mass.missing, mass.distinct) == (Kind.NUMBER, 2, 94)
    assert (mass.low, mass.high, mass.is_whole) == (2700.0, 6300.0, True)
    assert mass.mean == pytest.approx(4201.754386)
    assert mass.histogram == (9, 25, 56, 54, 44, 36, 34, 26, 19, 22, 13, 4)
    assert mass.top[0] == ("3800", 12)


def test_the_most_frequent_categories_come_first() -> None:
    values = [*"cab" * 2, *"a" * 3, None, *"defghijkl"]
    found = profile(values)
    assert (found.kind, found.missing, found.distinct) == (Kind.CATEGORY, 1, 12)
    assert found.top == (("a", 5), ("c", 2), ("b", 2), ("d", 1), ("e", 1), ("f", 1), ("g", 1), ("h", 1))
    assert (found.low, found.mean, found.histogram) == (None, None, ())


def test_truth_values_are_categories() -> None:
    found = profile([True, False, None, True])
    assert (found.kind, found.top) == (Kind.CATEGORY, (("True", 2), ("False", 1)))


def test_infinities_and_gaps_are_missing() -> None:
    found = profile([1.0, None, float("inf"), float("-inf"), float("nan"), 1e39, 2.5])
    assert (found.missing, found.distinct, found.low, found.high, found.mean) == (5, 2, 1.0, 2.5, 1.75)
    assert not found.is_whole


@pytest.mark.parametrize("values", [pa.array([None, None], pa.float64()), pa.array([float("nan")] * 2)])
def test_nothing_but_gaps(values: object) -> None:
    found = profile_column("x", pa.chunked_array([values]))
    assert (found.kind, found.missing, found.distinct, found.top) == (Kind.NUMBER, 2, 0, ())


def test_a_constant_lies_in_one_bin() -> None:
    assert sorted(profile([3, 3, 3]).histogram) == [0] * (BINS - 1) + [3]


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
