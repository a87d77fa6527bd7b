"""The table of the data shows what was read, and the window needs neither pandas nor torch for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.table_view import TableView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Failed, PartsListed
from nnstudio.spec.requests import ExportRows, ListParts
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from tests.gui.data.penguins import data_of, open_found, open_penguins, penguin_facts, penguin_source, picture_source
from tests.gui.fakes import FakeLink
from tests.gui.mapped import is_marked, small_table, write


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small.arrow", small_table())


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> TableView:
    view = TableView(studio, theme)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    return view


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


def test_old_rows_stay_until_the_new_file_is_read(view: TableView, studio: Studio, small: Path, tmp_path: Path) -> None:
    open_found(studio, penguin_source(str(small)), None)
    other = replace(data_of(studio), source=TableSource("/data/other.csv"))
    studio.apply("Other", edits.set_data(studio.state.project, other))
    assert view.grid.mapped.rowCount() == 3
    file = write(tmp_path / "other.arrow", pa.table({"row": range(5)}))
    studio.document.found_source(replace(penguin_source(str(file)), source=TableSource("/data/other.csv")))
    assert view.grid.mapped.rowCount() == 5


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
