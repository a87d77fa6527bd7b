"""Predictions as a workbook: every value as it is, nothing that Excel would compute."""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from nnstudio.data import excel_out
from nnstudio.data.excel_out import workbook_writer
from nnstudio.data.tables_out import table_file
from nnstudio.spec.errors import FileError


def written(path: Path, *tables: Any) -> list[tuple[object, ...]]:
    """The rows of the sheet, names first, that is made of some tables."""
    with table_file(path, {}) as write:
        for table in tables:
            write(table)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert not any(cell.data_type == "f" for row in sheet for cell in row)
    return list(sheet.values)


def test_values_of_every_type(tmp_path: Path) -> None:
    table = pa.table(
        {
            "=name": ["=1+1", "-x", "a\x01b"],
            "whole": [1, None, 3],
            "long": [2**60, 1, None],
            "share": pa.array([0.1, float("nan"), float("inf")], pa.float32()),
            "yes": [True, False, None],
            "day": pa.array([datetime(2024, 5, 1), None, datetime(1805, 5, 9)], pa.timestamp("us")),
        }
    )
    assert written(tmp_path / "a.xlsx", table) == [
        ("=name", "whole", "long", "share", "yes", "day"),
        ("=1+1", 1, str(2**60), 0.1, True, datetime(2024, 5, 1)),
        ("-x", None, "1", None, False, None),
        ("a\N{REPLACEMENT CHARACTER}b", 3, None, None, None, "1805-05-09"),
    ]


def test_rows_come_in_pieces_below_one_row_of_names(tmp_path: Path) -> None:
    rows = written(tmp_path / "a.xlsx", pa.table({"a": [1]}), pa.table({"a": [2]}))
    assert rows == [("a",), (1,), (2,)]


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_out, "MOST_ROWS", 2)
    with (
        pytest.raises(FileError, match="A sheet of Excel ends at 3 rows"),
        table_file(tmp_path / "a.xlsx", {}) as write,
    ):
        write(pa.table({"a": [1, 2, 3]}))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_saved_of_what_was_given_up(tmp_path: Path) -> None:
    def give_up() -> None:
        with (tmp_path / "a").open("wb") as file, ExitStack() as stack:
            workbook_writer(file, {}, stack)(pa.table({"a": [1]}))
            raise KeyError

    with pytest.raises(KeyError):
        give_up()
    assert (tmp_path / "a").stat().st_size == 0
