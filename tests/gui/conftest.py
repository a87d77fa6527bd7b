"""A studio whose engine is a fake one, and the theme, for tests of the window."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, SignalInstance
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import ACTIONS
from nnstudio.gui.app import build
from nnstudio.gui.collecting import collect_what_is_due, collecting
from nnstudio.gui.ending import ASKING
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.runs.store import FOLDER_VARIABLE as DATA_VARIABLE
from nnstudio.session.colours import LIGHT
from nnstudio.session.preferences import FOLDER_VARIABLE
from tests.gui.fakes import FakeLink, studio_over
from tests.gui.stand_in import RecordingShell

PATIENCE_MILLISECONDS = 60_000
"""So long a test waits for what should come at once: on a busy machine it may take some seconds."""


class PatientBot(QtBot):
    """Waits longer than the one of pytest-qt, which gives up after five seconds."""

    def waitUntil(  # noqa: N802  # a name of pytest-qt
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MILLISECONDS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802  # as above
        self,
        signal: SignalInstance,
        *,
        timeout: int = PATIENCE_MILLISECONDS,
        raising: bool | None = None,
        check_params_cb: Callable[..., bool] | None = None,
    ) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Drives the widgets of one test, and closes them behind it."""
    del qapp
    return PatientBot(request)


@pytest.fixture
def as_from_a_terminal() -> Iterator[None]:
    """No signal is ignored, as nohup and shells in the background have it; what a test starts inherits that."""
    numbers = [getattr(signal, name) for name in ASKING if hasattr(signal, name)]
    before = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's preferences and runs; gives the folder that stands in for the former."""
    folder = tmp_path / "config"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return folder


@pytest.fixture(autouse=True)
def no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for a moment of quiet, or for the next frame, is done in the next turn of the event loop.

    ``FakeLink`` lets that turn before it is looked at.
    """
    monkeypatch.setattr("nnstudio.gui.studio.latest.QUIET_MILLISECONDS", 0)
    monkeypatch.setattr("nnstudio.gui.lazily.FRAME_MILLISECONDS", 0)


@pytest.fixture
def link() -> FakeLink:
    """The engine that the ``studio`` of the same test talks to."""
    return FakeLink()


@pytest.fixture
def studio(qapp: QApplication, link: FakeLink) -> Iterator[Studio]:
    """An empty studio. A second engine, for light jobs while one trains, is a fake one of its own."""
    links = [link]
    with studio_over(lambda: links.pop() if links else FakeLink(), qapp) as studio:
        yield studio


@pytest.fixture(scope="session", autouse=True)
def collected_here(qapp: QApplication) -> Iterator[None]:
    """As in the program: no other thread deletes what is left of widgets."""
    with collecting(qapp):
        yield


@pytest.fixture(autouse=True)
def no_widgets_left(qtbot: QtBot) -> Iterator[None]:
    """After ``qtbot`` has closed the widgets of a test, delete them: the next test must not dress them once more.

    Nor does the pointer lie on a widget of the next one.
    """
    del qtbot
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collect_what_is_due()
    QCursor.setPos(QGuiApplication.primaryScreen().geometry().bottomRight())


@pytest.fixture(scope="session")
def lasting_theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme; to dress the whole program anew for each test takes longer than most of them."""
    theme = Theme(qapp, "light")
    yield theme
    theme.deleteLater()


@pytest.fixture
def theme(lasting_theme: Theme) -> Iterator[Theme]:
    """The light theme, which no widget of another test listens to."""
    yield lasting_theme
    lasting_theme.changed.connect(lambda _: None)  # there is always something to disconnect
    lasting_theme.changed.disconnect()
    if lasting_theme.colours is not LIGHT:
        lasting_theme.choose("light")
    lasting_theme.resize(100)


@pytest.fixture
def whole_window(qtbot: QtBot, qapp: QApplication, studio: Studio, theme: Theme) -> MainWindow:
    """The window as the program composes it, over the ``studio`` of the same test."""
    window = build(qapp, studio, theme)
    qtbot.addWidget(window, before_close_func=lambda _: setattr(window, "may_close", lambda: True))
    with qtbot.waitSignal(window.painted):
        window.show()
    return window


@pytest.fixture
def shell(studio: Studio) -> RecordingShell:
    """A window that only records what is asked of it."""
    return RecordingShell(studio)


@pytest.fixture
def plain_window(qtbot: QtBot) -> QWidget:
    """Something to belong to."""
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def board(shell: RecordingShell, plain_window: QWidget) -> Board:
    """The whole table of actions over the recording shell."""
    return Board(ACTIONS, shell, plain_window)
