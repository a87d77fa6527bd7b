"""How a batch is looked at: tinted numbers, or pictures with their labels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.gui.painting import between, paint_line, tabular
from nnstudio.gui.pixels import image_of
from nnstudio.gui.results.batch_model import TINT, Batch, BatchModel
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.models import Index
from nnstudio.gui.tables.quiet import RowTable
from nnstudio.gui.theme import GRID, Theme, scaled

ROW = 24
NARROWEST, WIDEST = 52, 116
MEASURED_ROWS, MEASURED_COLUMNS = 20, 200
STRONGEST = 0.42
"""Share of the colour in the ground of the strongest number; words stay readable on it."""
PICTURE = 72
MOST_PICTURES = 512


class TintDelegate(QStyledItemDelegate):
    """Paints a number on a ground that says how large it is: blue above zero, orange below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, strength = self._theme.colours, index.data(TINT)
        area = QRectF(option.rect)
        painter.save()
        painter.fillRect(area, QColor(colours.surface))
        if strength:
            colour = colours.accent if strength > 0 else colours.validation
            ground = between(colours.surface, colour, STRONGEST * abs(strength))
            painter.fillRect(area.adjusted(0.5, 0.5, -0.5, -0.5), ground)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.selection))
        painter.setFont(tabular(option.font))
        painter.setPen(QColor(colours.text))
        inner = area.adjusted(6, 0, -6, 0)
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        paint_line(painter, inner, str(index.data()), side)
        painter.restore()


class BatchGrid(RowTable):
    """Some columns of a batch as numbers."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self.cells = BatchModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(TintDelegate(theme, self))
        self.setHorizontalHeader(QuietHeader(theme, self.cells, 6, self))
        self.horizontalHeader().setMinimumSectionSize(scaled(NARROWEST))
        self._titles: Sequence[str] = ()
        self.set_row_height(ROW)

    def show_columns(
        self, batch: Batch | None, columns: Sequence[int], titles: Sequence[str], strongest: float
    ) -> None:
        """Show these columns of a batch."""
        before = self.horizontalScrollBar().value()
        self.cells.show_batch(batch, columns, titles, strongest)
        self._titles = titles
        self._fit(titles)
        self.horizontalScrollBar().setValue(before)

    def fit_text(self) -> None:
        super().fit_text()
        self._fit(self._titles)

    def _fit(self, titles: Sequence[str]) -> None:
        measure = self.fontMetrics().horizontalAdvance
        rows = range(min(MEASURED_ROWS, self.cells.rowCount()))
        for column, title in enumerate(titles[:MEASURED_COLUMNS]):
            texts = [title, *(str(self.cells.index(row, column).data()) for row in rows)]
            width = max(map(measure, texts)) + 2 * GRID
            self.setColumnWidth(column, min(max(width, scaled(NARROWEST)), scaled(WIDEST)))


class BatchPictures(QListWidget):
    """The pictures of a batch, each with its label and its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pictures of the batch")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setGridSize(QSize(PICTURE + 3 * GRID, PICTURE + 4 * GRID))

    def show_batch(self, batch: Batch) -> None:
        """Show the pictures of a batch, as they were read."""
        self.clear()
        for place, row in enumerate(batch.rows[:MOST_PICTURES]):
            label = str(batch.value(place, batch.words) or "")
            item = QListWidgetItem(QIcon(_enlarged(batch, place)), label)
            item.setToolTip(f"<qt>Row {row + 1:,}</qt>")
            self.addItem(item)


def _enlarged(batch: Batch, place: int) -> QPixmap:
    """A picture at the size that it is shown with; small ones keep their pixels."""
    image = image_of(batch.table.image(place, batch.name(batch.inputs.start)))
    is_small = max(image.width(), image.height()) <= PICTURE // 2
    mode = Qt.TransformationMode.FastTransformation if is_small else Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(image).scaled(PICTURE, PICTURE, Qt.AspectRatioMode.KeepAspectRatio, mode)
