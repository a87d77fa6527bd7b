"""Names with how often each occurs, as bars."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.painting import between
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.theme import GRID, Theme, scaled

Counts = tuple[tuple[str, int], ...]

FIGURES = 7 * GRID
"""Pixels for the counts at the right."""


class NamedBars(QWidget):
    """A line for each name, of ``line`` pixels beside usual text; ``title`` tells a screen reader what is counted."""

    def __init__(self, title: str, line: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._usual_line, self._theme = title, line, theme
        self._counts: Counts = ()
        self._faint = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def _line(self) -> int:
        return scaled(self._usual_line)

    @property
    def counts(self) -> Counts:
        return self._counts

    def show_counts(self, counts: Counts, faint: int = 0) -> None:
        """Show names with their counts, as they are sorted; the last ``faint`` of them are no names themselves."""
        if (counts, faint) == (self._counts, self._faint):
            return
        self._counts, self._faint = counts, faint
        self.setAccessibleName(f"{self._title}: " + ", ".join(f"{name} {count:,}" for name, count in counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, self._line * len(self._counts))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = event.pos().y() // self._line
            name = self._counts[place][0] if 0 <= place < len(self._counts) else ""
            self.setToolTip(plain_tip(name) if name else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((count for _, count in self._counts), default=1) or 1
        first, last = event.rect().top() // self._line, event.rect().bottom() // self._line + 1
        for place in range(first, min(last, len(self._counts))):
            self._draw(painter, place, most)

    def _draw(self, painter: QPainter, place: int, most: int) -> None:
        (name, count), colours, left = self._counts[place], self._theme.colours, self.width() // 3
        is_faint = place >= len(self._counts) - self._faint
        line = QRectF(0, place * self._line, self.width(), self._line)
        shown = painter.fontMetrics().elidedText(_visible(name), Qt.TextElideMode.ElideMiddle, left - GRID)
        painter.setPen(QColor(colours.muted if is_faint else colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{count:,}")
        width, edge = max(1.0, (self.width() - left - scaled(FIGURES)) * count / most), self._line // 3
        shade = between(colours.surface, colours.accent, 0.25 if is_faint else 0.72)
        painter.fillRect(QRectF(left, line.top() + edge, width, self._line - 2 * edge), shade)


def _visible(name: str) -> str:
    """A name on one line; one that has no letters is said to be so."""
    return " ".join(name.split()) or "(blank)"
