"""Every run that was ever trained: find it, compare it, go on from it, or delete it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nnstudio.gui.panel import MARGIN, Banner, Button, ElidedLabel, EmptyState, Pages
from nnstudio.gui.runs.chosen import ChosenRuns
from nnstudio.gui.runs.model import KEYS, RunsModel
from nnstudio.gui.runs.queue_list import QueueList
from nnstudio.gui.runs.verbs import RunVerbs, as_csv
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.header import QuietHeader
from nnstudio.gui.tables.quiet import QuietTable
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.runs.listing import RunLine, RunList
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.words import counted

LOOK_MILLISECONDS = 1_000
"""As often it is looked whether another process has written."""
LINE = 28
WIDTHS = {
    "started": 122,
    "name": 130,
    "score": 116,
    "baseline": 72,
    "balanced": 76,
    "epochs": 62,
    "status": 96,
    "data": 104,
    "parameters": 84,
}
MOST_CHOSEN = 500
"""Runs that are compared, deleted or exported by choosing them."""


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
        self.filter.setToolTip("Show only the runs that have all of these words in name, data, outcome, tags or notes.")
        self.table = QuietTable("Runs", theme)
        self.table.setAccessibleDescription("What was trained; choose two or more runs to compare them below.")
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the trials of a search differ at the end
        self.note = ElidedLabel(role="small")
        self.queue = QueueList(studio, theme)
        self.below = ChosenRuns(studio, theme)
        self._make_buttons()
        self._lay_out()
        self._was_busy = False
        self.destroyed.connect(studio.run.changed.listen(self._follow_run))
        self.destroyed.connect(studio.pointed.asked.listen(self._show_pointed))

    def _make_buttons(self) -> None:
        self.open = Button("Open project", "", self._open, "Open the project of the chosen run as it was, unsaved.")
        self.weights = Button("Use weights", "", self._use_weights, "Let the next run start from its best weights.")
        self.more = Button("Actions", tooltip="Train longer, delete, export.")
        menu = QMenu(self.more)
        menu.setToolTipsVisible(True)
        self.longer = menu.addAction("Train longer…", self._train_longer)
        self.longer.setToolTip("Go on with the chosen run for more epochs.")
        self.model_out = menu.addAction("Export the model…", self._export_model)
        self.model_out.setToolTip("Write the best weights of the chosen run in the forms that are used elsewhere.")
        self.export = menu.addAction("Export the list as CSV…", self._export)
        self.export.setToolTip("Every run that the filter leaves, with its figures.")
        menu.addSeparator()
        self.delete = menu.addAction("Delete…", self._ask_delete)
        self.delete.setToolTip("Delete the chosen runs with their weights.")
        self.delete.setShortcut(QKeySequence.StandardKey.Delete)
        self.delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.table.addAction(self.delete)
        self.more.setMenu(menu)
        self.more.setProperty("hasMenu", True)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.filter, 1)
        for button in (self.open, self.weights, self.more):
            head.addWidget(button)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.below)
        splitter.setSizes([50 * GRID, 50 * GRID])
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, GRID, MARGIN, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.queue)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(splitter, 1)
        self._pages = Pages(self, self.empty, page, self.problem)
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
        self.table.set_row_height(LINE)
        for place, key in enumerate(KEYS):
            self.table.setColumnWidth(place, scaled(WIDTHS.get(key, 96)))
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
        self._show_pointed()
        self.look.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.look.stop()

    def _open_store(self) -> None:
        try:
            self._store = RunStore()
        except (StudioError, OSError) as error:
            self.problem.show_problem(as_studio_error(error))
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

    def _follow_run(self) -> None:
        """What can be done with the chosen run depends on whether another one goes on."""
        if self._was_busy is not self._studio.run.status.is_busy:
            self._was_busy = self._studio.run.status.is_busy
            if self._store:
                self._render_chosen()

    def _show_pointed(self) -> None:
        """Choose the run that another view asked for, also where the filter leaves it out."""
        if self._store is None or not self.isVisible() or not (run := self._studio.pointed.take()):
            return
        if (row := self.model.place(run)) is None:
            self.filter.clear()
            row = self.model.place(run)
        if row is not None:
            self.select([row])
            self.table.scrollTo(self.model.index(row, 0))

    # rendering

    def _render(self) -> None:
        count, wanted = self.model.rowCount(), self.filter.text().strip()
        self._pages.show_content(bool(count or wanted))
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
        self.model_out.setEnabled(self.weights.isEnabled())
        self.longer.setEnabled(len(lines) == 1 and self._verbs.can_train_longer(lines[0]))
        self.delete.setEnabled(bool(lines))
        self.export.setEnabled(self.model.rowCount() > 0)
        if lines and self._store:
            self.below.show_runs(self._store, lines)

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

    def _train_longer(self) -> None:
        for line in self.chosen():
            self._verbs.train_longer(line, self.window())

    def _export_model(self) -> None:
        for line in self.chosen():
            self._verbs.export_model(line, self.window())

    def _ask_delete(self) -> None:
        lines = self.chosen()
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Delete runs",
            f"Delete {counted(len(lines), 'run')} with {'its' if len(lines) == 1 else 'their'} weights?",
            QMessageBox.StandardButton.Cancel,
            self.window(),
        )
        box.setInformativeText("This cannot be undone.")
        box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(lambda: self.delete_runs(lines))
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
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
        text = as_csv(self._runs, self.model.order)
        self._studio.save_file("The runs were", Path(path), lambda partial: partial.write_text(text, encoding="utf-8"))

    def select(self, rows: Sequence[int]) -> None:
        """Choose the runs in these rows."""
        self.table.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        with suppress(IndexError):
            for row in rows:
                self.table.selectionModel().select(self.model.index(row, 0), flags)
