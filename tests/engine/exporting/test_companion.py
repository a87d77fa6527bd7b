"""The script that is written beside an ONNX file encodes as nnstudio does, from the metadata alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.encoders import ImageFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.engine.exporting import companion
from nnstudio.resources import resource
from nnstudio.session.edits import data_of
from nnstudio.spec.columns import CategoryEncoding, Column, DateEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.files import load_project
from nnstudio.spec.layouts import Layout, RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

PARTS: dict[str, Any] = dict.fromkeys(("elapsed", "year", "month", "day", "weekday", "hour"), True)
COLUMNS = (
    Column("plain", Kind.NUMBER, encoding=NumberEncoding("none")),
    Column("log", Kind.NUMBER, encoding=NumberEncoding("log", "mean", indicator=True)),
    Column("robust", Kind.NUMBER, encoding=NumberEncoding("robust")),
    Column("word", Kind.CATEGORY),
    Column("few", Kind.CATEGORY, encoding=CategoryEncoding(most=2, missing="most_frequent")),
    Column("place", Kind.INTEGER, encoding=CategoryEncoding("ordinal")),
    Column("index", Kind.CATEGORY, encoding=CategoryEncoding("index")),
    Column("yes", Kind.BOOLEAN),
    Column("round", Kind.DATE, encoding=DateEncoding(**PARTS)),
    Column("straight", Kind.DATE, encoding=DateEncoding(**PARTS, cyclic=False)),
    Column("y", Kind.NUMBER, Role.TARGET),
)


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table that has something of everything, with gaps."""
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "odd.csv"
    lines = [",".join(column.name for column in COLUMNS)]
    for n in range(60):
        gap = n % 11 == 3
        when = f"20{n % 20 + 10}-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:{n * 7 % 60:02}"
        words = ("" if gap else f"{n}.5", "" if gap else str(n * n - 90), str(n % 13), "" if gap else "abc"[n % 3])
        codes = ("" if gap else "uuuvvwx"[n % 7], f"{n % 4}.0", "" if gap else "pqr"[n % 3], str(n % 2 == 0))
        lines.append(",".join((*words, *codes, "" if gap else when, when, str(n % 5))))
    path.write_text("\n".join(lines))
    return path


def encoded_alone(encoding: Encoding, path: Path) -> companion.Numbers:
    return companion.encoded_rows(json.loads(encoding.to_json()), companion.read_table(str(path)), encoding.input_shape)


@pytest.mark.parametrize("layout", [RowLayout(), SequenceLayout(31), WindowLayout(5, 1)], ids=lambda it: it.key)
def test_rows_are_encoded_the_same(odd: Path, layout: Layout) -> None:
    split = TimeSplit() if isinstance(layout, WindowLayout) else RandomSplit()
    data = DataSpec(TableSource(str(odd)), COLUMNS, Task.REGRESSION, split, layout=layout)
    encoding = encode(data).encoding
    expected = apply(encoding, data.source).x
    np.testing.assert_allclose(encoded_alone(encoding, odd), expected, rtol=1e-6, atol=1e-7)


def test_a_category_that_was_never_seen_counts_as_none(odd: Path, tmp_path: Path) -> None:
    encoding = encode(DataSpec(TableSource(str(odd)), COLUMNS, Task.REGRESSION, RandomSplit())).encoding
    new = tmp_path / "new.csv"
    new.write_text("\n".join([*odd.read_text().splitlines()[:2], ",,4,zebra,zebra,9,zebra,,,,1"]))
    expected = apply(encoding, TableSource(str(new))).x
    np.testing.assert_allclose(encoded_alone(encoding, new), expected, rtol=1e-6)
    told = list(companion.never_seen(json.loads(encoding.to_json()), companion.read_table(str(new))))
    assert "Line 3: “zebra” in the column “word” is new to the network, and counts as none." in told


def test_a_missing_column_is_named(odd: Path) -> None:
    encoding = encode(DataSpec(TableSource(str(odd)), COLUMNS, Task.REGRESSION, RandomSplit())).encoding
    table = companion.Table(["x"], [["1"]], [2])
    with pytest.raises(companion.Problem, match=r"no column “plain”\. It has x\."):
        companion.encoded_rows(json.loads(encoding.to_json()), table, encoding.input_shape)


SPOILT = {
    "a,b\n1,2\n3\n": "Line 3 has 1 cells, and the first line 2.",
    'a,b\n"1\n1",2\n\n3,4,5\n': "Line 5 has 3 cells",
    "a,b\n": "has no rows below its first line",
    "": "has no rows below its first line",
}


@pytest.mark.parametrize("text", SPOILT, ids=map(str, range(len(SPOILT))))
def test_a_table_with_other_rows_than_its_first_line_says_so_with_the_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(companion.Problem, match=SPOILT[text]):
        companion.read_table(str(path))


def test_a_cell_without_an_end_is_refused(tmp_path: Path) -> None:
    path, usual = tmp_path / "rows.csv", csv.field_size_limit(100)
    path.write_text('a\n"' + "1" * 200 + '"\n')
    try:
        with pytest.raises(companion.Problem, match=r"Line 2 of .* is no CSV: field larger than field limit"):
            companion.read_table(str(path))
    finally:
        csv.field_size_limit(usual)


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\n1,caf\xe9\n")
    with pytest.raises(companion.Problem, match="is no text in UTF-8"):
        companion.read_table(str(path))


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("plain", "1,5", "Line 7: “1,5” in the column “plain” is no number with a point before its decimals."),
        ("round", "31.12.2024", "Line 7: “31.12.2024” in the column “round” is no date such as 2024-12-31"),
        ("straight", "2024-02-30", "Line 7: “2024-02-30” in the column “straight” is no date"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(odd: Path, column: str, cell: str, said: str) -> None:
    encoding = encode(DataSpec(TableSource(str(odd)), COLUMNS, Task.REGRESSION, RandomSplit())).encoding
    table = companion.read_table(str(odd))
    table.rows[5][table.names.index(column)] = cell
    with pytest.raises(companion.Problem, match=said):
        companion.encoded_rows(json.loads(encoding.to_json()), table, encoding.input_shape)


def test_too_few_rows_for_a_window_are_said(odd: Path) -> None:
    data = DataSpec(TableSource(str(odd)), COLUMNS, Task.REGRESSION, TimeSplit(), layout=WindowLayout(5, 1))
    encoding = encode(data).encoding
    table = companion.read_table(str(odd))
    few = companion.Table(table.names, table.rows[:2], table.lines[:2])
    with pytest.raises(companion.Problem, match="looks at 5 rows at once, and the table has 2"):
        companion.encoded_rows(json.loads(encoding.to_json()), few, encoding.input_shape)


def test_a_picture_of_many_greys_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(companion.Problem, match="more than 256 levels of grey"):
        companion.encoded_picture({}, "crop", tmp_path / "deep.png")
    (tmp_path / "no.png").write_text("no picture")
    with pytest.raises(companion.Problem, match=r"no\.png” is no picture"):
        companion.encoded_picture({}, "crop", tmp_path / "no.png")


@pytest.mark.parametrize("fit", ["stretch", "crop", "pad"])
def test_pictures_are_encoded_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fit: Any) -> None:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path))
    folder = resource("samples/digits")
    source = ImageFolderSource(str(folder), 10, 6, "rgb", fit=fit)
    image = ImageFeature("image", 10, 6, "rgb", (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    project = load_project(resource("samples/digits-images.nnstudio"))
    encoding = Encoding(Task.MULTICLASS, (image,), encode(data_of(project)).encoding.target)
    applied = apply(encoding, source)
    path = min(folder.rglob("*.png"))
    about = json.loads(encoding.to_json())["features"][0]
    np.testing.assert_allclose(companion.encoded_picture(about, fit, path), applied.x[0], rtol=1e-6, atol=1e-6)
