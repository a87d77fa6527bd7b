"""The cached file is looked into without copying it, and without pandas."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from nnstudio.data.cache import write_arrow
from nnstudio.data.columns import labels, name_of
from nnstudio.data.source import open_source
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ImageFolderSource, TableSource

MakePicture = Callable[[str, NDArray[np.uint8]], Path]

LOOK = """
import sys
from nnstudio.data.suggest import default_spec
from nnstudio.data.table import MappedTable
with MappedTable(sys.argv[1]) as table:
    print([table.cell(0, name) for name in table.names], table.numbers("year")[:2], table.numbers("body_mass_g")[3])
print(sorted({"pandas", "torch", "PySide6"} & sys.modules.keys()))
"""


@pytest.fixture
def columns(tmp_path: Path) -> MappedTable:
    values = pa.table(
        {
            "whole": pa.array([1, 2**53 + 1, None]),
            "real": pa.array([3.0, 0.1, float("inf")]),
            "text": pa.array(["a", "", None], pa.large_string()),
            "truth": pa.array([True, False, None]),
        }
    )
    write_arrow(values, tmp_path / "columns.arrow")
    return MappedTable(tmp_path / "columns.arrow")


def test_the_window_looks_into_a_table_without_pandas(sample: Callable[[str], TableSource]) -> None:
    cached = open_source(sample("penguins")).cache
    done = subprocess.run([sys.executable, "-c", LOOK, cached], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "['Adelie', 'Torgersen', '39.1', '18.7', '181', '3750', 'male', '2007'] [2007. 2007.] nan",
        "[]",
    ]


def test_cells_are_written_as_people_write_them(columns: MappedTable) -> None:
    assert columns.names == ("whole", "real", "text", "truth")
    assert [columns.cell(row, "whole") for row in range(3)] == ["1", "9007199254740993", ""]
    assert [columns.cell(row, 1) for row in range(3)] == ["3", "0.1", "inf"]
    assert [columns.cell(row, "text") for row in range(3)] == ["a", "", ""]
    assert [columns.cell(row, 3) for row in range(3)] == ["True", "False", ""]


def test_numbers_are_float64_with_gaps_where_nothing_usable_is(columns: MappedTable) -> None:
    np.testing.assert_array_equal(columns.numbers("whole"), [1.0, 2.0**53, np.nan])
    np.testing.assert_array_equal(columns.numbers("real"), [3.0, 0.1, np.nan])
    np.testing.assert_array_equal(columns.numbers("truth"), [1.0, 0.0, np.nan])


def test_dates_are_written_without_useless_midnights(tmp_path: Path) -> None:
    times = ["2024-05-17", "2024-05-17 14:30", "2024-05-17 14:30:05", "0001-01-01", None]
    wanted = pa.array(times).cast(pa.timestamp("us"))
    write_arrow(pa.table({"t": wanted, "d": wanted.cast(pa.date32(), safe=False)}), tmp_path / "dates.arrow")
    with MappedTable(tmp_path / "dates.arrow") as table:
        assert [table.cell(row, "t") for row in range(5)] == [time or "" for time in times]
        assert [table.cell(row, "d") for row in range(5)] == [(time or "")[:10] for time in times]
        assert table.labels("d").names == ("2024-05-17", "0001-01-01")


def test_years_beyond_pythons_and_nanoseconds_do_not_need_pandas() -> None:
    far = pa.chunked_array([pa.array([2**60, 10**18 + 1], pa.int64()).cast(pa.timestamp("us"))])
    near = pa.chunked_array([pa.array([10**18 + 1, None], pa.int64()).cast(pa.timestamp("ns"))])
    table = MappedTable.of(pa.table({"far": far, "near": near}), np.zeros(2, np.int8))
    assert table.cell(0, "far") == "38504-08-17 21:30:06.846976"
    assert [table.cell(row, "near") for row in range(2)] == ["2001-09-09 01:46:40", ""]
    assert len(table.labels("far").names) == 2


def test_columns_in_several_chunks_are_one() -> None:
    chunks = pa.chunked_array([pa.array([1.0, None]), pa.array([], pa.float64()), pa.array([3.0])])
    words = pa.chunked_array([pa.array(["a", "b"]), pa.array([], pa.string()), pa.array(["a"])])
    table = MappedTable.of(pa.table({"n": chunks, "w": words}), np.zeros(3, np.int8))
    np.testing.assert_array_equal(table.numbers("n"), [1, np.nan, 3])
    assert table.labels("w").codes.tolist() == [0, 1, 0]
    assert [table.cell(2, name) for name in table.names] == ["3", "a"]


def test_a_column_without_any_value_is_all_missing() -> None:
    table = MappedTable.of(pa.table({"n": pa.nulls(2)}), np.zeros(2, np.int8))
    assert np.isnan(table.numbers("n")).tolist() == [True, True]
    assert table.labels("n").codes.tolist() == [-1, -1]
    assert table.cell(0, "n") == ""


def test_text_is_no_number_unless_all_of_it_is(tmp_path: Path) -> None:
    text = {"good": pa.array(["1", "-2.5e3", None]), "bad": pa.array(["1", "two", "3"])}
    write_arrow(pa.table(text), tmp_path / "text.arrow")
    with MappedTable(tmp_path / "text.arrow") as table:
        np.testing.assert_array_equal(table.numbers("good"), [1.0, -2500.0, np.nan])
        with pytest.raises(DataError, match=r"“bad” cannot be used as a number[.] It holds “two”[.]"):
            table.numbers("bad")


def test_a_cell_of_a_million_rows_costs_microseconds_and_no_copy(tmp_path: Path) -> None:
    rows = 1_000_000
    write_arrow(pa.table({"n": np.arange(rows, dtype=np.float64)}), tmp_path / "long.arrow")
    with MappedTable(tmp_path / "long.arrow") as table:
        before = pa.total_allocated_bytes()
        start = time.perf_counter()
        assert [table.cell(row, 0) for row in range(0, rows, 1000)] == [str(row) for row in range(0, rows, 1000)]
        assert time.perf_counter() - start < 0.5  # 1000 cells; a copy of the column each would take seconds
        assert pa.total_allocated_bytes() - before < 100_000
        assert table.numbers("n").base is not None  # a view of the file


def test_pictures_of_several_chunks(picture: MakePicture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for level in range(5):
        picture(f"a/{level}.png", np.full((2, 3), level, np.uint8))
    monkeypatch.setattr("nnstudio.data.pictures.image_set.CHUNK", 12)  # two pictures of six bytes
    facts = open_source(ImageFolderSource(str(tmp_path / "pictures"), 3, 2, "grey"))
    with MappedTable(facts.cache) as table:
        assert table.column("image").num_chunks == 3
        assert [int(table.image(row).max()) for row in range(5)] == [0, 1, 2, 3, 4]
        assert (str(table.image(4).dtype), *table.image(4).shape) == ("uint8", 2, 3, 1)
        assert [table.cell(3, name) for name in ("path", "class", "image")] == ["a/3.png", "a", "3 × 2"]


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (2.0, "2"), (-0.0, "0"), (0.1, "0.1"), (1e300, "1e+300"), (7, "7"), (True, "True")]
)
def test_names_of_values(value: object, text: str) -> None:
    assert name_of(value) == text


def test_labels_count_what_is_missing_or_infinite_apart() -> None:
    found = labels(pa.chunked_array([pa.array([10.0, 9.0, None, float("inf"), 9.0])]), "x")
    assert found.sorted_names() == ("9", "10")
    assert found.codes.tolist()[2:4] == [-1, -1]
    assert found.counts(np.array([1, 2, 3, 4])).tolist() == [0, 2, 0, 2]


def test_too_many_labels_are_refused() -> None:
    with pytest.raises(DataError, match="“x” has 10,001 different values"):
        labels(pa.chunked_array([pa.array(range(10_001))]), "x")
