"""Somebody who presses whatever there is, in any order, and never reads: reproducible by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.main_window import MainWindow
from nnstudio.gui.studio import Studio
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.files import load_project, save_project

TYPED = ("", "0", "-1", "1", "3", "0.5", "0,25", "1e-3", "7 and 8", "ß🐧", "x" * 300, "=1+1", "../..", "None")
PRESSED = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End),
)
WANTED = (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView, QTabBar, QAbstractSlider)
NEVER = frozenset({"quit", "own_process"})
"""Actions that would end the game, or that count only later."""
LIKED = ("train", "pause", "stop", "fit_batch", "try_rates", "suggest", "start_search", "stop_search", "export")
"""Actions that start or end something long, so that everything else happens meanwhile."""

DEFECT = as_studio_error(RuntimeError()).what
"""What a notice says that tells of an exception which nobody foresaw."""


class Monkey:
    """Plays with the window of ``studio``; ``steps`` says what it did, newest last."""

    def __init__(self, qtbot: QtBot, window: MainWindow, studio: Studio, seed: int, files: Path) -> None:
        self.steps: list[str] = []
        self.files = files
        self._qtbot, self._window, self._studio = qtbot, window, studio
        self._random = random.Random(seed)
        (self._board,) = window.findChildren(Board)
        self._base = studio.state.project
        studio.document.changed.listen(lambda *_: self._note_base())
        self._impatience = QTimer(window, interval=20)
        self._impatience.timeout.connect(self._answer)
        self._impatience.start()

    def _note_base(self) -> None:
        document = self._studio.document
        if not document.undo_name and not document.redo_name:
            self._base = document.project

    # the game

    def play(self, steps: int) -> None:
        """Do so many things; raises AssertionError with what was done where one of them is a defect."""
        for number in range(steps):
            before = len(self._studio.notices.all)
            with self._qtbot.captureExceptions() as exceptions:
                self._step()
                QApplication.processEvents()
            assert not exceptions, self._told(str(exceptions[0]))
            for notice in self._studio.notices.all[before:]:
                assert notice.what != DEFECT, self._told(notice.details)
            if number % 10 == 0:
                self._check_file()
        self._check_file()

    def leave(self) -> None:
        """Close what stands open."""
        while (popup := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            popup.close()
        self._impatience.stop()

    def check_undo(self) -> None:
        """Undo everything: what the game began with; redo everything: what it came to."""
        document = self._studio.document
        latest = document.project
        count = 0
        while document.undo_name:
            document.undo()
            count += 1
        assert document.project == self._base, self._told("undo")
        for _ in range(count):
            document.redo()
        assert document.project == latest, self._told("redo")

    def _check_file(self) -> None:
        project = self._studio.state.project
        path = self.files / "monkey.nnstudio"
        save_project(project, path)
        assert load_project(path) == project, self._told("the file holds something else")

    def _told(self, problem: str) -> str:
        return "\n".join([*self.steps[-25:], problem])

    # what it does

    def _step(self) -> None:
        weights = {self._act: 5, self._touch: 10, self._press: 4, self._undo: 2, self._escape: 1}
        do: Callable[[], None] = self._random.choices(list(weights), list(weights.values()))[0]
        do()

    def _act(self) -> None:
        """Trigger any action of the palette."""
        if QApplication.activeModalWidget():
            return
        actions = self._board.actions
        usable = [name for name in actions if actions[name].isEnabled() and actions[name].isVisible()]
        liked = [name for name in usable if name in LIKED and self._random.random() < 0.2]
        name = self._random.choice(liked or [name for name in usable if name not in NEVER])
        self.steps.append(f"action {name}")
        self._board.actions[name].trigger()

    def _touch(self) -> None:
        """Do something to any control that can be seen."""
        above = QApplication.activeModalWidget() or self._window
        seen = [each for each in above.findChildren(QWidget) if isinstance(each, WANTED) and _can_be_seen(each, above)]
        if not seen:
            return
        widget = self._random.choice(seen)
        name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        self.steps.append(f"touch {type(widget).__name__} {name!r}")
        if isinstance(widget, QComboBox) and widget.count() and self._random.random() < 0.7:
            widget.setCurrentIndex(self._random.randrange(widget.count()))
            widget.activated.emit(widget.currentIndex())
        elif isinstance(widget, QLineEdit):
            self._type(widget)
        else:
            area = widget.viewport() if isinstance(widget, QAbstractItemView) else widget
            at = QPoint(self._random.randrange(max(1, area.width())), self._random.randrange(max(1, area.height())))
            click = self._random.choice([QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick])
            click(area, Qt.MouseButton.LeftButton, pos=at)

    def _type(self, field: QLineEdit) -> None:
        if field.isReadOnly():
            return
        text = self._random.choice(TYPED)
        self.steps[-1] += f" types {text[:20]!r}"
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Backspace)
        if not text.isascii():  # QTest knows the keys of a plain keyboard
            field.insert(text)
        else:
            QTest.keyClicks(field, text)
        QTest.keyClick(field, self._random.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape]))

    def _press(self) -> None:
        """Press a key wherever the keyboard is."""
        if (widget := QApplication.focusWidget()) is None:
            return
        key = self._random.choice(PRESSED)
        self.steps.append(f"key {key.name} in {type(widget).__name__} {widget.accessibleName()!r}")
        QTest.keyClick(widget, key)

    def _undo(self) -> None:
        document = self._studio.document
        times = self._random.randrange(1, 6)
        back = self._random.random() < 0.6
        self.steps.append(f"{'undo' if back else 'redo'} {times}")
        for _ in range(times):
            document.undo() if back else document.redo()

    def _escape(self) -> None:
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if isinstance(above, QDialog):
            self.steps.append(f"close {above.windowTitle()!r}")
            above.reject()
        elif above:
            above.close()

    def _answer(self) -> None:
        """What waits for an answer gets one, whether it is read or not."""
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if isinstance(above, QMenu):
            leaves = [each for each in above.actions() if each.isEnabled() and each.isVisible() and each.menu() is None]
            chosen: QAction | None = self._random.choice([None, *leaves])
            self.steps.append(f"menu {chosen.text() if chosen else None!r}")
            above.close()
            if chosen and not chosen.isSeparator() and chosen.objectName() not in NEVER:
                chosen.trigger()
        elif isinstance(above, QMessageBox):
            button = self._random.choice(above.buttons())
            self.steps.append(f"{above.text()!r}: {button.text()!r}")
            button.click()
        elif isinstance(above, QFileDialog):
            above.reject()


def _can_be_seen(widget: QWidget, above: QWidget) -> bool:
    return widget.isEnabled() and widget.isVisible() and widget.window() is above.window()


def answer_dialogs(monkeypatch: pytest.MonkeyPatch, seed: int, files: Path, to_open: list[Path]) -> None:
    """Let the dialogs of the system, which no test can see, be answered by chance; nothing else is opened."""
    chance = random.Random(seed)

    def file_to_open(*_: object) -> tuple[str, str]:
        return str(chance.choice([*to_open, ""])), ""

    def file_to_save(_parent: object, _title: str, suggested: str, *_: object) -> tuple[str, str]:
        return chance.choice(["", str(files / Path(suggested).name)]), ""

    def number(_p: object, _t: str, _l: str, value: int, low: int, high: int) -> tuple[int, bool]:
        return min(high, max(low, value + chance.randrange(-2, 5))), chance.random() < 0.7

    folders = [path for path in to_open if path.is_dir()]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", file_to_open)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", file_to_save)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(chance.choice([*folders, ""])))
    monkeypatch.setattr(QInputDialog, "getInt", number)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda *_: True)
