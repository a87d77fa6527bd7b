"""Small pictures of the samples, drawn from their own data in the colours of the theme."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnstudio.gui.welcome.tile import Picture
from nnstudio.resources import resource
from nnstudio.session.colours import Colours

Point = tuple[float, float, int]
"""Two coordinates, each from 0 to 1, and the class from 0 on."""


@dataclass
class Scatter:
    """Two columns of a table against each other, a point a row, in a colour a class; a line where ``by`` is empty."""

    file: str
    x: str
    y: str
    by: str = ""

    @cached_property
    def points(self) -> list[Point]:
        """The rows that have both numbers."""
        with (resource("samples") / self.file).open(newline="", encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row[self.x] and row[self.y]]
        across, up = ([float(row[name]) for row in rows] for name in (self.x, self.y))
        classes = list(dict.fromkeys(row[self.by] for row in rows)) if self.by else []
        kinds = [classes.index(row[self.by]) if self.by else 0 for row in rows]
        return list(zip(_scaled(across), _scaled(up), kinds, strict=True))

    def __call__(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        shades = (colours.train, colours.validation, colours.good)
        radius = max(1.2, room.width() / 55)
        painter.setPen(Qt.PenStyle.NoPen)
        for x, y, kind in self.points:
            shade = QColor(shades[kind])
            shade.setAlpha(170)
            painter.setBrush(shade)
            painter.drawEllipse(_place(room, x, y), radius, radius)
        if not self.by:
            slope, start = _line(self.points)
            painter.setClipRect(room)
            painter.setPen(QPen(QColor(colours.validation), max(1.5, room.width() / 45)))
            painter.drawLine(_place(room, 0.0, start), _place(room, 1.0, start + slope))


class Digits:
    """Pictures of digits side by side in a square; ink is drawn in the colour of words."""

    def __init__(self, *digits: int) -> None:
        self._digits = digits
        self._drawn: dict[str, list[QImage]] = {}

    def _pictures(self, shade: str) -> list[QImage]:
        """One of each digit; read from its file once for each theme."""
        if shade not in self._drawn:
            folders = [resource("samples") / "digits" / str(digit) for digit in self._digits]
            self._drawn[shade] = [_inked(min(folder.iterdir()), shade) for folder in folders]
        return self._drawn[shade]

    def __call__(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        across = math.isqrt(len(self._digits))
        side = room.width() / across
        for place, picture in enumerate(self._pictures(colours.text)):
            down, right = divmod(place, across)
            corner = QPointF(room.left() + right * side, room.top() + down * side)
            painter.drawImage(QRectF(corner, QSizeF(side - 1, side - 1)), picture)


def _inked(path: Path, shade: str) -> QImage:
    """White ink on black, as a shade that covers as much as the ink is white."""
    found = QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)
    inked = QImage(found.size(), QImage.Format.Format_ARGB32)
    colour = QColor(shade)
    for y in range(found.height()):
        for x in range(found.width()):
            colour.setAlpha(found.pixelColor(x, y).value())
            inked.setPixelColor(x, y, colour)
    return inked


def _scaled(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) for value in values]


def _place(room: QRectF, x: float, y: float) -> QPointF:
    return QPointF(room.left() + x * room.width(), room.bottom() - y * room.height())


def _line(points: Sequence[Point]) -> tuple[float, float]:
    """Slope and start of the line of least squares."""
    x_mean = sum(x for x, _, _ in points) / len(points)
    y_mean = sum(y for _, y, _ in points) / len(points)
    slope = sum((x - x_mean) * (y - y_mean) for x, y, _ in points) / sum((x - x_mean) ** 2 for x, _, _ in points)
    return slope, y_mean - slope * x_mean


@dataclass
class Rows:
    """The pixels of the first rows of a table, each row of it a line of pixels."""

    file: str
    count: int = 12

    @cached_property
    def lines(self) -> list[list[float]]:
        """Numbers from 0 to 1, without the last column."""
        with (resource("samples") / self.file).open(newline="", encoding="utf-8") as lines:
            reader = csv.reader(lines)
            next(reader)
            return [[float(cell) / 16 for cell in row[:-1]] for row, _ in zip(reader, range(self.count), strict=False)]

    def __call__(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        high = room.height() / self.count
        for down, line in enumerate(self.lines):
            wide = room.width() / len(line)
            for right, value in enumerate(line):
                shade = QColor(colours.text)
                shade.setAlphaF(value)
                painter.fillRect(
                    QRectF(room.left() + right * wide, room.top() + down * high, wide + 0.3, high - 1), shade
                )


PICTURES: dict[str, Picture] = {
    "iris.nnstudio": Scatter("iris.csv", "petal_length", "petal_width", "species"),
    "penguins.nnstudio": Scatter("penguins.csv", "flipper_length_mm", "bill_length_mm", "species"),
    "diabetes.nnstudio": Scatter("diabetes.csv", "bmi", "progression"),
    "digits.nnstudio": Rows("digits.csv"),
    "digits-images.nnstudio": Digits(3),
    "digits": Digits(*range(9)),
    "digits-pretrained.nnstudio": Digits(0, 1, 2, 4),
    "digits-fine-tuned.nnstudio": Digits(5, 6, 8, 9),
}
"""By the file of the sample."""
