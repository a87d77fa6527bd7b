"""Which pictures the gallery shows, in which lines, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from nnstudio.data.columns import Labels
from nnstudio.data.pictures.gallery import balanced_sample, random_sample, spread_sample
from nnstudio.data.pictures.image_set import CLASS, PATH
from nnstudio.data.table import MappedTable
from nnstudio.gui.panel import plain_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.spec.data import DataSpec
from nnstudio.spec.words import amount, counted

MOST_CLASSES = 60
MOST_PER_CLASS = 40
"""Pictures of a class that are drawn; as many as fit are shown."""
MOST_LOOSE = 120
"""Pictures that are drawn where there are no classes."""

ROW = Qt.ItemDataRole.UserRole
"""The role under which a cell gives the row of its picture in the table, or None."""
COUNT = Qt.ItemDataRole.UserRole + 1
"""The role under which the header of a line says how many pictures the class has."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """The drawn pictures of one class, by their rows in the table; of all where ``title`` is empty."""

    title: str
    count: int
    rows: tuple[int, ...]


def draw_lines(table: MappedTable, data: DataSpec, rows: Rows | None, seed: int) -> tuple[list[Line], int]:
    """A line for each class with pictures of it, or a single one; and how many classes there are.

    ``rows`` are those to draw from, None means all of them. Of values to predict, the whole range is drawn from.
    """
    target = data.target.name if data.target else CLASS
    if data.target and not data.task.is_classification:
        values = table.numbers(target).copy()
        values[~_among(rows, table.rows)] = np.nan
        return [_loose(spread_sample(values, MOST_LOOSE, seed))], 0
    lines, classes = _class_lines(table.labels(target), rows, seed) if target in table.names else ([], 0)
    return (lines, classes) if lines else ([_loose(_any(rows, table.rows, seed))], 0)


def _class_lines(labels: Labels, rows: Rows | None, seed: int) -> tuple[list[Line], int]:
    codes = np.where(_among(rows, len(labels.codes)), labels.codes, np.int32(-1))
    drawn = balanced_sample(codes, MOST_PER_CLASS, MOST_CLASSES, seed)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels.names))
    chosen = sorted(set(codes[drawn].tolist()), key=lambda code: _order(labels.names[code], labels.numeric))
    lines = [
        Line(labels.names[code], int(counts[code]), tuple(drawn[codes[drawn] == code].tolist())) for code in chosen
    ]
    return lines, int((counts > 0).sum())


def _order(name: str, numeric: bool) -> tuple[float, str]:
    return (float(name), "") if numeric else (0.0, name)


def _loose(rows: Rows) -> Line:
    return Line("", len(rows), tuple(rows.tolist()))


def _any(rows: Rows | None, count: int, seed: int) -> Rows:
    drawn = random_sample(count if rows is None else len(rows), MOST_LOOSE, seed)
    return drawn if rows is None else rows[drawn]


def _among(rows: Rows | None, count: int) -> NDArray[np.bool_]:
    """Which of ``count`` rows are to be drawn from."""
    among = np.full(count, rows is None)
    if rows is not None:
        among[rows] = True
    return among


class GalleryModel(QAbstractTableModel):
    """Pictures, as many side by side as there is room for: a line for each class, else all of them in a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: MappedTable | None = None
        self._label = ""
        self._is_value = False
        self._lines: list[Line] = []
        self._across = 1

    def show_lines(self, table: MappedTable | None, lines: Sequence[Line] = (), data: DataSpec | None = None) -> None:
        """Show other pictures; nothing where ``table`` is None."""
        self.beginResetModel()
        self.table, self._lines = table, list(lines)
        target = data.target if data else None
        self._label = target.name if target else CLASS
        self._is_value = bool(data and target and not data.task.is_classification)
        self.endResetModel()

    def fit(self, across: int) -> None:
        """Show as many pictures side by side."""
        if across != self._across and across > 0:
            self.beginResetModel()
            self._across = across
            self.endResetModel()

    @property
    def has_classes(self) -> bool:
        return bool(self._lines and self._lines[0].title)

    @property
    def has_captions(self) -> bool:
        """Whether a value stands below each picture."""
        return self._is_value

    @property
    def shown(self) -> list[int]:
        """The rows of all pictures, in the order in which they stand."""
        places = ((line, place) for line in range(self.rowCount()) for place in range(self.columnCount()))
        return [row for line, place in places if (row := self._row(line, place)) is not None]

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        if parent.isValid() or not self._lines:
            return 0
        return len(self._lines) if self.has_classes else -(-len(self._lines[0].rows) // self._across)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else self._across

    def _row(self, line: int, place: int) -> int | None:
        rows = self._lines[line].rows if self.has_classes else self._lines[0].rows[line * self._across :]
        return rows[place] if place < min(len(rows), self._across) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._row(index.row(), index.column())
        if row is None or self.table is None:
            return None
        match role:
            case _ if role == ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self.label_of(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{self.path_of(row)} — {self.label_of(row)}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_picture = self._row(index.row(), index.column()) is not None
        return super().flags(index) if is_picture else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal or not self.has_classes:
            return None
        line = self._lines[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{line.title}: {counted(line.count, 'picture')}")
            case _ if role == COUNT:
                return line.count
        return None

    def label_of(self, row: int) -> str:
        """The class or value of a picture; empty where it has none."""
        if self.table is None or self._label not in self.table.names:
            return ""
        text = self.table.cell(row, self._label)
        return amount(float(text)) if self._is_value and text else text

    def path_of(self, row: int) -> str:
        """Where the file of a picture lies below the folder."""
        return self.table.cell(row, PATH) if self.table and PATH in self.table.names else f"row {row + 1:,}"
