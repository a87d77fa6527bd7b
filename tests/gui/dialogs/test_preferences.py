"""Every control of the preferences works at once, or says when it does."""

from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnstudio.data.cache import cache_folder
from nnstudio.gui.dialogs.folder_work import CacheClearing
from nnstudio.gui.dialogs.preferences import SECTIONS, PreferencesDialog
from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.forms.offers import PathEdit
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.preferences import Preferences, load_preferences
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Failed
from nnstudio.spec.params import fields_of
from nnstudio.spec.requests import OpenSource, TrainProject
from tests.gui.fakes import FakeLink, open_iris


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache, with something in it."""
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))
    folder = cache_folder()
    (folder / "read.arrow").write_bytes(bytes(12_300))
    return folder


@pytest.fixture
def dialog(qtbot: QtBot, studio: Studio, plain_window: QWidget, cache: Path) -> PreferencesDialog:
    del cache
    dialog = PreferencesDialog(studio, plain_window)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(dialog: PreferencesDialog, section: str, name: str, value: str) -> None:
    editor = dialog.forms[section].editor(name)
    assert isinstance(editor, ChoiceEdit)
    editor.activated.emit(editor.findData(value))


def test_every_declared_field_has_its_place() -> None:
    assert [name for names in SECTIONS.values() for name in names] == [field.name for field in fields_of(Preferences)]


def test_it_says_what_holds_and_follows_what_is_chosen_elsewhere(studio: Studio, dialog: PreferencesDialog) -> None:
    theme = dialog.forms["Look"].editor("theme")
    assert isinstance(theme, ChoiceEdit)
    assert theme.currentText() == "As the system has it"
    studio.prefer(Preferences(theme="dark"))
    assert theme.currentText() == "Dark"


def test_what_is_changed_is_kept(studio: Studio, dialog: PreferencesDialog) -> None:
    choose(dialog, "Look", "theme", "dark")
    choose(dialog, "Look", "size", "150")
    notify = dialog.forms["Training"].editor("notify")
    assert isinstance(notify, CheckEdit)
    QTest.mouseClick(notify, Qt.MouseButton.LeftButton, pos=notify.rect().center() / 4)
    assert studio.preferences == load_preferences() == Preferences(theme="dark", size="150", notify=False)


def test_the_threads_reach_the_run(studio: Studio, link: FakeLink, dialog: PreferencesDialog) -> None:
    threads = dialog.forms["Training"].editor("threads")
    assert isinstance(threads, NumberEdit)
    threads.setFocus()
    threads.selectAll()
    QTest.keyClicks(threads, "3")
    open_iris(studio)
    studio.train()
    assert [request.threads for request in link.asked(TrainProject)] == [3]


def test_a_folder_that_cannot_be_used_is_refused_in_a_sentence(studio: Studio, dialog: PreferencesDialog) -> None:
    folder = dialog.forms["Files"].editor("data_folder")
    assert isinstance(folder, PathEdit)
    assert folder.folders
    folder.edited.emit("here")
    assert (
        dialog.forms["Files"].problem("data_folder") == "Type the whole path of a folder, or choose one with “Browse…”."
    )
    assert studio.preferences.data_folder == ""


def test_the_cache_says_how_large_it_is_and_can_be_cleared(
    qtbot: QtBot, studio: Studio, link: FakeLink, dialog: PreferencesDialog, cache: Path
) -> None:
    words = dialog.places[1].words
    qtbot.waitUntil(lambda: words.text() == "Cache: 12.3 kB")
    open_iris(studio)
    (cache / ".other.arrow.x.partial").write_bytes(b"half")
    QTest.mouseClick(dialog.clear, Qt.MouseButton.LeftButton)
    assert not dialog.clear.isEnabled()
    qtbot.waitUntil(lambda: words.text() == "Cache: 4 bytes")
    assert [path.name for path in cache.iterdir()] == [".other.arrow.x.partial"], "another process writes it now"
    assert studio.notices.all[-1].what == "The cache was cleared: 12.3 kB were deleted."
    assert len(link.asked(OpenSource)) == 1, "what is open is read again"


def test_the_cache_is_not_cleared_under_what_goes_on(studio: Studio, link: FakeLink, dialog: PreferencesDialog) -> None:
    open_iris(studio)
    assert dialog.clear.isEnabled()
    studio.train()
    assert not dialog.clear.isEnabled()
    assert dialog.clear.toolTip().startswith("What goes on needs what was read")
    studio.run.receive([Failed(TrainingError("It ended."))])
    assert dialog.clear.isEnabled()
    del link


def test_clearing_goes_on_without_its_dialog(
    plain_window: QWidget, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.gui.dialogs.folder_work.REPORT_SECONDS", 0)
    for number in range(9):
        (cache / f"{number}.arrow").write_bytes(b"read")
    clearing = CacheClearing(plain_window)
    shiboken6.delete(clearing)
    clearing._clear()
    assert list(cache.iterdir()) == []


def test_changes_are_no_longer_kept_and_then_again(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    kept = tmp_path / "data" / "unsaved"
    open_iris(studio)
    studio.autosaver.keep()
    qtbot.waitUntil(lambda: any(kept.rglob("project.json")))
    studio.prefer(Preferences(keep_unsaved=False))
    qtbot.waitUntil(lambda: not any(kept.rglob("project.json")))
    studio.apply("Edit", edits.with_rows(studio.state.project, []))
    studio.prefer(Preferences(keep_unsaved=True))
    qtbot.waitUntil(lambda: any(kept.rglob("project.json")))
    studio.autosaver.close(forget=True)
