"""The small drawings of the data panel: check boxes, marks, pills, shares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from nnstudio.gui.painting import between, small
from nnstudio.gui.theme import scaled
from nnstudio.session.colours import Colours

BOX = 14
"""Pixels a side of a check box."""
PILL_HEIGHT = 18
PILL_MARGINS = 14
"""Pixels of a pill that its word does not take."""


def check_box(painter: QPainter, middle: QPointF, checked: bool, colours: Colours) -> None:
    """A ticked or empty box around ``middle``."""
    box = QRectF(middle.x() - BOX / 2, middle.y() - BOX / 2, BOX, BOX)
    painter.setPen(QPen(QColor(colours.accent if checked else colours.muted), 1))
    painter.setBrush(QColor(colours.accent if checked else colours.raised))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if not checked:
        return
    tick = QPolygonF([box.topLeft() + QPointF(x, y) for x, y in ((3.2, 7.2), (6.0, 10.0), (10.8, 4.4))])
    painter.setPen(QPen(QColor(colours.on_accent), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPolyline(tick)


def target_mark(painter: QPainter, middle: QPointF, colours: Colours) -> None:
    """The mark of the column that is predicted."""
    painter.setPen(QPen(QColor(colours.accent), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle, 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent))
    painter.drawEllipse(middle, 2.5, 2.5)


def group_mark(painter: QPainter, middle: QPointF, colours: Colours) -> None:
    """The mark of the column that groups rows: three of them, embraced."""
    painter.setPen(QPen(QColor(colours.accent), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(middle.x() - 6, middle.y() - 6, 12, 12), 4, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent))
    for across, down in ((-2.3, 1.8), (2.3, 1.8), (0, -2.2)):
        painter.drawEllipse(middle + QPointF(across, down), 1.5, 1.5)


def weight_mark(painter: QPainter, middle: QPointF, colours: Colours) -> None:
    """The mark of the column that weighs rows: a weight with its ring."""
    painter.setPen(QPen(QColor(colours.accent), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(middle + QPointF(0, -4.2), 2.2, 2.2)
    corners = ((-3.6, -1.5), (3.6, -1.5), (6, 6), (-6, 6))
    painter.drawPolygon(QPolygonF([middle + QPointF(across, down) for across, down in corners]))


def warning_mark(painter: QPainter, middle: QPointF, colours: Colours, *, is_bad: bool) -> None:
    """A small triangle with an exclamation mark."""
    colour = QColor(colours.bad if is_bad else colours.warning)
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = ((0, -5.5), (6, 5), (-6, 5))
    painter.drawPolygon(QPolygonF([middle + QPointF(across, down) for across, down in corners]))
    painter.drawLine(middle + QPointF(0, -1.8), middle + QPointF(0, 1.2))
    painter.drawPoint(middle + QPointF(0, 3.3))


def chevron(painter: QPainter, middle: QPointF, colours: Colours, *, hovered: bool) -> None:
    """What says that there is more behind a row."""
    painter.setPen(QPen(QColor(colours.accent if hovered else colours.faint), 1.5))
    places = ((-2, -4), (2, 0), (-2, 4))
    painter.drawPolyline(QPolygonF([middle + QPointF(across, down) for across, down in places]))


def pill(painter: QPainter, area: QRectF, text: str, colours: Colours, *, accented: bool, hovered: bool) -> None:
    """A word on a rounded ground at the left of ``area``."""
    painter.setFont(small(painter.font()))
    width = min(painter.fontMetrics().horizontalAdvance(text) + scaled(PILL_MARGINS), area.width())
    ground = QRectF(area.left(), area.center().y() - scaled(PILL_HEIGHT) / 2, width, scaled(PILL_HEIGHT))
    painter.setPen(QColor(colours.accent) if hovered else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.selection if accented else colours.neutral))
    painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), scaled(PILL_HEIGHT) / 2, scaled(PILL_HEIGHT) / 2)
    painter.setPen(QColor(colours.accent if accented else colours.muted))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(width) - scaled(PILL_MARGINS) + 1)
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, shown)


def shares(painter: QPainter, area: QRectF, counts: Sequence[int], present: int, colours: Colours) -> None:
    """Segments as wide as the values are frequent; what is not among ``counts`` is one pale rest."""
    painter.setPen(Qt.PenStyle.NoPen)
    rest = present - sum(counts)
    shown = [*counts, rest] if rest > 0 else list(counts)
    gap = 1.5
    room, left = area.width() - gap * (len(shown) - 1), area.left()
    for place, count in enumerate(shown):
        width = max(1.0, room * count / (sum(shown) or 1))
        strength = 0.22 if rest > 0 and place == len(counts) else max(0.35, 0.85 - 0.2 * place)
        painter.setBrush(between(colours.surface, colours.accent, strength))
        painter.drawRoundedRect(QRectF(left, area.center().y() - 4, width, 8), 1.5, 1.5)
        left += width + gap
