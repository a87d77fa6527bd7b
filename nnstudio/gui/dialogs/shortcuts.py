"""Every shortcut on one sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.actions.action import Action
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import Button, Note, VerticalScroll
from nnstudio.gui.theme import GRID

IN_PANELS = (
    ("Move to the next or the previous field", "Tab, Shift+Tab"),
    ("Step a number; ten steps", "Up, Down; Page Up, Page Down"),
    ("Give up what was typed into a field", "Esc"),
    ("Layers: add, duplicate, remove, rename, lock", "Ins, Ctrl+D, Del, F2, L"),
    ("Layers: copy, cut, put into a block", "Ctrl+C, Ctrl+X, Ctrl+B"),
    ("Diagram: zoom in, out, whole, next layer", "Ctrl++, Ctrl+−, Ctrl+0, Down"),
    ("Layers: move up or down", "Alt+Up, Alt+Down"),
)
"""Keys that belong to the panel that has the focus."""


class ShortcutsDialog(QDialog):
    """A sheet with the shortcuts of the table of actions, by menu, and those inside the panels."""

    def __init__(self, rows: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        sheet = QWidget()
        self._grid = QGridLayout(sheet)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(GRID // 2)
        self._grid.setColumnStretch(0, 1)
        for menu in dict.fromkeys(row.menu.partition("/")[0] for row in rows):
            self._add_section(menu, [(row.title, row.shortcut) for row in rows if row.menu == menu and row.shortcut])
        self._add_section("Inside the panels", IN_PANELS)
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.addWidget(VerticalScroll(sheet), 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        give_size(self, 560, 640)

    def _add_section(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        if not lines:
            return
        self._grid.setRowMinimumHeight(self._grid.rowCount(), GRID)
        self._grid.addWidget(Note(title, "strong"), self._grid.rowCount() + 1, 0, 1, 2)
        for words, keys in lines:
            place = self._grid.rowCount()
            self._grid.addWidget(Note(words), place, 0)
            self._grid.addWidget(_key(keys), place, 1, Qt.AlignmentFlag.AlignRight)


def _key(keys: str) -> QLabel:
    native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    label = QLabel(native if "," not in keys and ";" not in keys else keys)
    label.setProperty("role", "key")
    return label
