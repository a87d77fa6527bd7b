"""What stands where nothing is searched yet: what a search is, and why random trials cover more than a grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.panel import MARGIN, Button, Note
from nnstudio.gui.theme import GRID, Theme, scaled

WHAT = (
    "Which learning rate, how many units, how much dropout? A search trains the network again and again with other "
    "values of the fields that you choose, judges every trial on the validation rows, and never looks at the test rows."
)
WHY = (
    "Nine trials of two fields, of which one matters much (below) and one little (left). A grid tries only three "
    "values of the one that matters; random trials try nine. TPE draws at random first, and then more often where "
    "trials did well."
)
HOW = "The search icon beside a field takes it into the search. A good field to begin with:"

THIRDS = (1 / 6, 1 / 2, 5 / 6)
ON_GRID = tuple((x, y) for x in THIRDS for y in THIRDS)
AT_RANDOM = (
    (0.07, 0.62), (0.19, 0.17), (0.28, 0.86), (0.41, 0.39), (0.52, 0.70),
    (0.61, 0.10), (0.74, 0.52), (0.83, 0.91), (0.94, 0.28),
)  # fmt: skip


class Lesson(QWidget):
    """Teaches, and has one button to begin with."""

    def __init__(self, theme: Theme, begin: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.begin = Button(
            "Search the learning rate", "primary", begin, "From 0.00001 to 0.1, every power of ten as often."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * MARGIN, MARGIN, 2 * MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addStretch(1)
        pictures = _Pictures(theme)
        for widget in (Note("Search for better settings", "heading"), Note(WHAT), pictures, Note(WHY), Note(HOW)):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.begin)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)
        self.setMaximumWidth(100 * GRID)


class _Pictures(QWidget):
    """Nine trials on a grid and nine at random, with the values of the field that matters marked below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fit_text()
        self.setAccessibleName("A grid tries three values of the field that matters, random trials nine")
        theme.changed.connect(self._fit_text)

    def _fit_text(self) -> None:
        self.setFixedHeight(scaled(20 * GRID))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(48 * GRID, 20 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.height() - 5.0 * GRID
        for place, (title, dots) in enumerate((("Grid: 3 values", ON_GRID), ("Random: 9 values", AT_RANDOM))):
            left = 2.0 * GRID + place * (side + 6 * GRID)
            self._draw(painter, QRectF(left, 2.5 * GRID, side, side), title, dots)
        painter.end()

    def _draw(self, painter: QPainter, box: QRectF, title: str, dots: Sequence[tuple[float, float]]) -> None:
        colours = self._theme.colours
        painter.setPen(QColor(colours.muted))
        painter.drawText(QRectF(box.left(), 0, box.width() + 4 * GRID, 2.5 * GRID), Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.setBrush(QColor(colours.ground))
        painter.drawRoundedRect(box, 4, 4)
        for across, down in dots:
            middle = QPointF(box.left() + across * box.width(), box.top() + down * box.height())
            painter.setPen(QPen(QColor(colours.faint), 1, Qt.PenStyle.DotLine))
            painter.drawLine(middle, QPointF(middle.x(), box.bottom()))
            painter.setPen(QPen(QColor(colours.accent), 3))
            painter.drawLine(QPointF(middle.x(), box.bottom() + 4), QPointF(middle.x(), box.bottom() + 11))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent))
            painter.drawEllipse(middle, 3.5, 3.5)
