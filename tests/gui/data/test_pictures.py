"""Pictures are read anew when their size or colour changes, once for what was typed in a row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.class_bars import ClassBars
from nnstudio.gui.data.left_out import LeftOutDialog
from nnstudio.gui.data.pictures import PictureSection
from nnstudio.gui.forms.editors import ChoiceEdit, NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.columns import PictureEncoding
from nnstudio.spec.data import DataSpec
from nnstudio.spec.requests import OpenSource
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource
from nnstudio.spec.splits import RandomSplit
from tests.gui.data.penguins import data_of, open_found, picture_facts, picture_source
from tests.gui.fakes import FakeLink


@pytest.fixture
def section(qtbot: QtBot, theme: Theme, studio: Studio) -> PictureSection:
    open_found(studio, picture_source(), picture_facts())
    section = PictureSection(studio, theme)
    qtbot.addWidget(section)
    section.render_state(studio.state)
    studio.document.changed.listen(lambda _old, new: section.render_state(new))
    section.show()
    return section


def width_of(studio: Studio) -> int:
    source = data_of(studio).source
    assert isinstance(source, ImageFolderSource)
    return source.width


def width_editor(section: PictureSection) -> NumberEdit:
    assert section.form
    editor = section.form.editor("width")
    assert isinstance(editor, NumberEdit)
    return editor


def retype_width(section: PictureSection, text: str) -> None:
    editor = width_editor(section)
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_typing_reads_the_folder_once(section: PictureSection, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    retype_width(section, "64")
    assert width_of(studio) == 8, "the folder is not read for the first digit"
    qtbot.waitUntil(lambda: width_of(studio) == 64)
    assert [request.source for request in link.asked(OpenSource)] == [ImageFolderSource("/data/digits", 64, 8, "grey")]


def test_another_size_keeps_the_split_and_can_be_undone(section: PictureSection, studio: Studio, qtbot: QtBot) -> None:
    studio.apply("Split", edits.set_split(studio.state.project, RandomSplit(0.2, 0.2)))
    retype_width(section, "16")
    qtbot.waitUntil(lambda: width_of(studio) == 16)
    assert data_of(studio).split == RandomSplit(0.2, 0.2)
    studio.document.undo()
    assert width_of(studio) == 8


def test_what_is_typed_stays_while_something_else_changes(section: PictureSection, studio: Studio) -> None:
    retype_width(section, "64")
    studio.apply("Split", edits.set_split(studio.state.project, RandomSplit(0.2, 0.2)))
    assert width_editor(section).text() == "64"


def test_what_was_typed_for_another_folder_is_dropped(section: PictureSection, studio: Studio, qtbot: QtBot) -> None:
    retype_width(section, "64")
    other = ImageFolderSource("/data/letters", 8, 8, "grey")
    studio.apply(
        "Other",
        edits.set_data(
            studio.state.project,
            DataSpec(other, data_of(studio).columns, data_of(studio).task),
        ),
    )
    qtbot.waitUntil(lambda: not section._settled.isActive())
    assert width_of(studio) == 8


def test_classes_are_counted(section: PictureSection) -> None:
    assert section.classes.bars.accessibleName().startswith("Classes: 0 60, 1 60")
    assert section.classes.more.text() == "Show 2 more classes"


def test_bars_are_as_long_as_the_classes_are_large(qtbot: QtBot, theme: Theme) -> None:
    bars = ClassBars(theme)
    qtbot.addWidget(bars)
    bars.show_counts((("cat", 100), ("dog", 50)))
    bars.resize(300, bars.sizeHint().height())
    image = bars.grab().toImage()
    ground = image.pixelColor(299, 0)
    filled = [sum(image.pixelColor(x, y) != ground for x in range(100, 250)) for y in (11, 33)]
    assert filled[0] == pytest.approx(2 * filled[1], abs=3)
    assert filled[1] > 50


def test_cut_class_names_are_whole_in_the_tooltip(qtbot: QtBot, theme: Theme) -> None:
    bars = ClassBars(theme)
    qtbot.addWidget(bars)
    bars.show_counts((("cat", 100), ("a very long name of a class <b>", 50)))
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 30), QPoint(0, 0)))
    assert bars.toolTip() == "<qt>a very long name of a class &lt;b&gt;</qt>"


def write_pictures(path: Path, classes: int = 10) -> str:
    """An image set in the cache: sixty pictures of each class."""
    labels = [str(number % classes) for number in range(60 * classes)]
    images = pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((len(labels), 8, 8, 1), np.uint8))
    table = pa.table({"path": labels, "class": labels, "image": images})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return str(path)


def test_every_class_can_be_reached(section: PictureSection, studio: Studio, tmp_path: Path) -> None:
    studio.document.found_source(picture_source(write_pictures(tmp_path / "digits.arrow")))
    section.classes.more.click()
    assert section.classes.bars.counts == tuple((str(digit), 60) for digit in range(10))
    assert section.classes.more.text() == "Show fewer classes"
    studio.apply("Split", edits.set_split(studio.state.project, RandomSplit(0.2, 0.2)))
    assert len(section.classes.bars.counts) == 10, "an edit elsewhere leaves the list open"
    section.classes.more.click()
    assert len(section.classes.bars.counts) == 8


def test_classes_of_a_file_that_is_gone_are_not_fatal(section: PictureSection, studio: Studio) -> None:
    section.classes.more.click()
    assert len(section.classes.bars.counts) == 8
    assert [notice.level for notice in studio.notices.all] == ["error"]


def test_normalisation_is_an_edit_of_the_image_column(section: PictureSection, studio: Studio) -> None:
    editor = section.encoding.editor("scale")
    assert isinstance(editor, ChoiceEdit)
    assert editor.currentData() == "standard"
    editor.setCurrentIndex(1)
    editor.activated.emit(1)
    image = data_of(studio).column("image")
    assert image
    assert image.encoding == PictureEncoding("unit")
    studio.document.undo()
    assert editor.currentData() == "standard"


def test_the_white_level_is_asked_for_where_it_matters(section: PictureSection, studio: Studio) -> None:
    assert section.form
    assert section.form.editor("white").isHidden()
    deep = ImageFolderSource("/data/digits", 8, 8, "grey", "16", white=4095)
    studio.apply("Deep", edits.set_source(studio.state.project, deep))
    assert not section.form.editor("white").isHidden()


def test_an_index_has_a_field_of_its_own(section: PictureSection, studio: Studio) -> None:
    before = section.form
    index = ImageIndexSource("/data/index.csv", "file", 8, 8)
    studio.apply("Index", edits.set_source(studio.state.project, index))
    assert section.form is not before
    assert section.form
    editor = section.form.editor("column")
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "file"


def test_what_was_left_out_is_listed_and_copied(section: PictureSection, studio: Studio) -> None:
    assert section._row.isHidden()
    sentences = ("“a/x.png” was left out: it is damaged.", "“b/y.png” was left out: it is cut off.")
    found = replace(picture_source(), left_out=sentences, notes=("The folder “c” holds no picture.",))
    studio.document.found_source(found)
    assert section.left_out.text() == "2 files were left out."
    assert section.notes.text() == "The folder “c” holds no picture."
    section.show_left_out.click()
    dialog = section.findChild(LeftOutDialog)
    assert dialog
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == list(sentences)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "\n".join(sentences)
    dialog.reject()
    many = replace(found, left_out=tuple(f"{number}" for number in range(101)))
    studio.document.found_source(many)
    assert section.left_out.text() == "More than 100 files were left out."
