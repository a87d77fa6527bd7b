"""A table read in pieces holds what it holds when it is read as a whole, wherever the pieces end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnstudio.data.reading import columnar, text_table
from nnstudio.data.reading.pieces import ColumnarPieces, NotInPieces, Pieces, Retyped, TextPieces, pieces_of
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ColumnarSource, ExcelSource, TableSource


def whole(pieces: Pieces) -> Any:
    """The tables of the pieces behind each other, once their types are known."""
    while True:
        try:
            for _ in pieces:
                pass
            break
        except Retyped:
            continue
    return pa.concat_tables([piece.table for piece in pieces])


def written(path: Path, header: str, rows: list[str]) -> TableSource:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return TableSource(str(path))


CELLS = {
    "whole numbers": [str(row) for row in range(400)],
    "decimals after whole ones": ["1"] * 300 + ["2.5"] * 100,
    "words": ["red", "blue", " green ", "a,b"] * 100,
    "words after numbers": ["1"] * 390 + ["x"] * 10,
    "words after nothing": [""] * 300 + ["x"] * 100,
    "nothing": [""] * 400,
    "yes and no": ["True", "False"] * 200,
    "dates": [f"2024-{row % 12 + 1:02}-11" for row in range(400)],
    "no dates in the end": ["2024-05-17"] * 390 + ["soon"] * 10,
    "dates of which only the last say what is what": ["01/02/2024"] * 390 + ["25/12/2024"] * 10,
    "moments": ["2024-05-17 14:30:15"] * 400,
    "money": ["$1,200.50", "$3"] * 200,
    "money in the end": ["$1"] * 390 + ["1"] * 10,
    "codes": ["12345", "01234"] * 200,
    "large numbers": [str(2**63 + row) for row in range(400)],
}


@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("size", [256, 1_000, 2**20])
def test_text_in_pieces_is_the_text_as_a_whole(tmp_path: Path, cells: list[str], size: int) -> None:
    quoted = [f'"{cell}",{number}' if "," in cell else f"{cell},{number}" for number, cell in enumerate(cells)]
    source = written(tmp_path / "table.csv", "cell,number", quoted)
    source = TableSource(source.path, thousands="," if "$" in cells[0] else "")
    expected, found = text_table.read(source).table, whole(TextPieces(source, size))
    assert found.schema == expected.schema
    assert found.equals(expected)


def test_a_quoted_line_end_does_not_end_a_piece(tmp_path: Path) -> None:
    source = written(tmp_path / "table.csv", "a,b", ['"one\ntwo",1'] * 100)
    assert whole(TextPieces(source, 64))["a"].to_pylist() == ["one\ntwo"] * 100


def test_a_row_that_breaks_far_down_is_named_by_its_line(tmp_path: Path) -> None:
    source = written(tmp_path / "table.csv", "a,b", [*["1,2"] * 5_000, "1,2,3", *["1,2"] * 5_000])
    with pytest.raises(DataError, match="Line 5,002 has 3 cells, but there are 2 columns"):
        whole(TextPieces(source, 1_024))


@pytest.mark.parametrize(("content", "problem"), [("", "is empty"), ("a,b\n", "has no rows")])
def test_a_table_without_rows_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "table.csv").write_text(content)
    with pytest.raises(DataError, match=problem):
        whole(TextPieces(TableSource(str(tmp_path / "table.csv"))))


def test_bytes_of_another_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 1_000 + "1,ü\n".encode("latin-1"))
    with pytest.raises(DataError, match="not text in UTF-8"):
        whole(TextPieces(TableSource(str(path)), 256))
    assert whole(TextPieces(TableSource(str(path), encoding="latin-1"), 256))["b"].to_pylist()[-1] == "ü"


COLUMNS = {
    "numbers": list(range(100)),
    "numbers as words": [str(number) for number in range(100)],
    "numbers and words as words": [*["1"] * 90, *["x"] * 10],
    "nothing first": [*[None] * 90, *["x"] * 10],
    "dates as words": ["2024-05-17"] * 100,
    "records": [{"a": 1, "b": "x"}] * 100,
}


@pytest.mark.parametrize("cells", COLUMNS.values(), ids=COLUMNS)
def test_parquet_in_pieces_is_parquet_as_a_whole(tmp_path: Path, cells: list[Any]) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"cell": cells, "number": list(range(100))}), path, row_group_size=30)
    source = ColumnarSource(str(path))
    found = whole(ColumnarPieces(source, 20))
    assert found.equals(columnar.read(source).table)


def test_lists_whose_lengths_change_are_read_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"list": [[1, 2]] * 50 + [[1, 2, 3]] * 50}), path)
    with pytest.raises(NotInPieces):
        whole(ColumnarPieces(ColumnarSource(str(path)), 50))


def test_it_says_how_far_it_is(tmp_path: Path) -> None:
    source = written(tmp_path / "table.csv", "a,b", ["1,2"] * 1_000)
    told = [(piece.done, piece.total, piece.unit) for piece in TextPieces(source, 1_000)]
    assert told[-1] == (4_004, 4_004, "bytes")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_workbooks_are_not_read_in_pieces() -> None:
    assert pieces_of(ExcelSource("book.xlsx")) is None
    assert isinstance(pieces_of(TableSource("table.csv")), TextPieces)
