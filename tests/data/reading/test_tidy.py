"""Any Arrow column becomes one that the cache knows."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.reading import tidy as tidying
from nnstudio.data.reading.cells import Gathering
from nnstudio.data.reading.tidy import Tidied, tidy
from nnstudio.spec.errors import DataError


def tidied(values: Any, kind: Any = None, missing_words: bool = False) -> tuple[str, list[object]]:
    """Type and values of the only column."""
    table = tidy(pa.table({"a": pa.array(values, kind)}), missing_words=missing_words).table
    return str(table.column(0).type), table.column(0).to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None], pa.int8(), ("int8", [1, None])),
        ([True, None], None, ("bool", [True, None])),
        ([1.5, float("nan")], None, ("double", [1.5, None])),
        ([np.float16(1.5)], pa.float16(), ("float", [1.5])),
        ([Decimal("1.50"), None], None, ("double", [1.5, None])),
        ([None, None], None, ("double", [None, None])),
        (["x", None], pa.string_view(), ("large_string", ["x", None])),
        ([b"x"], None, ("large_string", ["x"])),
        ([date(2024, 2, 29)], None, ("timestamp[us]", [datetime(2024, 2, 29)])),
        ([datetime(2024, 2, 29, 1)], pa.timestamp("ns"), ("timestamp[us]", [datetime(2024, 2, 29, 1)])),
        ([datetime(2024, 1, 1, 3, tzinfo=UTC)], None, ("timestamp[us]", [datetime(2024, 1, 1, 3)])),
        ([time(3, 4)], None, ("timestamp[us]", [datetime(1970, 1, 1, 3, 4)])),
        ([timedelta(minutes=1.5)], None, ("double", [90.0])),
        ([["x", "y"], None], None, ("large_string", ['["x", "y"]', None])),
    ],
)
def test_each_type_becomes_one_of_the_cache(values: list[Any], kind: Any, expected: object) -> None:
    assert tidied(values, kind) == expected


def test_a_dictionary_becomes_what_it_stands_for() -> None:
    table = tidy(pa.table({"a": pa.array(["x", "y", None]).dictionary_encode()})).table
    assert table.to_pydict() == {"a": ["x", "y", None]}


def test_records_become_dotted_names_and_equal_lists_numbered_ones() -> None:
    table = pa.table({"who": [{"name": "Ann", "at": {"x": 1}}], "v": [[1, 2]], "w": [[3]]})
    assert tidy(table).table.to_pylist() == [{"who.name": "Ann", "who.at.x": 1, "v 1": 1, "v 2": 2, "w 1": 3}]


def test_lists_of_different_lengths_become_text_and_that_is_said() -> None:
    found = tidy(pa.table({"a": [[1], [1, 2]]}))
    assert (found.table.to_pydict(), found.notes) == (
        {"a": ["[1]", "[1, 2]"]},
        ("“a”: lists or records, read as text.",),
    )


def test_bytes_that_are_no_text_are_left_out_with_a_word() -> None:
    found = tidy(pa.table({"photo": [b"\xff"], "a": [1]}))
    assert (found.table.column_names, found.left_out) == (
        ["a"],
        ("“photo”: left out, since it holds bytes rather than values.",),
    )


def test_a_table_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(DataError, match=r"no columns that can be used\. “photo”: left out"):
        tidy(pa.table({"photo": [b"\xff"]}))


def test_many_columns_of_one_sort_make_one_sentence() -> None:
    found = tidy(pa.table({f"c{at}": ["1"] for at in range(7)}))
    assert found.notes == ("“c0”, “c1”, “c2”, “c3”, “c4” and 2 more columns: stored as text, read as numbers.",)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1", "+2", None, "-3"], ("int64", [1, 2, None, -3])),
        (["1.5", "2e3", " "], ("double", [1.5, 2000.0, None])),
        (["01234", "1"], ("large_string", ["01234", "1"])),  # a postal code
        (["0", "0.5"], ("double", [0.0, 0.5])),
        (["1", "x"], ("large_string", ["1", "x"])),
        (["2024-01-31", "2024-02-01"], ("timestamp[us]", [datetime(2024, 1, 31), datetime(2024, 2, 1)])),
        (["2024-01-31T10:00:00+02:00"], ("timestamp[us]", [datetime(2024, 1, 31, 8)])),
        (["2024-01-31 10:00:00.123456789"], ("timestamp[us]", [datetime(2024, 1, 31, 10, 0, 0, 123456)])),
        (["2024-02-31"], ("large_string", ["2024-02-31"])),
        (["", "  "], ("large_string", [None, None])),
    ],
)
def test_text_is_read_as_what_all_of_it_spells(texts: list[str | None], expected: object) -> None:
    assert tidied(texts) == expected


def test_words_for_missing_are_kept_unless_they_are_wanted_as_such() -> None:
    assert tidied(["NA", "x"]) == ("large_string", ["NA", "x"])
    assert tidied(["NA", "x"], missing_words=True) == ("large_string", [None, "x"])
    assert tidied(["NA", "3"], missing_words=True) == ("int64", [None, 3])


def test_dates_that_no_calendar_has_are_missing() -> None:
    kind, values = tidied([2**62, 0, -(2**62)], pa.timestamp("us"))
    assert (kind, values) == ("timestamp[us]", [None, datetime(1970, 1, 1), None])


def test_more_columns_than_any_table_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "MOST_COLUMNS", 3)
    with pytest.raises(DataError, match=r"It has 4 columns\. At most 3 are read\."):
        tidy(pa.table({"a": [[1, 2, 3, 4]]}))


def gathered(*batches: list[dict[str, Any]]) -> Tidied:
    gathering = Gathering()
    for batch in batches:
        gathering.add_records(batch)
    return tidy(gathering.table())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (1, 2.5, [1.0, 2.5]),
        (1, None, [1, None]),
        (None, "x", [None, "x"]),
        (1, "x", ["1", "x"]),
        (2.0, "x", ["2", "x"]),
        (True, 2, [1.0, 2.0]),
        (2**70, 1, [float(2**70), 1.0]),
        ([1], [2.5], [1.0, 2.5]),
        (date(2024, 1, 1), datetime(2024, 1, 1, 3), [datetime(2024, 1, 1), datetime(2024, 1, 1, 3)]),
    ],
)
def test_cells_take_the_type_that_holds_all_of_them(first: Any, second: Any, expected: list[object]) -> None:
    together = gathered([{"a": first}, {"a": second}]).table
    apart = gathered([{"a": first}], [{"a": second}]).table
    assert together.column(0).to_pylist() == expected
    assert apart.equals(together)


def test_keys_that_come_and_go_are_missing_elsewhere() -> None:
    found = gathered([{"a": 1}], [{"b": "x"}, {"b": "y"}], [{"a": 2}]).table
    assert found.to_pydict() == {"a": [1, None, None, 2], "b": [None, "x", "y", None]}


numbers = st.none() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False) | st.booleans()
mixed = st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=3)


@given(st.lists(numbers, min_size=1, max_size=12) | st.lists(mixed, min_size=1, max_size=12), st.integers(1, 5))
def test_how_cells_are_batched_does_not_matter(cells: list[Any], size: int) -> None:
    records = [{"a": value} for value in cells]
    batches = [records[at : at + size] for at in range(0, len(records), size)]
    assert gathered(*batches).table.equals(gathered(records).table)
