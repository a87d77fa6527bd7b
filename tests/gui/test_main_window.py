"""The window arranges its panels, remembers where they were, and takes files that are dropped on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.table import PANELS
from nnstudio.gui.arrangements import COLUMNS
from nnstudio.gui.divider import Divider
from nnstudio.gui.drop import ELSEWHERE, DropHint
from nnstudio.gui.drop_plan import Plan
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.panel import Panel
from nnstudio.gui.theme import Theme
from nnstudio.gui.workspace import Workspace


def make_window(theme: Theme, divider: Divider | None = None) -> MainWindow:
    def make_workspace() -> Workspace:
        workspace = Workspace({name: Panel(name) for name in PANELS}, theme)
        if divider:
            divider.setParent(workspace)
        return workspace

    window = MainWindow(make_workspace)
    window.stack([QLabel("bar")], QLabel("banner"), [QLabel("strip")])
    window.restore_layout()
    window.bring_forward(window.workspace)
    return window


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    window = make_window(theme)
    qtbot.addWidget(window)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1600, 1000)
    with qtbot.waitSignal(window.painted):
        window.show()
    return window


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def drag(window: QWidget, mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def drop(window: QWidget, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, event)


def hint_of(window: MainWindow) -> DropHint:
    return window.findChildren(DropHint)[0]


def test_panels_stand_from_left_to_right(window: MainWindow) -> None:
    docks = window.workspace.docks
    left = {name: dock.mapTo(window, QPoint()).x() for name, dock in docks.items()}
    assert left["Data"] < left["Network"] == left["Training"] < left["Results"]
    assert docks["Network"].y() < docks["Training"].y()


def test_results_get_the_most_room(window: MainWindow) -> None:
    widths = {name: dock.width() for name, dock in window.workspace.docks.items()}
    assert widths["Results"] > widths["Network"] > widths["Data"] > 300


def test_a_panel_can_be_hidden_and_brought_back(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.workspace.docks["Data"]
    with qtbot.waitSignal(window.workspace.rearranged):
        QTest.mouseClick(dock.hide_button, Qt.MouseButton.LeftButton)
    assert not dock.isVisible()
    window.workspace.arrange()
    assert dock.isVisible()


def test_the_title_bar_is_the_header_of_the_panel(window: MainWindow) -> None:
    header = window.workspace.docks["Data"].titleBarWidget()
    assert header.height() == 36


def test_reset_puts_a_floating_panel_back(window: MainWindow) -> None:
    docks = window.workspace.docks
    docks["Results"].setFloating(True)
    window.workspace.removeDockWidget(docks["Network"])
    window.workspace.arrange()
    assert not docks["Results"].isFloating()
    assert docks["Network"].isVisible()


def test_takes_the_whole_of_a_small_screen_at_first(qtbot: QtBot, theme: Theme) -> None:
    window = make_window(theme)
    qtbot.addWidget(window)
    room = window.screen().availableGeometry().size()
    assert (room.width(), room.height()) < (1600, 1000), "the offscreen platform has a small screen"
    assert window.isMaximized()


def test_the_layout_is_remembered(qtbot: QtBot, theme: Theme, window: MainWindow, own_configuration: Path) -> None:
    window.workspace.docks["Training"].close()
    window.resize(1400, 900)
    assert window.close()
    assert (own_configuration / "layout.ini").exists()
    again = make_window(theme)
    qtbot.addWidget(again)
    again.show()
    assert again.workspace.docks["Training"].isHidden()
    assert not again.workspace.docks["Data"].isHidden()


def test_a_layout_of_another_version_is_not_restored(window: MainWindow) -> None:
    window.workspace.docks["Data"].close()
    other = window.workspace.saveState(999)
    window.workspace.arrange()
    window.workspace.restore({COLUMNS.key: other})
    assert window.workspace.docks["Data"].isVisible()


def test_a_damaged_layout_is_ignored(qtbot: QtBot, theme: Theme, own_configuration: Path) -> None:
    own_configuration.mkdir(parents=True)
    (own_configuration / "layout.ini").write_text("[General]\ngeometry=nonsense\nworkspace=@ByteArray(x)\n")
    window = make_window(theme)
    qtbot.addWidget(window)
    window.show()
    assert all(dock.isVisible() for dock in window.workspace.docks.values())


def test_stays_open_when_something_speaks_against_closing(qtbot: QtBot, window: MainWindow) -> None:
    window.may_close = lambda: False
    with qtbot.assertNotEmitted(window.closed):
        assert not window.close()
    window.may_close = lambda: True
    with qtbot.waitSignal(window.closed):
        assert window.close()


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "iris.csv"
    path.touch()
    return str(path)


def test_dropped_files_are_announced_with_a_hint(qtbot: QtBot, window: MainWindow, table: str) -> None:
    mime = files(table)
    assert drag(window, mime).isAccepted()
    hint = hint_of(window)
    assert hint.isVisible()
    assert hint.words.text() == "Drop to open “iris.csv”"
    with qtbot.waitSignal(window.files_given) as told:
        drop(window, mime)
        assert not told.signal_triggered, "the source of the drag is let go before questions may be asked"
    assert told.args == [[Path(table)]]
    assert not hint.isVisible()


def test_the_hint_goes_when_the_drag_leaves(window: MainWindow, table: str) -> None:
    drag(window, files(table, "/b.csv"))
    assert hint_of(window).words.text() == "Drop to open “iris.csv”"
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hint_of(window).isVisible()


def test_the_hint_comes_again_where_it_went_with_the_keyboard(window: MainWindow, table: str) -> None:
    mime = files(table)
    drag(window, mime)
    hint_of(window).hide()  # the source of the drag became the active window late
    copy, left, no_keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragMoveEvent(QPoint(12, 12), copy, mime, left, no_keys))
    assert hint_of(window).isVisible()


def test_files_that_are_gone_are_said_to_be(qtbot: QtBot, window: MainWindow) -> None:
    mime = files("/data/gone.csv")
    drag(window, mime)
    assert hint_of(window).words.text() == "“gone.csv” is not there."
    with qtbot.waitSignal(window.files_given) as told:  # who lets it go all the same is told, too
        drop(window, mime)
    assert told.args == [[Path("/data/gone.csv")]]


def test_of_several_files_those_that_are_there_are_taken(qtbot: QtBot, window: MainWindow, table: str) -> None:
    mime = files("/data/gone.csv", table)
    drag(window, mime)
    assert hint_of(window).words.text() == "Drop to open “iris.csv”"
    with qtbot.waitSignal(window.files_given) as told:
        drop(window, mime)
    assert told.args == [[Path(table)]]


def test_what_is_no_file_is_not_taken(window: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("words")
    assert not drag(window, mime).isAccepted()


def test_what_lies_elsewhere_is_said_not_to_be_opened(qtbot: QtBot, window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.csv")])
    assert drag(window, mime).isAccepted()
    assert hint_of(window).words.text() == "Only files of this computer can be opened."
    assert hint_of(window).property("level") == "bad"
    with qtbot.assertNotEmitted(window.files_given), qtbot.waitSignal(window.refused) as told:
        drop(window, mime)
    assert told.args == [ELSEWHERE], "who lets it go all the same is told, too"


def test_it_says_what_who_opens_files_says_of_them(window: MainWindow, table: str) -> None:
    window.plan = lambda paths: Plan((), f"Not “{paths[0].name}” now.", "Something goes on.")
    drag(window, files(table))
    assert hint_of(window).words.text() == "Not “iris.csv” now."


def test_the_name_stands_in_the_title_and_in_the_window(window: MainWindow) -> None:
    window.set_title("penguins.nnstudio — saved")
    assert window.windowTitle() == "penguins.nnstudio — saved"
    assert window._name.text() == "penguins.nnstudio — saved"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (2560, 1440)])
def test_every_panel_has_room(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    window.workspace.share_room()
    for dock in window.workspace.docks.values():
        assert dock.width() >= 250
        assert dock.width() <= max(560, width // 2) or dock.objectName() == "Results"
        assert window.rect().contains(dock.mapTo(window, dock.rect().bottomRight()))


def test_what_parts_a_panel_is_where_it_was_and_reset_with_the_layout(qtbot: QtBot, theme: Theme) -> None:
    for share, before in ((0.4, 0), (0.3, 0.4)):
        divider = Divider("parts", QLabel("above"), QLabel("below"), theme, 0.6)
        window = make_window(theme, divider)
        qtbot.addWidget(window)
        assert divider.share == before
        divider.restore(share)
        window.store_layout()
        window.workspace.arrange()
        assert divider.share == 0
