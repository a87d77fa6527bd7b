"""What an error says to those who ask: the traceback, to be read and copied."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import MARGIN, Button, Note
from nnstudio.gui.theme import GRID
from nnstudio.spec.errors import StudioError


class DetailsDialog(QDialog):
    """Shows the details of an error."""

    def __init__(self, error: StudioError, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Details")
        self.text = QPlainTextEdit(error.details, readOnly=True)
        self.text.setAccessibleName("Details")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy = Button("Copy", clicked=lambda: QGuiApplication.clipboard().setText(f"{error}\n\n{error.details}"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(Button("Close", clicked=self.close))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(Note(str(error), role=""))
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)
        give_size(self, 720, 420)
        self.finished.connect(self.deleteLater)
