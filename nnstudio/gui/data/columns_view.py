"""The list of columns: which ones the network sees, how each is understood, how its values are spread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

from PySide6.QtCore import QModelIndex, QPoint, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from nnstudio.gui.data.columns_delegate import ROW, ColumnDelegate
from nnstudio.gui.data.columns_model import ENTRY, ColumnsModel, Entry, Field
from nnstudio.gui.data.header import QuietHeader
from nnstudio.gui.theme import GRID, Theme
from nnstudio.spec.data import Kind

FEWEST_ROWS, USUAL_ROWS = 6, 9
KINDS = (Kind.NUMBER, Kind.CATEGORY)


class ColumnTable(QTableView):
    """The columns as rows that can be selected, switched and asked about; keyboard: Space, Menu.

    Signals
    -------
    use_asked(list[str], bool)
        These columns are to be seen by the network, or not.
    kind_asked(list[str], Kind)
        The values of these columns are to be understood so.
    target_asked(str)
        This column is to be predicted.
    """

    use_asked = Signal(list, bool)
    kind_asked = Signal(list, object)
    target_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = ColumnsModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._columns)
        self._filtered.setFilterKeyColumn(Field.NAME)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._pressed: QModelIndex | None = None
        self.setModel(self._filtered)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setItemDelegate(ColumnDelegate(theme, self))
        self.setAccessibleName("Columns")
        self._set_up_selection()
        self._set_up_headers(theme)
        theme.changed.connect(lambda _: self.viewport().update())

    def _set_up_selection(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def _set_up_headers(self, theme: Theme) -> None:
        titles = QuietHeader(theme, self._columns, 4, self)
        self.setHorizontalHeader(titles)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        rows.setMinimumSectionSize(ROW)
        titles.setSectionsClickable(False)
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles.setMinimumSectionSize(GRID)
        titles.setFixedHeight(ROW)

    # rendering

    def render_entries(self, entries: list[Entry]) -> None:
        """Show these columns."""
        self._columns.render(entries)
        self._fit_height()

    def filter(self, text: str) -> None:
        """Show only columns whose name holds ``text``."""
        self._filtered.setFilterFixedString(text)

    def entries(self) -> list[Entry]:
        """The columns that are listed now."""
        return [self._entry(self._filtered.index(row, 0)) for row in range(self._filtered.rowCount())]

    def _fit_height(self) -> None:
        """Be as high as the rows, unless there are more than fit."""
        rows = self._columns.rowCount()
        self.setMinimumHeight(ROW * (1 + min(rows, FEWEST_ROWS)))
        self.setMaximumHeight(ROW * (1 + rows))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A few rows; where there is more room, the layout gives it."""
        return QSize(40 * GRID, ROW * (1 + min(self._columns.rowCount(), USUAL_ROWS)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        spread = max(44, min(width // 6, 160))
        fixed = {Field.USE: 22, Field.KIND: 67, Field.MISSING: 54, Field.SPREAD: spread}
        for field, size in fixed.items():
            self.setColumnWidth(field, size)
        self.setColumnWidth(Field.NAME, width - sum(fixed.values()))

    # what the user asks for

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_switch = index.isValid() and index.column() in (Field.USE, Field.KIND)
        plain = event.button() is Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed = index if is_switch and plain else None
        if self._pressed is None or not self.selectionModel().isSelected(index):
            super().mousePressEvent(event)  # a click into the selection speaks for all of it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        place = event.position().toPoint()
        if pressed is None or self.indexAt(place) != pressed:
            return
        if pressed.column() == Field.USE:
            self._switch_use(self._entry(pressed))
        else:
            self._menu(pressed, self._kind_actions).popup(self.viewport().mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self._switch_use(self._entry(self.currentIndex()))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid():
            return
        below = self.visualRect(index).bottomLeft() + QPoint(ROW, 0)
        place = event.globalPos() if by_mouse else self.viewport().mapToGlobal(below)
        self._menu(index, self._all_actions).popup(place)

    def _switch_use(self, entry: Entry) -> None:
        others = [chosen for chosen in self._meant(entry) if not chosen.is_target]
        if others:
            used = all(chosen.is_used for chosen in others) if entry.is_target else entry.is_used
            self.use_asked.emit([chosen.name for chosen in others], not used)

    def _menu(self, index: QModelIndex, fill: Callable[[QMenu, Entry], None]) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill(menu, self._entry(index))
        return menu

    def _kind_actions(self, menu: QMenu, entry: Entry) -> None:
        names = [chosen.name for chosen in self._meant(entry)]
        for kind in KINDS:
            action = menu.addAction(kind.capitalize())
            action.triggered.connect(partial(self.kind_asked.emit, names, kind))
            action.setCheckable(True)
            action.setChecked(entry.column.kind is kind)

    def _all_actions(self, menu: QMenu, entry: Entry) -> None:
        predict = menu.addAction("Predict this column", lambda: self.target_asked.emit(entry.name))
        predict.setEnabled(not entry.is_target)
        menu.addSeparator()
        others = [chosen.name for chosen in self._meant(entry) if not chosen.is_target]
        for title, used in (("Use", True), ("Ignore", False)):
            action = menu.addAction(title)
            action.triggered.connect(partial(self.use_asked.emit, others, used))
            action.setEnabled(bool(others))
        menu.addSeparator()
        self._kind_actions(menu, entry)

    def _meant(self, entry: Entry) -> list[Entry]:
        """What a wish about one column is about: all that is selected, if that is, else the column alone."""
        selected = list(self._selected())
        return selected if entry in selected else [entry]

    def _selected(self) -> Iterator[Entry]:
        for index in self.selectionModel().selectedRows(Field.NAME):
            yield self._entry(index)

    @staticmethod
    def _entry(index: QModelIndex) -> Entry:
        return cast(Entry, index.data(ENTRY))
