"""The list of layers as far as it is a list: what is chosen, what is folded, how high it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy, QWidget

from nnstudio.gui.network.delegate import StackDelegate
from nnstudio.gui.network.items import Item
from nnstudio.gui.network.model import StackModel
from nnstudio.gui.network.places import DENSE, GAP, ROOMY, height_of
from nnstudio.gui.theme import Theme
from nnstudio.spec.model import Model, paths

Select = QItemSelectionModel.SelectionFlag
HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
CLIPBOARD_KEYS = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Paste)

ABOUT = (
    "From input to output. Choose a layer to see its settings below, drag it to another place, double-click it to name"
    " it; its padlock freezes it."
)

SCROLL_BAR = 10
"""Pixels that a scroll bar takes; kept free where there is none."""


class StackList(QListView):
    """Shows a `StackModel`; the selection lives here and survives every edit.

    Signals
    -------
    chosen_changed()
        Other rows are selected, or another one is the current one.
    folds_changed()
        A block was folded or unfolded: other rows are to be shown.
    """

    chosen_changed = Signal()
    folds_changed = Signal()

    def __init__(self, model: StackModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._stack = theme, model
        self._delegate = StackDelegate(theme, self)
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
        self.setAccessibleDescription(ABOUT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(ROOMY.row // 2)
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

    def fold_blocks(self) -> None:
        """Hide what every block holds, so that a large network can be seen as a whole."""
        self.folded |= {item.id for item in self._stack.items if item.is_block}
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

    def set_dense(self, dense: bool) -> None:
        """Say everything on one line, so that more rows are seen; or on two."""
        density = DENSE if dense else ROOMY
        if density != self._delegate.density:
            self._delegate.density = density
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(36 * GAP, self.whole_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self.whole_height, 2 * self._delegate.density.row))

    @property
    def whole_height(self) -> int:
        """The height at which no row is hidden."""
        return self.height_above(len(self._stack.items))

    def height_above(self, place: int) -> int:
        """How high the rows in front of that place are together."""
        return sum(height_of(item, self._delegate.density) for item in self._stack.items[:place])

    def _keep_width(self, low: int, high: int) -> None:
        """Rows are as wide with a scroll bar as without."""
        self.setViewportMargins(0, 0, 0 if high > low else SCROLL_BAR, 0)

    def _repaint(self) -> None:
        self.viewport().update()
