"""The lower part of the runs: what the chosen ones have in common, and what not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nnstudio.gui.page import Page
from nnstudio.gui.panel import Choice
from nnstudio.gui.runs.model import COLUMNS, balanced, beside, shown
from nnstudio.gui.runs.overlay import OverlayPage
from nnstudio.gui.studio import Studio
from nnstudio.gui.tables.cells import Cell, Column
from nnstudio.gui.tables.page import TablePage
from nnstudio.gui.theme import GRID, Theme
from nnstudio.runs.compare import differences
from nnstudio.runs.course import Course
from nnstudio.runs.listing import RunLine, RunList
from nnstudio.runs.store import RunStore
from nnstudio.session.tuning import place_words, rates_words
from nnstudio.spec.words import counted

SECTIONS = {
    "curves": ("Curves", "The epochs of the chosen runs over each other."),
    "differences": ("Differences", "In which fields the projects of two chosen runs differ."),
    "details": ("Details", "Everything that is remembered of the chosen run."),
}


class ChosenRuns(QWidget):
    """Curves, differences and details of the runs that are chosen."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[RunLine] = ()
        self._store: RunStore | None = None
        self.sections, self.stack = Choice(SECTIONS), QStackedWidget()
        self.curves = OverlayPage(theme, studio.save_file)
        self.differences = TablePage(theme, "Differences", "", studio.save_file)
        self.details = TablePage(theme, "Details", "", studio.save_file)
        for listed in (self.differences, self.details):
            listed.table.setAccessibleDescription(SECTIONS[listed.table.accessibleName().lower()][1])
        self._pages: dict[str, Page] = dict(zip(SECTIONS, (self.curves, self.differences, self.details), strict=True))
        for page in self._pages.values():
            self.stack.addWidget(page)
        row = QHBoxLayout()
        row.addWidget(self.sections)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.stack, 1)
        self.sections.show_choice("curves")
        self.sections.chosen.connect(self.show_section)

    def show_runs(self, store: RunStore, lines: Sequence[RunLine]) -> None:
        """Show other runs of ``store``."""
        self._store, self._lines = store, lines
        self.show_section(self.sections.choice)

    def show_section(self, section: str) -> None:
        """Bring a section to the front; only that is filled."""
        self.sections.show_choice(section)
        self.stack.setCurrentWidget(self._pages[section])
        if self._store is None or not self._lines:
            return
        if section == "curves":
            self.curves.show_runs(RunList(self._store), self._lines)
        elif section == "differences":
            self._show_differences(self._store, self._lines)
        else:
            self._show_details(self._store, self._lines[0])

    def _show_differences(self, store: RunStore, lines: Sequence[RunLine]) -> None:
        if len(lines) != 2:
            self.differences.note.setText("Choose two runs (Ctrl + click) to see how their projects differ.")
            self.differences.table.show_cells((), ())
            return
        older, newer = sorted(lines, key=lambda line: line.started)
        found = differences(*(store.run(line.id).project for line in (older, newer)))
        self.differences.note.setText(
            f"The two projects differ in {counted(len(found), 'field')}; the older run stands left."
        )
        columns = [Column("Field"), _title("older", older), _title("newer", newer)]
        cells = [[Cell(each.field, tip=each.help), Cell(each.one), Cell(each.other)] for each in found]
        self.differences.table.show_cells(columns, cells)

    def _show_details(self, store: RunStore, line: RunLine) -> None:
        whole = {"baseline": beside(line), "balanced": balanced(line)}
        facts = [(title, whole.get(key, shown(line, key))) for key, title, _ in COLUMNS]
        facts += course_of(Course(store), line)
        facts += [("Data file", line.data), ("Data fingerprint", line.fingerprint), ("Device", line.device)]
        facts += [("nnstudio", line.version), *line.environment.items(), ("Identity", line.id), ("Error", line.error)]
        self.details.note.setText("Of the first of the chosen runs." if len(self._lines) > 1 else "")
        cells = [[Cell(title), Cell(text)] for title, text in facts if text]
        self.details.table.show_cells([Column("What"), Column("Value")], cells)


def course_of(course: Course, line: RunLine) -> Iterator[tuple[str, str]]:
    """What a run goes on from, and what was changed while it trained."""
    if origin := course.origin(line.id):
        yield f"Goes on from epoch {origin.epoch:,} of", f"{origin.run}, {origin.weights} weights"
    for change in course.changes(line.id):
        yield place_words(change), rates_words(change)


def _title(age: str, line: RunLine) -> Column:
    """The title of a run's column: short, for its values matter more."""
    return Column(line.name or age, f"{line.name}, started {shown(line, 'started')}.")
