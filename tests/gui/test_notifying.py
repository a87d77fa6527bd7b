"""The desktop is told that a run has ended, in the way that it has for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.notifying import Notifier, ending_of
from nnstudio.session.live import LiveRun
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import Failed
from nnstudio.spec.project import Project
from tests.gui.fakes import FINISHED


def test_how_a_run_ended_is_said_in_words() -> None:
    run = LiveRun()
    run.start(Project())
    run.receive([FINISHED])
    title, text = ending_of(run)
    assert title == "Training has ended"
    assert text.startswith("Training is done after 2 epochs")
    run.receive([Failed(NotFiniteError("The loss became NaN.", "The steps are too large."))])
    assert ending_of(run) == ("Training failed", "The loss became NaN. The steps are too large.")


def test_on_linux_the_program_of_the_desktop_is_told(
    qtbot: QtBot, plain_window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}.new; mv {told}.new {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    Notifier(plain_window).tell("Training failed", "a < b & <i>no markup</i>", "linux")
    qtbot.waitUntil(told.exists)
    assert told.read_text().splitlines()[2:] == [
        "--",
        "Training failed",
        "a &lt; b &amp; &lt;i&gt;no markup&lt;/i&gt;",
    ]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The messages that a tray is asked to show."""
    messages: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, title, text: messages.append((title, text)))
    return messages


def test_elsewhere_it_comes_from_the_tray(
    plain_window: QWidget, shown: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier = Notifier(plain_window)
    for text in ("first", "second"):
        notifier.tell("Training has ended", text, "win32")
    assert shown == [("Training has ended", "first"), ("Training has ended", "second")]
    (tray,) = plain_window.findChildren(QSystemTrayIcon)
    raised: list[str] = []
    monkeypatch.setattr(plain_window, "activateWindow", lambda: raised.append("activated"))
    tray.messageClicked.emit()
    assert raised == ["activated"]


def test_a_desktop_without_any_is_left_alone(
    plain_window: QWidget, shown: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    Notifier(plain_window).tell("Training has ended", "", "linux")
    assert shown == []
