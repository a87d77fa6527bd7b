"""The trials of a search: as lines from field to field, and as a table; one that is chosen is chosen in both."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QVBoxLayout, QWidget

from nnstudio.gui.search.parallel import ParallelPlot
from nnstudio.gui.search.trials_model import VALUES_FROM, TrialsModel, TrialsSorted
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.live_search import LiveSearch, Trial
from nnstudio.spec.project import Project

LINE = 28
WIDTHS = {0: 52, 1: 132, VALUES_FROM - 1: 110}
OTHER_WIDTH = 104


class TrialsPage(QWidget):
    """Shows what was tried so far.

    Signals
    -------
    chosen()
        Another trial was chosen, or none.
    opened()
        The chosen trial was double-clicked, or Enter was pressed.
    """

    chosen = Signal()
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = ParallelPlot(theme)
        self.model = TrialsModel(theme, self)
        self._sorted = TrialsSorted(self)
        self._sorted.setSourceModel(self.model)
        self.table = QuietTable("Trials", theme)
        self.table.setAccessibleDescription(
            "What was tried, and what came of it; choose a trial to see it among the lines."
        )
        self.table.setModel(self._sorted)
        header = QuietHeader(theme, self._sorted, 6, self.table)
        header.setSortIndicatorShown(True)
        self.table.setHorizontalHeader(header)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.set_row_height(LINE)
        theme.changed.connect(self._size_columns)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.lines)
        splitter.addWidget(self.table)
        splitter.setSizes([30 * GRID, 30 * GRID])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.model.modelReset.connect(self._size_columns)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow_table())
        self.table.setMouseTracking(True)
        self.table.entered.connect(lambda index: self.lines.point(self._trial_at(index).number))
        self.table.activated.connect(lambda _: self.opened.emit())
        self.lines.chosen.connect(self.choose)
        self._size_columns()

    def _size_columns(self) -> None:
        last = self.model.columnCount() - 1
        for column in range(last + 1):
            self.table.setColumnWidth(column, scaled(WIDTHS.get(column, OTHER_WIDTH if column < last - 1 else 72)))

    def show_search(self, search: LiveSearch, project: Project) -> None:
        """Show the trials of a search that ``project`` asked for."""
        self.model.show_search(search, project)
        self.lines.show_search(search, project)

    @property
    def trial(self) -> Trial | None:
        """The chosen trial."""
        rows = self.table.selectionModel().selectedRows()
        return self._trial_at(rows[0]) if rows else None

    def _trial_at(self, index: QModelIndex) -> Trial:
        return self.model.trial(self._sorted.mapToSource(index).row())

    def choose(self, number: int) -> None:
        """Choose a trial, and bring its row into view."""
        if (row := self.model.row_of(number)) < 0:
            return
        index = self._sorted.mapFromSource(self.model.index(row, 0))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, flags)
        self.table.scrollTo(index)

    def _follow_table(self) -> None:
        trial = self.trial
        self.lines.choose(trial.number if trial else 0)
        self.chosen.emit()
