"""What happened is told in one line, and in a list with all that is known."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.notices.list import MOST_SHOWN, NoticeList, joined
from nnstudio.gui.notices.strip import StatusStrip
from nnstudio.gui.panel import Button
from nnstudio.session.notices import Notices
from nnstudio.spec.errors import DataError, NotFiniteError


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def strip(qtbot: QtBot, notices: Notices) -> StatusStrip:
    strip = StatusStrip(notices)
    qtbot.addWidget(strip)
    return strip


@pytest.fixture
def listed(qtbot: QtBot, notices: Notices) -> NoticeList:
    listed = NoticeList(notices, lambda _: None)
    qtbot.addWidget(listed)
    return listed


def test_the_strip_shows_the_last_notice(notices: Notices, strip: StatusStrip) -> None:
    assert strip.dot.isHidden()
    notices.info("The model was saved.")
    assert strip.last.text() == "The model was saved."
    assert strip.dot.property("role") == "good"
    notices.warn("Cells are missing.", "Nobody knows why.", "Look at them.")
    assert strip.last.text() == "Cells are missing. Look at them."
    assert strip.dot.property("role") == "warning"
    assert strip.all.text() == "Notices 2"


def test_the_strip_asks_for_the_list(qtbot: QtBot, strip: StatusStrip) -> None:
    with qtbot.waitSignal(strip.asked):
        QTest.mouseClick(strip.all, Qt.MouseButton.LeftButton)


def test_newest_first(notices: Notices, listed: NoticeList) -> None:
    notices.info("One.")
    notices.info("Two.")
    assert [row.notice.what for row in listed.shown] == ["Two.", "One."]


def test_an_error_unfolds_the_list_and_other_notices_do_not(notices: Notices, listed: NoticeList) -> None:
    notices.warn("Careful.")
    assert listed.isHidden()
    notices.error(DataError("No.", "Because.", "Do this."))
    assert not listed.isHidden()


def test_details_are_for_those_who_ask(notices: Notices, listed: NoticeList) -> None:
    notices.error(DataError("No.", "Because.", "Do this.", "Traceback"))
    listed.show()
    row = listed.shown[0]
    assert row.details.isHidden()
    details = next(button for button in row.findChildren(Button) if button.text() == "Details")
    QTest.mouseClick(details, Qt.MouseButton.LeftButton)
    assert row.details.toPlainText() == "Traceback"
    assert not row.details.isHidden()


def test_a_notice_can_be_copied(notices: Notices, listed: NoticeList) -> None:
    notices.error(DataError("No.", "Because.", "Do this.", "Traceback"))
    listed.shown[0].copy()
    assert QGuiApplication.clipboard().text().splitlines()[1:] == ["No.", "Because.", "Do this.", "Traceback"]


def test_old_notices_go(qtbot: QtBot, notices: Notices, listed: NoticeList) -> None:
    for number in range(MOST_SHOWN + 5):
        notices.info(f"{number}.")
    qtbot.waitUntil(lambda: len(listed.shown) == MOST_SHOWN)
    assert listed.shown[0].notice.what == f"{MOST_SHOWN + 4}."


def test_sentences_are_ended() -> None:
    assert (
        joined("ZeroDivisionError: division by zero", "", "Report it.")
        == "ZeroDivisionError: division by zero. Report it."
    )


def test_a_notice_about_a_layer_leads_there(qtbot: QtBot, notices: Notices) -> None:
    asked: list[tuple[str, ...]] = []
    listed = NoticeList(notices, asked.append)
    qtbot.addWidget(listed)
    notices.error(NotFiniteError("The loss became infinite.", "It began in “Linear” (2).", "", row_id="b"))
    notices.error(DataError("There is no file."))
    plain, about = listed.shown
    assert [button.text() for button in plain.findChildren(Button)] == ["Copy"]
    show, copy = about.findChildren(Button)
    assert (show.text(), copy.text()) == ("Show layer", "Copy")
    QTest.mouseClick(show, Qt.MouseButton.LeftButton)
    assert asked == [("b",)]
