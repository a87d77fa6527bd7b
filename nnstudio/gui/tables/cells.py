"""A small table of names and figures that can be sorted and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QObject, QPoint, QSortFilterProxyModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.gui.exporting import Rows, WriteFile, export_menu
from nnstudio.gui.painting import aligned
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled

SORT = Qt.ItemDataRole.UserRole
"""The role under which a cell gives what it is sorted by."""
LINE = 28
WIDEST = 32 * GRID


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, what it is sorted and exported as, and what more there is to say."""

    text: str
    value: float | str | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """The title of a column, and what it means."""

    title: str
    help: str = ""


class CellModel(QAbstractTableModel):
    """Rows of cells; the first column names, the others count."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = ()
        self.cells: Sequence[Sequence[Cell]] = ()

    def show_cells(self, columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> None:
        """Show these and nothing else."""
        self.beginResetModel()
        self.columns, self.cells = columns, cells
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.cells[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip("\n".join(part for part in (cell.text, cell.tip) if part))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(index.column())
            case _ if role == SORT:
                return cell.text if cell.value is None else cell.value
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.columns[section].help or self.columns[section].title)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._side(section)
        return None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return aligned(column > 0)


class CellTable(QuietTable):
    """Shows a `CellModel`; a click on a title sorts, the context menu exports."""

    def __init__(
        self, theme: Theme, name: str, write_file: WriteFile, parent: QWidget | None = None, *, widest: int = WIDEST
    ) -> None:
        super().__init__(name, theme, parent)
        self._name, self._write_file, self._widest = name, write_file, widest
        self._first = 0
        self.content = CellModel(self)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.content)
        self.sorted.setSortRole(SORT)
        self.setModel(self.sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QuietTable.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.set_row_height(LINE)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    def show_cells(self, columns: Sequence[Column], cells: Sequence[Sequence[Cell]]) -> None:
        """Show these and nothing else, in their order."""
        self.content.show_cells(columns, cells)
        self.fit_text()

    def fit_text(self) -> None:
        super().fit_text()
        header = self.horizontalHeader()
        self.resizeColumnsToContents()
        for place in range(header.count()):
            header.resizeSection(place, min(scaled(self._widest), header.sectionSize(place) + GRID))
        self._first = header.sectionSize(0) if header.count() else 0
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Give the first column what the others leave, but never less than its words need."""
        header = self.horizontalHeader()
        if header.count():
            others = header.length() - header.sectionSize(0)
            header.resizeSection(0, max(self._first, self.viewport().width() - others))

    # exporting

    def drawn(self) -> QWidget:
        return self

    def export_title(self) -> str:
        return self._name

    def figures(self) -> Rows:
        """The cells by what they are sorted as, exact figures among them."""
        yield [column.title for column in self.content.columns]
        for row in self.content.cells:
            yield [cell.text if cell.value is None else cell.value for cell in row]

    def _menu(self, place: QPoint) -> None:
        export_menu(self, self, self._write_file).popup(self.viewport().mapToGlobal(place))
