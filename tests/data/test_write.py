"""Predictions are written whole or not at all, and no cell of theirs is executed by a spreadsheet."""

import csv
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.table import MappedTable
from nnstudio.data.write import Places, join_predictions, write_predictions, write_preview
from nnstudio.resources import resource
from nnstudio.spec.errors import FileError
from nnstudio.spec.sources import TableSource

MakeTable = Callable[..., TableSource]


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_predictions_stand_beside_their_rows(table: MakeTable, tmp_path: Path) -> None:
    source = table("a,b", "1,x", "2.5,", "-3,ü")
    added = {"predicted_y": np.array(["yes", "no", "yes"], object), "probability": np.array([0.1, 0.25, 1.0])}
    with MappedTable(open_source(source).cache) as opened:
        joined = join_predictions(opened, added)
        write_predictions(tmp_path / "out.csv", joined)
        preview = write_preview(joined)
    assert rows_of(tmp_path / "out.csv") == [
        ["a", "b", "predicted_y", "probability"],
        ["1", "x", "yes", "0.1"],
        ["2.5", "", "no", "0.25"],
        ["-3", "ü", "yes", "1"],
    ]
    with MappedTable(preview) as shown:
        assert [shown.cell(1, name) for name in shown.names] == ["2.5", "", "no", "0.25"]


def test_pictures_are_named_not_written() -> None:
    with MappedTable(open_source(suggest_image_source(resource("samples/digits"))).cache) as opened:
        joined = join_predictions(opened, {"predicted_class": np.full(600, "7", object)})
    assert joined.column_names == ["path", "class", "predicted_class"]


def test_a_name_that_is_taken_gets_a_number(table: MakeTable) -> None:
    with MappedTable(open_source(table("y,y (2)", "1,2", "3,4")).cache) as opened:
        joined = join_predictions(opened, {"y": np.array([5, 6])})
    assert joined.column_names == ["y", "y (2)", "y (3)"]
    assert joined["y (3)"].to_pylist() == [5, 6]


def test_windows_leave_gaps_and_go_beyond_the_last_row(table: MakeTable, tmp_path: Path) -> None:
    places = Places(np.array([1, 3, 3, 2, 2]), np.array([0, 0, 1, 0, 2]), "shop")
    with MappedTable(open_source(table("shop,n", "a,1", "a,2", "b,3", "a,4")).cache) as opened:
        joined = join_predictions(opened, {"predicted_y": np.array([10.0, 20.0, 30.0, 40.0, 50.0])}, places)
    write_predictions(tmp_path / "out.csv", joined)
    assert rows_of(tmp_path / "out.csv") == [
        ["shop", "n", "rows_ahead", "predicted_y"],
        ["a", "1", "", ""],
        ["a", "2", "", "10"],
        ["b", "3", "", "40"],
        ["a", "4", "", "20"],
        ["a", "", "1", "30"],
        ["b", "", "2", "50"],
    ]


def test_without_a_forecast_there_is_no_column_for_it(table: MakeTable) -> None:
    places = Places(np.array([1]), np.array([0]))
    with MappedTable(open_source(table("a,n", "1,1", "2,2")).cache) as opened:
        joined = join_predictions(opened, {"predicted_y": np.array(["yes"], object)}, places)
    assert joined.to_pydict() == {"a": [1, 2], "n": [1, 2], "predicted_y": [None, "yes"]}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_are_written_as_finely_as_they_are(tmp_path: Path, unit: str) -> None:
    midnight, noon = datetime(2024, 5, 17), datetime(2024, 5, 17, 12)
    columns = {"day": [midnight, None], "clock": [midnight, noon]}
    if unit in {"us", "ns"}:
        columns["fine"] = [midnight, noon + timedelta(microseconds=5)]
    table = pa.table({name: pa.array(values, pa.timestamp(unit)) for name, values in columns.items()})
    write_predictions(tmp_path / "out.csv", table)
    _, first, second = rows_of(tmp_path / "out.csv")
    assert first[:2] == ["2024-05-17", "2024-05-17 00:00:00"]
    assert second[:2] == ["", "2024-05-17 12:00:00"]
    assert second[2:] in ([], ["2024-05-17 12:00:00.000005"])


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a=1", "'=1", None]
    write_predictions(tmp_path / "out.csv", pa.table({"=text": evil, "number": [-1.5, *range(8)]}))
    head, *rows = rows_of(tmp_path / "out.csv")
    assert head == ["'=text", "number"]
    assert [row[0] for row in rows] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1", "a=1", "'=1", ""]
    assert rows[0][1] == "-1.5"


def test_text_with_separators_quotes_and_lines_comes_back(tmp_path: Path) -> None:
    text = ['a,"b"', "two\nlines", ""]
    write_predictions(tmp_path / "out.csv", pa.table({"text": text}))
    assert [row[0] for row in rows_of(tmp_path / "out.csv")[1:]] == text


def test_what_cannot_be_read_back_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    monkeypatch.setattr("pyarrow.csv.write_csv", lambda _, out: Path(out).write_text("text\nonly one\n"))
    with pytest.raises(FileError, match=r"“out[.]csv” was not saved"):
        write_predictions(path, pa.table({"text": ["one", "two"]}))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_preview_is_gone_a_day_later() -> None:
    first = write_preview(pa.table({"a": [1]}))
    second = write_preview(pa.table({"a": [2]}))
    assert first.exists()
    yesterday = time.time() - 25 * 3600
    os.utime(first, (yesterday, yesterday))
    write_preview(pa.table({"a": [3]}))
    assert (first.exists(), second.exists()) == (False, True)
