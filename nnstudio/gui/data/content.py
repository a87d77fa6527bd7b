"""All that the data panel shows of an open source: how it was read, its columns, findings, layout and split."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nnstudio.gui.data import words
from nnstudio.gui.data.batches_section import BatchesSection
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_model import entries_of
from nnstudio.gui.data.columns_view import ColumnTable
from nnstudio.gui.data.encoded import show_encoded
from nnstudio.gui.data.findings_section import FindingsSection
from nnstudio.gui.data.layout_section import LayoutSection
from nnstudio.gui.data.pictures import PictureSection
from nnstudio.gui.data.reading_line import ReadingLine
from nnstudio.gui.data.split_section import SplitSection
from nnstudio.gui.data.target_section import TargetSection
from nnstudio.gui.panel import Banner, Button, Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.sources import ImageFolderSource, PictureSource

FILTER_FROM = 20
"""So many columns are worth searching."""


class DataContent(QWidget):
    """Shows a source, what each column is for and who gets to see which rows."""

    def __init__(
        self,
        studio: Studio,
        theme: Theme,
        verbs: ColumnVerbs,
        fix: Callable[[Fix], None],
        put_aside: Callable[[Finding], None],
    ) -> None:
        super().__init__()
        self.target = TargetSection(studio, verbs)
        self.columns = ColumnTable(verbs, theme)
        self.filter = QLineEdit(placeholderText="Filter columns", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter columns")
        self.filter.textChanged.connect(self.columns.filter)
        self.findings = FindingsSection(fix, put_aside)
        self.pictures = PictureSection(studio, theme)
        self.layout_section = LayoutSection(studio)
        self.split, self.batches = SplitSection(studio, theme), BatchesSection(studio, theme)
        self.problem = Banner("bad")
        self.sight, self.cells = Note(), Note()
        self.reading = ReadingLine(studio, theme)
        help_ = "List the numbers and the columns they come from."
        self.show_sight = Button("Show", "link", lambda: show_encoded(studio, self), help_)
        self._arrange()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
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

    def _sight_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.sight, 1)
        row.addWidget(self.show_sight)
        return row

    def render_state(self, state: State, findings: tuple[Finding, ...]) -> None:
        """Show the data of ``state``."""
        self.problem.show_problem(state.data_problem if state.source_is_current else None)  # else the reading line asks
        self._render_source(state, findings)
        self._render_facts(state)
        for section in (self.layout_section, self.split, self.batches):
            section.render_state(state)

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
