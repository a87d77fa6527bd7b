"""How much each field matters: a bar a field, the most important one first."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.painting import paint_line
from nnstudio.gui.panel import Note
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.live_search import LiveSearch

NONE_YET = "How much each field matters is found out once some trials are done."
WHAT = "What share of the differences between good trials and the others each field accounts for."
LINE = 4 * GRID


class ImportancePage(QWidget):
    """The bars, and what they mean."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note, self.bars = Note(NONE_YET), _Bars(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.note)
        layout.addWidget(self.bars)
        layout.addStretch(1)

    def show_search(self, search: LiveSearch) -> None:
        """Show what is known of a search."""
        fields = search.started.fields if search.started else {}
        shares = {fields.get(path, path): share for path, share in search.importance.items()}
        self.note.setText(WHAT if shares else NONE_YET)
        self.bars.show_shares(dict(sorted(shares.items(), key=lambda item: -item[1])))


class _Bars(QWidget):
    """A title, a bar and a figure in each line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.shares: Mapping[str, float] = {}
        theme.changed.connect(self.update)

    def show_shares(self, shares: Mapping[str, float]) -> None:
        self.shares = shares
        told = ", ".join(f"{title} {share:.0%}" for title, share in shares.items())
        self.setAccessibleName(f"Importance: {told}" if told else "Importance")
        self.setMinimumHeight(scaled(LINE) * len(shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(50 * GRID, scaled(LINE) * len(self.shares))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter, colours = QPainter(self), self._theme.colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = self.fontMetrics()
        wide = min(self.width() // 3, max(map(words.horizontalAdvance, self.shares), default=0)) + GRID
        room = min(self.width() - wide - 6.0 * GRID, 60.0 * GRID)
        most = max(self.shares.values(), default=1.0) or 1.0
        for line, (title, share) in enumerate(self.shares.items()):
            top = float(line * scaled(LINE))
            painter.setPen(QColor(colours.text))
            paint_line(painter, QRectF(0, top, wide - GRID, scaled(LINE)), title)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            bar = QRectF(wide, top + GRID, max(2.0, room * share / most), scaled(LINE) - 2.0 * GRID)
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(colours.muted))
            painter.drawText(
                QRectF(bar.right() + GRID, top, 6.0 * GRID, scaled(LINE)), Qt.AlignmentFlag.AlignVCenter, f"{share:.0%}"
            )
        painter.end()
