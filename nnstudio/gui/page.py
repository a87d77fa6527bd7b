"""A page of a view: what it shows is said above it, and can be exported."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.exporting import Drawn
from nnstudio.gui.panel import Note
from nnstudio.gui.theme import GRID


class Page(QWidget):
    """One page: a layout, and what it shows that can be exported."""

    def __init__(self, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = Note(note, "small")
        self.head = QHBoxLayout()
        self.head.setSpacing(GRID)
        self.head.addWidget(self.note, 1)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID // 2)
        self.body.addLayout(self.head)

    def exports(self) -> Sequence[Drawn]:
        """What the menu exports."""
        return ()
