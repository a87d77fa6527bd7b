"""The list of columns: which ones the network sees, how each is understood, how its values are spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import QModelIndex, QPoint, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QWidget

from nnstudio.gui.data.column_menu import ColumnMenu, add_kinds
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_delegate import ROW, ColumnDelegate
from nnstudio.gui.data.columns_model import ENTRY, ColumnsModel, Entry, Field
from nnstudio.gui.data.drawing import PILL_MARGINS
from nnstudio.gui.painting import small
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled

ABOUT = (
    "A tick says that the network sees a column, and its kind, how it becomes numbers. Space changes the tick, Enter"
    " shows everything about it."
)

SHORT, FEWEST_ROWS = 12, 8
"""A list of so many columns never scrolls by itself; of more at least a few are seen at once."""
LEAST_PILL, LEAST_FIGURE, LEAST_NAME = 70, 30, 126
"""Pixels that a column's kind, its missing values and its name have at least, where there is room for them."""
SPREAD = (34, 160)
"""Pixels for the drawing of the values, at least and at most."""


class ColumnTable(QuietTable):
    """The columns as rows that can be selected, switched and asked about; keyboard: Space, Enter, Menu.

    Signals
    -------
    details_asked(list[str])
        The user wants to see everything about these columns.
    """

    details_asked = Signal(list)

    def __init__(self, verbs: ColumnVerbs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Columns", theme, parent)
        self.setAccessibleDescription(ABOUT)
        self._verbs = verbs
        self._needed = (0, 0)
        self._columns = ColumnsModel(self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self._columns)
        self._filtered.setFilterKeyColumn(Field.NAME)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._pressed: QModelIndex | None = None
        self.setModel(self._filtered)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setItemDelegate(ColumnDelegate(theme, self))
        self._set_up_selection()
        self._set_up_headers(theme)

    def _set_up_selection(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def _set_up_headers(self, theme: Theme) -> None:
        titles = QuietHeader(theme, self._columns, 4, self, spill=3 * GRID)
        self.setHorizontalHeader(titles)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles.setSectionsClickable(False)
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        titles.setMinimumSectionSize(GRID)
        self.set_row_height(ROW)
        titles.setFixedHeight(scaled(ROW))

    def fit_text(self) -> None:
        super().fit_text()
        self.horizontalHeader().setFixedHeight(scaled(ROW))
        self._needed = self._widest(self.entries())
        self._fit_height()
        self._fit_widths()

    # rendering

    def render_entries(self, entries: list[Entry]) -> None:
        """Show these columns."""
        self._columns.render(entries)
        self._fit_height()
        widest = self._widest(entries)
        if widest != self._needed:
            self._needed = widest
            self._fit_widths()

    def _widest(self, entries: list[Entry]) -> tuple[int, int]:
        """Pixels that the longest word about a column takes, and the largest number of missing values."""
        word, figure = QFontMetrics(small(self.font())).horizontalAdvance, self.fontMetrics().horizontalAdvance
        most = max((entry.profile.missing for entry in entries if entry.profile), default=0)
        number = figure(f"{most:,}") + 2  # as painted it may be a pixel wider
        return max(map(word, {entry.pill for entry in entries}), default=0) + scaled(PILL_MARGINS), number

    def step(self, by: int) -> list[str]:
        """Go to a neighbouring row, where there is one; gives the column that is chosen then."""
        row = self.currentIndex().row() + by
        if 0 <= row < self._filtered.rowCount():
            self.setCurrentIndex(self._filtered.index(row, Field.NAME))
        current = self.currentIndex()
        return [self._entry(current).name] if current.isValid() else []

    def filter(self, text: str) -> None:
        """Show only columns whose name holds ``text``."""
        self._filtered.setFilterFixedString(text)

    def entries(self) -> list[Entry]:
        """The columns that are listed now."""
        return [self._entry(self._filtered.index(row, 0)) for row in range(self._filtered.rowCount())]

    def _fit_height(self) -> None:
        """Be as high as the rows, unless there are more than fit."""
        rows = self._columns.rowCount()
        self.setMinimumHeight(self.sizeHint().height())
        self.setMaximumHeight(scaled(ROW) * (1 + rows))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """All rows of a short list, a few of a long one; where there is more room, the layout gives it."""
        rows = self._columns.rowCount()
        return QSize(40 * GRID, scaled(ROW) * (1 + (rows if rows <= SHORT else FEWEST_ROWS)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_widths()

    def _fit_widths(self) -> None:
        """Give each field what it needs, and the rest to the names."""
        width = self.viewport().width()
        pill, figure = self._needed
        fixed = {Field.USE: 22, Field.MISSING: max(scaled(LEAST_FIGURE), figure + GRID), Field.MORE: 14}
        spare = width - sum(fixed.values()) - scaled(LEAST_NAME)
        fixed[Field.KIND] = max(scaled(LEAST_PILL), min(pill + 4, spare - SPREAD[0]))
        fixed[Field.SPREAD] = max(SPREAD[0], min(spare - fixed[Field.KIND], width // 6, SPREAD[1]))
        for field, size in fixed.items():
            self.setColumnWidth(field, size)
        self.setColumnWidth(Field.NAME, max(scaled(LEAST_PILL), width - sum(fixed.values())))

    # what the user asks for

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        is_switch = index.isValid() and index.column() in (Field.USE, Field.KIND, Field.MORE)
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
        entry = self._entry(pressed)
        if pressed.column() == Field.USE:
            self._switch_use(entry)
        elif pressed.column() == Field.KIND:
            self._kind_menu(entry).popup(self.viewport().mapToGlobal(place))
        else:
            self._ask_details(entry)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() in (Field.USE, Field.KIND, Field.MORE):
            self.mousePressEvent(event)  # quick clicks on a switch are clicks
        elif index.isValid():
            self._ask_details(self._entry(index))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            self._switch_use(self._entry(current))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            self._ask_details(self._entry(current))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid():
            return
        below = self.visualRect(index).bottomLeft() + QPoint(scaled(ROW), 0)
        place = event.globalPos() if by_mouse else self.viewport().mapToGlobal(below)
        entry = self._entry(index)
        menu = ColumnMenu(self.meant(entry), self._verbs, lambda: self._ask_details(entry), self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _ask_details(self, entry: Entry) -> None:
        self.details_asked.emit([chosen.name for chosen in self.meant(entry)])

    def _switch_use(self, entry: Entry) -> None:
        others = [chosen for chosen in self.meant(entry) if chosen.is_switch]
        if others:
            used = entry.is_used if entry.is_switch else all(chosen.is_used for chosen in others)
            self._verbs.use([chosen.name for chosen in others], not used)

    def _kind_menu(self, entry: Entry) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_kinds(menu, self.meant(entry), self._verbs)
        return menu

    def meant(self, entry: Entry) -> list[Entry]:
        """What a wish about one column is about: all that is selected, if that is, else the column alone."""
        selected = list(self._selected())
        return selected if entry in selected else [entry]

    def _selected(self) -> Iterator[Entry]:
        for index in self.selectionModel().selectedRows(Field.NAME):
            yield self._entry(index)

    @staticmethod
    def _entry(index: QModelIndex) -> Entry:
        return cast(Entry, index.data(ENTRY))
