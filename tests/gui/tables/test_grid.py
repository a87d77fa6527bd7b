"""A million rows open at once, are scrolled and copied."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.data.table import MappedTable
from nnstudio.gui.tables import grid as table_grid
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.tables.mapped import LOOK, CellLook, MappedModel
from nnstudio.gui.theme import Theme
from tests.gui.mapped import small_table, write

MILLION = 1_000_000
Selection = QItemSelectionModel.SelectionFlag


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small.arrow", small_table())


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    numbers = np.arange(MILLION)
    table = pa.table({"row": numbers, "half": numbers / 2, "label": pa.array(["a", "b"] * (MILLION // 2))})
    return write(tmp_path_factory.mktemp("large") / "large.arrow", table)


@pytest.fixture
def grid(qtbot: QtBot, theme: Theme) -> MappedGrid:
    grid = MappedGrid(theme)
    qtbot.addWidget(grid)
    grid.resize(600, 300)
    grid.show()
    return grid


def test_cells_are_shown_and_missing_ones_are_called_so(small: Path) -> None:
    model = MappedModel()
    model.show_table(MappedTable(small))
    shown = [[model.index(row, column).data() for column in range(4)] for row in range(3)]
    assert shown[0] == ["Adelie", "39.1", "9007199254740993", "a\tb"]
    assert shown[1][1] == "missing"
    assert shown[2][:2] == ["missing", "0.1234568"], "seven digits are shown"
    assert model.index(2, 1).data(Qt.ItemDataRole.ToolTipRole) == "<qt>0.123456789012</qt>", "and all in the tooltip"
    assert model.index(1, 1).data(LOOK) == CellLook(is_missing=True, is_number=True)


def test_header_names_columns_and_counts_rows(small: Path) -> None:
    model = MappedModel()
    model.show_table(MappedTable(small))
    assert model.headerData(1, Qt.Orientation.Horizontal) == "bill_length_mm"
    assert model.headerData(1_233, Qt.Orientation.Vertical) == "1,234"
    sides = [
        model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) for column in (0, 1)
    ]
    middle = Qt.AlignmentFlag.AlignVCenter
    assert sides == [Qt.AlignmentFlag.AlignLeft | middle, Qt.AlignmentFlag.AlignRight | middle]


def test_a_million_rows_open_at_once_and_are_scrolled_to_the_end(
    grid: MappedGrid, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    cell = MappedTable.cell

    def counting(self: MappedTable, row: int, column: int | str) -> str:
        asked.append(row)
        return cell(self, row, column)

    monkeypatch.setattr(MappedTable, "cell", counting)
    before = pa.total_allocated_bytes()
    grid.show_table(MappedTable(large))
    grid.grab()
    grid.scrollToBottom()
    grid.grab()
    assert grid.mapped.rowCount() == MILLION
    assert grid.rowAt(grid.viewport().height() - 2) == MILLION - 1
    assert len(asked) < 2_000, "only what was on the screen, and a few rows to measure"
    assert pa.total_allocated_bytes() - before < 1_000_000, "nothing was copied"
    assert grid.mapped.index(MILLION - 1, 1).data() == "499999.5"


def test_selection_is_copied_as_spreadsheets_take_it(grid: MappedGrid, small: Path) -> None:
    grid.show_table(MappedTable(small))
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == 'Adelie\t39.1\t9007199254740993\t"a\tb"'
    assert lines[1] == 'Gentoo\t\t2\t"say ""hi"""', "a missing cell is empty"
    assert lines[2].startswith("\t0.123456789012\t"), "every digit is copied"


def test_scattered_cells_are_copied_in_their_places(grid: MappedGrid, small: Path) -> None:
    grid.show_table(MappedTable(small))
    for row, column in ((0, 0), (1, 2)):
        grid.selectionModel().select(grid.mapped.index(row, column), Selection.Select)
    grid.copy()
    assert QGuiApplication.clipboard().text() == "Adelie\t\n\t2\n"


def test_columns_that_were_brought_forward_are_copied_first(grid: MappedGrid, small: Path) -> None:
    grid.show_table(MappedTable(small))
    grid.bring_forward(["note", "id"])
    grid.selectRow(1)
    grid.copy()
    assert QGuiApplication.clipboard().text().startswith('"say ""hi"""\t2\tGentoo')
    grid.show_table(MappedTable(small))
    assert grid.columnAt(5) == 0, "another table stands as it was read"


def test_too_many_cells_are_not_copied(
    grid: MappedGrid, small: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_grid, "MOST_COPIED", 5)
    QGuiApplication.clipboard().setText("before")
    grid.show_table(MappedTable(small))
    grid.selectAll()
    with qtbot.waitSignal(grid.refused) as refused:
        grid.copy()
    assert refused.args == ["12 cells are too many to copy; at most 5 are."]
    assert QGuiApplication.clipboard().text() == "before"


def test_columns_are_as_wide_as_they_need_within_limits(grid: MappedGrid, tmp_path: Path) -> None:
    texts = ["x"] * 100 + ["a text in the last row"]
    table = pa.table({"n": list(range(101)), "text": texts, "long": ["y" * 500] * 101})
    grid.show_table(MappedTable(write(tmp_path / "widths.arrow", table)))
    narrow, fitting, wide = (grid.columnWidth(column) for column in range(3))
    assert narrow == table_grid.NARROWEST
    assert fitting > grid.fontMetrics().horizontalAdvance(texts[-1])
    assert wide == table_grid.WIDEST


def test_larger_text_is_measured_on_the_rows_that_are_shown(grid: MappedGrid, small: Path) -> None:
    grid.show_table(MappedTable(small))
    grid.show_rows(np.array([1], np.int64))
    grid.setColumnWidth(0, 1)
    grid.fit_text()
    assert grid.columnWidth(0) > 1


def test_marked_column_stands_out(grid: MappedGrid, small: Path, theme: Theme) -> None:
    grid.show_table(MappedTable(small), frozenset({"species"}))
    image = grid.grab().toImage()
    left = grid.verticalHeader().width()
    header = grid.horizontalHeader().height()
    marked = image.pixelColor(left + grid.columnViewportPosition(0) + 3, header + 5)
    plain = image.pixelColor(left + grid.columnViewportPosition(1) + 3, header + 5)
    assert plain.name() == theme.colours.surface
    assert marked != plain


def test_dates_are_shown_as_people_write_them(tmp_path: Path) -> None:
    moments = pa.array([0, 1_700_000_000_000_000, None], pa.timestamp("us"))
    model = MappedModel()
    model.show_table(MappedTable(write(tmp_path / "dates.arrow", pa.table({"sold": moments}))))
    shown = [model.index(row, 0).data() for row in range(3)]
    assert shown == ["1970-01-01", "2023-11-14 22:13:20", "missing"]
