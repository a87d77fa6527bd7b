"""How a line of the mapping table is painted: names, below them shapes; a dot in a colour and a word for the state."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnstudio.gui.painting import paint_line, small
from nnstudio.gui.tables.models import Index
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.gui.transfer.lines import LINE, Column, LinesModel
from nnstudio.session.colours import Colours
from nnstudio.spec.mapping import Line, Match

ROW_HEIGHT = 5 * GRID
STATE_WIDTH = 14 * GRID
Flag = QStyle.StateFlag


def colour_of(match: Match, colours: Colours) -> str:
    """The colour that stands for a state."""
    return {
        Match.MATCHED: colours.good,
        Match.SHAPE: colours.bad,
        Match.MISSING: colours.warning,
        Match.EXTRA: colours.faint,
    }[match]


class LineDelegate(QStyledItemDelegate):
    """Paints the cells of a `LinesModel`."""

    def __init__(self, model: LinesModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(12 * GRID, scaled(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, line = self._theme.colours, index.data(LINE)
        column = Column(index.column())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & Flag.State_Selected:
            painter.fillRect(option.rect, QColor(colours.selection))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        room = option.rect.adjusted(GRID // 2, 3, -GRID, -3)
        if column is Column.STATE:
            room = self._dot(painter, room, line)
        self._words(painter, option, room, self._model.words(line, column), line)
        painter.restore()

    def _dot(self, painter: QPainter, room: QRect, line: Line) -> QRect:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour_of(line.match, self._theme.colours)))
        height = room.center().y() if not line.by_hand else room.top() + room.height() / 4
        painter.drawEllipse(QPointF(room.left() + 5, height + 0.5), 3.5, 3.5)
        return room.adjusted(14, 0, 0, 0)

    def _words(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, words: tuple[str, str], line: Line
    ) -> None:
        colours, (what, more) = self._theme.colours, words
        half = room.height() // 2
        upper, lower = room.adjusted(0, 0, 0, -half if more else 0), room.adjusted(0, half, 0, 0)
        absent = what == "–"
        painter.setFont(option.font)
        painter.setPen(QColor(colours.muted if absent or line.match is Match.EXTRA else colours.text))
        paint_line(painter, QRectF(upper), what, cut=Qt.TextElideMode.ElideMiddle)
        painter.setFont(small(option.font))
        painter.setPen(QColor(colours.muted))
        paint_line(painter, QRectF(lower), more, cut=Qt.TextElideMode.ElideMiddle)
