"""The rows of a window as a small table that can be typed into."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from nnstudio.gui.panel import literal_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.asking import Asked, Cells, cell_words, read_cell
from nnstudio.spec.inputs import Input


class StepsModel(QAbstractTableModel):
    """The cells of an example, a line for each of its rows.

    Signals
    -------
    entered(int, int, object)
        The row and the input whose cell the user typed anew, and the `Cell`.
    """

    entered = Signal(int, int, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._inputs: tuple[Input, ...] = ()
        self._cells: Cells = ()

    def show_asked(self, asked: Asked) -> None:
        """Show the cells of an example."""
        if asked.form.inputs != self._inputs or len(asked.cells) != len(self._cells):
            self.beginResetModel()
            self._inputs, self._cells = asked.form.inputs, asked.cells
            self.endResetModel()
        elif asked.cells != self._cells:
            self._cells = asked.cells
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._cells) - 1, len(self._inputs) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._inputs)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation is Qt.Orientation.Horizontal:
            name = self._inputs[section].name
            return literal_tip(name) if role == Qt.ItemDataRole.ToolTipRole else name
        back = len(self._cells) - 1 - section
        return "now" if not back else f"−{back}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        cell = self._cells[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell_words(cell)
            case Qt.ItemDataRole.EditRole:
                return "" if cell is None else str(cell) if isinstance(cell, str) else f"{cell:.12g}"
            case Qt.ItemDataRole.TextAlignmentRole if not isinstance(cell, str):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed, unless it means nothing for that input."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        cell = read_cell(self._inputs[index.column()], str(value))
        if isinstance(cell, ValueError):
            return False
        self.entered.emit(index.row(), index.column(), cell)
        return True


class StepsTable(QTableView):
    """Shows the rows of a window.

    Signals
    -------
    entered(int, int, object)
        As of `StepsModel`.
    visited(int, int)
        The keyboard came to the cell of that row and input.
    """

    entered = Signal(int, int, object)
    visited = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepsModel(self)
        self.setModel(self.steps)
        self.setAccessibleName("Rows of the window")
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setMinimumSectionSize(6 * GRID)
        self.verticalHeader().setDefaultSectionSize(scaled(3 * GRID + 2))
        self.steps.entered.connect(self.entered)
        self.selectionModel().currentChanged.connect(lambda index, _: self.visited.emit(index.row(), index.column()))
