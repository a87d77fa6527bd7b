"""Composes the window, shows it at once, and starts the engine behind it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import ACTIONS
from nnstudio.gui.blocked import BlockedBanner
from nnstudio.gui.claim import Claim, is_handed_over
from nnstudio.gui.collecting import collecting
from nnstudio.gui.desk import Desk
from nnstudio.gui.ending import ended_by_signals
from nnstudio.gui.front import Front
from nnstudio.gui.handover import Handover, socket_name, this_user
from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.notices.list import NoticeList
from nnstudio.gui.notices.strip import StatusStrip
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.gui.toolbar.bar import Toolbar
from nnstudio.resources import resource
from nnstudio.session.document import State
from nnstudio.session.notices import Notices
from nnstudio.session.preferences import Preferences, load_preferences, obey
from nnstudio.spec.errors import NoDisplay
from nnstudio.spec.startup import NEW_WINDOW

if TYPE_CHECKING:
    from nnstudio.gui.workspace import Workspace
    from nnstudio.jobs.link import Link


def build(
    app: QApplication,
    studio: Studio,
    theme: Theme,
    started: Callable[[], object] = lambda: None,
    *,
    opens_something: bool = False,
) -> MainWindow:
    """Put panels and bars together; the window is not shown yet.

    ``started`` is called after the first paint; where it ``opens_something``, nobody is welcomed first.
    """
    window = MainWindow(lambda: _make_workspace(studio, theme))
    notices = NoticeList(studio.notices, studio.choice.choose)
    left = LeftBehind(studio)
    banner = LeftBehindBanner(left)
    front = Front(studio, theme, window, banner, left)
    desk = Desk(studio, theme, window, notices, front)
    board = Board(ACTIONS, desk, window)
    board.fill(window.menus)
    desk.attend(board)
    toolbar, strip = Toolbar(studio, board, theme), StatusStrip(studio.notices)
    strip.asked.connect(desk.toggle_notices)
    window.stack([toolbar, banner], BlockedBanner(studio), [desk.idea, notices, strip])
    window.painted.connect(started)
    window.painted.connect(lambda: _load_contents(window, studio, theme))
    window.painted.connect(gc.freeze)  # what stands now stays: looking at it again holds the window up for tens of ms
    window.painted.connect(lambda: app.setWindowIcon(QIcon(str(resource("icon.svg")))))
    window.painted.connect(toolbar.draw_icons)
    window.closed.connect(lambda: studio.autosaver.close(forget=True))
    window.closed.connect(app.quit)
    window.restore_layout()
    front.begin(opens_something=opens_something)
    return window


def _make_workspace(studio: Studio, theme: Theme) -> Workspace:
    from nnstudio.gui.panels import make_workspace  # noqa: PLC0415  # not before who starts with nothing is welcomed

    return make_workspace(studio, theme)


def _load_contents(window: MainWindow, studio: Studio, theme: Theme) -> None:
    from nnstudio.gui.panels import load_contents  # noqa: PLC0415  # as above

    load_contents(window.workspace, studio, theme)


def run_window(arguments: Sequence[str]) -> int:
    """Open a window on the files in ``arguments`` and stay until it is closed; or hand them to the one that is open.

    Raises `NoDisplay` where there is no screen.
    """
    need_display(os.environ)
    paths = [each for each in arguments if each != NEW_WINDOW]
    preferences = load_preferences()
    obey(preferences, os.environ)
    app = QApplication(sys.argv[:1])
    claim = Claim(socket_name(os.environ, this_user()))
    if NEW_WINDOW not in arguments and is_handed_over(paths, os.environ, claim):
        return 0
    app.setApplicationName("nnstudio")
    app.setDesktopFileName("nnstudio")
    engines = Engines(lambda: make_link(studio.preferences, studio.notices), app)
    studio = Studio(engines, preferences)
    theme = Theme(app, preferences.theme, int(preferences.size))
    window = build(
        app, studio, theme, started=lambda: _start(studio, window, paths, claim), opens_something=bool(paths)
    )
    app.aboutToQuit.connect(engines.close)
    app.aboutToQuit.connect(lambda: studio.autosaver.close(forget=False))

    def end(code: int) -> None:
        """What is unsaved, what trains and what waits is offered at the next start: nobody may be there to be asked."""
        window.store_layout()
        app.exit(code)

    with _reporting(studio.notices), ended_by_signals(app, end), collecting(app):
        window.show()
        return app.exec()


def _start(studio: Studio, window: MainWindow, paths: Sequence[str], claim: Claim) -> None:
    """Open what was asked for, offer what was interrupted, and load PyTorch as soon as that does not hold it up."""
    _listen(studio, window, claim)
    studio.autosaver.look()
    studio.look_for_interrupted()
    window.files_given.emit([Path(path).absolute() for path in paths])
    if not paths:
        studio.engines.warm_up()
        return

    def warm(*_: object) -> None:
        stop_listening()
        stop_hearing()
        studio.engines.warm_up()

    def follow(_: State, new: State) -> None:
        if new.facts or new.data_problem:
            warm()

    stop_listening = studio.document.changed.listen(follow)
    stop_hearing = studio.notices.posted.listen(warm)


def _listen(studio: Studio, window: MainWindow, claim: Claim) -> None:
    """Take files that are opened from outside from now on."""
    from nnstudio.gui.arrivals import Arrivals, come_forward  # noqa: PLC0415  # a window must not wait for it

    def take(handover: Handover) -> bool:
        """Another window is for files that would have to wait for what goes on in this one."""
        if handover.paths and (studio.is_busy or QApplication.activeModalWidget()):
            return False
        come_forward(window, handover.token)
        QTimer.singleShot(0, lambda: window.files_given.emit([Path(path) for path in handover.paths]))
        return True

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    arrivals = Arrivals(socket_name(os.environ, this_user()), claim, take, app)
    window.closed.connect(arrivals.close)


def make_link(preferences: Preferences, notices: Notices) -> Link:
    """The engine that the user prefers; one in a thread where no process can be started."""
    from nnstudio.jobs.link import ProcessLink, ThreadLink  # noqa: PLC0415  # a window must not wait for it

    if preferences.engine == "thread":
        return ThreadLink()
    try:
        return ProcessLink()
    except OSError as error:
        notices.warn("Training runs inside the window’s own process.", f"No other one could be started: {error}.")
        return ThreadLink()


def need_display(environment: Mapping[str, str], platform: str = sys.platform) -> None:
    """Raise `NoDisplay` where Qt would abort the program for want of a screen."""
    if platform != "linux" or any(environment.get(name) for name in DISPLAY_VARIABLES):
        return
    raise NoDisplay(
        "There is no screen to open a window on.",
        "Neither DISPLAY nor WAYLAND_DISPLAY is set.",
        "Start nnstudio in a desktop session, or train in the terminal: nnstudio train PROJECT",
    )


DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@contextmanager
def _reporting(notices: Notices) -> Iterator[None]:
    """Tell the user of every exception that nothing has caught, once each."""
    told: set[str] = set()

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        what = f"{kind.__name__}: {error}"
        if what not in told:
            told.add(what)
            notices.error(error)

    before, sys.excepthook = sys.excepthook, report
    try:
        yield
    finally:
        sys.excepthook = before
