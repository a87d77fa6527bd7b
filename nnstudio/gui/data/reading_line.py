"""How the data is read: a line in words with a way to change it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.data import reading_words
from nnstudio.gui.data.file_banner import FileBanner
from nnstudio.gui.data.reading_dialog import change_reading
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.document import State


class ReadingLine(QWidget):
    """Says how the data is read, offers to change it, and asks about a file that was moved or changed."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = FileBanner(studio)
        self.words = ElidedLabel(role="small")
        help_ = "Change how the file is read, and see its first rows."
        self.change = Button("Change…", "link", lambda: change_reading(studio, theme, self.window()), help_)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.words, 1)
        row.addWidget(self.change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.banner)
        layout.addLayout(row)
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))
        self._render(studio.state)

    def _render(self, state: State) -> None:
        data = state.project.data
        self.setVisible(data is not None)
        if data is None:
            return
        found = state.source if state.source_is_current else None
        self.words.setText(reading_words.how_read(data.source, found.choices if found else ()))
        self.words.explain("\n".join((data.source.path, *(found.notes if found else ()))))
