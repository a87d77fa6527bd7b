"""What stands between the window and the studio: titles, themes, panels, dialogs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import ACTIONS, PANELS, RESULTS
from nnstudio.gui.data.encoded import EncodedDialog
from nnstudio.gui.data.reading_dialog import ReadingDialog
from nnstudio.gui.desk import Desk, title_of
from nnstudio.gui.dialogs.about import AboutDialog
from nnstudio.gui.dialogs.shortcuts import ShortcutsDialog
from nnstudio.gui.front import Front
from nnstudio.gui.left_behind import LeftBehind, LeftBehindBanner
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.notices.list import NoticeList
from nnstudio.gui.palette.popup import CommandPalette
from nnstudio.gui.panel import Panel
from nnstudio.gui.search_marks import PATH
from nnstudio.gui.studio import Studio
from nnstudio.gui.tabbed import TabbedPanel
from nnstudio.gui.theme import Theme
from nnstudio.gui.workspace import Workspace
from nnstudio.session.colours import DARK
from nnstudio.session.document import State
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import EngineReady, Failed
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenPath
from tests.gui.fakes import FakeLink, open_iris, started


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    panels = {name: Panel(name) for name in PANELS} | {"Results": TabbedPanel("Results", RESULTS)}
    window = MainWindow(lambda: Workspace(panels, theme))
    qtbot.addWidget(window, before_close_func=lambda _: setattr(window, "may_close", lambda: True))
    window.show()
    return window


@pytest.fixture
def desk(studio: Studio, theme: Theme, window: MainWindow) -> Desk:
    left = LeftBehind(studio)
    front = Front(studio, theme, window, LeftBehindBanner(left, window), left)
    desk = Desk(studio, theme, window, NoticeList(studio.notices, studio.choice.choose, window), front)
    desk.attend(Board(ACTIONS, desk, window))
    return desk


@pytest.mark.usefixtures("desk")
def test_the_title_follows_the_document(studio: Studio, window: MainWindow, tmp_path: Path) -> None:
    assert window.windowTitle() == "nnstudio"
    open_iris(studio)
    assert window.windowTitle() == "iris — edited"
    studio.save(tmp_path / "mine.nnstudio")
    assert window.windowTitle() == "mine.nnstudio — saved"
    studio.suggest_network()
    assert window.windowTitle() == "mine.nnstudio — edited"


def test_an_empty_project_has_no_title() -> None:
    assert title_of(State()) == "nnstudio"


@pytest.mark.usefixtures("desk")
def test_the_theme_follows_the_preferences(studio: Studio, theme: Theme) -> None:
    studio.prefer(replace(studio.preferences, theme="dark"))
    assert theme.colours is DARK


@pytest.mark.usefixtures("desk")
def test_the_size_of_the_text_follows_the_preferences_at_once(studio: Studio, theme: Theme, window: MainWindow) -> None:
    header = window.workspace.docks["Data"].panel.header
    studio.prefer(replace(studio.preferences, size="150"))
    assert QApplication.font().pixelSize() == theme.percent * 13 // 100 + 1 == 20
    assert header.title.font().pixelSize() == 20
    assert header.height() == 55
    studio.prefer(replace(studio.preferences, size="100"))
    assert (header.title.font().pixelSize(), header.height()) == (13, 36)


def test_panels_are_hidden_and_shown(desk: Desk, window: MainWindow) -> None:
    desk.toggle_panel("Data")
    assert not desk.is_panel_shown("Data")
    assert window.workspace.docks["Data"].isHidden()
    desk.reset_layout()
    assert desk.is_panel_shown("Data")


def test_hiding_a_panel_by_its_button_unticks_it(desk: Desk, window: MainWindow) -> None:
    window.workspace.docks["Data"].hide_button.click()
    assert not window.findChildren(Board)[0].actions["panel.Data"].isChecked()
    assert not desk.is_panel_shown("Data")


def test_dropped_files_are_opened(qtbot: QtBot, link: FakeLink, desk: Desk, window: MainWindow) -> None:
    with qtbot.waitSignal(window.files_given):
        window.files_given.emit([Path("/data/iris.csv")])
    assert desk.studio.state.project == Project()
    assert len(link.asked(OpenPath)) == 1


def test_notices_unfold_and_fold(desk: Desk, window: MainWindow) -> None:
    listed = window.findChildren(NoticeList)[0]
    desk.toggle_notices()
    assert not listed.isHidden()
    desk.toggle_notices()
    assert listed.isHidden()


def test_dialogs_open(desk: Desk, window: MainWindow) -> None:
    desk.studio.engines.ready.emit(EngineReady("2.13.0", "cpu", 1.0))
    desk.show_about()
    desk.show_shortcuts()
    assert "2.13.0" in window.findChildren(AboutDialog)[0].text
    assert window.findChildren(ShortcutsDialog)[0].isVisible()
    for dialog in (*window.findChildren(AboutDialog), *window.findChildren(ShortcutsDialog)):
        dialog.close()


def test_how_the_data_is_read_and_seen_can_be_asked_from_the_menu(
    desk: Desk, studio: Studio, window: MainWindow
) -> None:
    desk.change_reading()
    desk.show_encoded()
    assert window.findChild(ReadingDialog) is None
    assert window.findChild(EncodedDialog) is None
    open_iris(studio)
    desk.change_reading()
    desk.show_encoded()
    for kind in (ReadingDialog, EncodedDialog):
        dialog = window.findChild(kind)
        assert dialog is not None
        dialog.close()


def tab_in_front(window: MainWindow) -> str:
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    return results.tabs.tabText(results.tabs.currentIndex())


def test_every_view_of_the_results_can_be_asked_for(desk: Desk, window: MainWindow) -> None:
    window.workspace.docks["Results"].hide()
    desk.show_result("Runs")
    assert tab_in_front(window) == "Runs"
    assert not window.workspace.docks["Results"].isHidden()


def test_the_palette_opens(desk: Desk, window: MainWindow) -> None:
    desk.show_palette()
    palette = window.findChildren(CommandPalette)[0]
    assert palette.isVisible()
    palette.close()


def test_quit_asks_first(desk: Desk, window: MainWindow) -> None:
    window.may_close = lambda: False
    desk.quit()
    assert window.isVisible()


def test_the_end_of_a_run_calls_whoever_is_elsewhere(
    studio: Studio, desk: Desk, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[object] = []
    monkeypatch.setattr(QApplication, "alert", alerts.append)
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(desk._notifier, "tell", lambda *words: told.append(words))
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    studio.run.start(Project())
    studio.run.receive([started()])
    assert alerts == []
    studio.run.receive([Failed(TrainingError("No."))])
    studio.run.clear()
    assert alerts == [window]
    assert [title for title, _ in told] == ["Training failed"]
    studio.prefer(replace(studio.preferences, notify=False))
    studio.run.start(Project())
    studio.run.receive([Failed(TrainingError("No."))])
    assert (len(alerts), len(told)) == (2, 1), "a message of the desktop can be done without"


def test_the_field_of_the_keyboard_is_searched(desk: Desk, studio: Studio, qtbot: QtBot) -> None:
    open_iris(studio)
    desk.search_field()
    assert "No field that can be searched is chosen." in studio.notices.all[-1].what
    editor = QLineEdit()
    qtbot.addWidget(editor)
    editor.setProperty(PATH, "optimizer.lr")
    editor.show()
    editor.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editor)
    desk.search_field()
    assert studio.searcher.is_searched("optimizer.lr")


def test_the_field_of_the_keyboard_is_explained(desk: Desk, studio: Studio, window: MainWindow, qtbot: QtBot) -> None:
    around, field = QWidget(window), QLineEdit()
    field.setParent(around)
    around.setToolTip("How fast it learns.")
    around.show()
    window.activateWindow()
    field.setFocus()
    desk.explain()
    qtbot.waitUntil(lambda: any(each.inherits("QWhatsThat") for each in QApplication.topLevelWidgets()))
    assert studio.notices.all == []
    around.setToolTip("")
    desk.explain()
    assert [notice.what for notice in studio.notices.all] == ["There is nothing to explain where the keyboard is."]


def test_a_run_that_begins_is_seen_where_its_results_were_behind_another_panel(
    desk: Desk, studio: Studio, window: MainWindow
) -> None:
    window.stack([], QWidget(), [])
    window.resize(640, 380)
    QApplication.processEvents()
    (board,) = window.findChildren(Board)
    open_iris(studio)
    assert window.workspace.is_in_front("Data")
    board.actions["train"].trigger()
    QApplication.processEvents()
    assert window.workspace.is_in_front("Results")
    desk.toggle_panel("Network")
    QApplication.processEvents()
    assert window.workspace.is_in_front("Network"), "brought forward, not hidden"
    studio.run.receive([started()])
    board.actions["train"].trigger()
    assert window.workspace.is_in_front("Network"), "what is only put into the queue calls nobody away"


@pytest.mark.usefixtures("desk")
def test_a_run_that_is_pointed_at_brings_the_runs_to_the_front(studio: Studio, window: MainWindow) -> None:
    studio.pointed.point("run-1")
    assert tab_in_front(window) == "Runs"
