"""The widgets that panels share keep what they are told, also where room is short."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QBoxLayout, QLabel, QLayout, QSplitter, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.panel import (
    Banner,
    Button,
    ElidedLabel,
    EmptyState,
    Note,
    Pages,
    Panel,
    VerticalScroll,
    plain_tip,
    set_property,
)
from nnstudio.gui.panel.offers import WIDEST_TEXT
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.spec.errors import StudioError

LONG = "a name that is by far too long for the room that it has got here"


@pytest.fixture
def label(qtbot: QtBot) -> ElidedLabel:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.show()
    return label


def test_a_long_text_is_cut_off_and_whole_in_the_tooltip(label: ElidedLabel) -> None:
    label.resize(80, 20)
    assert QLabel.text(label).endswith("…")
    assert label.text() == label.toolTip() == label.accessibleName() == LONG


def test_with_room_nothing_is_cut_off(label: ElidedLabel) -> None:
    label.resize(label.sizeHint())
    assert QLabel.text(label) == LONG
    assert label.toolTip() == ""


def test_an_explanation_follows_the_whole_text(label: ElidedLabel) -> None:
    label.explain("More.")
    label.resize(80, 20)
    assert label.toolTip() == f"{LONG}\nMore."


def test_a_plain_tip_shows_signs_as_they_are() -> None:
    assert plain_tip("a < b\nc") == "<qt>a &lt; b<br>c</qt>"


def test_a_name_that_looks_like_markup_is_no_markup(label: ElidedLabel) -> None:
    label.resize(80, 20)
    label.setText("<img src=x> of a long name that has no room")
    assert "&lt;img src=x&gt;" in label.toolTip()


def test_a_long_text_needs_no_room(label: ElidedLabel) -> None:
    assert label.minimumSizeHint().width() < 60


def test_the_note_of_a_panel_stands_in_its_header(qtbot: QtBot) -> None:
    panel = Panel("Data")
    qtbot.addWidget(panel)
    panel.set_note("344 rows", "As read.")
    assert panel.header.note.text() == "344 rows"
    assert panel.accessibleName() == "Data"


def test_a_scrolling_panel_is_as_wide_as_its_content(qtbot: QtBot) -> None:
    content = QWidget()
    content.setMinimumWidth(200)
    scroll = VerticalScroll(content)
    qtbot.addWidget(scroll)
    assert scroll.minimumSizeHint().width() >= 200
    panel = Panel("Training", scrolls=True)
    qtbot.addWidget(panel)
    wide = QWidget()
    wide.setMinimumSize(300, 2000)
    panel.body.addWidget(wide)
    panel.show()
    assert panel.minimumSizeHint().width() >= 300
    assert panel.minimumSizeHint().height() < 400


def test_a_banner_replaces_what_it_said(qtbot: QtBot) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("First.", "Why.", [Button("A"), Button("B")])
    banner.say("Second.", buttons=[Button("C")], level="bad")
    assert banner.title == "Second."
    assert [button.text() for button in banner.buttons] == ["C"]
    assert banner.property("level") == "bad"


def test_a_banner_says_what_is_wrong_and_is_away_while_nothing_is(qtbot: QtBot) -> None:
    banner = Banner("bad")
    qtbot.addWidget(banner)
    banner.show_problem(StudioError("It broke.", "It fell.", "Glue it."))
    assert (banner.title, banner.words) == ("It broke.", "It fell. Glue it.")
    assert not banner.isHidden()
    banner.show_problem(None)
    assert banner.isHidden()


@pytest.mark.parametrize(
    ("width", "direction"), [(800, QBoxLayout.Direction.LeftToRight), (300, QBoxLayout.Direction.TopToBottom)]
)
def test_buttons_of_a_narrow_banner_stand_below(qtbot: QtBot, width: int, direction: QBoxLayout.Direction) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    banner.say("Title.", "Text.", [Button("A")])
    banner.resize(width, 80)
    banner.show()
    layout = banner.layout()
    assert isinstance(layout, QBoxLayout)
    assert layout.direction() is direction


def test_a_button_calls_without_arguments(qtbot: QtBot) -> None:
    clicked: list[None] = []
    button = Button("Go", "primary", lambda: clicked.append(None), "Go on.")
    qtbot.addWidget(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert clicked == [None]


def test_an_empty_state_offers_its_buttons(qtbot: QtBot) -> None:
    button = Button("Open…")
    empty = EmptyState("No data yet", "Drop a table here.", [button])
    qtbot.addWidget(empty)
    empty.show()
    assert button.isVisible()


def test_a_role_that_changes_changes_the_colour(qtbot: QtBot, theme: Theme) -> None:
    note = Note("x", "muted")
    qtbot.addWidget(note)
    note.show()
    set_property(note, "role", "problem")
    assert note.palette().windowText().color() == QColor(theme.colours.bad)


def test_tabs_show_their_views_which_come_later(qtbot: QtBot) -> None:
    panel = TabbedPanel("Results", {"Curves": "How it goes.", "Table": "The rows."})
    qtbot.addWidget(panel)
    panel.tabs.setCurrentIndex(1)
    curves, table = QLabel("curves"), QLabel("table")
    panel.fill([curves, table])
    assert panel.view is table
    panel.open_tab("Curves")
    assert panel.tabs.currentIndex() == 0
    assert panel.view is curves


def test_the_words_of_a_banner_are_not_pressed_together(qtbot: QtBot) -> None:
    """Also where a line can be moved that knows nothing of words, and when the words become more."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    qtbot.addWidget(splitter)
    upper, banner = QWidget(), Banner()
    column = QVBoxLayout(upper)
    column.addWidget(banner)
    splitter.addWidget(upper)
    splitter.addWidget(QTextEdit())
    splitter.resize(220, 400)
    splitter.setSizes([1, 399])
    splitter.show()
    layout = banner.layout()
    assert layout is not None
    for words in ("A sentence that is long enough for some lines.", "A sentence that is longer still. " * 6):
        banner.say("What happened", words, [Button("Do it")])
        qtbot.waitUntil(partial(_has_room, banner, layout))


def _has_room(banner: Banner, layout: QLayout) -> bool:
    return banner.height() >= layout.totalHeightForWidth(banner.width())


def test_pages_ask_for_the_room_of_the_one_in_front(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    pages = Pages(holder)
    assert pages.minimumSize() == QSize()
    assert pages.heightForWidth(100) == -1
    small, large = QLabel("x"), QLabel("x")
    small.setMinimumSize(10, 10)
    large.setMinimumSize(300, 200)
    for page in (small, large):
        pages.addWidget(page)
    assert holder.minimumSizeHint().height() < 100
    pages.setCurrentWidget(large)
    assert holder.minimumSizeHint() == QSize(300, 200)


def test_a_page_that_wraps_its_words_asks_for_their_height(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    pages = Pages(holder)
    pages.addWidget(Note("many words " * 40))
    assert pages.hasHeightForWidth()
    assert pages.heightForWidth(200) > pages.heightForWidth(800) > 0


def test_the_words_of_an_empty_panel_stay_lines_that_can_be_read(qtbot: QtBot) -> None:
    """Also in a window as wide as the screen: the text is broken, whole, and in the middle."""
    empty = EmptyState("No data yet", "Drop a table here, or a folder of pictures. " * 8)
    qtbot.addWidget(empty)
    empty.resize(2000, 800)
    empty.show()
    text = empty.explanation
    assert text.width() <= WIDEST_TEXT
    assert text.height() >= text.heightForWidth(text.width())
    assert abs(text.geometry().center().x() - 1000) <= 1
    empty.resize(300, 800)
    qtbot.waitUntil(lambda: text.width() < 300)
    assert text.height() >= text.heightForWidth(text.width())
