"""Paints the list of columns."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnstudio.gui.data import drawing
from nnstudio.gui.data.columns_model import ENTRY, Entry, Field, Index
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.data import Kind

ROW = 28
"""Pixels of a row; all are equally high, which is what keeps thousands of them fast."""


class ColumnDelegate(QStyledItemDelegate):
    """Paints one cell in the colours in force."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, colours = cast(Entry, index.data(ENTRY)), self._theme.colours
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(area, QColor(colours.selection if selected else colours.surface))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(area.bottomLeft() + QPointF(0, -0.5), area.bottomRight() + QPointF(0, -0.5))
        if not entry.is_used and index.column() != Field.USE:
            painter.setOpacity(0.55)
        if index.column() == Field.KIND:
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            room = area.adjusted(2, 0, -2, 0)
            drawing.pill(painter, room, entry.pill, colours, accented=entry.is_target, hovered=hovered)
        else:
            self._content(painter, area, entry, Field(index.column()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(ROW, ROW)

    def _content(self, painter: QPainter, area: QRectF, entry: Entry, field: Field) -> None:
        colours = self._theme.colours
        match field:
            case Field.USE if entry.is_target:
                drawing.target_mark(painter, area.center(), colours)
            case Field.USE:
                drawing.check_box(painter, area.center(), entry.is_used, colours)
            case Field.NAME | Field.MISSING:
                self._text(painter, area, entry, field)
            case Field.SPREAD:
                self._spread(painter, area.adjusted(GRID, 6, -2, -6), entry)

    def _spread(self, painter: QPainter, area: QRectF, entry: Entry) -> None:
        profile, colours = entry.profile, self._theme.colours
        if profile and entry.column.kind is Kind.NUMBER and profile.histogram:
            drawing.histogram(painter, area, profile.histogram, colours)
        elif profile and profile.top:
            drawing.shares(painter, area, [count for _, count in profile.top], entry.present, colours)

    def _text(self, painter: QPainter, area: QRectF, entry: Entry, field: Field) -> None:
        colours = self._theme.colours
        inner = area.adjusted(4, 0, -4, 0)
        is_name = field is Field.NAME
        font = QFont(painter.font())
        font.setBold(is_name and entry.is_target)
        font.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(font)
        quiet = not is_name and not (entry.profile and entry.profile.missing)
        painter.setPen(QColor(colours.muted if quiet else colours.text))
        text = entry.name if is_name else entry.missing
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(inner.width()))
        side = Qt.AlignmentFlag.AlignLeft if is_name else Qt.AlignmentFlag.AlignRight
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
