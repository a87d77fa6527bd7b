"""How far reading is while it goes on, with the first rows of what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.gui.data import reading_words
from nnstudio.gui.panel import Button, ElidedLabel, ProgressLine
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.gui.theme import GRID, Theme, scaled

if TYPE_CHECKING:
    from nnstudio.gui.data.preview_grid import PreviewGrid

PREVIEW_AFTER = 250
"""Milliseconds; a file that is read sooner shows its first rows nowhere but in the panel."""
MOST_ROWS = 12
"""Rows of the preview that are seen at once."""


class ReadingProgress(QWidget):
    """The file that is being read: its name, how far, its first rows, and a way to give it up."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._theme = studio, theme
        self.words, self.amount = ElidedLabel(), ElidedLabel(role="small")
        self.bar = ProgressLine("Reading")
        self.cancel = Button("Cancel", "link", studio.cancel_reading, "Give up reading; what is open stays.")
        self.grid: PreviewGrid | None = None  # made when it is first needed: it would delay the window
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._patience = QTimer(self, singleShot=True, interval=PREVIEW_AFTER)
        self._patience.timeout.connect(self._show_rows)
        self._lay_out()
        self.destroyed.connect(studio.reading.listen(self._render))
        self._render(studio.reading_now)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.words, 1)
        row.addWidget(self.amount)
        row.addWidget(self.cancel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        self._column.addLayout(row)
        self._column.addWidget(self.bar)

    def _render(self, now: ReadingNow | None) -> None:
        self.setVisible(now is not None)
        if now is None:
            self._patience.stop()
            self._hide_rows()
            return
        self.words.setText(f"Reading {now.name} …")
        self.words.explain(now.path)
        self.amount.setText(reading_words.how_far(now))
        progress = now.progress
        self.bar.setVisible(progress is not None and progress.total > 0)
        if progress and progress.total > 0:
            self.bar.show_share(progress.done / progress.total)
        if now.preview is None:
            self._hide_rows()
        elif not self._shows_rows and not self._patience.isActive():
            self._patience.start()

    @property
    def _shows_rows(self) -> bool:
        return self.grid is not None and not self.grid.isHidden()

    def _hide_rows(self) -> None:
        if self.grid:
            self.grid.hide()
            self.grid.show_preview(None)

    def _show_rows(self) -> None:
        from nnstudio.gui.data.preview_grid import HEADER, ROW, PreviewGrid  # noqa: PLC0415  # it would delay the window

        now = self._studio.reading_now
        if now is None or now.preview is None or not now.preview.rows:
            return
        if self.grid is None:
            self.grid = PreviewGrid(self._theme)
            self._column.addWidget(self.grid)
        self.grid.show_preview(now.preview)
        rows = min(MOST_ROWS, len(now.preview.rows))
        self.grid.setFixedHeight(
            scaled(HEADER) + rows * scaled(ROW) + self.grid.horizontalScrollBar().sizeHint().height()
        )
        self.grid.show()
