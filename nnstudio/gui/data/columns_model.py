"""The columns of the data as rows of a table: one `Entry` each, made from the project and from what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnstudio.gui.data.words import column_tip
from nnstudio.session.document import State
from nnstudio.spec.data import Column, Role
from nnstudio.spec.facts import ColumnProfile

Index = QModelIndex | QPersistentModelIndex


class Field(IntEnum):
    """What is shown of a column, from left to right."""

    USE = 0
    NAME = 1
    KIND = 2
    MISSING = 3
    SPREAD = 4


TITLES = {
    Field.USE: "",
    Field.NAME: "Column",
    Field.KIND: "Kind",
    Field.MISSING: "Missing",
    Field.SPREAD: "Values",
}
HELPS = {
    Field.USE: "Whether the network sees the column. Space switches it for all selected columns.",
    Field.KIND: "How the values are understood. Click to change it.",
    Field.MISSING: "Empty cells.",
    Field.SPREAD: "Numbers: how often which value occurs. Categories: the share of each value.",
}

ENTRY = Qt.ItemDataRole.UserRole
"""The role under which a cell gives the `Entry` of its row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One column as it is shown; ``profile`` is None while its values are unknown, ``present`` counts what is there."""

    column: Column
    profile: ColumnProfile | None = None
    present: int = 0

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_target(self) -> bool:
        return self.column.role is Role.TARGET

    @property
    def is_used(self) -> bool:
        return self.column.role is not Role.IGNORE

    @property
    def pill(self) -> str:
        """What the column is, in one word."""
        return "target" if self.is_target else str(self.column.kind)

    @property
    def missing(self) -> str:
        return f"{self.profile.missing:,}" if self.profile else ""


def entries_of(state: State) -> list[Entry]:
    """The columns of the project, each with its profile where the source has been read."""
    if state.project.data is None:
        return []
    if state.source is None or not state.source_is_current:
        return [Entry(column) for column in state.project.data.columns]
    profiles = {profile.name: profile for profile in state.source.columns}
    rows = state.source.rows
    return [_entry(column, profiles.get(column.name), rows) for column in state.project.data.columns]


def _entry(column: Column, profile: ColumnProfile | None, rows: int) -> Entry:
    return Entry(column, profile, rows - profile.missing if profile else 0)


class ColumnsModel(QAbstractTableModel):
    """Shows entries; it changes nothing itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def render(self, entries: list[Entry]) -> None:
        """Show other entries; the selection stays while the names do."""
        if [entry.name for entry in entries] != [entry.name for entry in self._entries]:
            self.beginResetModel()
            self._entries = entries
            self.endResetModel()
            return
        changed = [row for row, entry in enumerate(entries) if entry != self._entries[row]]
        self._entries = entries
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(Field) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature; never changed
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's signature; never changed
        return 0 if parent.isValid() else len(Field)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, field = self._entries[index.row()], Field(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(entry, field)
            case Qt.ItemDataRole.CheckStateRole if field is Field.USE and not entry.is_target:
                return Qt.CheckState.Checked if entry.is_used else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return column_tip(entry.column, entry.profile)
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(entry) if field is Field.NAME else _text(entry, field)
            case _ if role == ENTRY:
                return entry
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return TITLES[Field(section)]
            case Qt.ItemDataRole.ToolTipRole:
                return HELPS.get(Field(section))
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section == Field.MISSING else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _text(entry: Entry, field: Field) -> str:
    return {Field.NAME: entry.name, Field.KIND: entry.pill, Field.MISSING: entry.missing}.get(field, "")


def spoken(entry: Entry) -> str:
    """The column as a screen reader says it: ``island, category, used, 2 missing``."""
    use = "to be predicted" if entry.is_target else "used" if entry.is_used else "ignored"
    missing = f", {entry.profile.missing:,} missing" if entry.profile and entry.profile.missing else ""
    return f"{entry.name}, {entry.column.kind}, {use}{missing}"
