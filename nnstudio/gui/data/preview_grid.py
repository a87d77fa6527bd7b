"""The first rows of a file as they would be read, with the kind of each column under its name."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from nnstudio.gui.painting import aligned, paint_line, small
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.models import MISSING, NO_INDEX, Index
from nnstudio.gui.tables.quiet import RowTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import Preview

ROW = 24
HEADER = 40
NARROWEST, WIDEST = 56, 220
MEASURED_ROWS, MEASURED_COLUMNS = 20, 200
LONGEST = 300
"""Letters of a cell that are drawn; there may be megabytes."""
NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER})
KIND = Qt.ItemDataRole.UserRole


class PreviewModel(QAbstractTableModel):
    """The rows of a `Preview`, or nothing."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.preview: Preview | None = None

    def show_preview(self, preview: Preview | None) -> None:
        self.beginResetModel()
        self.preview = preview
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self.preview.rows) if self.preview and not parent.isValid() else 0

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return len(self.preview.columns) if self.preview and not parent.isValid() else 0

    def cell(self, row: int, column: int) -> str:
        """One cell as text; empty where it is missing."""
        cells = self.preview.rows[row] if self.preview else ()
        return cells[column] if column < len(cells) else ""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        text = self.cell(index.row(), index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text[:LONGEST] or MISSING
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(text[:LONGEST] or MISSING)
            case Qt.ItemDataRole.ForegroundRole:
                return None if text else QColor(self._theme.colours.muted)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return f"{section + 1:,}" if role == Qt.ItemDataRole.DisplayRole else None
        if self.preview is None:
            return None
        column = self.preview.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{column.name}: {column.kind.label}")
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(section)
            case _ if role == KIND:
                return column.kind.label
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        is_number = self.preview is not None and self.preview.columns[column].kind in NUMBERS
        return aligned(is_number)


class KindHeader(QHeaderView):
    """Names of columns, and below each in small its kind."""

    def __init__(self, theme: Theme, model: PreviewModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme, self._model = theme, model
        self.setHighlightSections(False)
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), scaled(HEADER))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        colours = self._theme.colours
        painter.save()
        painter.fillRect(rect, QColor(colours.surface))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(GRID // 2 + 2, 4, -GRID // 2 - 2, -4)
        upper, lower = QRect(inner), QRect(inner)
        upper.setHeight(inner.height() // 2)
        lower.setTop(upper.bottom() + 1)
        name = self._model.headerData(section, Qt.Orientation.Horizontal)
        kind = self._model.headerData(section, Qt.Orientation.Horizontal, KIND)
        self._line(painter, upper, section, str(name or ""), colours.text, bold=True)
        self._line(painter, lower, section, str(kind or ""), colours.muted, bold=False)
        painter.restore()

    def _line(self, painter: QPainter, room: QRect, section: int, text: str, colour: str, *, bold: bool) -> None:
        font = small(self.font())
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = self._model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        is_right = isinstance(side, Qt.AlignmentFlag) and bool(side & Qt.AlignmentFlag.AlignRight)
        paint_line(painter, QRectF(room), text, aligned(is_right), Qt.TextElideMode.ElideMiddle)


class PreviewGrid(RowTable):
    """A grid for the first rows; it is looked at only."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("First rows", theme, parent)
        self.rows = PreviewModel(theme, self)
        self.setModel(self.rows)
        self.setHorizontalHeader(KindHeader(theme, self.rows, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.horizontalHeader().setMinimumSectionSize(scaled(NARROWEST))
        self.set_row_height(ROW)

    def show_preview(self, preview: Preview | None) -> None:
        """Show other rows, from the first on."""
        self.rows.show_preview(preview)
        if preview:
            self._fit(preview)
            self.scrollToTop()

    def fit_text(self) -> None:
        super().fit_text()
        if self.rows.preview:
            self._fit(self.rows.preview)

    def _fit(self, preview: Preview) -> None:
        """Be as wide as names, kinds and the first cells need, within limits."""
        metrics = self.fontMetrics()
        rows = range(min(MEASURED_ROWS, len(preview.rows)))
        for column, meant in enumerate(preview.columns[:MEASURED_COLUMNS]):
            texts = [meant.name, meant.kind.label, *(self.rows.cell(row, column)[:60] for row in rows)]
            width = max(map(metrics.horizontalAdvance, texts)) + 3 * GRID
            self.setColumnWidth(column, min(max(width, scaled(NARROWEST)), scaled(WIDEST)))
