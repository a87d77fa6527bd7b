"""The rows of the stack as Qt's views ask for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, Qt, Signal

from nnstudio.gui.network.differences import Change, Inserted, Moved, Removed, differences, ranges
from nnstudio.gui.network.gaps import gap_paths
from nnstudio.gui.network.items import Item, tooltip
from nnstudio.gui.tables.models import NO_INDEX, Index
from nnstudio.spec.model import Path

ROWS_FORMAT = "application/x-nnstudio-rows"
"""What a drag carries: a JSON list of the ids of rows."""

ITEM = Qt.ItemDataRole.UserRole
Role = Qt.ItemDataRole

_TEXTS: dict[int, Callable[[Item], str]] = {
    Role.DisplayRole: lambda item: item.title,
    Role.EditRole: lambda item: item.row.name,
    Role.ToolTipRole: tooltip,
    Role.AccessibleTextRole: lambda item: item.accessible_text,
    Role.AccessibleDescriptionRole: lambda item: item.advice or type(item.row.kind).explanation(),
}
_ROW_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEditable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_HEADING_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class StackModel(QAbstractListModel):
    """Shows items; what a view wants to change is announced, never done here.

    Signals
    -------
    move_asked(row_ids, path)
        Rows were dropped in front of what is at ``path`` now.
    rename_asked(row_id, name)
        A name was typed into a row.
    """

    move_asked = Signal(list, tuple)
    rename_asked = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[Item] = []

    # rendering

    def render(self, items: Sequence[Item]) -> list[str]:
        """Show ``items``, telling the views of what changed only; gives the ids of the rows that are new."""
        old, new = [item.id for item in self.items], [item.id for item in items]
        if old != new:
            for change in tuple(differences(old, new)):
                self._restructure(change, items)
        changed = [
            index
            for index, item in enumerate(items)
            if item is not (old_item := self.items[index]) and item != old_item
        ]
        self.items = list(items)
        for first, last in ranges(changed):
            self.dataChanged.emit(self.index(first), self.index(last))
        known = set(old)
        return [row_id for row_id in new if row_id not in known]

    def _restructure(self, change: Change, items: Sequence[Item]) -> None:
        match change:
            case Removed(first, last):
                self.beginRemoveRows(NO_INDEX, first, last)
                del self.items[first : last + 1]
                self.endRemoveRows()
            case Inserted(first, last):
                self.beginInsertRows(NO_INDEX, first, last)
                self.items[first:first] = items[first : last + 1]
                self.endInsertRows()
            case Moved(first, last, to):
                self.beginMoveRows(NO_INDEX, first, last, NO_INDEX, to)
                block = self.items[first : last + 1]
                del self.items[first : last + 1]
                place = to if to < first else to - len(block)
                self.items[place:place] = block
                self.endMoveRows()

    # reading

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == ITEM:
            return item
        return _TEXTS[role](item) if role in _TEXTS else None

    def index_of(self, item_id: str) -> QModelIndex:
        """Where a row or a heading is; an invalid index when it is not there."""
        places = (place for place, item in enumerate(self.items) if item.id == item_id)
        return self.index(next(places, -1))

    # editing and dragging

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return _HEADING_FLAGS if self.items[index.row()].is_heading else _ROW_FLAGS

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if role != Role.EditRole or not index.isValid():
            return False
        self.rename_asked.emit(self.items[index.row()].row.id, str(value))
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [ROWS_FORMAT]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        places = sorted(index.row() for index in indexes)
        carried = QMimeData()
        rows = [self.items[place].row.id for place in places if not self.items[place].is_heading]
        carried.setData(ROWS_FORMAT, json.dumps(rows).encode())
        return carried

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Ask for the move of rows of this stack; anything else, also rows of another window, is refused."""
        del column, parent
        return self.drop(data, action, gap_paths(self.items, len(self.items) if row < 0 else row)[-1])

    def drop(self, data: QMimeData, action: Qt.DropAction, path: Path) -> bool:
        """Ask for the move of rows in front of what is at ``path``; False where that cannot be."""
        known = {item.row.id for item in self.items}
        row_ids = _carried(data)
        if action != Qt.DropAction.MoveAction or not row_ids or not known.issuperset(row_ids):
            return False
        self.move_asked.emit(row_ids, path)
        return True


def _carried(data: QMimeData) -> list[str]:
    if not data.hasFormat(ROWS_FORMAT):
        return []
    try:
        found = json.loads(bytes(data.data(ROWS_FORMAT).data()))
    except ValueError:
        return []
    return [row_id for row_id in found if isinstance(row_id, str)] if isinstance(found, list) else []
