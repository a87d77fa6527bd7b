"""Rows that repeat an earlier row."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data import duplicates
from nnstudio.data.duplicates import duplicate_rows, repeated_rows

ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, 0.0, -0.0, 1.5, float("nan"), float("inf")]),
        st.sampled_from([None, 0, 1, 2**53, 2**53 + 1]),
        st.sampled_from([None, "", "a", "b"]),
        st.sampled_from([None, True, False]),
    ),
    max_size=30,
)


def table(rows: list[tuple[object, ...]]) -> pa.Table:
    kinds = [pa.float64(), pa.int64(), pa.large_string(), pa.bool_()]
    columns = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds)]
    return pa.table(dict(zip("abcd", columns, strict=True)))


def same(value: object) -> object:
    """Not-a-number and infinities count as missing, as they do everywhere else; there is one zero."""
    return None if isinstance(value, float) and not abs(value) < np.inf else value


@given(rows=ROWS, cuts=st.lists(st.integers(0, 30), max_size=2))
def test_rows_are_counted_as_a_set_counts_them(rows: list[tuple[object, ...]], cuts: list[int]) -> None:
    whole = table(rows)
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    parts = [whole.slice(low, high - low) for low, high in pairwise(edges)]
    expected = len(rows) - len({tuple(map(same, row)) for row in rows})
    assert duplicate_rows(pa.concat_tables(parts) if parts else whole) == expected


def test_many_columns_that_differ_late() -> None:
    columns = {f"c{n}": [1, 1, 2, 2] for n in range(20)}
    assert duplicate_rows(pa.table(columns)) == 2
    assert duplicate_rows(pa.table(columns | {"last": ["a", "b", "c", "c"]})) == 1
    assert duplicate_rows(pa.table(columns | {"last": list("abcd")})) == 0


def test_a_few_repeated_rows_among_many() -> None:
    draw = np.random.default_rng(0)
    values = {f"c{n}": draw.integers(0, 50, 5_000) for n in range(12)} | {"w": draw.choice(list("abc"), 5_000)}
    rows = pa.table(values)
    assert duplicate_rows(rows) == 0
    assert duplicate_rows(pa.concat_tables([rows, rows.slice(7, 3), rows.slice(7, 1)])) == 4


def test_dates_and_pictures_are_compared() -> None:
    pictures = np.zeros((4, 2, 2, 3), np.uint8)
    pictures[3, 0, 0, 0] = 1
    rows = pa.table(
        {
            "image": pa.FixedShapeTensorArray.from_numpy_ndarray(pictures),
            "when": pa.array([1, 1, 2, 1], pa.timestamp("s")),
        }
    )
    assert duplicate_rows(rows) == 1


def test_what_would_take_too_long_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pa.table({"a": [1, 1, 1]})
    assert duplicate_rows(rows) == 2
    monkeypatch.setattr(duplicates, "MOST_ROWS", 2)
    assert duplicate_rows(rows) == 0


def test_a_table_without_columns_or_rows() -> None:
    assert duplicate_rows(pa.table({})) == 0
    assert duplicate_rows(pa.table({"a": pa.array([], pa.int64())})) == 0


def test_the_rows_that_repeat_are_named_in_their_order() -> None:
    table = pa.table({"a": [1, 2, 1, 3, 2, 1], "b": list("xyxzyx")})
    assert repeated_rows(table).tolist() == [2, 4, 5]
    assert repeated_rows(pa.table({"a": [1, 1, 1]})).tolist() == [1, 2]
