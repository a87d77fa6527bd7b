"""The confusion matrix: what is true down, what the network says across; a cell lists its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nnstudio.gui.exporting import Rows, WriteFile, export_menu
from nnstudio.gui.painting import between, tabular
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.colours import Colours
from nnstudio.spec.words import counted

SHARE = Qt.ItemDataRole.UserRole
"""The role under which a cell gives its share of the rows of its true class."""
DIAGONAL = Qt.ItemDataRole.UserRole + 1
"""The role under which a cell says whether its rows are right."""
NARROWEST, WIDEST = 44, 120
HEIGHT, LARGEST_HEIGHT = 28, 64
NAMES = 150
"""Pixels that names at the left may take."""
DEEPEST = 0.5
"""How much of the full colour a cell with all rows of its class has: digits can be read on it."""

Matrix = NDArray[np.int64]


class ConfusionModel(QAbstractTableModel):
    """A matrix ``(K, K)`` of rows by their true class and the class that was said."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.classes: Sequence[str] = ()
        self.matrix: Matrix = np.zeros((0, 0), np.int64)
        self.percent = False

    def show_matrix(self, classes: Sequence[str], matrix: Matrix) -> None:
        """Show another matrix; of the same classes only the cells change."""
        if tuple(classes) == tuple(self.classes):
            self.matrix = matrix
            self._tell()
            return
        self.beginResetModel()
        self.classes, self.matrix = tuple(classes), matrix
        self.endResetModel()

    def show_percent(self, on: bool) -> None:
        """Show the share of the true class instead of rows."""
        self.percent = on
        self._tell()

    def _tell(self) -> None:
        last = max(0, len(self.classes) - 1)
        self.dataChanged.emit(self.index(0, 0), self.index(last, last))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.classes)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.classes)

    def share(self, true: int, said: int) -> float:
        """The share of a class that is taken for another."""
        whole = int(self.matrix[true].sum())
        return float(self.matrix[true, said]) / whole if whole else 0.0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        true, said = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{100 * self.share(true, said):.1f}" if self.percent else f"{self.matrix[true, said]:,}"
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return plain_tip(self._words(true, said))
            case _ if role == SHARE:
                return self.share(true, said)
            case _ if role == DIAGONAL:
                return true == said
        return None

    def _words(self, true: int, said: int) -> str:
        rows, share = counted(int(self.matrix[true, said]), "row"), f"{100 * self.share(true, said):.1f} %"
        if true == said:
            return f"{rows} of “{self.classes[true]}” recognised, {share} of them."
        return f"{rows} of “{self.classes[true]}” taken for “{self.classes[said]}”, {share} of them."

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name = self.classes[section]
        down = orientation is Qt.Orientation.Vertical
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name
            case Qt.ItemDataRole.ToolTipRole:
                rows = int((self.matrix[section] if down else self.matrix[:, section]).sum())
                return plain_tip(f"{name}: {counted(rows, 'row')} {'are it' if down else 'were taken for it'}.")
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if down else Qt.AlignmentFlag.AlignHCenter
                return side | Qt.AlignmentFlag.AlignVCenter
        return None


def heat(colours: Colours, share: float, right: bool) -> QColor:
    """The ground of a cell.

    Mistakes are tinted by the root of their share: a few among many would not be seen.
    """
    full, depth = (colours.accent, share) if right else (colours.bad, math.sqrt(share))
    return between(colours.surface, full, DEEPEST * depth)


class HeatDelegate(QStyledItemDelegate):
    """Paints a cell by its share of the true class: right ones in the accent, wrong ones in the colour of errors."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, area = self._theme.colours, QRectF(option.rect)
        ground = heat(colours, cast(float, index.data(SHARE)), bool(index.data(DIAGONAL)))
        text = str(index.data())
        painter.save()
        painter.fillRect(area.adjusted(0.5, 0.5, -0.5, -0.5), ground)
        painter.setFont(tabular(painter.font()))
        painter.setPen(QColor(colours.muted if text in ("0", "0.0") else colours.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
        if option.state & (QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected):
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(area.adjusted(1, 1, -1.5, -1.5))
        painter.restore()


class ConfusionTable(QuietTable):
    """Shows a `ConfusionModel`: cells as large as there is room for, and scroll bars where there is none.

    Signals
    -------
    chosen(int, int)
        The rows of a true class that the network takes for another are to be listed.
    """

    chosen = Signal(int, int)

    def __init__(self, theme: Theme, write_file: WriteFile, parent: QWidget | None = None) -> None:
        super().__init__("Confusion matrix", theme, parent)
        self.confusion = ConfusionModel(self)
        self._write_file = write_file
        self.setModel(self.confusion)
        self.setItemDelegate(HeatDelegate(theme, self))
        self.setHorizontalHeader(QuietHeader(theme, self.confusion, 3, self))
        self.horizontalHeader().setMinimumSectionSize(scaled(NARROWEST))
        names = self.verticalHeader()
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for header in (self.horizontalHeader(), names):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
        names.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    def show_matrix(self, classes: Sequence[str], matrix: Matrix) -> None:
        """Show another matrix."""
        self.confusion.show_matrix(classes, matrix)
        self._fit()

    def show_percent(self, on: bool) -> None:
        self.confusion.show_percent(on)

    def _fit(self) -> None:
        """Be as large as there is room for, within limits."""
        count = len(self.confusion.classes)
        if not count:
            return
        metrics = self.fontMetrics()
        names = max(map(metrics.horizontalAdvance, self.confusion.classes)) + 3 * GRID
        self.verticalHeader().setFixedWidth(min(names, scaled(NAMES)))
        digits = metrics.horizontalAdvance(f"{max(1_000, int(self.confusion.matrix.max())):,}") + 2 * GRID
        room = self.width() - self.verticalHeader().width() - 2 * GRID
        height = self.height() - self.horizontalHeader().height() - 2 * GRID
        widest = min(scaled(WIDEST), room // count)
        self.horizontalHeader().setDefaultSectionSize(max(digits, scaled(NARROWEST), widest))
        self.verticalHeader().setDefaultSectionSize(max(scaled(HEIGHT), min(scaled(LARGEST_HEIGHT), height // count)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def fit_text(self) -> None:
        super().fit_text()
        self._fit()

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row(), index.column())

    # exporting

    def drawn(self) -> QWidget:
        return self

    def export_title(self) -> str:
        return "Confusion matrix"

    def figures(self) -> Rows:
        """The rows of each true class by the class that was said."""
        yield ["true \\ predicted", *self.confusion.classes]
        for name, row in zip(self.confusion.classes, self.confusion.matrix.tolist(), strict=True):
            yield [name, *row]

    def _menu(self, place: QPoint) -> None:
        export_menu(self, self, self._write_file).popup(self.viewport().mapToGlobal(place))
