"""What a network answers, drawn: the probabilities of classes, and a value among those of the training rows."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.painting import between, histogram, tabular
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.answers import Chance, figure, percent
from nnstudio.spec.inputs import SeenValues

ROLES = ("accent", "validation", "good")
"""The colours of `coloured` classes, here and in the what-if curve."""

LINE = 26
FIGURES = 8 * GRID
"""Pixels for the probabilities at the right."""


class ChanceBars(QWidget):
    """A line for each class, the most probable first; the true one is marked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chances: tuple[Chance, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_chances(self, chances: tuple[Chance, ...]) -> None:
        """Show classes with their probabilities."""
        if len(chances) != len(self.chances):
            self.updateGeometry()
        self.chances = chances
        spoken = (f"{each.name} {percent(each.share)}{', true' if each.is_true else ''}" for each in chances)
        self.setAccessibleName("Probabilities: " + "; ".join(spoken))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, scaled(LINE) * len(self.chances))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            place = event.pos().y() // scaled(LINE)
            known = 0 <= place < len(self.chances)
            self.setToolTip(plain_tip(f"{self.chances[place].name}: {self.chances[place].share:.6g}") if known else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setFont(tabular(painter.font()))
        for place, chance in enumerate(self.chances):
            self._draw(painter, place, chance)

    def _draw(self, painter: QPainter, place: int, chance: Chance) -> None:
        colours, left = self._theme.colours, round(self.width() * 0.42)
        line = QRectF(0, place * scaled(LINE), self.width(), scaled(LINE))
        name = f"✓ {chance.name}" if chance.is_true else chance.name
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, left - GRID)
        painter.setPen(QColor(colours.good if chance.is_true else colours.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(colours.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(chance.share))
        room = QRectF(left, line.top() + 8, max(1.0, self.width() - left - scaled(FIGURES)), scaled(LINE) - 16)
        painter.fillRect(room, QColor(colours.neutral))
        shade = getattr(colours, "accent" if chance.colour is None else ROLES[chance.colour])
        strength = 0.4 if chance.colour is None else 0.9
        width = max(1.0, room.width() * chance.share)
        painter.fillRect(
            QRectF(room.left(), room.top(), width, room.height()), between(colours.surface, shade, strength)
        )


class SeenBars(QWidget):
    """How often the training rows have which values, with a line at the one that is predicted, and at the true one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._seen: SeenValues | None = None
        self._value, self._truth = 0.0, None
        self.setFixedHeight(9 * GRID)
        theme.changed.connect(self.update)

    _truth: float | None

    def show_value(self, seen: SeenValues, value: float, truth: float | None) -> None:
        """Show a ``value`` among those that were ``seen``."""
        self._seen, self._value, self._truth = seen, value, truth
        true = "" if truth is None else f"; true is {figure(truth)}"
        self.setAccessibleName(f"Values of {seen.name} in training; predicted is {value:.6g}{true}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        seen = self._seen
        if seen is None:
            return
        painter, colours = QPainter(self), self._theme.colours
        values = [self._value, *([] if self._truth is None else [self._truth])]
        low, high = min(*values, seen.percentiles[0]), max(*values, seen.percentiles[-1])
        span = high - low or 1.0
        line = painter.fontMetrics().height()

        def x(value: float) -> float:
            return 1 + (value - low) / span * (self.width() - 2)

        bottom = self.height() - line - 2
        area = QRectF(x(seen.percentiles[0]), 4, x(seen.percentiles[-1]) - x(seen.percentiles[0]), bottom - 4)
        histogram(painter, area, seen.counts, colours)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        if self._truth is not None:
            painter.setPen(QPen(QColor(colours.good), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x(self._truth), 0), QPointF(x(self._truth), bottom))
        painter.setPen(QPen(QColor(colours.validation), 2))
        painter.drawLine(QPointF(x(self._value), 0), QPointF(x(self._value), bottom))
        painter.setPen(QColor(colours.muted))
        below = QRectF(0, bottom, self.width(), line + 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, f"{low:.4g}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"{high:.4g}")
