"""Excel workbooks: what people build above, beside and below a table is no part of it."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nnstudio.data.reading import workbook, workbook_traps
from nnstudio.data.reading.readers import Read
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import ExcelSource

Book = Callable[..., ExcelSource]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a workbook of the given sheets, each a list of rows, and return its source."""

    def make(**sheets: list[list[Any]]) -> ExcelSource:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        made.save(tmp_path / "book.xlsx")
        return ExcelSource(str(tmp_path / "book.xlsx"))

    return make


def opened(source: ExcelSource) -> Read:
    """As opening does it: preview, then all with what was detected."""
    found = workbook.preview(source, True).source
    assert isinstance(found, ExcelSource)
    return workbook.read(found)


def test_every_type_of_cell_becomes_its_column(book: Book) -> None:
    rows: list[list[Any]] = [
        ["word", "whole", "broken", "yes", "when", "day", "at"],
        ["a", 1, 0.5, True, datetime(2024, 1, 1, 12), date(2024, 1, 2), time(8, 30)],
        ["b", 2, 12, False, datetime(2024, 1, 2, 12), date(2024, 1, 3), time(9, 30)],
    ]
    found = workbook.read(book(one=rows)).table
    kinds = ["large_string", "int64", "double", "bool", *["timestamp[us]"] * 3]
    assert [str(kind) for kind in found.schema.types] == kinds
    assert found.to_pylist()[0] == {
        "word": "a",
        "whole": 1,
        "broken": 0.5,
        "yes": True,
        "when": datetime(2024, 1, 1, 12),
        "day": datetime(2024, 1, 2),
        "at": datetime(1970, 1, 1, 8, 30),
    }


def test_titles_blanks_and_empty_columns_around_the_table_are_left_out(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet["B1"] = "Sales of the year"
    sheet.merge_cells("B1:D1")
    rows: list[list[Any]] = [["shop", "sold", "share"], ["a", 3, 0.25], ["b", 4, 0.75]]
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.cell(3 + at, 2 + place, value)
    sheet["D4"].number_format = "0%"
    sheet["Z90"].number_format = "0%"  # formatted, but empty
    made.save(tmp_path / "a.xlsx")
    preview = workbook.preview(ExcelSource(str(tmp_path / "a.xlsx")), True)
    assert preview.source == ExcelSource(str(tmp_path / "a.xlsx"), "Sheet", skip=2)
    assert preview.is_whole
    found = opened(ExcelSource(str(tmp_path / "a.xlsx")))
    assert found.table.to_pydict() == {"shop": ["a", "b"], "sold": [3, 4], "share": [0.25, 0.75]}


@pytest.mark.parametrize(
    ("first", "header"),
    [
        (["a", "b"], True),
        (["land", 2020], True),
        ([1.5, 2.5], False),
        (["a", 7], False),
        ([datetime(2024, 1, 1), "b"], False),
    ],
)
def test_a_first_row_of_words_names_the_columns(book: Book, first: list[Any], header: bool) -> None:
    source = workbook.preview(book(one=[first, ["x", 1.5], ["y", 2.5]]), True).source
    assert isinstance(source, ExcelSource)
    assert source.header is header


def test_without_names_the_columns_are_numbered(book: Book) -> None:
    found = opened(book(one=[[1, 2.5], [2, 3.5]])).table
    assert found.to_pydict() == {"column 1": [1, 2], "column 2": [2.5, 3.5]}


def test_years_and_equal_names_in_the_first_row(book: Book) -> None:
    found = opened(book(one=[["land", 2020, 2020, None], ["a", 1, 2, 3], ["b", 1, 2, 4]])).table
    assert found.column_names == ["land", "2020", "2020 (2)", "column 4"]


def test_the_chosen_sheet_is_read_and_all_are_offered(book: Book) -> None:
    source = book(first=[["a"], [1]], second=[["b"], [2]])
    assert workbook.read(source).table.to_pydict() == {"a": [1]}
    chosen = workbook.read(ExcelSource(source.path, "second"))
    assert (chosen.table.to_pydict(), chosen.choices) == ({"b": [2]}, ("first", "second"))
    with pytest.raises(DataError, match=r"no sheet called “third”\. Its sheets are “first”, “second”\."):
        workbook.read(ExcelSource(source.path, "third"))


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        ({"cover": [["Sales 2025"], [], ["by", "M. Groß"]], "data": [["a", "b"], *[[1, 2]] * 20]}, "data"),
        ({"legend": [["code", "meaning"], ["x", "y"]], "data": [["a", "b", "c"], *[[1, 2, 3]] * 20]}, "data"),
        ({"may": [["a", "b"], *[[1, 2]] * 10], "june": [["a", "b"], *[[1, 2]] * 20]}, "may"),
        ({"narrow": [["a", "b"], *[[1, 2]] * 20], "wide": [["a"] * 40, *[[1] * 40] * 20]}, "narrow"),
        ({"list": [["a"], [1]], "other": [["b"], [2]]}, "list"),
    ],
)
def test_the_table_is_looked_for_behind_covers_and_legends(
    book: Book, sheets: dict[str, list[list[Any]]], found: str
) -> None:
    source = workbook.preview(book(**sheets), True).source
    assert isinstance(source, ExcelSource)
    assert source.sheet == found


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ([["Total", 6, None]], "A row below the table, from “Total” on: left out."),
        ([[None, "Summe:", 6], [], ["* estimated"]], "Rows below the table, from “Summe:” on: left out."),
        ([[], [None, None, 2025]], "A row below the table, from “2025” on: left out."),
    ],
)
def test_sums_and_notes_below_the_table_are_left_out(book: Book, below: list[list[Any]], said: str) -> None:
    found = workbook.read(book(one=[["shop", "sold", "left"], ["a", 1, 2], ["b", 5, 3], *below]))
    assert found.table.to_pydict() == {"shop": ["a", "b"], "sold": [1, 5], "left": [2, 3]}
    assert found.notes == (said,)


@pytest.mark.parametrize(
    "rows",
    [
        [["a", 1, 2], ["Total", 3, 4], ["b", 5, 6]],
        [["a", 1, 2], [], ["b"], ["c", 5, 6]],
        [[], ["a"], ["b"]],
    ],
)
def test_a_table_that_goes_on_keeps_its_rows(book: Book, rows: list[list[Any]]) -> None:
    found = workbook.read(book(one=[["shop", "sold", "left"], *rows]))
    assert found.table.column("shop").to_pylist() == [row[0] for row in rows if row]
    assert found.notes == ()


def test_words_for_a_missing_number(book: Book) -> None:
    found = workbook.read(book(one=[["a", "b"], [1, "x"], ["k. A.", "-"], [2.5, "y"]]))
    assert found.table.to_pydict() == {"a": [1, None, 2.5], "b": ["x", "-", "y"]}
    assert found.notes == ("“a”: stored as text, read as numbers, “k. A.” as missing.",)


def test_hidden_sheets_are_not_the_first(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.sheet_state = "hidden"
    made.active.append(["a"])
    shown = made.create_sheet("shown")
    shown.append(["b"])
    shown.append([1])
    made.save(tmp_path / "a.xlsx")
    assert workbook.read(ExcelSource(str(tmp_path / "a.xlsx"))).table.column_names == ["b"]


def test_failed_formulas_are_missing_and_counted(book: Book) -> None:
    found = workbook.read(book(one=[["a", "b"], [1, "#DIV/0!"], ["#N/A", 2]]))
    assert found.table.to_pydict() == {"a": [1, None], "b": [None, 2]}
    assert found.notes == ("2 cells with an error such as #N/A: taken as missing.",)


def test_formulas_give_the_value_that_was_saved_and_are_never_computed(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["a", "b"], [1, "=A2*2"], [2, "=A3*2"]):
        made.active.append(row)
    made.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b"<f>A2*2</f><v />", b"<f>A2*2</f><v>9</v>"
    )
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert workbook.read(ExcelSource(str(tmp_path / "b.xlsx"))).table.to_pydict() == {"a": [1, 2], "b": [9, None]}


def test_words_for_missing(book: Book) -> None:
    source = book(one=[["a"], ["NA"], ["x"]])
    assert workbook.read(source).table.to_pydict() == {"a": [None, "x"]}
    assert workbook.read(ExcelSource(source.path, missing_words=False)).table.to_pydict() == {"a": ["NA", "x"]}


def test_rows_of_all_widths(book: Book) -> None:
    found = workbook.read(book(one=[["a"], [1], [], [2, "x"]])).table
    assert found.to_pydict() == {"a": [1, 2], "column 2": [None, "x"]}


def test_batches_do_not_show(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    source = book(one=[["a", "b"], *([at, f"x{at}"] for at in range(50))])
    whole = workbook.read(source).table
    monkeypatch.setattr(workbook, "BATCH", 7)
    told: list[tuple[int, int, str]] = []
    assert workbook.read(source, lambda *at: told.append(at)).table.equals(whole)
    assert told[0] == (7, 51, "rows")
    assert told[-1] == (51, 51, "rows")


@pytest.mark.parametrize(
    ("rows", "why"), [([], "The sheet is empty."), ([["a", "b"]], "The sheet only names its columns.")]
)
def test_a_sheet_without_rows_is_refused(book: Book, rows: list[list[Any]], why: str) -> None:
    with pytest.raises(DataError) as caught:
        workbook.read(book(one=rows))
    assert (caught.value.what, caught.value.why) == ("“book.xlsx” has no rows.", why)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old form (.xls), or one that is protected"),
        (b"PK\x03\x04 and no more", "It is damaged or cut off"),
        (b"<html>", "It is damaged or cut off"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DataError) as caught:
        workbook.preview(ExcelSource(str(tmp_path / "a.xlsx")), True)
    assert why in caught.value.why


@pytest.mark.parametrize(("part", "form"), [("xl/workbook.bin", ".xlsb"), ("content.xml", ".ods")])
def test_other_spreadsheets_are_called_by_name(tmp_path: Path, part: str, form: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(part, "")
    with pytest.raises(DataError) as caught:
        workbook.read(ExcelSource(str(tmp_path / "a.xlsx")))
    assert form in caught.value.why


def test_a_workbook_that_unfolds_without_end_is_refused_unopened(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_traps, "MOST_UNPACKED", 1_000)
    with pytest.raises(DataError, match=r"It would unfold from 0\.0 MB to 0 MB, as traps do\."):
        workbook.read(book(one=[["a"], [1]]))


def test_a_large_workbook_is_read_where_it_unfolds_as_others_do(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    source = book(one=[["a"], *([1] for _ in range(1_000))])
    monkeypatch.setattr(workbook_traps, "SMALL", 10)
    assert len(workbook.read(source).table) == 1_000
    monkeypatch.setattr(workbook_traps, "MOST_RATIO", 1)
    with pytest.raises(DataError, match="as traps do"):
        workbook.read(source)
    monkeypatch.setattr(workbook_traps, "SMALL", 2**20)
    assert len(workbook.read(source).table) == 1_000, "a small one may unfold as it likes"


def test_entities_that_multiply_are_refused(book: Book, tmp_path: Path) -> None:
    source = book(one=[["a"], [1]])
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "ha" * 50}">' for at in range(9))
    with zipfile.ZipFile(source.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("<v>1</v>", "<v>&l8;</v>").replace(
        "<worksheet", f"<!DOCTYPE worksheet [{laughs}]><worksheet", 1
    )
    assert "&l8;" in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match="damaged"):
        workbook.read(ExcelSource(str(tmp_path / "b.xlsx")))
