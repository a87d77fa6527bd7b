"""The gallery shows as much of a rare class as of a frequent one, and reads only what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.data.table import MappedTable
from nnstudio.gui.data.gallery import GalleryView
from nnstudio.gui.data.gallery_model import MOST_CLASSES, ROW
from nnstudio.gui.data.picture_dialog import PictureDialog
from nnstudio.gui.data.table_view import TableView
from nnstudio.gui.pixels import image_of
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.requests import ListParts
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import open_found, picture_facts, picture_source
from tests.gui.fakes import FakeLink

CLASSES = ["cat"] * 90 + ["dog"] * 9 + [None]
FOLDER = DataSpec(
    ImageFolderSource("/data/pets", 8, 6, "grey"),
    (Column("image", Kind.IMAGE), Column("class", Kind.CATEGORY, Role.TARGET)),
    Task.BINARY,
)


def write(path: Path, labels: list[str | None], depth: str = "uint8", **columns: object) -> Path:
    """An image set of 8 × 6 pixels; every pixel of a picture has the level of its row."""
    levels = np.arange(len(labels), dtype=depth)[:, None, None, None]
    images = pa.FixedShapeTensorArray.from_numpy_ndarray(
        np.ascontiguousarray(np.broadcast_to(levels, (len(labels), 6, 8, 1)))
    )
    paths = [f"{label}/{row}.png" for row, label in enumerate(labels)]
    table = pa.table({"path": paths, "class": pa.array(labels, pa.large_string()), **columns, "image": images})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return path


@pytest.fixture
def table(tmp_path: Path) -> Iterator[MappedTable]:
    with MappedTable(write(tmp_path / "pets.arrow", CLASSES)) as table:
        yield table


@pytest.fixture
def gallery(qtbot: QtBot, theme: Theme) -> Iterator[GalleryView]:
    gallery = GalleryView(theme)
    qtbot.addWidget(gallery)
    gallery.resize(600, 400)
    gallery.show()
    yield gallery
    gallery.show_table(None)


def lines(gallery: GalleryView) -> dict[str, list[int]]:
    """The rows that are shown of each class."""
    model = gallery.model
    return {
        str(model.headerData(line, Qt.Orientation.Vertical)): [
            row for place in range(model.columnCount()) if (row := model.index(line, place).data(ROW)) is not None
        ]
        for line in range(model.rowCount())
    }


def test_each_class_has_a_line_of_its_own(gallery: GalleryView, table: MappedTable) -> None:
    gallery.show_table(table, FOLDER)
    shown = lines(gallery)
    across = gallery.model.columnCount()
    assert list(shown) == ["cat", "dog"]
    assert across > 3
    assert [len(rows) for rows in shown.values()] == [across, min(across, 9)]
    assert all(CLASSES[row] == name for name, rows in shown.items() for row in rows)
    assert gallery.note.text() == "Equally many of 2 classes, at random."


def test_a_wider_window_shows_more_of_the_same_sample(gallery: GalleryView, table: MappedTable) -> None:
    gallery.show_table(table, FOLDER)
    before = lines(gallery)
    gallery.resize(1_200, 400)
    after = lines(gallery)
    assert len(after["cat"]) > len(before["cat"])
    assert after["cat"][: len(before["cat"])] == before["cat"]
    assert len(after["dog"]) == 9
    beyond = gallery.model.index(1, gallery.model.columnCount() - 1)
    assert beyond.data() is None
    assert not beyond.flags()


def test_another_sample_is_drawn_on_demand(gallery: GalleryView, table: MappedTable) -> None:
    gallery.show_table(table, FOLDER)
    before = lines(gallery)
    gallery.show_table(table, replace(FOLDER, fingerprint="other"))
    assert lines(gallery) == before, "an edit elsewhere leaves the sample"
    gallery.again.click()
    assert lines(gallery)["cat"] != before["cat"]


def test_only_a_part_of_the_split(gallery: GalleryView, table: MappedTable) -> None:
    gallery.show_table(table, FOLDER)
    parts = {"train": np.arange(90, 95), "test": np.arange(0, 90)}
    gallery.show_rows(parts["train"], parts)
    assert set(lines(gallery)["dog"]) == {90, 91, 92, 93, 94}
    assert "cat" not in lines(gallery)
    assert gallery.look_at(93).facts[2] == ("Part", "training")
    assert gallery.look_at(99).facts[2] == ("Part", "none: it is left out")


def test_values_are_shown_from_low_to_high(gallery: GalleryView, tmp_path: Path) -> None:
    prices = np.random.default_rng(0).permutation(100) / 10
    spec = DataSpec(
        ImageIndexSource("/data/index.csv"),
        (Column("image", Kind.IMAGE), Column("price", Kind.NUMBER, Role.TARGET)),
        Task.REGRESSION,
    )
    with MappedTable(write(tmp_path / "houses.arrow", ["x"] * 100, price=prices)) as table:
        gallery.show_table(table, spec)
        shown = [float(prices[row]) for row in gallery.model.shown]
        assert len(shown) == 100
        assert shown == sorted(shown)
        assert gallery.model.index(0, 0).data() == "0"
        assert not gallery.grid.verticalHeader().isVisible()
        gallery.grid.grab()
        gallery.show_table(None)


def test_pictures_without_classes(gallery: GalleryView, tmp_path: Path) -> None:
    spec = replace(FOLDER, columns=FOLDER.columns[:1], task=Task.RECONSTRUCTION)
    with MappedTable(write(tmp_path / "any.arrow", [None] * 500)) as table:
        gallery.show_table(table, spec)
        assert len(gallery.model.shown) == 120
        assert gallery.note.text() == "Some pictures, at random."
        assert gallery.look_at(7).facts[1] == ("Class", "none")
        gallery.show_table(None)


def test_very_many_classes(gallery: GalleryView, tmp_path: Path) -> None:
    labels: list[str | None] = [str(number % 200) for number in range(1_000)]
    with MappedTable(write(tmp_path / "many.arrow", labels)) as table:
        gallery.show_table(table, FOLDER)
        assert gallery.model.rowCount() == MOST_CLASSES
        assert gallery.note.text() == "Equally many of the 60 largest of 200 classes, at random."
        gallery.show_table(None)


def test_only_what_is_seen_is_read(gallery: GalleryView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    image = MappedTable.image

    def counting(self: MappedTable, row: int, name: str = "image") -> object:
        read.append(row)
        return image(self, row, name)

    monkeypatch.setattr(MappedTable, "image", counting)
    labels: list[str | None] = [str(number % 50) for number in range(5_000)]
    with MappedTable(write(tmp_path / "many.arrow", labels)) as table:
        gallery.show_table(table, FOLDER)
        gallery.grid.grab()
        assert 0 < len(read) < 64 + 80
        count = len(read)
        gallery.grid.grab()
        assert len(read) == count, "what was drawn once is kept"
        gallery.show_table(None)


def test_a_click_or_enter_shows_a_picture_large(gallery: GalleryView, table: MappedTable, qtbot: QtBot) -> None:
    gallery.show_table(table, FOLDER)
    second = gallery.model.index(0, 1)
    place = gallery.grid.visualRect(second).center()
    QTest.mouseClick(gallery.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    dialog = gallery.findChild(PictureDialog)
    assert dialog
    row = second.data(ROW)
    assert dialog.facts == {
        "File": f"cat/{row}.png",
        "Class": "cat",
        "Part": "not known yet",
        "As read": f"8 × 6, grey, levels {row} to {row}",
    }
    assert dialog.picture.pixmap().width() == 448
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Right)
    assert dialog.facts["File"] == f"cat/{gallery.model.index(0, 2).data(ROW)}.png"
    QTest.keyClick(dialog, Qt.Key.Key_Left)
    first = gallery.model.index(0, 0).data(ROW)
    dialog.before.click()
    assert dialog.facts["File"] == f"cat/{first}.png"
    assert not dialog.before.isEnabled()
    dialog.step(10_000)
    assert dialog.facts["Class"] == "dog"
    assert not dialog.after.isEnabled()
    dialog.accept()


def test_cells_without_a_picture_are_not_picked(gallery: GalleryView, table: MappedTable) -> None:
    gallery.resize(1_600, 400)
    gallery.show_table(table, FOLDER)
    empty = gallery.grid.visualRect(gallery.model.index(1, gallery.model.columnCount() - 1)).center()
    QTest.mouseClick(gallery.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, empty)
    assert gallery.findChild(PictureDialog) is None


def test_sixteen_bits_are_shown_on_one_scale(gallery: GalleryView, tmp_path: Path) -> None:
    with MappedTable(write(tmp_path / "deep.arrow", ["a"] * 4_000, "uint16")) as table:
        gallery.show_table(table, FOLDER)
        brightest = max(gallery.model.shown[:64])
        assert gallery.grid.white == brightest
        dark = image_of(table.image(brightest // 2), brightest)
        assert QColor(dark.pixel(0, 0)).red() == pytest.approx(127, abs=1)
        assert QColor(image_of(table.image(brightest // 2)).pixel(0, 0)).red() == 255
        gallery.show_table(None)


def test_the_table_tab_shows_pictures_or_rows(
    qtbot: QtBot, theme: Theme, studio: Studio, link: FakeLink, tmp_path: Path
) -> None:
    view = TableView(studio, theme)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    labels: list[str | None] = [str(number % 10) for number in range(600)]
    open_found(studio, picture_source(str(write(tmp_path / "digits.arrow", labels))), picture_facts())
    assert (view.gallery.isVisible(), view.grid.isVisible()) == (True, False)
    assert len(lines(view.gallery)) == 10
    view.switch.rows.click()
    assert (view.gallery.isVisible(), view.grid.isVisible()) == (False, True)
    assert view.grid.mapped.rowCount() == 600
    assert view.gallery.again.isHidden()
    view.switch.pictures.click()
    assert (view.gallery.isVisible(), view.grid.isVisible()) == (True, False)
    assert link.asked(ListParts)
