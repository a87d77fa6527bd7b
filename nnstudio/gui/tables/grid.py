"""A grid for mapped tables: a million rows open at once, because only what is on the screen is ever asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QItemSelection, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.data.table import MappedTable
from nnstudio.gui.painting import aligned, between, paint_line, tabular
from nnstudio.gui.pixels import image_of
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.mapped import LOOK, CellLook, MappedModel
from nnstudio.gui.tables.models import Index
from nnstudio.gui.tables.quiet import RowTable
from nnstudio.gui.theme import GRID, Theme, scaled

ROW = 26
PICTURE_ROW = 52
MEASURED_ROWS, MEASURED_COLUMNS = 30, 200
"""So much of a table decides how wide its columns are."""
NARROWEST, WIDEST = 64, 260
MOST_COPIED = 1_000_000
"""Cells that are put on the clipboard at once."""


class CellDelegate(QStyledItemDelegate):
    """Paints one cell in the colours in force."""

    def __init__(self, theme: Theme, model: MappedModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, colours = cast(CellLook, index.data(LOOK)), self._theme.colours
        area = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = between(colours.surface, colours.accent, 0.06) if look.is_marked else QColor(colours.surface)
        painter.save()
        painter.fillRect(area, QColor(colours.selection) if selected else ground)
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(area.bottomLeft() + QPointF(0, -0.5), area.bottomRight() + QPointF(0, -0.5))
        if look.is_picture:
            self._picture(painter, option.rect, index)
        else:
            self._text(painter, area, look, str(index.data()))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(area.adjusted(0.5, 0.5, -1.5, -1.5))
        painter.restore()

    def _text(self, painter: QPainter, area: QRectF, look: CellLook, text: str) -> None:
        font = tabular(painter.font())
        font.setItalic(look.is_missing)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.colours.muted if look.is_missing else self._theme.colours.text))
        inner = area.adjusted(GRID, 0, -GRID, 0)
        paint_line(painter, inner, text[:1_000], aligned(look.is_number))

    def _picture(self, painter: QPainter, area: QRect, index: Index) -> None:
        pixels = self._model.image(index.row(), index.column())
        if pixels is None:
            return
        image = image_of(pixels)
        room = area.adjusted(GRID, 4, -GRID, -5)
        size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, image.width() > size.width())
        painter.drawImage(QRect(room.topLeft(), size), image)


class MappedGrid(RowTable):
    """Shows a `MappedTable`; Ctrl+C copies what is selected.

    Signals
    -------
    refused(str)
        Why nothing was copied.
    """

    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Rows", theme, parent)
        self.setAccessibleDescription("Rows of the data as they were read; what is predicted stands beside its truth.")
        self.mapped = MappedModel(self)
        self.setModel(self.mapped)
        self.setItemDelegate(CellDelegate(theme, self.mapped, self))
        self.setHorizontalHeader(QuietHeader(theme, self.mapped, GRID, self))
        self.horizontalHeader().setDefaultSectionSize(12 * GRID)
        self.horizontalHeader().setMinimumSectionSize(4 * GRID)

    def show_table(self, table: MappedTable | None, marked: frozenset[str] = frozenset()) -> None:
        """Show another table from its beginning; columns in ``marked`` stand out."""
        self._order_as_read()
        self.mapped.show_table(table, marked)
        self.set_row_height(PICTURE_ROW if self.mapped.has_pictures else ROW)
        self._fit(table)
        self.scrollToTop()

    def fit_text(self) -> None:
        super().fit_text()
        self._fit(self.mapped.table)

    def _fit(self, table: MappedTable | None) -> None:
        digits = self.fontMetrics().horizontalAdvance(f"{table.rows if table else 0:,}")
        self.verticalHeader().setFixedWidth(max(40, digits + 2 * GRID))
        if table:
            self._fit_columns(table)

    def show_rows(self, rows: NDArray[np.int64] | None) -> None:
        """Show only these rows of the table, ascending; None shows all of them."""
        self.mapped.show_rows(rows)
        self.scrollToTop()

    def _fit_columns(self, table: MappedTable) -> None:
        """Be as wide as the name and the first and last rows that are shown need, within limits."""
        metrics, count = self.fontMetrics(), self.mapped.rowCount()
        rows = sorted({*range(min(count, MEASURED_ROWS)), *range(max(0, count - MEASURED_ROWS), count)})
        for column, name in enumerate(table.names[:MEASURED_COLUMNS]):
            texts = [name, *(self.mapped.shown(row, column)[:100] for row in rows)]
            width = max(map(metrics.horizontalAdvance, texts)) + 3 * GRID
            self.setColumnWidth(column, min(max(width, scaled(NARROWEST)), scaled(WIDEST)))

    def bring_forward(self, names: Sequence[str]) -> None:
        """Let these columns stand first, in this order."""
        for place, name in enumerate(names):
            column = self.mapped.names.index(name)
            self.horizontalHeader().moveSection(self.horizontalHeader().visualIndex(column), place)

    def _order_as_read(self) -> None:
        header = self.horizontalHeader()
        for column in range(header.count() if header.sectionsMoved() else 0):
            header.moveSection(header.visualIndex(column), column)

    def _order(self) -> list[int]:
        """The columns from left to right."""
        return [self.horizontalHeader().logicalIndex(place) for place in range(self.mapped.columnCount())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, unless they are too many for it."""
        selection = self.selectionModel().selection()
        if _cells(selection) > MOST_COPIED:
            self.refused.emit(f"{_cells(selection):,} cells are too many to copy; at most {MOST_COPIED:,} are.")
        elif selection.count():
            QGuiApplication.clipboard().setText(self.mapped.text_of(selection, self._order()))


def _cells(selection: QItemSelection) -> int:
    return sum(part.width() * part.height() for part in selection.toList())
