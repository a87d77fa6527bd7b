"""One batch as two tables: what the network is given, and what it is to answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from nnstudio.data.table import MappedTable
from nnstudio.gui.painting import aligned
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.session.tensors import encoded_number
from nnstudio.spec.facts import ShownExamples

TINT = Qt.ItemDataRole.UserRole
"""The role under which a cell says how strongly it is tinted: -1 to 1, or None."""


@dataclass(frozen=True, eq=False, slots=True)
class Batch:
    """The examples of one batch, mapped.

    Its columns stand in the order in which they are shown: the row, the inputs (numbers, or one picture), the target
    in words, what the loss gets, and for a classification a number for each class.
    """

    shown: ShownExamples
    table: MappedTable
    classes: tuple[str, ...]

    @property
    def rows(self) -> list[int]:
        """The number of each example's row in the source, from 0."""
        return [int(row) for row in self.table.arrow().column(0).to_pylist()]

    @property
    def has_pictures(self) -> bool:
        return not self.shown.features

    @property
    def inputs(self) -> range:
        return range(1, 1 + max(1, len(self.shown.features)))

    @property
    def words(self) -> int:
        """The column with the target in words."""
        return self.inputs.stop

    @property
    def answers(self) -> range:
        """The columns with what the loss gets."""
        return range(self.words + 1, len(self.table.names) - len(self.one_hot))

    @property
    def one_hot(self) -> range:
        """The columns with a number for each class."""
        count = len(self.table.names)
        room = count - self.words - 2
        return range(count - len(self.classes), count) if room >= len(self.classes) else range(count, count)

    def name(self, column: int) -> str:
        return str(self.table.names[column])

    def answer_title(self, column: int) -> str:
        """What stands over what the loss gets; of several targets the name of each."""
        return self.name(column).removeprefix("y: ") if len(self.answers) > 1 else "label"

    def value(self, row: int, column: int) -> Any:
        return self.table.arrow().column(column)[row].as_py()


class BatchModel(QAbstractTableModel):
    """Some columns of a batch; its row headers are the row numbers of the source."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.batch: Batch | None = None
        self._columns: Sequence[int] = ()
        self._titles: Sequence[str] = ()
        self._rows: Sequence[int] = ()
        self._strongest = 1.0

    def show_batch(self, batch: Batch | None, columns: Sequence[int], titles: Sequence[str], strongest: float) -> None:
        """Show other columns; ``strongest`` is the number that is tinted most."""
        self.beginResetModel()
        self.batch, self._columns, self._titles = batch, columns, titles
        self._rows = batch.rows if batch else ()
        self._strongest = strongest or 1.0
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.batch is None:
            return None
        value = self.batch.value(index.row(), self._columns[index.column()])
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(value)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{self._titles[index.column()]}: {_text(value, whole=True)}")
            case Qt.ItemDataRole.TextAlignmentRole:
                return aligned(not isinstance(value, str))
            case _ if role == TINT:
                return _strength(value, self._strongest)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return f"{self._rows[section] + 1:,}" if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._titles[section])
            case Qt.ItemDataRole.TextAlignmentRole:
                is_words = self.batch is not None and self._columns[section] == self.batch.words
                return aligned(not is_words)
        return None


def _text(value: object, *, whole: bool = False) -> str:
    if isinstance(value, float):
        return repr(value) if whole else encoded_number(value)
    return "" if value is None else str(value)


def _strength(value: object, strongest: float) -> float | None:
    if not isinstance(value, int | float) or not math.isfinite(strongest):
        return None
    return max(-1.0, min(1.0, value / strongest))
