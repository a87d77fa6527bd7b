"""The list of layers under the mouse: locks, triangles, and rows that are dragged."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from nnstudio.gui.network.drag import CHIP_HOT_SPOT, chip
from nnstudio.gui.network.gaps import gap_paths
from nnstudio.gui.network.listing import StackList
from nnstudio.gui.network.model import ROWS_FORMAT, StackModel
from nnstudio.gui.network.places import DEEPEST_SHOWN, GAP, INDENT, height_of
from nnstudio.gui.theme import Theme
from nnstudio.spec.model import Path

FOLD = "\0fold"
"""Behind the id of a row stands for its triangle."""


@dataclass(frozen=True, slots=True)
class Drop:
    """In front of which item something dropped comes to stand, and the path that it gets there."""

    gap: int
    path: Path


class StackView(StackList):
    """A list whose rows can be locked, folded and dragged.

    Signals
    -------
    lock_clicked(row_id)
        The lock of a row was clicked.
    add_asked()
        Something is to be put in behind the current row.
    """

    lock_clicked = Signal(str)
    add_asked = Signal()

    def __init__(self, model: StackModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(model, theme, parent)
        self._drop: Drop | None = None
        self._pressed_sign = ""
        self.setMouseTracking(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(False)  # the line that is painted here says it better

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
        height = height_of(self._stack.items[index.row()], self._delegate.density)
        lower = point.y() >= self.visualRect(index).top() + height // 2
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
        y = self.height_above(drop.gap) - self.verticalOffset() - GAP / 2
        y = min(max(y, 3.0), self.viewport().height() - 3.0)
        accent = QColor(self._theme.colours.accent)
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QPoint(x + 6, round(y)), QPoint(self.viewport().width(), round(y)))
        painter.setBrush(QColor(self._theme.colours.surface))
        painter.drawEllipse(QRectF(x + 1, round(y) - 3, 6, 6))
