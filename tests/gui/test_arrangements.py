"""Panels stand side by side where there is room for them, and share places as tabs where there is not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.table import PANELS
from nnstudio.gui.arrangements import ARRANGEMENTS, COLUMNS, PAIR, TABS
from nnstudio.gui.panel import Panel
from nnstudio.gui.theme import Theme
from nnstudio.gui.workspace import HIDDEN, Workspace


def made(qtbot: QtBot, theme: Theme, width: int, height: int) -> Workspace:
    workspace = Workspace({name: Panel(name) for name in PANELS}, theme)
    qtbot.addWidget(workspace)
    workspace.setMinimumSize(1, 1)  # as on its page of the window, which makes it as small as it likes
    workspace.resize(width, height)
    workspace.show()
    QApplication.processEvents()
    return workspace


@pytest.fixture
def workspace(qtbot: QtBot, theme: Theme) -> Workspace:
    return made(qtbot, theme, 1280, 700)


def resize(workspace: Workspace, width: int, height: int) -> None:
    workspace.resize(width, height)
    QApplication.processEvents()


def in_front(workspace: Workspace) -> set[str]:
    return {name for name in workspace.docks if workspace.is_in_front(name)}


def widen(workspace: Workspace, name: str, width: int) -> None:
    """Move the line behind a dock, as the mouse does it."""
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        if kind is QEvent.Type.MouseButtonRelease:
            workspace.resizeDocks([workspace.docks[name]], [width], Qt.Orientation.Horizontal)
            QApplication.processEvents()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(workspace, QMouseEvent(kind, QPointF(1, 1), QPointF(1, 1), left, left, none))


def test_every_arrangement_holds_every_panel_once() -> None:
    for arrangement in ARRANGEMENTS:
        held = [name for column in arrangement.columns for place in column.places for name in place]
        assert sorted(held) == sorted(PANELS)
    assert ARRANGEMENTS[-1].least.isNull(), "the last one fits everywhere"


@pytest.mark.parametrize(
    ("size", "arrangement", "shown"),
    [
        ((1280, 700), COLUMNS, {"Data", "Network", "Training", "Results"}),
        ((1280, 400), PAIR, {"Data", "Results"}),
        ((853, 412), PAIR, {"Data", "Results"}),
        ((640, 282), TABS, {"Data"}),
    ],
)
def test_the_room_decides_what_stands_side_by_side(
    workspace: Workspace, size: tuple[int, int], arrangement: object, shown: set[str]
) -> None:
    resize(workspace, *size)
    assert workspace.arrangement is arrangement
    assert in_front(workspace) == shown


def test_with_the_room_the_panels_come_back_side_by_side(workspace: Workspace) -> None:
    before = {name: dock.geometry() for name, dock in workspace.docks.items()}
    for size in ((853, 412), (640, 282), (1280, 700)):
        resize(workspace, *size)
    assert {name: dock.geometry() for name, dock in workspace.docks.items()} == before


def test_panels_do_not_grow_beyond_what_makes_sense(workspace: Workspace) -> None:
    resize(workspace, 2560, 1300)
    assert workspace.docks["Data"].width() <= COLUMNS.columns[0].most
    assert workspace.docks["Network"].width() <= COLUMNS.columns[1].most


def test_what_is_hidden_stays_hidden_in_every_arrangement(workspace: Workspace) -> None:
    workspace.docks["Data"].close()
    for size in ((853, 412), (640, 282), (1280, 700)):
        resize(workspace, *size)
        assert workspace.docks["Data"].isHidden()


def test_the_panel_that_has_the_keyboard_is_in_front(workspace: Workspace, qtbot: QtBot) -> None:
    field = QLineEdit()
    workspace.docks["Training"].panel.body.addWidget(field)
    workspace.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    resize(workspace, 853, 412)
    assert in_front(workspace) == {"Training", "Results"}


def test_a_panel_behind_another_one_is_brought_forward(workspace: Workspace) -> None:
    resize(workspace, 640, 282)
    workspace.bring_forward("Network")
    assert in_front(workspace) == {"Network"}


def test_what_the_user_has_moved_stays_and_comes_back(workspace: Workspace) -> None:
    usual = workspace.docks["Data"].width()
    widen(workspace, "Data", 420)
    wide = workspace.docks["Data"].width()
    assert wide > usual + 40
    for size in ((853, 412), (1280, 700)):
        resize(workspace, *size)
    assert workspace.docks["Data"].width() == wide
    workspace.arrange()
    QApplication.processEvents()
    assert abs(workspace.docks["Data"].width() - usual) < 2


def test_a_panel_that_floats_goes_on_floating(workspace: Workspace) -> None:
    workspace.docks["Results"].setFloating(True)
    resize(workspace, 853, 412)
    assert workspace.docks["Results"].isFloating()
    workspace.arrange()
    assert not workspace.docks["Results"].isFloating()


def test_a_layout_of_a_large_screen_is_not_forced_on_a_small_one(
    workspace: Workspace, qtbot: QtBot, theme: Theme
) -> None:
    """All four side by side, as one may have them on a large screen."""
    resize(workspace, 2560, 1300)
    docks = workspace.docks
    workspace.splitDockWidget(docks["Network"], docks["Training"], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    for dock in docks.values():
        dock.setMinimumWidth(300)
    stored = workspace.stored()
    assert set(stored) == {COLUMNS.key, HIDDEN}

    small = made(qtbot, theme, 853, 412)
    for dock in small.docks.values():
        dock.setMinimumWidth(300)
    small.restore(stored)
    assert small.arrangement is PAIR
    resize(small, 1150, 700)
    assert small.arrangement is PAIR, "what the user made of the columns needs more than this"
    assert small._needed.width() <= 1150
    resize(small, 2560, 1300)
    assert small.arrangement is COLUMNS
    assert small.docks["Network"].y() == small.docks["Training"].y()


def test_damaged_words_of_what_is_hidden_are_ignored(workspace: Workspace) -> None:
    stored = workspace.stored()
    stored[HIDDEN] = QByteArray(b"\xff\nNobody\nData")
    workspace.restore(stored)
    assert {name for name, dock in workspace.docks.items() if dock.isHidden()} == {"Data"}


def test_only_what_the_user_has_changed_is_stored(workspace: Workspace) -> None:
    assert set(workspace.stored()) == {HIDDEN}
    widen(workspace, "Data", 400)
    assert set(workspace.stored()) == {COLUMNS.key, HIDDEN}
