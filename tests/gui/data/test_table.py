"""A million rows open at once, are scrolled and copied, and the window needs neither pandas nor torch for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.table_view import TableView
from nnstudio.gui.pixels import image_of
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables import grid as table_grid
from nnstudio.gui.tables.grid import MappedGrid
from nnstudio.gui.tables.header import MARKED
from nnstudio.gui.tables.mapped import LOOK, CellLook, MappedModel
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, PartsListed
from nnstudio.spec.requests import ExportRows, ListParts
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from tests.gui.data.penguins import data_of, open_found, open_penguins, penguin_facts, penguin_source, picture_source
from tests.gui.fakes import FakeLink

MILLION = 1_000_000
Selection = QItemSelectionModel.SelectionFlag


def write(path: Path, table: pa.Table) -> Path:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small.arrow", small_table())


def small_table() -> pa.Table:
    columns = {
        "species": ["Adelie", "Gentoo", None],
        "bill_length_mm": [39.1, None, 0.123456789012],
        "id": [9_007_199_254_740_993, 2, 3],
        "note": ["a\tb", 'say "hi"', "=1+1"],
    }
    return pa.table(columns)


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


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> TableView:
    view = TableView(studio, theme)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    return view


def is_marked(grid: MappedGrid, column: int) -> bool:
    return bool(grid.mapped.headerData(column, Qt.Orientation.Horizontal, MARKED))


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


def test_table_waits_for_data(view: TableView, studio: Studio, small: Path) -> None:
    assert view.empty.isVisible()
    assert not view.grid.isVisible()
    open_found(studio, penguin_source(str(small)), None)
    assert view.grid.isVisible()
    assert view.grid.mapped.rowCount() == 3
    assert view.note.text().startswith("344 rows and 4 columns")
    assert is_marked(view.grid, 0)


def test_mark_follows_the_target(view: TableView, studio: Studio, small: Path) -> None:
    source = penguin_source(str(small))
    open_found(studio, source, None)
    studio.apply("Target", edits.set_target(studio.state.project, source, "bill_length_mm"))
    assert [is_marked(view.grid, column) for column in range(2)] == [False, True]


def test_old_rows_stay_until_the_new_file_is_read(view: TableView, studio: Studio, small: Path, large: Path) -> None:
    open_found(studio, penguin_source(str(small)), None)
    other = replace(data_of(studio), source=TableSource("/data/other.csv"))
    studio.apply("Other", edits.set_data(studio.state.project, other))
    assert view.grid.mapped.rowCount() == 3
    studio.document.found_source(replace(penguin_source(str(large)), source=TableSource("/data/other.csv")))
    assert view.grid.mapped.rowCount() == MILLION


def test_nothing_is_mapped_while_nobody_looks(qtbot: QtBot, theme: Theme, studio: Studio, small: Path) -> None:
    view = TableView(studio, theme)
    qtbot.addWidget(view)
    open_found(studio, penguin_source(str(small)), None)
    assert view.grid.mapped.table is None
    view.show()
    assert view.grid.mapped.rowCount() == 3


def test_cache_that_is_gone_is_said(view: TableView, studio: Studio, small: Path, tmp_path: Path) -> None:
    open_penguins(studio)
    assert view.problem.isVisible()
    assert view.problem.title == "The rows cannot be shown."
    assert not view.grid.isVisible()
    damaged = tmp_path / "damaged.arrow"
    damaged.write_bytes(b"no arrow")
    studio.document.found_source(penguin_source(str(damaged)))
    assert view.problem.isVisible()
    studio.document.found_source(penguin_source(str(small)))
    assert not view.problem.isVisible()
    assert view.grid.isVisible()


def test_closing_the_project_closes_the_table(view: TableView, studio: Studio, small: Path) -> None:
    open_found(studio, penguin_source(str(small)), None)
    studio.new_project()
    assert view.empty.isVisible()
    open_found(studio, penguin_source(str(small)), None)
    assert view.grid.isVisible()


def test_pictures_are_painted_from_the_mapped_pixels(view: TableView, studio: Studio, tmp_path: Path) -> None:
    pixels = np.zeros((2, 8, 8, 1), np.uint8)
    pixels[0] = 255
    images = pa.FixedShapeTensorArray.from_numpy_ndarray(pixels)
    table = pa.table({"path": ["a/1.png", "b/2.png"], "class": ["a", "b"], "image": images})
    open_found(studio, picture_source(str(write(tmp_path / "pictures.arrow", table))), None)
    image = view.grid.viewport().grab().toImage()
    middles = [view.grid.visualRect(view.grid.mapped.index(row, 2)).topLeft() + QPoint(20, 20) for row in range(2)]
    assert [image.pixelColor(middle).lightness() for middle in middles] == [255, 0]


def test_window_modules_need_neither_pandas_nor_torch(small: Path) -> None:
    script = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from nnstudio.gui.data import panel, table_view\n"
        "from nnstudio.gui.predict import view\n"
        "from nnstudio.gui.results import curves\n"
        "from nnstudio.data.table import MappedTable\n"
        "from nnstudio.gui.tables.mapped import MappedModel\n"
        "model = MappedModel()\n"
        "model.show_table(MappedTable(sys.argv[1]))\n"
        "assert model.index(0, 1).data() == '39.1'\n"
        "assert not {'pandas', 'torch', 'torchmetrics'} & sys.modules.keys()\n"
    )
    result = subprocess.run([sys.executable, "-c", script, str(small)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_data_that_go_before_their_parts_are_asked_for_are_not_asked_about(
    view: TableView, studio: Studio, link: FakeLink, tmp_path: Path
) -> None:
    open_found(studio, penguin_source(str(write(tmp_path / "small.arrow", small_table()))), penguin_facts())
    assert view.isVisible()
    while studio.document.undo_name:
        studio.document.undo()
    assert link.asked(ListParts) == []


class TestParts:
    """The rows of one part of the split, as the engine has listed them."""

    @pytest.fixture
    def listed(self, view: TableView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path) -> TableView:
        """Of four listed rows the last lies in a separate file."""
        source = write(tmp_path / "small.arrow", small_table())
        open_found(studio, penguin_source(str(source)), penguin_facts())
        parts = pa.table({"part": pa.array(["test", None, "train", "test"], pa.large_string())})
        link.answer(ListParts, PartsListed(str(write(tmp_path / "parts.arrow", parts))))
        qtbot.waitUntil(view.filter.isVisible)
        return view

    def shown_rows(self, view: TableView) -> list[str]:
        model = view.grid.mapped
        return [str(model.headerData(row, Qt.Orientation.Vertical)) for row in range(model.rowCount())]

    def test_each_part_that_has_rows_is_offered(self, listed: TableView) -> None:
        offered = [button.text() for button in listed.filter.buttons.values() if not button.isHidden()]
        assert offered == ["All 3", "Train 1", "Test 1", "Left out 1"]

    def test_a_part_shows_its_rows_by_their_numbers_in_the_file(self, listed: TableView) -> None:
        listed.filter.buttons["train"].click()
        assert self.shown_rows(listed) == ["3"]
        assert listed.grid.mapped.index(0, 1).data() == "0.1234568"
        listed.grid.selectAll()
        listed.grid.copy()
        assert QGuiApplication.clipboard().text() == "\t0.123456789012\t3\t=1+1\n"
        listed.filter.buttons[""].click()
        assert self.shown_rows(listed) == ["1", "2", "3"]

    def test_another_split_is_listed_anew_and_the_part_stays(
        self, listed: TableView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        listed.filter.buttons["test"].click()
        assert self.shown_rows(listed) == ["1"]
        studio.apply("Seed", edits.set_split(studio.state.project, RandomSplit(seed=1)))
        assert len(link.asked(ListParts)) == 1, "the new split is not described yet"
        studio.document.found_facts(data_of(studio), penguin_facts())
        table = pa.table({"part": ["train", "test", "test"]})
        link.answer(ListParts, PartsListed(str(write(tmp_path / "anew.arrow", table))))
        qtbot.waitUntil(lambda: self.shown_rows(listed) == ["2", "3"])
        assert listed.filter.buttons["test"].isChecked()

    def test_a_part_that_has_no_rows_any_more_gives_way_to_all(
        self, listed: TableView, studio: Studio, link: FakeLink, qtbot: QtBot, tmp_path: Path
    ) -> None:
        listed.filter.buttons["test"].click()
        studio.apply("Seed", edits.set_split(studio.state.project, RandomSplit(seed=1)))
        studio.document.found_facts(data_of(studio), penguin_facts())
        table = pa.table({"part": ["train", "train", "train"]})
        link.answer(ListParts, PartsListed(str(write(tmp_path / "anew.arrow", table))))
        qtbot.waitUntil(lambda: self.shown_rows(listed) == ["1", "2", "3"])
        assert listed.filter.buttons[""].isChecked()

    def test_rows_are_exported(
        self, listed: TableView, link: FakeLink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "rows"), ""))
        actions = {action.text(): action for action in listed.filter.export.menu().actions() if action.isVisible()}
        assert list(actions) == ["All rows, with their part…", "Training rows…", "Test rows…"]
        actions["Test rows…"].trigger()
        (request,) = link.asked(ExportRows)
        assert (request.out, request.part) == (str(tmp_path / "rows.csv"), "test")

    def test_a_split_that_cannot_be_made_shows_all_rows(
        self, view: TableView, studio: Studio, link: FakeLink, qtbot: QtBot, small: Path
    ) -> None:
        open_found(studio, penguin_source(str(small)), penguin_facts())
        link.answer(ListParts, Failed(DataError("A class has one row only.")))
        told: list[object] = []
        studio.looking.list_parts(told.append)
        link.answer(ListParts, PartsListed("/nowhere"))
        qtbot.waitUntil(lambda: bool(told))
        assert not view.filter.isVisible()
        assert self.shown_rows(view) == ["1", "2", "3"]


def test_dates_are_shown_as_people_write_them(tmp_path: Path) -> None:
    moments = pa.array([0, 1_700_000_000_000_000, None], pa.timestamp("us"))
    model = MappedModel()
    model.show_table(MappedTable(write(tmp_path / "dates.arrow", pa.table({"sold": moments}))))
    shown = [model.index(row, 0).data() for row in range(3)]
    assert shown == ["1970-01-01", "2023-11-14 22:13:20", "missing"]


@pytest.mark.parametrize("levels", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_become_images(levels: type[np.unsignedinteger], channels: int) -> None:
    pixels = np.zeros((2, 3, channels), levels)
    pixels[0, 1] = np.iinfo(levels).max
    image = image_of(pixels)
    assert (image.width(), image.height()) == (3, 2)
    assert image.pixelColor(1, 0).lightness() == 255
    assert image.pixelColor(0, 0).lightness() == 0
