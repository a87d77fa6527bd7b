"""The whole window: composed in this process over a scripted engine, and run as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from nnstudio.gui import app as gui_app
from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import RESULTS
from nnstudio.gui.app import build, make_link, need_display
from nnstudio.gui.dialogs.shortcuts import ShortcutsDialog
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.palette.popup import entries_of
from nnstudio.gui.panels import load_contents
from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.studio import Studio
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.gui.toolbar.bar import Toolbar
from nnstudio.jobs.link import ProcessLink, ThreadLink
from nnstudio.resources import resource
from nnstudio.session.colours import DARK
from nnstudio.session.live import Status
from nnstudio.session.notices import Notices
from nnstudio.session.preferences import Preferences
from nnstudio.spec.errors import NoDisplay
from nnstudio.spec.requests import TrainProject
from tests.gui.fakes import FakeLink, open_iris, started

ROOT = Path(__file__).resolve().parents[2]

DRIVER = """
import sys
from PySide6.QtCore import QTimer
from nnstudio.gui import app as gui_app
from nnstudio.session.live import Status

build = gui_app.build
steps = []

def built(app, studio, theme, **options):
    window = build(app, studio, theme, **options)

    def look():
        if not steps and studio.state.walked:
            steps.append("opened")
            studio.train()
        if studio.run.status is Status.FAILED:
            app.exit(3)
        if studio.run.status is Status.FINISHED:
            heavy = {"torch", "pandas"} & sys.modules.keys()
            print("finished", studio.run.finished.epochs, sorted(heavy), flush=True)
            window.may_close = lambda: True
            window.close()

    timer = QTimer(app, interval=50)
    timer.timeout.connect(look)
    timer.start()
    window.painted.connect(lambda: print("painted", flush=True))
    return window

if __name__ == "__main__":
    gui_app.build = built
    sys.exit(gui_app.run_window(sys.argv[1:]))
"""


@pytest.fixture
def window(whole_window: MainWindow) -> MainWindow:
    return whole_window


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    path = tmp_path / "driver.py"
    path.write_text(DRIVER, encoding="utf-8")
    return path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folders = {f"NNSTUDIO_{name}": str(tmp_path / name) for name in ("CONFIG", "CACHE", "DATA")}
    xdg = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "CACHE", "DATA")}
    return {**os.environ, **folders, **xdg, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


def test_everything_is_there_after_the_first_paint(qtbot: QtBot, window: MainWindow) -> None:
    results = window.findChildren(TabbedPanel)[0]
    qtbot.waitUntil(lambda: results.stack.count() == len(RESULTS))
    assert [results.tabs.tabText(index) for index in range(results.tabs.count())] == list(RESULTS)
    assert set(window.workspace.docks) == {"Data", "Network", "Training", "Results"}


def test_from_data_to_a_run_in_two_clicks(qtbot: QtBot, studio: Studio, link: FakeLink, window: MainWindow) -> None:
    open_iris(studio)
    go = window.findChildren(Toolbar)[0].go
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    assert len(link.asked(TrainProject)) == 1
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(lambda: studio.run.status is Status.TRAINING)
    assert go.text() == "Pause"


def menu_actions(window: MainWindow) -> set[QAction]:
    """Everything that the menus offer now."""
    found = {action for menu in window.menus.findChildren(QMenu) for action in menu.actions()}
    return {action for action in found if action.isVisible() and not action.isSeparator() and action.menu() is None}


def test_the_palette_holds_every_action_of_the_menus(studio: Studio, window: MainWindow) -> None:
    studio.prefer(Preferences(recent=("/a/iris.nnstudio",)))
    (board,) = window.findChildren(Board)
    listed = {entry.id for entry in entries_of(board)}
    assert {action.objectName() for action in menu_actions(window)} == listed | {"palette"}
    assert {"recent.0", "preferences", "welcome", "sample.iris.nnstudio", "template.mlp"} <= listed


def test_every_shortcut_of_the_window_is_on_the_sheet(qtbot: QtBot, window: MainWindow) -> None:
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    qtbot.waitUntil(lambda: results.stack.count() == len(RESULTS))
    for place in range(results.stack.count()):
        results.tabs.setCurrentIndex(place)  # some are made when they are first looked at
    (board,) = window.findChildren(Board)
    sheet = ShortcutsDialog(list(board.rows.values()), window)
    shown = " ".join(label.text() for label in sheet.findChildren(QLabel))
    used = {key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()}
    used |= {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}
    assert sorted(key for key in used if key and key not in shown) == []


def test_the_whole_window_follows_the_system_live_with_its_plots(
    qtbot: QtBot, studio: Studio, theme: Theme, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_iris(studio)
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    qtbot.waitUntil(lambda: results.stack.count() == len(RESULTS))
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    theme.choose("system")
    monkeypatch.setattr("nnstudio.gui.theme.system_is_dark", lambda: True)
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    plot = results.findChildren(CurvePlot)[0]
    for widget in (results, plot):
        drawn = widget.grab().toImage()
        assert drawn.pixelColor(drawn.width() // 2, drawn.height() - 3).name() in (DARK.surface, DARK.line, DARK.ground)


def test_a_window_that_is_gone_hears_of_no_theme(qapp: QApplication, studio: Studio, theme: Theme) -> None:
    before = theme.receivers("2changed(PyObject)")
    window = build(qapp, studio, theme)
    load_contents(window.workspace, studio, theme)
    assert theme.receivers("2changed(PyObject)") > before
    shiboken6.delete(window)
    assert theme.receivers("2changed(PyObject)") == before


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_a_screen_is_enough(name: str) -> None:
    need_display({name: "x"}, "linux")


def test_no_screen_is_said_before_qt_aborts() -> None:
    with pytest.raises(NoDisplay, match="no screen"):
        need_display({}, "linux")
    need_display({}, "darwin")


def test_the_engine_runs_where_the_user_prefers() -> None:
    assert isinstance(make_link(Preferences(engine="thread"), Notices()), ThreadLink)


def test_a_thread_serves_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: ProcessLink) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(ProcessLink, "__init__", refuse)
    notices = Notices()
    assert isinstance(make_link(Preferences(), notices), ThreadLink)
    assert "no more processes" in notices.all[0].why


def test_an_uncaught_exception_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    notices = Notices()
    with gui_app._reporting(notices):
        for _ in range(3):
            error = ValueError("a defect")
            sys.excepthook(ValueError, error, None)
    assert [notice.level for notice in notices.all] == ["error"]
    assert capsys.readouterr().err.count("a defect") == 3


def test_the_window_trains_a_sample_without_torch(driver: Path, environment: dict[str, str]) -> None:
    sample = str(resource("samples/iris.nnstudio"))
    command = [sys.executable, str(driver), sample]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[0] == "painted"
    assert result.stdout.splitlines()[-1].startswith("finished ")
    assert result.stdout.rstrip().endswith(" []")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send to another process")
@pytest.mark.usefixtures("as_from_a_terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "logout"])
def test_a_signal_ends_it_in_order(driver: Path, environment: dict[str, str], number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, str(driver)], env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "painted\n"
        program.send_signal(number)
        assert program.wait(30) == 128 + number
    assert (Path(environment["NNSTUDIO_CONFIG"]) / "layout.ini").exists(), (
        "the window is where it was at the next start"
    )
