"""A mapped table as Qt's views ask for it: cell by cell, only what is on the screen, nothing copied."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QItemSelection, QObject, Qt

from nnstudio.data.columns import is_number
from nnstudio.data.table import MappedTable, Pixels
from nnstudio.gui.painting import aligned
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.header import MARKED
from nnstudio.gui.tables.models import MISSING, NO_INDEX, Index
from nnstudio.spec.predicted import CHANCE

MOST_ROWS = 50_000_000
"""Rows that Qt's views can still measure in pixels."""
LONGEST_NUMBER = 9
"""Digits, sign and point; a decimal number with more is shown shorter, and whole in the tooltip and when copied."""

LOOK = Qt.ItemDataRole.UserRole
"""The role under which a cell gives its `CellLook`."""


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell is painted."""

    is_missing: bool = False
    is_number: bool = False
    is_picture: bool = False
    is_marked: bool = False


class MappedModel(QAbstractTableModel):
    """The rows of a `MappedTable`, or nothing. ``marked`` columns (the target, the predictions) stand out."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: MappedTable | None = None
        self.names: Sequence[str] = ()
        self._numbers: tuple[bool, ...] = ()
        self._pictures: tuple[bool, ...] = ()
        self._marked: frozenset[str] = frozenset()
        self._rows: NDArray[np.int64] | None = None

    def show_table(self, table: MappedTable | None, marked: frozenset[str] = frozenset()) -> None:
        """Show another table; the one before is let go."""
        self.beginResetModel()
        before, self.table, self._marked, self._rows = self.table, table, marked, None
        self.names = table.names if table else ()
        columns = [table.column(name) for name in self.names] if table else []
        self._numbers = tuple(is_number(column) for column in columns)
        self._pictures = tuple(hasattr(column.type, "shape") for column in columns)
        self.endResetModel()
        if before and before is not table:
            before.close()

    def show_rows(self, rows: NDArray[np.int64] | None) -> None:
        """Show only some rows of the table, int64 ``(shown,)``; None shows all of them."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_of(self, place: int) -> int:
        """The row of the table that stands at ``place``."""
        return place if self._rows is None else int(self._rows[place])

    def mark(self, names: frozenset[str]) -> None:
        """Let other columns stand out."""
        if names != self._marked:
            self._marked = names
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.names) - 1))

    @property
    def has_pictures(self) -> bool:
        return any(self._pictures)

    def image(self, row: int, column: int) -> Pixels | None:
        """The pixels of a picture ``(height, width, channels)``, or None where the cell holds none."""
        return self.table.image(self.row_of(row), self.names[column]) if self.table and self._pictures[column] else None

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        if self.table is None or parent.isValid():
            return 0
        return min(self.table.rows if self._rows is None else len(self._rows), MOST_ROWS)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.table is None:
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.shown(row, column) or MISSING
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._cell(row, column) or MISSING)
            case _ if role == LOOK:
                marked = self.names[column] in self._marked
                missing = not self._cell(row, column)
                return CellLook(missing, self._numbers[column], self._pictures[column], marked)
        return None

    def _cell(self, row: int, column: int) -> str:
        return self.table.cell(self.row_of(row), column) if self.table else ""

    def shown(self, row: int, column: int) -> str:
        """A cell as it is painted: probabilities with four decimals, others with seven digits; empty where missing."""
        text, name = self._cell(row, column), self.names[column]
        if text and name in self._marked and name.startswith(CHANCE):
            return f"{float(text):.4f}"
        is_long = self._numbers[column] and len(text) > LONGEST_NUMBER and "." in text
        return f"{float(text):.7g}" if is_long else text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return f"{self.row_of(section) + 1:,}" if role == Qt.ItemDataRole.DisplayRole else None
        name = self.names[section]
        match role:
            case _ if role == MARKED:
                return name in self._marked
            case Qt.ItemDataRole.DisplayRole:
                return name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(name)
            case Qt.ItemDataRole.TextAlignmentRole:
                return aligned(self._numbers[section])
        return None

    def text_of(self, selection: QItemSelection, order: Sequence[int]) -> str:
        """The selected cells as tab-separated lines, as spreadsheets take them; missing cells are empty.

        ``order`` gives the columns from left to right.
        """
        if self.table is None:
            return ""
        rows: dict[int, set[int]] = {}
        for part in selection.toList():
            for row in range(part.top(), part.bottom() + 1):
                rows.setdefault(row, set()).update(range(part.left(), part.right() + 1))
        used = set().union(*rows.values())
        columns = [column for column in order if column in used]
        text = io.StringIO()
        lines = csv.writer(text, delimiter="\t", lineterminator="\n")
        for row in sorted(rows):
            lines.writerow([self._cell(row, column) if column in rows[row] else "" for column in columns])
        return text.getvalue()
