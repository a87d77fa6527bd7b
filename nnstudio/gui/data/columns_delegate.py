"""Paints the list of columns."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from nnstudio.gui import painting
from nnstudio.gui.data import drawing
from nnstudio.gui.data.columns_model import ENTRY, ROLE_PILLS, Entry, Field
from nnstudio.gui.tables.models import Index
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.columns import Kind, Role

ROW = 28
"""Pixels of a row; all are equally high, which is what keeps thousands of them fast."""
WARNING = 18
"""Pixels that the mark of a warning takes."""
MARKS = {Role.TARGET: drawing.target_mark, Role.GROUP: drawing.group_mark, Role.WEIGHT: drawing.weight_mark}
HISTOGRAM_KINDS = (Kind.NUMBER, Kind.DATE, Kind.IDENTIFIER)
"""Kinds whose values are amounts rather than a few that repeat, where they have a histogram."""


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
        if not entry.is_used and index.column() not in (Field.USE, Field.MORE):
            painter.setOpacity(0.55)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if index.column() == Field.KIND:
            room, accented = area.adjusted(2, 0, -2, 0), entry.pill in ROLE_PILLS.values()
            drawing.pill(painter, room, entry.pill, colours, accented=accented, hovered=hovered)
        elif index.column() == Field.MORE:
            drawing.chevron(painter, area.center(), colours, hovered=hovered)
        else:
            self._content(painter, area, entry, Field(index.column()))
        if self._has_focus(option, index):
            self._focus_line(painter, area)
        painter.restore()

    @staticmethod
    def _has_focus(option: QStyleOptionViewItem, index: Index) -> bool:
        """Whether the keyboard is at this row."""
        view = option.widget
        return isinstance(view, QTableView) and view.hasFocus() and view.currentIndex().row() == index.row()

    def _focus_line(self, painter: QPainter, area: QRectF) -> None:
        painter.setOpacity(1)
        painter.setPen(QPen(QColor(self._theme.colours.accent), 1))
        painter.drawLine(area.bottomLeft() + QPointF(0, -0.5), area.bottomRight() + QPointF(0, -0.5))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        return QSize(scaled(ROW), scaled(ROW))

    def _content(self, painter: QPainter, area: QRectF, entry: Entry, field: Field) -> None:
        colours = self._theme.colours
        match field:
            case Field.USE if entry.role in MARKS:
                MARKS[entry.role](painter, area.center(), colours)
            case Field.USE:
                drawing.check_box(painter, area.center(), entry.is_used, colours)
            case Field.NAME if entry.warnings:
                mark = QPointF(area.right() - WARNING / 2, area.center().y())
                drawing.warning_mark(painter, mark, colours, is_bad=entry.is_bad)
                self._text(painter, area.adjusted(0, 0, -WARNING, 0), entry, field)
            case Field.NAME | Field.MISSING:
                self._text(painter, area, entry, field)
            case Field.SPREAD:
                self._spread(painter, area.adjusted(GRID, 6, -2, -6), entry)

    def _spread(self, painter: QPainter, area: QRectF, entry: Entry) -> None:
        profile, colours = entry.profile, self._theme.colours
        if profile and entry.column.kind in HISTOGRAM_KINDS and profile.histogram:
            painting.histogram(painter, area, profile.histogram, colours)
        elif profile and profile.top:
            drawing.shares(painter, area, [count for _, count in profile.top], entry.present, colours)

    def _text(self, painter: QPainter, area: QRectF, entry: Entry, field: Field) -> None:
        colours = self._theme.colours
        inner = area.adjusted(4, 0, -4, 0)
        is_name = field is Field.NAME
        font = painting.tabular(painter.font())
        font.setBold(is_name and entry.is_target)
        painter.setFont(font)
        quiet = not is_name and not (entry.profile and entry.profile.missing)
        painter.setPen(QColor(colours.muted if quiet else colours.text))
        text = entry.name if is_name else entry.missing
        painting.paint_line(painter, inner, text, painting.aligned(not is_name), Qt.TextElideMode.ElideMiddle)
