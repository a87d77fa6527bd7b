"""The files that could not be used, with the reason for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from nnstudio.gui.panel import Button, Note
from nnstudio.gui.theme import GRID


class LeftOutDialog(QDialog):
    """Lists the sentences about what was left out, to read and to copy."""

    def __init__(self, sentences: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Left out")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sentences = tuple(sentences)
        self.list = QListWidget()
        self.list.setAccessibleName("Files that were left out")
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAlternatingRowColors(False)
        self.list.addItems(self._sentences)
        for row, sentence in enumerate(self._sentences):
            self.list.item(row).setToolTip(sentence)
        self.copy = Button("Copy", "", self._copy, "Copy the list.")
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        layout.addWidget(Note("These files are not among the examples. All others are."))
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.resize(640, 400)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._sentences))
