"""The lines of the mapping table as a model for Qt: every tensor of the file against every tensor of the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from nnstudio.gui.panel import literal_tip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.spec.layers import Shape
from nnstudio.spec.layers.base import size
from nnstudio.spec.mapping import Line, Match

LINE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """The columns of the table."""

    SOURCE = 0
    PLACE = 1
    STATE = 2


TITLES = {Column.SOURCE: "In the file", Column.PLACE: "In the network", Column.STATE: "State"}
STORY = {
    Match.MATCHED: "The network starts with these numbers.",
    Match.SHAPE: "The shapes differ, so that the network’s tensor starts fresh.",
    Match.MISSING: "The file has nothing for it: it starts fresh.",
    Match.EXTRA: "The network has no place for it: it is not used.",
}


class LinesModel(QAbstractTableModel):
    """Shows the lines that it is given; ``types`` are the dtypes of each file, ``titles`` the names of the rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[Line] = ()
        self._types: Sequence[Mapping[str, str]] = ()
        self._titles: Mapping[str, str] = {}

    def render(self, lines: Sequence[Line], types: Sequence[Mapping[str, str]], titles: Mapping[str, str]) -> None:
        """Show these lines."""
        self.beginResetModel()
        self.lines, self._types, self._titles = lines, types, titles
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        line, column = self.lines[index.row()], Column(index.column())
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(line, column)[0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, self.words(line, column)))
        return None

    def words(self, line: Line, column: Column) -> tuple[str, str]:
        """The two lines of a cell: what it is, and more about it."""
        match column:
            case Column.SOURCE:
                return (line.source, self._facts(line)) if line.source else ("–", "not in the file")
            case Column.PLACE:
                if line.place is None:
                    return "–", "not in the network"
                title = self._titles.get(line.place.row, "")
                return line.place.name, f"{_size(line.place.shape)} · {title}" if title else _size(line.place.shape)
            case Column.STATE:
                return line.match, "by hand" if line.by_hand else ""

    def _facts(self, line: Line) -> str:
        kind = self._types[line.file].get(line.source, "") if 0 <= line.file < len(self._types) else ""
        facts = f"{_size(line.source_shape)} · {kind}" if kind else _size(line.source_shape)
        return f"{facts} · file {line.file + 1}" if len(self._types) > 1 else facts

    def _tooltip(self, line: Line) -> str:
        told = [self.words(line, column) for column in (Column.SOURCE, Column.PLACE)]
        shown = "\n".join(
            f"{TITLES[column]}: {what}, {more}" for column, (what, more) in zip(Column, told, strict=False)
        )
        hand = " Paired by hand." if line.by_hand else ""
        return literal_tip(f"{shown}\n{STORY[line.match]}{hand}")


def _size(shape: Shape) -> str:
    return size(shape) if shape else "1 number"
