"""The data panel: from a dropped file to the rows and numbers that the network gets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.batches_section import BatchesSection
from nnstudio.gui.data.column_details import ColumnDetails
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_model import entries_of
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.data.empty import DataEmptyState
from nnstudio.gui.data.encoded import EncodedDialog
from nnstudio.gui.data.findings_section import FindingsSection
from nnstudio.gui.data.layout_section import LayoutSection
from nnstudio.gui.data.pictures import PictureSection
from nnstudio.gui.data.reading import ReadingLine, ReadingProgress
from nnstudio.gui.data.split_section import SplitSection
from nnstudio.gui.data.target_section import TargetSection
from nnstudio.gui.data.watch import Watch
from nnstudio.gui.panel import Banner, Button, Note, Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.errors import StudioError
from nnstudio.spec.sources import ImageFolderSource, PictureSource

FILTER_FROM = 20
"""So many columns are worth searching."""


class DataPanel(Panel):
    """Shows what is open, what each column is for and who gets to see which rows; or one column in full."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Data", scrolls=True, parent=parent)
        self._studio = studio
        self._watch = Watch()
        self._theme = theme
        self._details: ColumnDetails | None = None
        self._verbs = verbs = ColumnVerbs(studio)
        self.empty = DataEmptyState(studio)
        self.target = TargetSection(studio, verbs)
        self.columns = ColumnTable(verbs, theme)
        self.filter = QLineEdit(placeholderText="Filter columns", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter columns")
        self.findings = FindingsSection(self._fix, self._put_aside)
        self.pictures = PictureSection(studio, theme)
        self.layout_section = LayoutSection(studio)
        self.split, self.batches = SplitSection(studio, theme), BatchesSection(studio)
        self.problem = Banner("bad")
        self.sight, self.cells = Note(), Note()
        self.busy, self.reading = ReadingProgress(studio, theme), ReadingLine(studio, theme)
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
        above: tuple[QWidget, ...] = (self.reading, self.problem, self.target, self.filter)
        below: tuple[QWidget, ...] = (self.findings, self.pictures, self.layout_section)
        for widget in above:
            layout.addWidget(widget)
        layout.addWidget(self.columns, 100)
        for widget in below:
            layout.addWidget(widget)
        layout.addLayout(self._sight_row())
        layout.addWidget(self.cells)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self.split)
        layout.addWidget(self.batches)
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
        self.columns.details_asked.connect(self.show_details)
        studio = self._studio
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))

    @property
    def details(self) -> ColumnDetails:
        """The page for columns in full, made when it is needed first."""
        if self._details is None:
            self._details = ColumnDetails(self._verbs, self._theme, self._fix, self._put_aside)
            self._details.closed.connect(self.close_details)
            self._details.moved.connect(self._show_neighbour)
            self.body.addWidget(self._details, 1)
        return self._details

    @property
    def _in_full(self) -> bool:
        """Whether columns are shown in full, rather than all of the data."""
        return self._details is not None and bool(self._details.names)

    # rendering

    def _render(self, state: State) -> None:
        data = state.project.data
        self.set_note(words.note(state), data.source.path if data else "")
        if data is None and self._details:
            self._details.show_columns([])
        self._choose_page(state)
        if data is None:
            return
        findings = self._watch.look(state)
        if self._in_full:  # what is hidden is rendered when it comes back
            self.details.render_state(state, entries_of(state, findings), findings)
            return
        self._render_problem(state.data_problem if state.source_is_current else None)  # else the reading line asks
        self._render_source(state, findings)
        self._render_facts(state)
        for section in (self.layout_section, self.split, self.batches):
            section.render_state(state)

    def _choose_page(self, state: State) -> None:
        """What is to be seen: the invitation, one column, or all of it."""
        data = state.project.data
        self.empty.setVisible(data is None and self._studio.reading_now is None)
        self.content.setVisible(data is not None and not self._in_full)
        if self._details:
            self._details.setVisible(self._in_full)

    def _render_problem(self, problem: StudioError | None) -> None:
        self.problem.setVisible(problem is not None)
        if problem:
            self.problem.say(problem.what, f"{problem.why} {problem.remedy}".strip())

    def _render_source(self, state: State, findings: tuple[Finding, ...]) -> None:
        source = edits.data_of(state.project).source
        is_folder = isinstance(source, ImageFolderSource)
        self.pictures.setVisible(isinstance(source, PictureSource))
        self.columns.setVisible(not is_folder)
        self.findings.render_findings(findings)
        if isinstance(source, PictureSource):
            self.pictures.render_state(state)
        self.target.render_state(state)
        if not is_folder:
            self.columns.render_entries(entries_of(state, findings))
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

    def show_details(self, names: list[str]) -> None:
        """Show these columns in full, in the place of the list."""
        self.details.show_columns(names)
        self._render(self._studio.state)
        self.details.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_details(self) -> None:
        """Show the list again."""
        self.details.show_columns([])
        self._render(self._studio.state)
        self.columns.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_neighbour(self, by: int) -> None:
        self.show_details(self.columns.step(by))

    def _fix(self, fix: Fix) -> None:
        self._studio.apply(fix.title, fix.apply(self._studio.state.project))

    def _put_aside(self, finding: Finding) -> None:
        self._watch.put_aside(finding)
        self._render(self._studio.state)

    def _show_sight(self) -> None:
        if self._studio.state.facts and self._studio.state.facts_are_current:
            EncodedDialog(self._studio, self).open()
