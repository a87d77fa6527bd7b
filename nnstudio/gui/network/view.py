"""The list of layers: choosing, dragging and locking rows with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from nnstudio.gui.network.delegate import DEEPEST_SHOWN, GAP, INDENT, ROW_HEIGHT, StackDelegate, height_of
from nnstudio.gui.network.drag import CHIP_HOT_SPOT, chip
from nnstudio.gui.network.gaps import gap_paths
from nnstudio.gui.network.items import Item
from nnstudio.gui.network.model import ROWS_FORMAT, StackModel
from nnstudio.gui.theme import Theme
from nnstudio.spec.model import Model, Path, paths

Select = QItemSelectionModel.SelectionFlag
FOLD = "\0fold"
"""Behind the id of a row stands for its triangle."""
HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
CLIPBOARD_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Paste)

SCROLL_BAR = 10
"""Pixels that a scroll bar takes; kept free where there is none."""


@dataclass(frozen=True, slots=True)
class Drop:
    """In front of which item something dropped comes to stand, and the path that it gets there."""

    gap: int
    path: Path


class StackView(QListView):
    """Shows a `StackModel`; the selection lives here and survives every edit.

    Signals
    -------
    chosen_changed()
        Other rows are selected, or another one is the current one.
    lock_clicked(row_id)
        The lock of a row was clicked.
    folds_changed()
        A block was folded or unfolded: other rows are to be shown.
    """

    chosen_changed = Signal()
    lock_clicked = Signal(str)
    folds_changed = Signal()

    def __init__(self, model: StackModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._stack = theme, model
        self._delegate = StackDelegate(theme, self)
        self._drop: Drop | None = None
        self._pressed_sign = ""
        self.folded: set[str] = set()
        self._set_up()
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        self.selectionModel().currentChanged.connect(lambda *_: self.chosen_changed.emit())
        theme.changed.connect(self._repaint)  # a method, so that the connection ends with the view

    def _set_up(self) -> None:
        self.setObjectName("stack")
        self.setAccessibleName("Layers")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)  # the line that is painted here says it better
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT // 2)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self._keep_width(0, 0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    # what is chosen

    @property
    def chosen_items(self) -> list[Item]:
        """The selected rows, in the order of the stack."""
        return [self._stack.items[place] for place in sorted(index.row() for index in self.selectedIndexes())]

    @property
    def chosen(self) -> list[str]:
        """The ids of the selected rows and headings, in the order of the stack."""
        return [item.id for item in self.chosen_items]

    @property
    def chosen_rows(self) -> list[str]:
        """The ids of the selected rows alone."""
        return [item.id for item in self.chosen_items if not item.is_heading]

    @property
    def current(self) -> Item | None:
        """The row whose settings are shown."""
        index = self.currentIndex()
        return self._stack.items[index.row()] if index.isValid() and self.selectedIndexes() else None

    def choose(self, row_ids: Sequence[str]) -> None:
        """Select these rows and headings and none else; the last one becomes the current one."""
        selection = QItemSelection()
        indexes = [index for row_id in row_ids if (index := self._stack.index_of(row_id)).isValid()]
        for index in indexes:
            selection.select(index, index)
        self.selectionModel().select(selection, Select.ClearAndSelect)
        if indexes:
            self.selectionModel().setCurrentIndex(indexes[-1], Select.NoUpdate)
            self.scrollTo(indexes[-1])

    def render_items(self, items: Sequence[Item], unfolded: bool = False) -> None:
        """Show ``items``; rows that came are selected, and where the selected ones went, a neighbour is.

        Rows that are only ``unfolded`` are not new.
        """
        place = self.currentIndex().row()
        self.setUniformItemSizes(not any(item.is_heading for item in items))
        came = set(self._stack.render(items))
        if came and len(came) < len(items) and not unfolded:
            new = [item for item in items if item.id in came]
            outermost = min(item.depth for item in new)
            self.choose([item.id for item in new if item.depth == outermost])
        elif items and not self.selectionModel().hasSelection():
            self.choose([items[min(max(place, 0), len(items) - 1)].id])

    # folding

    def fold(self, row_id: str, folded: bool) -> None:
        """Hide what a block holds, or show it; what was chosen in it leaves the choice to the block."""
        if folded == (row_id in self.folded):
            return
        index = self._stack.index_of(row_id)
        if folded and index.isValid():
            outer = self._stack.items[index.row()].path
            if any(len(item.path) > len(outer) and item.path[: len(outer)] == outer for item in self.chosen_items):
                self.choose([row_id])
        self.folded ^= {row_id}
        self.folds_changed.emit()

    def reveal(self, row_ids: Sequence[str], model: Model) -> None:
        """Choose rows of ``model``, unfolding the blocks that hide them; ids that are not in it are passed over."""
        found = {row.id: path for path, row in paths(model.rows)}
        wanted = [found[row_id] for row_id in row_ids if row_id in found]
        around = {path[:level] for path in wanted for level in range(1, len(path), 2)}
        if hidden := {row_id for row_id, path in found.items() if path in around} & self.folded:
            self.folded -= hidden
            self.folds_changed.emit()
        self.choose([row_id for row_id in row_ids if row_id in found])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left folds and goes out, right unfolds and goes in; copy, cut and paste are the actions of these names."""
        current = self.current
        if (action := self._clipboard_action(event)) is not None:
            action.trigger()
        elif current and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers() & HELD:
            self._go_in_or_out(current, event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def _go_in_or_out(self, item: Item, into: bool) -> None:
        if item.is_block and item.is_folded is into:
            self.fold(item.id, not into)
        elif into and (item.is_block or item.is_heading):
            inside = (other for other in self._stack.items if other.path[: len(item.path)] == item.path)
            self.choose([other.id for other in inside if other.id != item.id][:1] or [item.id])
        elif not into and item.path[:-1]:
            self.choose([other.id for other in self._stack.items if other.path == item.path[:-1]])

    def event(self, event: QEvent) -> bool:
        """Keep copy, cut and paste of layers from the window, whose paste is for data."""
        if event.type() is QEvent.Type.ShortcutOverride and self._clipboard_action(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def _clipboard_action(self, event: QEvent) -> QAction | None:
        """The action of this list for a key that copies, cuts or pastes, if it can be done now."""
        if not isinstance(event, QKeyEvent) or not any(map(event.matches, CLIPBOARD_KEYS)):
            return None
        pressed = QKeySequence(event.keyCombination())
        return next((one for one in self.actions() if one.shortcut() == pressed and one.isEnabled()), None)

    # size

    def sizeHint(self) -> QSize:
        return QSize(36 * GAP, self.whole_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.whole_height, 3 * ROW_HEIGHT))

    @property
    def whole_height(self) -> int:
        """The height at which no row is hidden."""
        return sum(map(height_of, self._stack.items))

    def _keep_width(self, low: int, high: int) -> None:
        """Rows are as wide with a scroll bar as without."""
        self.setViewportMargins(0, 0, 0 if high > low else SCROLL_BAR, 0)

    def _repaint(self) -> None:
        self.viewport().update()

    # the lock and the triangle

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_sign = self._sign_at(event.position().toPoint())
        if self._pressed_sign and event.button() is Qt.MouseButton.LeftButton:
            event.accept()
        else:
            self._pressed_sign = ""
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_sign = self._pressed_sign, ""
        point = event.position().toPoint()
        if not pressed:
            super().mouseReleaseEvent(event)
        elif pressed == self._lock_at(point):
            self.lock_clicked.emit(pressed)
        elif pressed == self._sign_at(point):
            row_id = pressed.removesuffix(FOLD)
            self.fold(row_id, row_id not in self.folded)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._sign_at(event.position().toPoint()):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed = self._sign_at(event.position().toPoint())
        if pointed != self._delegate.pointed:
            self._delegate.pointed = pointed
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointed else Qt.CursorShape.ArrowCursor)
            self.viewport().update()
        if not self._pressed_sign:
            super().mouseMoveEvent(event)

    def _lock_at(self, point: QPoint) -> str:
        index = self.indexAt(point)
        if not index.isValid():
            return ""
        item = self._stack.items[index.row()]
        return item.id if self._delegate.is_on_lock(self.visualRect(index), point, item) else ""

    def _sign_at(self, point: QPoint) -> str:
        """The id of the row whose lock is at ``point``, or the same with a mark for the triangle of a block."""
        index = self.indexAt(point)
        item = self._stack.items[index.row()] if index.isValid() else None
        if item and self._delegate.is_on_fold(self.visualRect(index), point, item):
            return item.id + FOLD
        return self._lock_at(point)

    # dragging

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here: one that is disabled must not jump to another row."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        drag = QDrag(self)
        drag.setMimeData(self._stack.mimeData(self.selectedIndexes()))
        dragged = [item for item in self.chosen_items if not item.is_heading]
        if not dragged:
            return
        drag.setPixmap(chip(dragged, self._theme.colours, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(CHIP_HOT_SPOT)
        drag.exec(actions)
        self._show_drop(None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(ROWS_FORMAT):
            super().dragEnterEvent(event)
        else:
            event.ignore()  # a file is for the window below

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls near the edges
        if event.mimeData().hasFormat(ROWS_FORMAT):
            event.accept()
            self._show_drop(self.drop_at(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        drop = self.drop_at(event.position().toPoint())
        self._show_drop(None)
        self._stack.drop(event.mimeData(), event.dropAction(), drop.path)
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the document moves the rows, so that nothing is to be removed
        event.accept()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)

    def place_at(self, point: QPoint) -> int:
        """In front of which row something dropped at ``point`` comes to stand."""
        index = self.indexAt(QPoint(1, point.y()))
        if not index.isValid():
            return len(self._stack.items) if point.y() > 0 else 0
        lower = point.y() >= self.visualRect(index).top() + height_of(self._stack.items[index.row()]) // 2
        return index.row() + lower

    def drop_at(self, point: QPoint) -> Drop:
        """Where something dropped at ``point`` comes to stand; between two levels its indentation decides."""
        gap = self.place_at(point)
        found = gap_paths(self._stack.items, gap)
        levels = [len(path) // 2 for path in found]
        wanted = min(max(point.x() // INDENT, levels[0]), levels[-1])
        return Drop(gap, found[levels.index(wanted)])

    def _show_drop(self, drop: Drop | None) -> None:
        if drop != self._drop:
            self._drop = drop
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop is not None:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_drop_line(painter, self._drop)
            painter.end()

    def _paint_drop_line(self, painter: QPainter, drop: Drop) -> None:
        x = min(len(drop.path) // 2, DEEPEST_SHOWN) * INDENT
        y = sum(map(height_of, self._stack.items[: drop.gap])) - self.verticalOffset() - GAP / 2
        y = min(max(y, 3.0), self.viewport().height() - 3.0)
        accent = QColor(self._theme.colours.accent)
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QPoint(x + 6, round(y)), QPoint(self.viewport().width(), round(y)))
        painter.setBrush(QColor(self._theme.colours.surface))
        painter.drawEllipse(QRectF(x + 1, round(y) - 3, 6, 6))
