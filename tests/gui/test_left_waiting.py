"""The queue of a window that closed or crashed is offered by the next one, once and in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.studio import Studio
from nnstudio.runs.queued import QueuedFiles, left_waiting
from nnstudio.runs.unsaved import UnsavedFile
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.requests import TrainProject
from tests.gui.fakes import FakeLink, open_iris, started


@pytest.fixture
def left(studio: Studio) -> Iterator[list[int]]:
    """The epochs of runs that waited in a window that is no more; iris is open in this one."""
    open_iris(studio)
    epochs, files, project = [7, 8], QueuedFiles(), studio.state.project
    made = (edits.set_training(project, replace(project.training, epochs=each)) for each in epochs)
    files.keep((each.training.epochs, f"for {each.training.epochs}", each) for each in made)
    files.close()
    yield epochs
    studio.autosaver.close(forget=True)


@pytest.fixture
def banner(qtbot: QtBot, studio: Studio, left: list[int]) -> LeftBehindBanner:
    """Offers it."""
    assert left
    banner = LeftBehindBanner(LeftBehind(studio))
    qtbot.addWidget(banner)
    studio.autosaver.look()
    qtbot.waitUntil(lambda: not banner.isHidden())
    return banner


def press(banner: LeftBehindBanner, name: str) -> None:
    (button,) = (button for button in banner.buttons if button.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def waiting_at_the_next_start(studio: Studio) -> list[int]:
    """What another window would be offered, once this one is closed."""
    studio.autosaver.close(forget=True)
    return [run.project.training.epochs for run in left_waiting()[0]]


def test_it_is_told_how_many_wait(banner: LeftBehindBanner) -> None:
    assert banner.title == "2 runs were waiting in the queue when nnstudio ended."
    assert [button.text() for button in banner.buttons] == ["Later", "Discard", "Train"]


def test_taken_up_the_first_is_trained_and_the_others_wait(
    banner: LeftBehindBanner, studio: Studio, link: FakeLink
) -> None:
    press(banner, "Train")
    assert banner.isHidden()
    assert studio.run.status is Status.STARTING
    assert [request.project.training.epochs for request in link.asked(TrainProject)] == [7]
    assert [run.name for run in studio.trainer.queue.waiting] == ["for 8"]
    assert waiting_at_the_next_start(studio) == [8]


def test_what_cannot_be_kept_anew_stays_where_it_was(
    banner: LeftBehindBanner, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(UnsavedFile, "keep", full)
    press(banner, "Train")
    assert waiting_at_the_next_start(studio) == [7, 8]


def test_discarded_it_is_gone(banner: LeftBehindBanner, studio: Studio) -> None:
    press(banner, "Discard")
    assert banner.isHidden()
    assert not studio.run.status.is_busy
    assert waiting_at_the_next_start(studio) == []


def test_put_off_it_is_offered_at_the_next_start(banner: LeftBehindBanner, studio: Studio) -> None:
    press(banner, "Later")
    assert banner.isHidden()
    assert waiting_at_the_next_start(studio) == [7, 8]


def test_what_waits_when_the_window_closes_is_kept(studio: Studio) -> None:
    open_iris(studio)
    studio.train()
    studio.run.receive([started()])
    studio.train()
    studio.autosaver.close(forget=True)
    studio.trainer.queue.clear()  # as the end of the run that goes on does, behind the window
    assert len(left_waiting()[0]) == 1
