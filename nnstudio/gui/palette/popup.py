"""The popup: type a word, choose with the arrow keys, press Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.board import Board
from nnstudio.gui.palette.matching import Entry, matching
from nnstudio.gui.theme import GRID, Theme

ENTRY = Qt.ItemDataRole.UserRole
SIZE = QSize(560, 420)
ROW_HEIGHT = 32
Align = Qt.AlignmentFlag


class EntryDelegate(QStyledItemDelegate):
    """Paints an action's menu muted before its title, and its shortcut at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._list = theme, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(25 * GRID, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
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


class CommandPalette(QFrame):
    """Lists the actions of a board and triggers the one that is chosen."""

    def __init__(self, board: Board, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self._board = board
        self._entries: Sequence[Entry] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search actions")
        self.search.setAccessibleName("Search actions")
        self.search.textChanged.connect(lambda _: self._list())
        self.search.installEventFilter(self)
        self.found = QListWidget()
        self.found.setAccessibleName("Actions")
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.setItemDelegate(EntryDelegate(theme, self.found))
        self.found.itemClicked.connect(self._pick)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.search)
        layout.addWidget(self.found)

    def open_over(self, window: QWidget) -> None:
        """Show every action below the upper edge of ``window``."""
        self._entries = entries_of(self._board)
        self.search.clear()
        self._list()
        self.resize(SIZE.boundedTo(window.size() - QSize(4 * GRID, 12 * GRID)))
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 10 * GRID)))
        self.show()
        self.search.setFocus()

    def _list(self) -> None:
        self.found.clear()
        for entry in matching(self._entries, self.search.text()):
            item = QListWidgetItem(entry.title)
            item.setData(ENTRY, entry)
            item.setToolTip(entry.help)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.menu}: {entry.title} {entry.shortcut}".strip())
            self.found.addItem(item)
        self.found.setCurrentRow(0)

    def _pick(self, item: QListWidgetItem | None) -> None:
        entry: Entry | None = item.data(ENTRY) if item else None
        if entry and entry.enabled:
            self.close()
            self._board.actions[entry.id].trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and self._take(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _take(self, key: int) -> bool:
        """What the keys do that are not for the search field."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
        if key in steps:
            last = self.found.count() - 1
            self.found.setCurrentRow(max(0, min(last, self.found.currentRow() + steps[Qt.Key(key)])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick(self.found.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True


def entries_of(board: Board) -> list[Entry]:
    """Every action that makes sense now, but the one that opens the palette."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        Entry(name, action.text(), row.menu, row.help, action.shortcut().toString(native), action.isEnabled())
        for name, row in board.rows.items()
        if (action := board.actions[name]).isVisible() and name != "palette"
    ]
