"""Small signs that are painted rather than taken from an icon font, so that they stay crisp at 16 pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

LOCK_SIZE = 16
SIGN = 12
"""Pixels a side of the sign of trouble."""


def paint_lock(painter: QPainter, room: QRect, colour: str, closed: bool, filled: bool) -> None:
    """A padlock in the middle of ``room``: a filled body says that all is locked, an open shackle that nothing is."""
    x = room.center().x() - LOCK_SIZE / 2 + 1
    y = room.center().y() - LOCK_SIZE / 2 + 1
    pen = QPen(QColor(colour), 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_shackle(x, y, closed))
    painter.setBrush(QColor(colour) if filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(x + 2.5, y + 7, 11, 7.5), 1.5, 1.5)


def _shackle(x: float, y: float, closed: bool) -> QPainterPath:
    path = QPainterPath()
    path.moveTo(x + 5, y + 7)
    path.lineTo(x + 5, y + 4.5)
    path.arcTo(QRectF(x + 5, y + 1.5, 6, 6), 180, -180 if closed else -155)
    if closed:
        path.lineTo(x + 11, y + 7)
    return path


def paint_grip(painter: QPainter, room: QRect, colour: str) -> None:
    """Six dots: this can be dragged."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for column in (0, 6):
        for row in (0, 5, 10):
            painter.drawEllipse(QRectF(room.left() + column, room.top() + row, 2, 2))


def paint_fold(painter: QPainter, room: QRect, colour: str, folded: bool) -> None:
    """An arrow head: to the right where something is folded away, down where it is shown."""
    x, y = room.center().x() + 0.5, room.center().y() + 0.5
    ends = [(-2, -4), (2, 0), (-2, 4)] if folded else [(-4, -2), (0, 2), (4, -2)]
    pen = QPen(QColor(colour), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(x + across, y + down) for across, down in ends]))


def paint_trouble(painter: QPainter, room: QRect, colours: tuple[str, str], severity: str) -> None:
    """A sign in the middle of ``room``: a filled disc blocks, a triangle warns, a ring only tells.

    The first colour draws it, the second one writes on the disc.
    """
    colour, ink = colours
    middle = QPointF(room.center()) + QPointF(0.5, 0.5)
    pen = QPen(QColor(colour), 1.3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(colour) if severity == "bad" else Qt.BrushStyle.NoBrush)
    if severity == "warning":
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in ((0, -5), (5.5, 4.5), (-5.5, 4.5))]))
    else:
        painter.drawEllipse(middle, 5.0, 5.0)
    mark = QColor(ink if severity == "bad" else colour)
    _exclaim(painter, middle + QPointF(0, 0.8 if severity == "warning" else 0), mark, turned=severity == "note")


def _exclaim(painter: QPainter, middle: QPointF, colour: QColor, turned: bool) -> None:
    """An exclamation mark; ``turned`` it is an i."""
    pen = QPen(colour, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    way = -1 if turned else 1
    painter.drawLine(middle + QPointF(0, -2.6 * way), middle + QPointF(0, 0.4 * way))
    painter.drawPoint(middle + QPointF(0, 2.6 * way))
