"""Paints a diagram on a widget, into a picture or into a file of lines."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from nnstudio.gui.eliding import cut_of
from nnstudio.session.colours import Colours
from nnstudio.spec.diagram.picture import Box, Edge, Picture, Point, Rect

LEGIBLE = 0.3
"""Below this scale words are left out: they would be grey dust, and cost time."""
TEXT, SMALL = 13, 11
ROUND = 6.0
ARROW = 5.0

Align = Qt.AlignmentFlag
Look = tuple[QFont, str]
"""The font and the colour of words."""


@dataclass(frozen=True)
class Drawing:
    """Paints in given colours, with the font of the program."""

    colours: Colours
    font: QFont
    chosen: Collection[str] = ()
    scale: float = 1.0

    def paint(self, painter: QPainter, picture: Picture, shown: Rect | None = None) -> None:
        """Paint what is in ``shown``, or all of it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes, edges = picture.within(shown or picture.whole)
        for box in boxes:
            if box.role == "frame":
                self._frame(painter, box)
        for edge in edges:
            self._edge(painter, edge)
        paints = {"layer": self._layer, "end": self._end, "joint": self._joint}
        for box in boxes:
            if box.role != "frame":
                paints[box.role](painter, box)

    # boxes

    def _layer(self, painter: QPainter, box: Box) -> None:
        room = QRectF(*box.rect)
        self._outline(painter, box, self.colours.raised)
        painter.drawRoundedRect(room, ROUND, ROUND)
        family = QColor(self.colours.family(box.family))
        if box.row_id not in self.chosen and not box.is_bad:
            painter.setPen(QPen(_with_alpha(family, 120), 1))
            painter.setBrush(_with_alpha(family, 22))
            painter.drawRoundedRect(room, ROUND, ROUND)
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(room.left() + 7, room.top() + 8, 4, room.height() - 16), 2, 2)
        painter.fillPath(bar, family)
        words = room.adjusted(18, 5, -10, -5)
        upper, lower = QRectF(words), QRectF(words)
        upper.setHeight(18)
        lower.setTop(words.bottom() - 17)
        self._words(painter, upper, box.title, (self._bold(), self.colours.text))
        taken = self._right(painter, lower, box.figures)
        lower.setRight(lower.right() - taken)
        self._words(painter, lower, box.about, (self._small(), self.colours.muted))

    def _end(self, painter: QPainter, box: Box) -> None:
        room = QRectF(*box.rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colours.neutral))
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        self._words(painter, room, box.title, (self._bold(), self.colours.text), Align.AlignCenter)

    def _frame(self, painter: QPainter, box: Box) -> None:
        room = QRectF(*box.rect)
        self._outline(painter, box, self.colours.surface)
        painter.drawRoundedRect(room, ROUND + 2, ROUND + 2)
        title = QRectF(room.left() + 12, room.top() + 4, room.width() - 24, 20)
        taken = self._right(painter, title, box.figures)
        if box.badge:
            title.setRight(title.right() - taken)
            taken = self._badge(painter, title, box.badge)
        title.setRight(title.right() - taken)
        self._words(painter, title, box.title, (self._bold(), self.colours.text))

    def _badge(self, painter: QPainter, room: QRectF, text: str) -> float:
        """How often the block is there, as a pill at the right of ``room``; gives the width that it took."""
        if self.scale < LEGIBLE:
            return 0
        width = QFontMetricsF(self._small()).horizontalAdvance(text) + 14
        pill = QRectF(room.right() - width, room.top() + 1, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colours.nesting))
        painter.drawRoundedRect(pill, 9, 9)
        self._words(painter, pill, text, (self._small(), self.colours.surface), Align.AlignCenter)
        return width + 8

    def _joint(self, painter: QPainter, box: Box) -> None:
        room = QRectF(*box.rect)
        self._outline(painter, box, self.colours.raised)
        painter.drawEllipse(room)
        pen = QPen(QColor(self.colours.bad if box.is_bad else self.colours.text), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        middle, reach = room.center(), room.width() / 4.4
        turn = 45.0 if box.sign == "multiply" else 0.0
        if box.sign == "concat":
            for side in (-3.5, 3.5):
                painter.drawLine(middle + QPointF(side, -reach), middle + QPointF(side, reach))
            return
        for angle in (turn, turn + 90):
            arm = QPointF(math.cos(math.radians(angle)), math.sin(math.radians(angle))) * reach
            painter.drawLine(middle - arm, middle + arm)

    def _outline(self, painter: QPainter, box: Box, ground: str) -> None:
        """Pen and brush for a box: those of a chosen one, of one that cannot work, or of any other."""
        chosen = box.row_id in self.chosen
        colour = self.colours.bad if box.is_bad else self.colours.accent if chosen else self.colours.line
        painter.setPen(QPen(QColor(colour), 2 if chosen else 1))
        painter.setBrush(QColor(self.colours.bad_ground if box.is_bad else ground))
        if chosen and not box.is_bad and box.role != "frame":
            painter.setBrush(QColor(self.colours.selection))

    # ways

    def _edge(self, painter: QPainter, edge: Edge) -> None:
        pen = QPen(QColor(self.colours.faint), 1.4)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if not edge.known:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in edge.points]))
        if edge.arrow:
            self._arrow(painter, edge.points[-2], edge.points[-1])
        if edge.label and self.scale >= LEGIBLE:
            x, y = edge.beside
            self._words(painter, QRectF(x + 6, y - 9, 120, 18), edge.label, (self._small(), self.colours.muted))

    def _arrow(self, painter: QPainter, start: Point, end: Point) -> None:
        length = math.hypot(end.x - start.x, end.y - start.y) or 1.0
        ahead = QPointF((end.x - start.x) / length, (end.y - start.y) / length) * ARROW
        aside, tip = QPointF(-ahead.y(), ahead.x()) * 0.7, QPointF(*end)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colours.faint))
        painter.drawPolygon(QPolygonF([tip, tip - ahead * 1.5 + aside, tip - ahead * 1.5 - aside]))

    # words

    def _bold(self) -> QFont:
        return self._sized(TEXT, QFont.Weight.DemiBold)

    def _small(self) -> QFont:
        return self._sized(SMALL, QFont.Weight.Normal)

    def _sized(self, pixels: int, weight: QFont.Weight) -> QFont:
        font = QFont(self.font)
        font.setPixelSize(pixels)
        font.setWeight(weight)
        return font

    def _words(self, painter: QPainter, room: QRectF, text: str, look: Look, align: Align = Align.AlignLeft) -> None:
        """One line of words, cut off where there is no room."""
        font, colour = look
        if not text or self.scale < LEGIBLE:
            return
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetricsF(font).elidedText(text, cut_of(text), room.width())
        painter.drawText(room, align | Align.AlignVCenter, shown)

    def _right(self, painter: QPainter, room: QRectF, text: str) -> float:
        """Figures at the right of ``room``; gives the width that they took."""
        if not text:
            return 0
        self._words(painter, room, text, (self._small(), self.colours.muted), Align.AlignRight)
        return QFontMetricsF(self._small()).horizontalAdvance(text) + 8


def _with_alpha(colour: QColor, alpha: int) -> QColor:
    """The same colour, through which the ground shines."""
    shining = QColor(colour)
    shining.setAlpha(alpha)
    return shining
