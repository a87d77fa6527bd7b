"""Small drawings of what a layer does to a shape: what goes in, a sign of the family, and what comes out.

Lengths are drawn by their logarithm, so that 8 and 512 both have room; the figures stand beside the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from nnstudio.session.colours import Colours
from nnstudio.spec.layers import Shape

PICTURE_SIZE = QSize(88, 34)
_SHAPE, _SIGN = 32.0, 20.0
"""Widths of a shape, and of the sign between two of them."""
_LEAST = 4.0
_MOST_PLANES, _MOST_LINES = 5, 5


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a picture: of what goes in, of the sign, of what comes out."""

    before: str
    sign: str
    after: str


def ink(colours: Colours, family: str, is_example: bool) -> Ink:
    """The colours of a layer of ``family``; paler where its shapes are only an example."""
    if is_example:
        return Ink(colours.faint, colours.faint, colours.faint)
    return Ink(colours.muted, colours.muted, colours.family(family))


def paint_picture(painter: QPainter, room: QRectF, shapes: tuple[Shape, Shape], family: str, inks: Ink) -> None:
    """Draw ``shapes`` before and behind a layer, and between them what layers of its family do."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = QRectF(room.left(), room.top(), _SHAPE, room.height())
    sign = QRectF(left.right() + 2, room.center().y() - _SIGN / 2, _SIGN, _SIGN)
    right = QRectF(sign.right() + 2, room.top(), _SHAPE, room.height())
    paint_shape(painter, left, shapes[0], QColor(inks.before))
    paint_sign(painter, sign, family, QColor(inks.sign))
    paint_shape(painter, right, shapes[1], QColor(inks.after))
    painter.restore()


# shapes


def paint_shape(painter: QPainter, room: QRectF, shape: Shape, colour: QColor) -> None:
    """Numbers as a bar, steps as a band, pictures as planes one behind the other, volumes as cubes."""
    ground = QColor(colour)
    ground.setAlpha(60)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(ground)
    paint = {1: _bar, 2: _band, 3: _planes}.get(len(shape), _cube)
    paint(painter, room, shape)


def _length(number: int, longest: float, largest: int) -> float:
    """How long a side of ``number`` is drawn: ``largest`` is as long as can be."""
    share = math.log2(max(number, 1) + 1) / math.log2(largest + 1)
    return _LEAST + (longest - _LEAST) * min(share, 1.0)


def _bar(painter: QPainter, room: QRectF, shape: Shape) -> None:
    height = _length(shape[0], room.height() - 2, 4_096)
    painter.drawRect(_centred(room, 7, height))


def _band(painter: QPainter, room: QRectF, shape: Shape) -> None:
    """Steps from left to right, features from the top down."""
    band = _centred(room, _length(shape[0], room.width() - 2, 512), _length(shape[1], room.height() - 6, 1_024))
    painter.drawRect(band)
    parts = min(shape[0], _MOST_LINES + 1)
    for part in range(1, parts):
        x = band.left() + band.width() * part / parts
        painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))


def _planes(painter: QPainter, room: QRectF, shape: Shape) -> None:
    planes = min(1 + round(math.log2(max(shape[0], 1)) / 2), _MOST_PLANES)
    step = 2.5
    longest = min(room.width(), room.height()) - step * (_MOST_PLANES - 1) - 2
    height, width = (_length(side, longest, 256) for side in shape[-2:])
    spread = step * (planes - 1)
    first = _centred(room, width + spread, height + spread)
    for number in range(planes):
        shift = step * (planes - 1 - number)
        painter.drawRect(QRectF(first.left() + shift, first.top() + spread - shift, width, height))


def _cube(painter: QPainter, room: QRectF, shape: Shape) -> None:
    side = _length(max(shape[1:], default=1), min(room.width(), room.height()) - 12, 128)
    deep = _length(shape[0], 10, 256)
    front = _centred(room, side + deep, side + deep)
    corner = QPointF(front.left(), front.top() + deep)
    ahead, across, down = QPointF(deep, -deep), QPointF(side, 0), QPointF(0, side)
    painter.drawPolygon(QPolygonF([corner, corner + across, corner + across + down, corner + down]))
    painter.drawPolygon(QPolygonF([corner, corner + ahead, corner + ahead + across, corner + across]))
    painter.drawPolygon(
        QPolygonF([corner + across, corner + across + ahead, corner + across + ahead + down, corner + across + down])
    )


def _centred(room: QRectF, width: float, height: float) -> QRectF:
    """On whole pixels, so that its edges are crisp."""
    left, top = round(room.center().x() - width / 2), round(room.center().y() - height / 2)
    return QRectF(left + 0.5, top + 0.5, round(width), round(height))


# signs


def paint_sign(painter: QPainter, room: QRectF, family: str, colour: QColor) -> None:
    """What a family does, in a few lines."""
    pen = QPen(colour, 1.3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SIGNS.get(family, _arrow)(painter, room.adjusted(3, 3, -3, -3))


def _lines(*lines: tuple[float, ...]) -> Callable[[QPainter, QRectF], None]:
    """Polylines whose corners are given in shares of the room: x, then y."""

    def paint(painter: QPainter, room: QRectF) -> None:
        for line in lines:
            corners = zip(line[::2], line[1::2], strict=True)
            points = [QPointF(room.left() + x * room.width(), room.top() + y * room.height()) for x, y in corners]
            painter.drawPolyline(QPolygonF(points))

    return paint


_arrow = _lines((0, 0.5, 1, 0.5), (0.7, 0.25, 1, 0.5, 0.7, 0.75))


def _bell(painter: QPainter, room: QRectF) -> None:
    path = QPainterPath(room.bottomLeft())
    middle, top = room.center().x(), room.top()
    path.cubicTo(QPointF(middle - 3, room.bottom()), QPointF(middle - 4, top), QPointF(middle, top))
    path.cubicTo(QPointF(middle + 4, top), QPointF(middle + 3, room.bottom()), room.bottomRight())
    painter.drawPath(path)


def _holes(painter: QPainter, room: QRectF) -> None:
    """Some numbers stay and some are gone."""
    for number in range(9):
        centre = room.topLeft() + QPointF(room.width() * (number % 3), room.height() * (number // 3)) / 2
        painter.setBrush(painter.pen().color() if number % 4 else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, 1.6, 1.6)


def _window(painter: QPainter, room: QRectF) -> None:
    """A small window on a larger plane."""
    painter.drawRect(room)
    painter.setBrush(painter.pen().color())
    painter.drawRect(QRectF(room.left() + 3, room.top() + 3, room.width() / 2.6, room.height() / 2.6))


def _loop(painter: QPainter, room: QRectF) -> None:
    """What comes out goes in again."""
    painter.drawArc(room.adjusted(1, 1, -1, -1), 30 * 16, 300 * 16)
    _lines((0.62, 0.05, 0.95, 0.22, 0.88, -0.12))(painter, room)


_SIGNS: dict[str, Callable[[QPainter, QRectF], None]] = {
    "linear": _lines((0, 0, 1, 0.25), (0, 0, 1, 0.75), (0, 1, 1, 0.25), (0, 1, 1, 0.75), (0, 0.5, 1, 0.25)),
    "activation": _lines((0, 0.8, 0.5, 0.8, 1, 0)),
    "convolution": _window,
    "pooling": _lines((0, 0, 1, 0.3, 1, 0.7, 0, 1, 0, 0)),
    "reshaping": _lines((0, 0.15, 0.75, 0.15, 0.75, 0.95), (0.45, 0.7, 0.75, 0.95, 1.05, 0.7)),
    "normalisation": _bell,
    "regularisation": _holes,
    "recurrent": _loop,
    "embedding": _lines((0, 0, 1, 0, 1, 1, 0, 1, 0, 0), (0, 0.33, 1, 0.33), (0, 0.66, 1, 0.66), (0.35, 0, 0.35, 1)),
    "attention": _lines((0, 0, 1, 1), (0, 1, 1, 0), (0, 0, 1, 0), (0, 1, 1, 1), (0, 0.5, 1, 0.5)),
    "nesting": _lines((0, 0.5, 0.3, 0.5, 0.3, 0, 0.7, 0, 0.7, 0.5, 1, 0.5), (0.3, 0.5, 0.3, 1, 0.7, 1, 0.7, 0.5)),
}
