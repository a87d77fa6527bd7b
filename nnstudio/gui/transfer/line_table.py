"""The mapping table: lines that can be filtered by their state, and paired by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.gui.transfer.line_delegate import ROW_HEIGHT, STATE_WIDTH, LineDelegate
from nnstudio.gui.transfer.lines import Column, LinesModel
from nnstudio.spec.mapping import Line, Match

TITLES = 3 * GRID + 4
"""Pixels; how high the titles of the columns are."""
PAIR_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Space)

ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
"""Keys that go to the first and to the last line."""


class LineTable(QuietTable):
    """Rows of two lines each; Enter or a double click asks for another partner.

    Signals
    -------
    pairing_asked(Line, QPoint)
        The tensor of this line is to be given another place, or its place another tensor; ask at that point.
    """

    pairing_asked = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Tensors", theme, parent)
        self.lines_model = LinesModel(self)
        self._all: Sequence[Line] = ()
        self._match: Match | None = None
        self._about: tuple[Sequence[Mapping[str, str]], Mapping[str, str]] = ((), {})
        self.setModel(self.lines_model)
        self.setItemDelegate(LineDelegate(self.lines_model, theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(self._ask)
        self._set_up_headers(theme)

    def _set_up_headers(self, theme: Theme) -> None:
        titles = QuietHeader(theme, self.lines_model, GRID // 2, self)
        self.setHorizontalHeader(titles)
        titles.setSectionsClickable(False)
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_row_height(ROW_HEIGHT)
        titles.setFixedHeight(scaled(TITLES))

    def fit_text(self) -> None:
        super().fit_text()
        self.horizontalHeader().setFixedHeight(scaled(TITLES))

    # rendering

    def render_lines(
        self, lines: Sequence[Line], types: Sequence[Mapping[str, str]], titles: Mapping[str, str]
    ) -> None:
        """Show these lines, as far as the filter lets them; the chosen one and the place in the list stay."""
        self._all, self._about = lines, (types, titles)
        self._render()

    def filter(self, match: Match | None) -> None:
        """Show only lines of one state, or all."""
        self._match = match
        self._render()

    def _render(self) -> None:
        chosen, top = self.currentIndex().row(), self.verticalScrollBar().value()
        shown = [line for line in self._all if self._match in (None, line.match)]
        self.lines_model.render(shown, *self._about)
        self.verticalScrollBar().setValue(top)
        if shown:
            self.setCurrentIndex(self.lines_model.index(min(max(chosen, 0), len(shown) - 1), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width() - STATE_WIDTH
        self.setColumnWidth(Column.SOURCE, room // 2)
        self.setColumnWidth(Column.PLACE, room - room // 2)
        self.setColumnWidth(Column.STATE, STATE_WIDTH)

    # asking

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in PAIR_KEYS and self.currentIndex().isValid():
            self._ask(self.currentIndex())
        elif event.key() in ENDS and self.lines_model.lines:
            self.setCurrentIndex(self.lines_model.index(ENDS[Qt.Key(event.key())] % len(self.lines_model.lines), 0))
        else:
            super().keyPressEvent(event)

    def _ask(self, index: QModelIndex) -> None:
        area = self.visualRect(index.siblingAtColumn(Column.PLACE))
        self.pairing_asked.emit(self.lines_model.lines[index.row()], self.viewport().mapToGlobal(area.bottomLeft()))
