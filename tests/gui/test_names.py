"""Who hears the window instead of seeing it is told what each control is for; who has no mouse comes everywhere."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenuBar,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.table import RESULTS
from nnstudio.gui.explaining import explanation_of
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.reading_order import in_reading_order
from nnstudio.gui.studio import Studio
from nnstudio.gui.tabbed import TabbedPanel
from tests.gui.fakes import open_iris

WHOLE = (QAbstractSpinBox, QAbstractItemView, QComboBox, QLineEdit)
"""Controls with parts that are no controls of their own."""

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView, QAbstractSlider, QAbstractSpinBox)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, whole_window: MainWindow) -> MainWindow:
    """With data open and every page of the results made."""
    window = whole_window
    window.resize(1600, 1000)
    open_iris(studio)
    results = window.workspace.docks["Results"].panel
    assert isinstance(results, TabbedPanel)
    qtbot.waitUntil(lambda: results.stack.count() == len(RESULTS))
    for name in RESULTS:
        results.open_tab(name)
    return window


def said(widget: QWidget) -> str:
    """What a screen reader calls it."""
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or words


def is_part(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control."""
    above = widget.parentWidget()
    if isinstance(widget, QScrollBar | QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    return isinstance(above, WHOLE) or (above is not None and isinstance(above.parentWidget(), QComboBox))


def controls(window: MainWindow) -> list[QWidget]:
    """Those that are there for the user, on whatever page."""
    found = [each for each in window.findChildren(QWidget) if isinstance(each, CONTROLS) and not is_part(each)]
    return [each for each in found if not each.isHidden()]


def test_every_control_says_what_it_is(window: MainWindow) -> None:
    found = controls(window)
    silent = [f"{type(each).__name__} in {type(each.parentWidget()).__name__}" for each in found if not said(each)]
    assert dict(Counter(silent)) == {}
    assert len(found) > 100


def test_every_control_explains_itself(window: MainWindow) -> None:
    """By a tooltip, or by what “Explain this field” shows of it or of what it stands in."""
    silent = [
        f"{said(each)} in {type(each.parentWidget()).__name__}"
        for each in controls(window)
        if each.focusPolicy() and not explanation_of(each)
    ]
    assert silent == []


def test_tab_comes_to_every_control_and_round_again(window: MainWindow) -> None:
    reached: list[QWidget] = []
    window.activateWindow()
    window.setFocus()
    for _ in range(400):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        assert widget is not None
        if reached and widget is reached[0]:
            break
        reached.append(widget)
    there = [each for each in controls(window) if each.isVisible() and each.isEnabled()]
    missed = [said(each) for each in there if each not in reached]
    assert missed == [f"Hide {name}" for name in window.workspace.docks], "what Ctrl and a digit does"


def test_tab_goes_through_the_panels_as_they_are_read(window: MainWindow) -> None:
    order = list(in_reading_order(window))
    docks = [window.workspace.docks[name] for name in ("Data", "Network", "Training", "Results")]
    inside = [[order.index(each) for each in order if dock.isAncestorOf(each)] for dock in docks]
    assert [places == list(range(min(places), max(places) + 1)) for places in inside] == [True] * 4
    assert [min(places) for places in inside] == sorted(min(places) for places in inside)
    training = [said(each) for each in order if docks[2].isAncestorOf(each)]
    assert training[:4] == ["Loss", "Smoothing", "Optimiser", "Learning rate"]


def test_no_letter_opens_two_menus(board: Board) -> None:
    menus = QMenuBar()
    board.fill(menus)
    titles = [action.text() for action in menus.actions()]
    letters = [title[title.index("&") + 1].casefold() for title in titles]
    assert len(letters) == len(set(letters)) == len(titles)
