"""A dialog with something to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.panel import Button, Note
from nnstudio.gui.theme import GRID


class CopyDialog(QDialog):
    """Shows ``notes`` above ``content``; a button copies ``text``, which may change, another closes."""

    def __init__(self, title: str, notes: Sequence[Note], content: QWidget, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.text = text
        self.copy = Button("Copy", clicked=lambda: QGuiApplication.clipboard().setText(self.text))
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        for note in notes:
            layout.addWidget(note)
        layout.addWidget(content, 1)
        layout.addLayout(buttons)
