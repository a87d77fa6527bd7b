"""An activation as a curve, with the numbers of one example on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.stepping import figure
from nnstudio.spec.watched import Numbers
from nnstudio.spec.words import signed

SIDE = 24 * GRID
WIDEST = 52 * GRID
Points = tuple[tuple[float, float], ...]


class ActivationCurve(QWidget):
    """Draws y over x, and a dot for each number that went in."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curve: Points = ()
        self.dots: Points = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(WIDEST)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(SIDE + 6 * GRID, SIDE)

    def show_curve(self, curve: Points, inputs: Numbers, outputs: Numbers) -> None:
        """Show a curve with its dots; nothing without one."""
        self._curve = curve
        pairs = zip(inputs, outputs, strict=False)
        self.dots = tuple((x, y) for x, y in pairs if math.isfinite(x) and math.isfinite(y))
        self.setVisible(bool(curve))
        self.setAccessibleName(f"Curve of the activation with {len(self.dots)} numbers of the row on it")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if not self._curve:
            return
        colours, painter = self._theme.colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        across, up = [x for x, _ in self._curve], [y for _, y in self._curve]
        low, high = min(*up, 0.0), max(*up, 0.0) or 1.0
        room = QRectF(4 * GRID, GRID, self.width() - 5 * GRID, self.height() - 4 * GRID)

        def place(x: float, y: float) -> QPointF:
            right = (x - across[0]) / (across[-1] - across[0])
            return QPointF(room.left() + room.width() * right, room.bottom() - room.height() * (y - low) / (high - low))

        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QLineF(place(across[0], 0), place(across[-1], 0)))
        painter.drawLine(QLineF(place(0, low), place(0, high)))
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawPolyline(QPolygonF([place(x, y) for x, y in self._curve]))
        painter.setPen(Qt.PenStyle.NoPen)
        dot = QColor(colours.validation)
        dot.setAlphaF(0.7)
        painter.setBrush(dot)
        for x, y in self.dots:
            painter.drawEllipse(place(x, y), 3, 3)
        self._write(painter, room, across, (low, high))
        painter.end()

    def _write(self, painter: QPainter, room: QRectF, across: list[float], bounds: tuple[float, float]) -> None:
        """The ends of both axes."""
        painter.setPen(QColor(self._theme.colours.muted))
        below = QRectF(room.left(), room.bottom() + 2, room.width(), 2 * GRID)
        align = Qt.AlignmentFlag
        painter.drawText(below, align.AlignLeft, figure(across[0]))
        painter.drawText(below, align.AlignHCenter, "x")
        painter.drawText(below, align.AlignRight, figure(across[-1]))
        beside = QRectF(0, room.top(), room.left() - 4, room.height())
        painter.drawText(beside, align.AlignRight | align.AlignTop, f"{bounds[1]:.2g}")
        painter.drawText(beside, align.AlignRight | align.AlignBottom, signed(f"{bounds[0]:.2g}"))
