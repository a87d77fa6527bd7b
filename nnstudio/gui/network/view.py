"""The list of layers: choosing, dragging and locking rows with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRectF, QSize, Qt, Signal
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
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from nnstudio.gui.network.delegate import GAP, ROW_HEIGHT, StackDelegate
from nnstudio.gui.network.drag import CHIP_HOT_SPOT, chip
from nnstudio.gui.network.items import Item
from nnstudio.gui.network.model import ROWS_FORMAT, StackModel
from nnstudio.gui.theme import Theme

Select = QItemSelectionModel.SelectionFlag
NO_ROW = -1

SCROLL_BAR = 10
"""Pixels that a scroll bar takes; kept free where there is none."""


class StackView(QListView):
    """Shows a `StackModel`; the selection lives here and survives every edit.

    Signals
    -------
    chosen_changed()
        Other rows are selected, or another one is the current one.
    lock_clicked(row_id)
        The lock of a row was clicked.
    """

    chosen_changed = Signal()
    lock_clicked = Signal(str)

    def __init__(self, model: StackModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._stack = theme, model
        self._delegate = StackDelegate(theme, self)
        self._drop_place = NO_ROW
        self._pressed_lock = ""
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
        self.setUniformItemSizes(True)
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
        """The ids of the selected rows, in the order of the stack."""
        return [item.row.id for item in self.chosen_items]

    @property
    def current(self) -> Item | None:
        """The row whose settings are shown."""
        index = self.currentIndex()
        return self._stack.items[index.row()] if index.isValid() and self.selectedIndexes() else None

    def choose(self, row_ids: Sequence[str]) -> None:
        """Select these rows and none else; the last one becomes the current one."""
        selection = QItemSelection()
        indexes = [index for row_id in row_ids if (index := self._stack.index_of(row_id)).isValid()]
        for index in indexes:
            selection.select(index, index)
        self.selectionModel().select(selection, Select.ClearAndSelect)
        if indexes:
            self.selectionModel().setCurrentIndex(indexes[-1], Select.NoUpdate)
            self.scrollTo(indexes[-1])

    def render_items(self, items: Sequence[Item]) -> None:
        """Show ``items``; rows that came are selected, and where the selected ones went, a neighbour is."""
        place = self.currentIndex().row()
        came = self._stack.render(items)
        if came and len(came) < len(items):
            self.choose(came)
        elif items and not self.selectionModel().hasSelection():
            self.choose([items[min(max(place, 0), len(items) - 1)].row.id])

    # size

    def sizeHint(self) -> QSize:
        return QSize(36 * GAP, self.whole_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.whole_height, 3 * ROW_HEIGHT))

    @property
    def whole_height(self) -> int:
        """The height at which no row is hidden."""
        return len(self._stack.items) * ROW_HEIGHT

    def _keep_width(self, low: int, high: int) -> None:
        """Rows are as wide with a scroll bar as without."""
        self.setViewportMargins(0, 0, 0 if high > low else SCROLL_BAR, 0)

    def _repaint(self) -> None:
        self.viewport().update()

    # the lock

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_lock = self._lock_at(event.position().toPoint())
        if self._pressed_lock and event.button() is Qt.MouseButton.LeftButton:
            event.accept()
        else:
            self._pressed_lock = ""
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_lock = self._pressed_lock, ""
        if not pressed:
            super().mouseReleaseEvent(event)
        elif pressed == self._lock_at(event.position().toPoint()):
            self.lock_clicked.emit(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._lock_at(event.position().toPoint()):
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed = self._lock_at(event.position().toPoint())
        if pointed != self._delegate.pointed:
            self._delegate.pointed = pointed
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pointed else Qt.CursorShape.ArrowCursor)
            self.viewport().update()
        if not self._pressed_lock:
            super().mouseMoveEvent(event)

    def _lock_at(self, point: QPoint) -> str:
        index = self.indexAt(point)
        if not index.isValid():
            return ""
        item = self._stack.items[index.row()]
        return item.row.id if self._delegate.is_on_lock(self.visualRect(index), point, item) else ""

    # dragging

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here: one that is disabled must not jump to another row."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        drag = QDrag(self)
        drag.setMimeData(self._stack.mimeData(self.selectedIndexes()))
        drag.setPixmap(chip(self.chosen_items, self._theme.colours, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(CHIP_HOT_SPOT)
        drag.exec(actions)
        self._show_drop_place(NO_ROW)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(ROWS_FORMAT):
            super().dragEnterEvent(event)
        else:
            event.ignore()  # a file is for the window below

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls near the edges
        if event.mimeData().hasFormat(ROWS_FORMAT):
            event.accept()
            self._show_drop_place(self.place_at(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drop_place(NO_ROW)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        place = self.place_at(event.position().toPoint())
        self._show_drop_place(NO_ROW)
        self._stack.dropMimeData(event.mimeData(), event.dropAction(), place, 0, self.rootIndex())
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the document moves the rows, so that nothing is to be removed
        event.accept()
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)

    def place_at(self, point: QPoint) -> int:
        """In front of which row something dropped at ``point`` comes to stand."""
        above = point.y() + self.verticalOffset() + ROW_HEIGHT // 2
        return max(0, min(above // ROW_HEIGHT, len(self._stack.items)))

    def _show_drop_place(self, place: int) -> None:
        if place != self._drop_place:
            self._drop_place = place
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_place != NO_ROW:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_drop_line(painter)
            painter.end()

    def _paint_drop_line(self, painter: QPainter) -> None:
        y = self._drop_place * ROW_HEIGHT - self.verticalOffset() - GAP / 2
        y = min(max(y, 3.0), self.viewport().height() - 3.0)
        accent = QColor(self._theme.colours.accent)
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QPoint(6, round(y)), QPoint(self.viewport().width(), round(y)))
        painter.setBrush(QColor(self._theme.colours.surface))
        painter.drawEllipse(QRectF(1, round(y) - 3, 6, 6))
