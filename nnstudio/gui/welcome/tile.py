"""Tiles: large buttons that paint a picture, a title and a sentence themselves, since there are dozens of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnstudio.gui.painting import paint_line
from nnstudio.gui.panel import literal_tip
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.colours import Colours

CORNER = 6
Align = Qt.AlignmentFlag


class Picture(Protocol):
    """Paints into a square, in the colours of the theme."""

    def __call__(self, painter: QPainter, room: QRectF, colours: Colours) -> None: ...


class Tile(QAbstractButton):
    """A surface that is pressed; it lights up under the pointer, and has an outline where it has the keyboard."""

    def __init__(self, name: str, clicked: Callable[[], object], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(name)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clicked.connect(lambda _checked: clicked())
        theme.changed.connect(self.update)

    def paint_content(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        """Paint what stands on the surface."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.selection if self.isDown() else colours.hover if self.underMouse() else colours.raised
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.line), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        self.paint_content(painter, QRectF(self.rect()), colours)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class SampleTile(Tile):
    """A picture at the left, as high as there is room; at its right a title, a sentence, and a line in small."""

    LARGEST = 26 * GRID
    """Pixels a side of the picture, at most."""
    ROOMY = 26 * GRID
    """Pixels for the words, from which on none of them need be small."""

    def __init__(
        self,
        words: tuple[str, str, str],
        picture: Picture,
        clicked: Callable[[], object],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        self._words, self._picture = words, picture
        self._is_drawn = False
        super().__init__(words[0], clicked, theme, parent)
        self.setAccessibleDescription(" ".join(words[1:]))
        self.setToolTip("\n".join(words[1:]))

    def draw_picture(self) -> None:
        """From now on the picture is drawn, for which files have to be read."""
        self._is_drawn = True
        self.update()

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(27 * GRID, max(12 * GRID, 6 * line))

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def paint_content(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        inner = room.adjusted(GRID, GRID, -GRID, -GRID)
        side = min(inner.height(), 0.35 * inner.width(), self.LARGEST)
        square = QRectF(inner.left(), inner.center().y() - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.ground))
        painter.drawRoundedRect(square, CORNER, CORNER)
        if self._is_drawn:
            painter.save()
            margin = side / 12
            self._picture(painter, square.adjusted(margin, margin, -margin, -margin), colours)
            painter.restore()
        title, sentence, small = self._words
        words = QRectF(square.right() + 1.5 * GRID, inner.top(), 0, inner.height())
        words.setRight(inner.right())
        said = "muted" if words.width() >= self.ROOMY else "small"
        small = QFontMetrics(smaller(self.font())).elidedText(small, Qt.TextElideMode.ElideRight, int(words.width()))
        paint_words(painter, words, self.font(), [(title, "strong"), (sentence, said), (small, "small")], colours)


class LineTile(Tile):
    """A bar in a colour, a title and below it a line in small; a mark stands at the right."""

    def __init__(
        self,
        title: str,
        small: str,
        clicked: Callable[[], object],
        theme: Theme,
        *,
        family: str = "",
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        self._small, self._family, self._elide, self._mark = small, family, elide, ""
        super().__init__(title, clicked, theme)
        self.setAccessibleDescription(small)
        self.setToolTip(literal_tip(f"{title}\n{small}"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def mark(self, words: str) -> None:
        """Say in a word or two what is wrong with it, and let it look like it."""
        self._mark = words
        self.setAccessibleDescription(f"{self._small} {words}".strip())
        self.update()

    @property
    def marked(self) -> str:
        """What is said to be wrong with it."""
        return self._mark

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, 2 * self.fontMetrics().height() + GRID + GRID // 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * GRID, self.sizeHint().height())

    def paint_content(self, painter: QPainter, room: QRectF, colours: Colours) -> None:
        inner = room.adjusted(1.5 * GRID, GRID / 2, -1.5 * GRID, -GRID / 2)
        if self._family:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.family(self._family)))
            painter.drawRoundedRect(QRectF(room.left() + GRID, inner.top() + 3, 4, inner.height() - 6), 2, 2)
            inner.setLeft(inner.left() + GRID)
        upper, lower = QRectF(inner), QRectF(inner)
        upper.setBottom(inner.center().y())
        lower.setTop(inner.center().y())
        if self._mark:
            painter.setFont(smaller(self.font()))
            painter.setPen(QColor(colours.bad))
            painter.drawText(upper, Align.AlignRight | Align.AlignVCenter, self._mark)
            upper.setRight(upper.right() - QFontMetrics(painter.font()).horizontalAdvance(self._mark) - GRID)
        painter.setFont(strong(self.font()))
        painter.setPen(QColor(colours.muted if self._mark else colours.text))
        paint_line(painter, upper, self.text())
        painter.setFont(smaller(self.font()))
        painter.setPen(QColor(colours.muted))
        paint_line(painter, lower, self._small, cut=self._elide)


def strong(font: QFont) -> QFont:
    """The same, semi-bold."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def smaller(font: QFont) -> QFont:
    """The same, a pixel smaller."""
    small = QFont(font)
    small.setPixelSize(max(1, font.pixelSize() - 1))
    return small


def words_height(width: float, font: QFont, words: list[tuple[str, str]]) -> float:
    """How high paragraphs are in so much room, with the gaps between them."""
    fonts = {"strong": strong(font), "muted": font, "small": smaller(font)}
    return sum(_height(text, fonts[role], width) for text, role in words) + GRID / 2 * (len(words) - 1)


def paint_words(painter: QPainter, room: QRectF, font: QFont, words: list[tuple[str, str]], colours: Colours) -> None:
    """Paragraphs one below the other, in the middle of ``room``; the last one stays whole where room is short."""
    fonts = {"strong": strong(font), "muted": font, "small": smaller(font)}
    gap = GRID / 2
    heights = [_height(text, fonts[role], room.width()) for text, role in words]
    middle = room.height() - sum(heights) - gap * (len(words) - 1)
    if middle < 0:  # the longest gives way
        place = max(range(len(words)), key=heights.__getitem__)
        line = QFontMetrics(fonts[words[place][1]]).height()
        heights[place] = max(line, (heights[place] + middle) // line * line)
    top = room.top() + max(0.0, middle / 2)
    for (text, role), height in zip(words, heights, strict=True):
        painter.setPen(QColor(colours.text if role == "strong" else colours.muted))
        _paint_paragraph(painter, QRectF(room.left(), top, room.width(), height), text, fonts[role])
        top += height + gap


def _height(text: str, font: QFont, width: float) -> float:
    lines = _lines(text, font, width)
    return lines.lineCount() * QFontMetrics(font).height()


def _lines(text: str, font: QFont, width: float) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout


def _paint_paragraph(painter: QPainter, room: QRectF, text: str, font: QFont) -> None:
    """As many lines as there is room for; the last of them ends with an ellipsis where more is cut off."""
    metrics = QFontMetrics(font)
    lines = _lines(text, font, room.width())
    shown = min(lines.lineCount(), max(1, round(room.height() / metrics.height())))
    painter.setFont(font)
    for place in range(shown):
        line = lines.lineAt(place)
        part = text[line.textStart() : line.textStart() + line.textLength()]
        if place == shown - 1:
            part = metrics.elidedText(text[line.textStart() :], Qt.TextElideMode.ElideRight, int(room.width()) + 1)
        painter.drawText(QPointF(room.left(), room.top() + place * metrics.height() + metrics.ascent()), part)
