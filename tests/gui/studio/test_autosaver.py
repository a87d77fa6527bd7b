"""What is not saved is kept a moment after an edit, and offered by the next window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.autosaver import Autosaver
from nnstudio.runs.unsaved import FILE, UnsavedFile, left_behind, unsaved_folder
from nnstudio.session import edits
from nnstudio.session.document import Document
from nnstudio.session.notices import Notices
from nnstudio.spec.events import InterruptedRun
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import Linear
from nnstudio.spec.project import Project
from tests.gui.fakes import open_iris


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.gui.studio.autosaver.MOMENT_MILLISECONDS", 0)


def edit(document: Document) -> None:
    project, _ = edits.add_layer(document.project, Linear(4))
    document.apply("Add layer", project)


def files() -> list[Path]:
    return list(unsaved_folder().glob(f"*/{FILE}"))


@pytest.fixture
def window(qtbot: QtBot) -> tuple[Document, Autosaver]:
    """A window with a project that was never saved, edited and kept."""
    document = Document()
    autosaver = Autosaver(document, Notices())
    edit(document)
    qtbot.waitUntil(lambda: len(files()) == 1)
    return document, autosaver


def test_a_window_that_is_ended_leaves_what_it_had(window: tuple[Document, Autosaver]) -> None:
    document, autosaver = window
    edit(document)
    autosaver.close(forget=False)
    (found,), _ = left_behind()
    assert found.project == document.project, "also the last edit, a moment ago"
    assert (found.name, found.path) == ("Untitled", None)


def test_a_window_that_was_closed_leaves_nothing(window: tuple[Document, Autosaver]) -> None:
    document, autosaver = window
    edit(document)
    autosaver.close(forget=True)
    autosaver.close(forget=False)  # the program ends behind its window
    assert list(unsaved_folder().iterdir()) == []


def test_saving_forgets_it_and_the_next_edit_keeps_it_again(
    qtbot: QtBot, tmp_path: Path, window: tuple[Document, Autosaver]
) -> None:
    document, autosaver = window
    document.mark_saved(tmp_path / "p.nnstudio")
    qtbot.waitUntil(lambda: not files())
    edit(document)
    qtbot.waitUntil(lambda: len(files()) == 1)
    autosaver.close(forget=False)
    assert left_behind()[0][0].path == tmp_path / "p.nnstudio"


def test_what_cannot_be_written_is_told_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, window: tuple[Document, Autosaver]
) -> None:
    document, autosaver = window

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(UnsavedFile, "keep", full)
    told: list[str] = []
    autosaver._notices.posted.listen(lambda notice: told.append(notice.what))
    for _ in range(2):
        edit(document)
        autosaver.keep()
    qtbot.waitUntil(lambda: bool(told))
    autosaver.close(forget=False)
    assert told == ["Changes are not kept for the case of a crash."]


# ---- The next start ----


@pytest.fixture
def leave() -> Callable[..., Project]:
    """Lets a window that is no more have left a project."""

    def left(name: str, path: Path | None = None, units: int = 4) -> Project:
        project, _ = edits.add_layer(Project(), Linear(units))
        file = UnsavedFile()
        file.keep(name, path, project)
        file.close(forget=False)
        return project

    return left


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio) -> LeftBehindBanner:
    banner = LeftBehindBanner(LeftBehind(studio))
    qtbot.addWidget(banner)
    return banner


def press(banner: LeftBehindBanner, name: str) -> None:
    (button,) = (button for button in banner.buttons if button.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(qtbot: QtBot, studio: Studio, banner: LeftBehindBanner) -> None:
    studio.autosaver.look()
    qtbot.waitUntil(lambda: not banner.isHidden())


def test_restored_it_is_as_unsaved_as_it_was(
    qtbot: QtBot, studio: Studio, banner: LeftBehindBanner, leave: Callable[..., Project], tmp_path: Path
) -> None:
    project = leave("digits.nnstudio", tmp_path / "digits.nnstudio")
    offered(qtbot, studio, banner)
    assert banner.title == "“digits.nnstudio” has changes that were not saved when nnstudio ended."
    assert [button.text() for button in banner.buttons] == ["Later", "Discard", "Restore"]
    press(banner, "Restore")
    assert studio.state.project == project
    assert studio.state.path == tmp_path / "digits.nnstudio"
    assert not studio.state.is_saved
    assert banner.isHidden()
    studio.autosaver.close(forget=False)
    assert [found.project for found in left_behind()[0]] == [project], "it is this window's now, and there once"


def test_where_it_cannot_be_written_again_it_is_not_deleted(
    qtbot: QtBot,
    studio: Studio,
    banner: LeftBehindBanner,
    leave: Callable[..., Project],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = leave("digits")
    offered(qtbot, studio, banner)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(UnsavedFile, "keep", full)
    press(banner, "Restore")
    studio.autosaver.close(forget=False)
    assert [found.project for found in left_behind()[0]] == [project]


def test_what_is_being_edited_comes_back_by_undo(
    qtbot: QtBot, studio: Studio, banner: LeftBehindBanner, leave: Callable[..., Project]
) -> None:
    project = leave("digits")
    open_iris(studio)
    before = studio.state.project
    offered(qtbot, studio, banner)
    press(banner, "Restore")
    assert studio.state.project == project
    studio.document.undo()
    assert studio.state.project == before
    studio.autosaver.close(forget=True)


def test_discarded_it_is_gone_and_the_next_one_is_offered(
    qtbot: QtBot, studio: Studio, banner: LeftBehindBanner, leave: Callable[..., Project]
) -> None:
    leave("first", units=1)
    leave("second", units=2)
    before = studio.state.project
    offered(qtbot, studio, banner)
    press(banner, "Discard")
    assert studio.state.project == before
    assert "first" in banner.title
    press(banner, "Later")
    assert banner.isHidden()
    studio.autosaver.close(forget=True)
    assert [found.name for found in left_behind()[0]] == ["first"], "later means at the next start"


def test_a_run_is_offered_behind_the_projects(
    qtbot: QtBot, studio: Studio, banner: LeftBehindBanner, leave: Callable[..., Project]
) -> None:
    project = leave("digits")
    offered(qtbot, studio, banner)
    studio.interrupted.tell((InterruptedRun("run-1", "iris", 0.0, 40, 100, project_to_json(project)),))
    assert "digits" in banner.title
    press(banner, "Later")
    assert "iris" in banner.title


def test_a_file_that_cannot_be_read_is_a_notice(
    qtbot: QtBot, studio: Studio, banner: LeftBehindBanner, leave: Callable[..., Project]
) -> None:
    leave("digits")
    files()[0].write_bytes(b"\x00")
    studio.autosaver.look()
    qtbot.waitUntil(lambda: bool(studio.notices.all))
    assert studio.notices.all[0].what == "Unsaved changes of an earlier window cannot be restored."
    assert banner.isHidden()
