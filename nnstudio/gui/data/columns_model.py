"""The columns of the data as rows of a table: one `Entry` each, made from the project and from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from nnstudio.gui.data.column_words import ROLE_WORDS, column_tip
from nnstudio.gui.painting import aligned
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.session.document import State
from nnstudio.session.finding import Finding
from nnstudio.spec.columns import Column, Role
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.tasks import Task


class Field(IntEnum):
    """What is shown of a column, from left to right."""

    USE = 0
    NAME = 1
    KIND = 2
    MISSING = 3
    SPREAD = 4
    MORE = 5


TITLES = {
    Field.USE: "",
    Field.NAME: "Column",
    Field.KIND: "Kind",
    Field.MISSING: "Missing",
    Field.SPREAD: "Values",
    Field.MORE: "",
}
HELPS = {
    Field.USE: "Whether the network sees the column. Space switches it for all selected columns.",
    Field.KIND: "How the values are understood. Click to change it.",
    Field.MISSING: "Empty cells.",
    Field.SPREAD: "Numbers: how often which value occurs. Categories: the share of each value.",
}

ENTRY = Qt.ItemDataRole.UserRole
"""The role under which a cell gives the `Entry` of its row."""


ROLE_PILLS = {Role.TARGET: "target", Role.GROUP: "group", Role.WEIGHT: "weight"}
"""What stands in the place of the kind where a column is not simply seen or ignored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One column as it is shown; ``profile`` is None while its values are unknown, ``present`` counts what is there.

    ``warnings`` are the sentences that the user should read about it; ``is_bad`` says that one of them stops training.
    """

    column: Column
    profile: ColumnProfile | None = None
    present: int = 0
    warnings: tuple[str, ...] = ()
    is_bad: bool = False

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def role(self) -> Role:
        return self.column.role

    @property
    def is_target(self) -> bool:
        return self.role is Role.TARGET

    @property
    def is_used(self) -> bool:
        return self.role is not Role.IGNORE

    @property
    def is_switch(self) -> bool:
        """Whether it is simply seen by the network or not, which is one click."""
        return self.role in (Role.FEATURE, Role.IGNORE)

    @property
    def pill(self) -> str:
        """What the column is, in a word or two."""
        return ROLE_PILLS.get(self.role, self.column.kind.label)

    @property
    def missing(self) -> str:
        return f"{self.profile.missing:,}" if self.profile else ""


def entries_of(state: State, findings: Sequence[Finding] = ()) -> list[Entry]:
    """The columns of the project, each with its profile where the source has been read, and with what is amiss."""
    data = state.project.data
    if data is None:
        return []
    profiles: dict[str, ColumnProfile] = {}
    if state.source and state.source_is_current:
        profiles = {profile.name: profile for profile in state.source.columns}
    warnings: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.is_note:
            continue  # nothing needs to be done about it
        warnings.setdefault(finding.column, []).append(finding)
    rows = state.source.rows if state.source else 0
    return [
        _entry(shown_column(column, data.task), profiles.get(column.name), rows, warnings.get(column.name, ()))
        for column in data.columns
    ]


def shown_column(column: Column, task: Task) -> Column:
    """The column as it counts: where the input itself is the target, no column is."""
    if task is Task.RECONSTRUCTION and column.role is Role.TARGET:
        return replace(column, role=Role.IGNORE)
    return column


def _entry(column: Column, profile: ColumnProfile | None, rows: int, findings: Sequence[Finding]) -> Entry:
    present = rows - profile.missing if profile else 0
    if not findings:
        return Entry(column, profile, present)
    return Entry(
        column,
        profile,
        present,
        tuple(finding.problem.what for finding in findings),
        any(finding.blocks for finding in findings),
    )


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

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Field)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, field = self._entries[index.row()], Field(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(entry, field)
            case Qt.ItemDataRole.CheckStateRole if field is Field.USE and entry.is_switch:
                return Qt.CheckState.Checked if entry.is_used else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return column_tip(entry.column, entry.profile, entry.warnings)
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
                return aligned(section == Field.MISSING)
        return None


def _text(entry: Entry, field: Field) -> str:
    return {Field.NAME: entry.name, Field.KIND: entry.pill, Field.MISSING: entry.missing}.get(field, "")


def spoken(entry: Entry) -> str:
    """The column as a screen reader says it: ``island, category, used, 2 missing``."""
    missing = f", {entry.profile.missing:,} missing" if entry.profile and entry.profile.missing else ""
    warnings = "".join(f", warning: {sentence}" for sentence in entry.warnings)
    return f"{entry.name}, {entry.column.kind.label}, {ROLE_WORDS[entry.role]}{missing}{warnings}"
