"""Where in the file the rows of a batch lie: what shuffling does, at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.painting import between
from nnstudio.gui.theme import GRID, Theme, scaled

BAR, CAPTION = 22, 16
"""Pixels: the height of the file, and that of the words below it."""
THINNEST, WIDEST = 1.0, 4.0


class BatchStrip(QWidget):
    """The file as a bar from its first row to its last, with a mark for each row that the batch took."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[int] = ()
        self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip("Each mark is a row of this batch, at its place in the file.")
        theme.changed.connect(self.update)

    def show_rows(self, rows: Sequence[int], total: int) -> None:
        """Mark ``rows`` (from 0) of a file with ``total`` rows."""
        self._rows, self._total = rows, total
        first = ", ".join(f"{row + 1:,}" for row in rows[:8])
        self.setAccessibleName(f"Rows of this batch: {first}{' …' if len(rows) > 8 else ''}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(30 * GRID, scaled(BAR) + scaled(CAPTION))

    def positions(self) -> list[float]:
        """Where the marks stand, in pixels from the left."""
        step = self.width() / max(1, self._total)
        return [(row + 0.5) * step for row in self._rows]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 0, self.width(), scaled(BAR))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.neutral))
        painter.drawRoundedRect(bar, 4, 4)
        width = min(WIDEST, max(THINNEST, self.width() / max(1, self._total)))
        painter.setPen(QPen(between(colours.neutral, colours.accent, 0.85), width))
        for x in self.positions():
            painter.drawLine(QPointF(x, 3), QPointF(x, scaled(BAR) - 3))
        self._caption(painter)

    def _caption(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(scaled(11))
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.muted))
        room = QRectF(0, scaled(BAR), self.width(), scaled(CAPTION))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, "first row of the file")
        last = f"row {self._total:,}" if self._total else ""
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, last)
