"""The data panel: from a dropped file to the rows and numbers that the network gets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.columns_model import entries_of
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.data.empty import DataEmptyState
from nnstudio.gui.data.encoded import EncodedDialog
from nnstudio.gui.data.pictures import PictureSection
from nnstudio.gui.data.split_section import SplitSection
from nnstudio.gui.data.target_section import TargetSection, choose_target
from nnstudio.gui.panel import Banner, Button, Note, Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import ImageFolderSource, Kind
from nnstudio.spec.errors import StudioError

FILTER_FROM = 20
"""So many columns are worth searching."""


class DataPanel(Panel):
    """Shows what is open, what each column is for and who gets to see which rows."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Data", scrolls=True, parent=parent)
        self._studio = studio
        self._reading = ""
        self.empty = DataEmptyState(studio)
        self.target = TargetSection(studio)
        self.columns = ColumnTable(theme)
        self.filter = QLineEdit(placeholderText="Filter columns", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter columns")
        self.pictures = PictureSection(studio, theme)
        self.split = SplitSection(studio, theme)
        self.problem = Banner("bad")
        self.busy, self.sight, self.cells = Note(), Note(), Note()
        self.show_sight = Button("Show", "link", self._show_sight, "List the numbers and the columns they come from.")
        self.content = self._content()
        self.body.addWidget(self.busy)
        self.body.addWidget(self.empty, 1)
        self.body.addWidget(self.content, 1)
        self._connect()
        self._render(studio.state)

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.problem, self.target, self.filter):
            layout.addWidget(widget)
        layout.addWidget(self.columns, 100)
        layout.addWidget(self.pictures)
        layout.addLayout(self._sight_row())
        layout.addWidget(self.cells)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.split)
        layout.addStretch(1)
        return content

    def _sight_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.sight, 1)
        row.addWidget(self.show_sight)
        return row

    def _connect(self) -> None:
        self.filter.textChanged.connect(self.columns.filter)
        self.columns.use_asked.connect(self._use)
        self.columns.kind_asked.connect(self._understand)
        self.columns.target_asked.connect(lambda name: choose_target(self._studio, name))
        studio = self._studio
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))
        self.destroyed.connect(studio.reading.listen(self._hear_reading))

    # rendering

    def _render(self, state: State) -> None:
        data = state.project.data
        self.set_note(words.note(state), data.source.path if data else "")
        self.empty.setVisible(data is None)
        self.content.setVisible(data is not None)
        self._render_busy(state)
        if data is None:
            return
        self._render_problem(state.data_problem if state.facts_are_current or state.source_is_current else None)
        self._render_source(state)
        self._render_facts(state)
        self.split.render_state(state)

    def _hear_reading(self, name: str) -> None:
        self._reading = name
        self._render_busy(self._studio.state)

    def _render_busy(self, state: State) -> None:
        """Say quietly that a file is being read: one that is to be opened, or that of the project."""
        data = state.project.data
        is_awaited = data is not None and not state.source_is_current and not state.facts_are_current
        name = self._reading or (Path(data.source.path).name if data and is_awaited else "")
        self.busy.setText(f"Reading {name} …")
        self.busy.setVisible(bool(name))

    def _render_problem(self, problem: StudioError | None) -> None:
        self.problem.setVisible(problem is not None)
        if problem:
            self.problem.say(problem.what, f"{problem.why} {problem.remedy}".strip())

    def _render_source(self, state: State) -> None:
        is_folder = isinstance(edits.data_of(state.project).source, ImageFolderSource)
        self.pictures.setVisible(is_folder)
        self.columns.setVisible(not is_folder)
        self.target.setVisible(not is_folder)
        if is_folder:
            self.pictures.render_state(state)
        else:
            self.target.render_state(state)
            self.columns.render_entries(entries_of(state))
        self._render_filter(not is_folder and len(edits.data_of(state.project).columns) >= FILTER_FROM)

    def _render_filter(self, shown: bool) -> None:
        self.filter.setVisible(shown)
        if not shown:
            self.filter.clear()

    def _render_facts(self, state: State) -> None:
        data = state.described or edits.data_of(state.project)  # what the facts are about
        facts = state.facts if state.source_is_current else None
        self.sight.setText(words.sight(data, facts) if facts else "")
        self.sight.setVisible(facts is not None)
        self.show_sight.setVisible(bool(facts and facts.features))
        self.show_sight.setEnabled(state.facts_are_current)
        cells = words.cells(data, facts) if facts else ""
        self.cells.setText(cells)
        self.cells.setVisible(bool(cells))

    # what the user asks for

    def _use(self, names: list[str], used: bool) -> None:
        what = names[0] if len(names) == 1 else words.counted(len(names), "column")
        verb = "Use" if used else "Ignore"
        self._studio.apply(f"{verb} {what}", edits.set_used(self._studio.state.project, set(names), used))

    def _understand(self, names: list[str], kind: Kind) -> None:
        what = names[0] if len(names) == 1 else words.counted(len(names), "column")
        self._studio.apply(f"Read {what} as {kind}", edits.set_kind(self._studio.state.project, set(names), kind))

    def _show_sight(self) -> None:
        if self._studio.state.facts and self._studio.state.facts_are_current:
            EncodedDialog(self._studio.state, self).open()
