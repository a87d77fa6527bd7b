"""Every run that was ever trained: find it, compare it, go on from it, or delete it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.data.header import QuietHeader
from nnstudio.gui.data.quiet_table import QuietTable
from nnstudio.gui.data.words import counted
from nnstudio.gui.evaluate.head import Choice
from nnstudio.gui.evaluate.pages import Page, TablePage
from nnstudio.gui.evaluate.score_table import Cell, Column
from nnstudio.gui.panel import MARGIN, Banner, Button, ElidedLabel, EmptyState
from nnstudio.gui.runs.model import COLUMNS, KEYS, RunsModel, shown
from nnstudio.gui.runs.overlay import OverlayPage
from nnstudio.gui.runs.verbs import RunVerbs, write_csv
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.runs.compare import differences
from nnstudio.runs.listing import RunLine, RunList
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import StudioError, as_studio_error

LOOK_MILLISECONDS = 1_000
"""As often it is looked whether another process has written."""
LINE = 28
WIDTHS = {"started": 122, "name": 130, "score": 116, "epochs": 62, "status": 96, "data": 104, "parameters": 84}
MOST_CHOSEN = 500
"""Runs that are compared, deleted or exported by choosing them."""
SECTIONS = {
    "curves": ("Curves", "The epochs of the chosen runs over each other."),
    "differences": ("Differences", "In which fields the projects of two chosen runs differ."),
    "details": ("Details", "Everything that is remembered of the chosen run."),
}


class RunsView(QWidget):
    """Lists the runs of the store; what others write appears by itself while it is looked at."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._theme = studio, theme
        self._store: RunStore | None = None
        self.look = QTimer(self, interval=LOOK_MILLISECONDS)
        self.look.timeout.connect(self.refresh)
        self.empty = EmptyState(
            "No runs yet",
            "Press Train: every run is remembered here, with its project, its curves and its weights, also when it was "
            "started in another window or in a terminal.",
        )
        self.problem = Banner("bad")
        self.filter = QLineEdit(placeholderText="Filter by name, data, outcome, tags, notes")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter runs")
        self.table = QuietTable("Runs", theme)
        self.note = ElidedLabel(role="small")
        self.sections = Choice(SECTIONS)
        self.curves = OverlayPage(theme, studio.notices.error)
        self.differences = TablePage(theme, "Differences", "", studio.notices.error)
        self.details = TablePage(theme, "Details", "", studio.notices.error)
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.open = Button("Open project", "", self._open, "Open the project of the chosen run as it was, unsaved.")
        self.weights = Button("Use weights", "", self._use_weights, "Let the next run start from its best weights.")
        self.more = Button("Actions", tooltip="Delete, export.")
        menu = QMenu(self.more)
        menu.setToolTipsVisible(True)
        self.export = menu.addAction("Export the list as CSV…", self._export)
        self.export.setToolTip("Every run that the filter leaves, with its figures.")
        menu.addSeparator()
        self.delete = menu.addAction("Delete…", self._ask_delete)
        self.delete.setToolTip("Delete the chosen runs with their weights.")
        self.more.setMenu(menu)
        self.more.setProperty("hasMenu", True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.filter, 1)
        for button in (self.open, self.weights, self.more):
            head.addWidget(button)
        self.stack = QStackedWidget()
        for each in (self.curves, self.differences, self.details):
            self.stack.addWidget(each)
        self.below = QWidget()
        column = QVBoxLayout(self.below)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        row = QHBoxLayout()
        row.addWidget(self.sections)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.stack, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.below)
        splitter.setSizes([50 * GRID, 50 * GRID])
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(splitter, 1)
        self._pages = QStackedLayout(self)
        for widget in (self.empty, page, self.problem):
            self._pages.addWidget(widget)
        self.sections.chosen.connect(self._show_section)
        self.sections.show_choice("curves")
        self.filter.textChanged.connect(self._filter)

    def _set_up_table(self, store: RunStore) -> None:
        self.model = RunsModel(store, self)
        self.table.setModel(self.model)
        header = QuietHeader(self._theme, self.model, 6, self.table)
        header.setSortIndicatorShown(True)
        self.table.setHorizontalHeader(header)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(LINE)
        for place, key in enumerate(KEYS):
            self.table.setColumnWidth(place, WIDTHS.get(key, 96))
        header.setStretchLastSection(True)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._render_chosen())
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(
            lambda place: self.more.menu().popup(self.table.viewport().mapToGlobal(place))
        )

    # when to look

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._store is None:
            self._open_store()
        self.refresh()
        self.look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.look.stop()

    def _open_store(self) -> None:
        try:
            self._store = RunStore()
        except (StudioError, OSError) as error:
            known = as_studio_error(error)
            self.problem.say(known.what, f"{known.why} {known.remedy}".strip())
            self._pages.setCurrentWidget(self.problem)
            return
        self.destroyed.connect(self._store.close)
        self._runs, self._verbs = RunList(self._store), RunVerbs(self._studio, self._store)
        self._set_up_table(self._store)
        self._render()

    def refresh(self) -> None:
        """Show what other processes have written in the meantime."""
        if self._store and self.model.refresh():
            self._render()

    # rendering

    def _render(self) -> None:
        count, wanted = self.model.rowCount(), self.filter.text().strip()
        self._pages.setCurrentIndex(1 if count or wanted else 0)
        self.note.setText(f"{counted(count, 'run')}{' that fit' if wanted else ''}")
        self._render_chosen()

    def chosen(self) -> list[RunLine]:
        """The runs that are selected, from above."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows()[:MOST_CHOSEN])
        return [line for row in rows if (line := self.model.line(row))]

    def _render_chosen(self) -> None:
        lines = self.chosen()
        self.below.setVisible(bool(lines))
        self.open.setEnabled(len(lines) == 1)
        self.weights.setEnabled(len(lines) == 1 and self._verbs.has_weights(lines[0]))
        self.delete.setEnabled(bool(lines))
        self.export.setEnabled(self.model.rowCount() > 0)
        if lines:
            self._fill_section(lines)

    def _show_section(self, section: str) -> None:
        del section
        self._fill_section(self.chosen())

    def _fill_section(self, lines: Sequence[RunLine]) -> None:
        pages: dict[str, Page] = {"curves": self.curves, "differences": self.differences, "details": self.details}
        self.stack.setCurrentWidget(pages[self.sections.choice])
        match self.sections.choice:
            case "curves":
                self.curves.show_runs(self._runs, lines)
            case "differences":
                self._show_differences(lines)
            case _:
                self._show_details(lines[0])

    def _show_differences(self, lines: Sequence[RunLine]) -> None:
        if len(lines) != 2 or self._store is None:
            self.differences.note.setText("Choose two runs (Ctrl + click) to see how their projects differ.")
            self.differences.table.show_cells((), ())
            return
        older, newer = sorted(lines, key=lambda line: line.started)
        found = differences(*(self._store.run(line.id).project for line in (older, newer)))
        self.differences.note.setText(f"{counted(len(found), 'field')} of the two projects differ.")
        columns = [Column("Field"), *(Column(f"{shown(line, 'started')} {line.name}") for line in (older, newer))]
        cells = [[Cell(each.field), Cell(each.one), Cell(each.other)] for each in found]
        self.differences.table.show_cells(columns, cells)

    def _show_details(self, line: RunLine) -> None:
        facts = [(title, shown(line, key)) for key, title, _ in COLUMNS]
        facts += [("Data file", line.data), ("Data fingerprint", line.fingerprint), ("Device", line.device)]
        facts += [("nnstudio", line.version), *line.environment.items(), ("Identity", line.id), ("Error", line.error)]
        self.details.note.setText("")
        cells = [[Cell(title), Cell(text)] for title, text in facts if text]
        self.details.table.show_cells([Column("What"), Column("Value")], cells)

    # what the user asks for

    def _filter(self, text: str) -> None:
        self.model.filter(text.strip())
        self._render()

    def _open(self) -> None:
        for line in self.chosen():
            self._verbs.open_project(line)

    def _use_weights(self) -> None:
        for line in self.chosen():
            self._verbs.use_weights(line)

    def _ask_delete(self) -> None:
        lines = self.chosen()
        running = sum(line.status == "running" for line in lines)
        still = f" {counted(running, 'run')} of them may still go on elsewhere." if running else ""
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Delete runs",
            f"Delete {counted(len(lines), 'run')} with {'its' if len(lines) == 1 else 'their'} weights?",
            QMessageBox.StandardButton.Cancel,
            self.window(),
        )
        box.setInformativeText(f"This cannot be undone.{still}")
        box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(lambda: self.delete_runs(lines))
        box.finished.connect(box.deleteLater)
        box.open()

    def delete_runs(self, lines: Sequence[RunLine]) -> None:
        """Delete these runs with their files."""
        self._verbs.delete(lines)
        self.table.clearSelection()
        self.model.reread()
        self._render()

    def _export(self) -> None:
        dialog = QFileDialog(self.window(), "Export runs", "runs.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write every run that the filter leaves to ``path``."""
        try:
            write_csv(self._runs, self.model.order, path)
        except OSError as error:
            self._studio.notices.error(error)

    def select(self, rows: Sequence[int]) -> None:
        """Choose the runs in these rows."""
        self.table.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        with suppress(IndexError):
            for row in rows:
                self.table.selectionModel().select(self.model.index(row, 0), flags)
