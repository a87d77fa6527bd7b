"""The popup: type a word, choose with the arrow keys, press Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from nnstudio.gui.actions.action import Action
from nnstudio.gui.actions.board import Board
from nnstudio.gui.palette.matching import Entry, matching
from nnstudio.gui.panel import ElidedLabel
from nnstudio.gui.search_popup import SearchPopup
from nnstudio.gui.tables.models import Index
from nnstudio.gui.theme import GRID, Theme, scaled

ENTRY = Qt.ItemDataRole.UserRole
SIZE = QSize(560, 420)
ROW_HEIGHT = 32
Align = Qt.AlignmentFlag


class EntryDelegate(QStyledItemDelegate):
    """Paints an action's menu muted before its title, and its shortcut at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._list = theme, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(25 * GRID, scaled(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY)
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        self._list.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, self._list)
        colours = self._theme.colours
        room: QRect = option.rect.adjusted(GRID, 0, -GRID, 0)
        font: QFont = option.font
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(colours.muted if entry.enabled else colours.faint))
        painter.drawText(room, Align.AlignRight | Align.AlignVCenter, entry.shortcut)
        menu = f"{entry.menu.replace('/', ' / ')}: "
        painter.drawText(room, Align.AlignLeft | Align.AlignVCenter, menu)
        painter.setPen(QColor(colours.text if entry.enabled else colours.faint))
        left = room.adjusted(QFontMetrics(font).horizontalAdvance(menu), 0, 0, 0)
        painter.drawText(left, Align.AlignLeft | Align.AlignVCenter, entry.title)
        painter.restore()


class CommandPalette(SearchPopup):
    """Lists the actions of a board and triggers the one that is chosen.

    Below the list stands what the chosen one does, or what it needs where it cannot be done now.
    """

    def __init__(self, board: Board, theme: Theme, parent: QWidget) -> None:
        self.found = QListWidget()
        super().__init__(self.found, "actions", "Search actions", parent)
        self._board = board
        self._entries: Sequence[Entry] = ()
        self.found.setAccessibleName("Actions")
        self.found.setItemDelegate(EntryDelegate(theme, self.found))
        self.said = ElidedLabel(role="small")
        self.found.currentItemChanged.connect(self._say)
        if layout := self.layout():
            layout.addWidget(self.said)

    def open_over(self, window: QWidget) -> None:
        """Show every action below the upper edge of ``window``."""
        self._entries = entries_of(self._board)
        size = (SIZE * scaled(100) / 100).boundedTo(window.size() - QSize(4 * GRID, 12 * GRID))
        self._open(size, window.mapToGlobal(QPoint((window.width() - size.width()) // 2, 10 * GRID)))

    def _list(self) -> None:
        self.found.clear()
        for entry in matching(self._entries, self.search.text()):
            item = QListWidgetItem(entry.title)
            item.setData(ENTRY, entry)
            item.setToolTip(f"{entry.help} {entry.needs}".strip())
            spoken = f"{entry.menu}: {entry.title} {entry.shortcut}".strip()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{spoken}. {entry.needs}" if entry.needs else spoken)
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    def _say(self, item: QListWidgetItem | None) -> None:
        entry: Entry | None = item.data(ENTRY) if item else None
        self.said.setText((entry.needs or entry.help) if entry else "")

    def _pick(self, index: QModelIndex) -> None:
        entry: Entry | None = index.data(ENTRY) if index.isValid() else None
        if entry and entry.enabled:
            self.close()
            self._board.actions[entry.id].trigger()


def entries_of(board: Board) -> list[Entry]:
    """Every action that makes sense now, but the one that opens the palette."""
    return [
        _entry(board, row, action)
        for name, row in board.rows.items()
        if (action := board.actions[name]).isVisible() and name != "palette"
    ]


def _entry(board: Board, row: Action, action: QAction) -> Entry:
    shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    needs = "" if action.isEnabled() else board.needs(row)
    return Entry(row.id, action.text(), row.menu, row.help, shortcut, action.isEnabled(), needs)
