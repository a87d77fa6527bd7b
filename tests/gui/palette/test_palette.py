"""The command palette finds actions by words and triggers the one that is chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from nnstudio.gui.actions.board import Board
from nnstudio.gui.palette.matching import Entry, matching
from nnstudio.gui.palette.popup import CommandPalette, entries_of
from nnstudio.gui.theme import Theme
from tests.gui.stand_in import RecordingShell

ENTRIES = [
    Entry("stop", "Stop and keep", "Training", "End the run.", "Shift+F5", False),
    Entry("save_as", "Save as…", "File", "Save the project.", "", True),
    Entry("model", "Export model", "File", "Save the weights.", "", True),
    Entry("save", "Save", "File", "Save the project.", "Ctrl+S", True),
    Entry("sample", "iris", "File/Open sample", "Open iris.", "", True),
]


@pytest.fixture
def palette(board: Board, theme: Theme, plain_window: QWidget) -> CommandPalette:
    plain_window.resize(1200, 800)
    plain_window.show()
    palette = CommandPalette(board, theme, plain_window)
    palette.open_over(plain_window)
    return palette


def found(words: str) -> list[str]:
    return [entry.id for entry in matching(ENTRIES, words)]


def test_all_words_must_occur_somewhere() -> None:
    assert found("open iris") == ["sample"]
    assert found("SAVE project") == ["save_as", "save"]
    assert found("nonsense") == []


def test_titles_that_begin_so_come_first() -> None:
    assert found("sav") == ["save_as", "save", "model"]


def test_before_them_comes_what_is_called_so() -> None:
    """Else Enter would do something else where it cannot be done now."""
    assert found("save") == ["save", "save_as", "model"]
    after = Entry("keep", "Keep", "Training", "What Stop and keep leaves.", "", True)
    assert [entry.id for entry in matching([after, *ENTRIES], "stop and keep")] == ["stop", "keep"]


def test_what_cannot_be_done_now_comes_last() -> None:
    assert found("")[-1] == "stop"


def test_every_visible_action_but_itself_is_listed(board: Board) -> None:
    listed = {entry.id for entry in entries_of(board)}
    assert "palette" not in listed
    assert "recent.0" not in listed
    assert {"open", "train", "about"} <= listed


def test_typing_and_enter_trigger(palette: CommandPalette, shell: RecordingShell) -> None:
    QTest.keyClicks(palette.search, "image fold")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert shell.files.asked == ["open_folder"]
    assert palette.isHidden()


def test_arrow_keys_choose(palette: CommandPalette) -> None:
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.found.currentRow() == 1
    QTest.keyClick(palette.search, Qt.Key.Key_PageDown)
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.found.currentRow() == 10


def test_what_cannot_be_done_now_is_not_done(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "stop and keep")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert not palette.isHidden()


def test_below_the_list_stands_what_the_chosen_one_does_or_needs(palette: CommandPalette) -> None:
    QTest.keyClicks(palette.search, "about nnstudio")
    assert palette.said.text() == "Version and diagnostics to copy."
    palette.search.setText("stop and keep")
    assert palette.said.text() == "Nothing is trained now."
    palette.search.setText("nonsense")
    assert palette.said.text() == ""


def test_escape_closes(palette: CommandPalette) -> None:
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_opens_afresh(palette: CommandPalette, plain_window: QWidget) -> None:
    QTest.keyClicks(palette.search, "xyz")
    palette.close()
    palette.open_over(plain_window)
    assert palette.search.text() == ""
    assert palette.found.count() > 20


def test_words_that_find_nothing_are_answered(palette: CommandPalette) -> None:
    assert palette.nothing.isHidden()
    QTest.keyClicks(palette.search, "xyz")
    assert palette.found.isHidden()
    assert palette.nothing.text() == "None of the actions has all of these words. Try fewer of them, or others."
    palette.search.clear()
    assert not palette.found.isHidden()
    assert palette.nothing.isHidden()
