"""Pictures are read anew when their size or colour changes, once for what was typed in a row."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.pictures import ClassBars, PictureSection
from nnstudio.gui.forms.editors import NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.spec.data import DataSpec, ImageFolderSource, Split
from nnstudio.spec.requests import OpenSource
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


def retype_width(section: PictureSection, text: str) -> None:
    editor = section.form.editor("width")
    assert isinstance(editor, NumberEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_typing_reads_the_folder_once(section: PictureSection, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    retype_width(section, "64")
    assert width_of(studio) == 8, "the folder is not read for the first digit"
    qtbot.waitUntil(lambda: width_of(studio) == 64)
    assert [request.source for request in link.asked(OpenSource)] == [ImageFolderSource("/data/digits", 64, 8, "grey")]


def test_another_size_keeps_the_split_and_can_be_undone(section: PictureSection, studio: Studio, qtbot: QtBot) -> None:
    studio.apply("Split", edits.set_split(studio.state.project, Split(0.2, 0.2)))
    retype_width(section, "16")
    qtbot.waitUntil(lambda: width_of(studio) == 16)
    assert data_of(studio).split == Split(0.2, 0.2)
    studio.document.undo()
    assert width_of(studio) == 8


def test_what_is_typed_stays_while_something_else_changes(section: PictureSection, studio: Studio) -> None:
    retype_width(section, "64")
    studio.apply("Split", edits.set_split(studio.state.project, Split(0.2, 0.2)))
    editor = section.form.editor("width")
    assert isinstance(editor, NumberEdit)
    assert editor.text() == "64"


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
    assert section.classes.accessibleName().startswith("Classes: 0 60, 1 60")
    assert section._more.text() == "and 2 more classes"


def test_bars_are_as_long_as_the_classes_are_large(qtbot: QtBot, theme: Theme) -> None:
    bars = ClassBars(theme)
    qtbot.addWidget(bars)
    bars.render_counts((("cat", 100), ("dog", 50)))
    bars.resize(300, bars.sizeHint().height())
    image = bars.grab().toImage()
    ground = image.pixelColor(299, 0)
    filled = [sum(image.pixelColor(x, y) != ground for x in range(100, 250)) for y in (11, 33)]
    assert filled[0] == pytest.approx(2 * filled[1], abs=3)
    assert filled[1] > 50


def test_cut_class_names_are_whole_in_the_tooltip(qtbot: QtBot, theme: Theme) -> None:
    bars = ClassBars(theme)
    qtbot.addWidget(bars)
    bars.render_counts((("cat", 100), ("a very long name of a class <b>", 50)))
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 30), QPoint(0, 0)))
    assert bars.toolTip() == "<qt>a very long name of a class &lt;b&gt;</qt>"
