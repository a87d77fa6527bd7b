"""The runs that wait for the one that is going on: what each changes, in which order they come, and out with them."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.gui.icons import icon
from nnstudio.gui.panel import Button, ElidedLabel, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.runs.compare import differences
from nnstudio.session.queue import QueuedRun, RunQueue
from nnstudio.spec.project import Project
from nnstudio.spec.words import counted

MOST_NAMED = 3
"""As many differences are named; the others are counted."""
ROW = 3 * GRID + 4
MOST_ROWS = 6
"""As many are seen at once; the others are scrolled to."""


class QueueList(QFrame):
    """Seen while runs wait."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._theme = studio, theme
        self._queue: RunQueue = studio.trainer.queue
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.clear = Button("Clear", "quiet", self._queue.clear, "Let none of them be trained.")
        self.rows = QWidget()
        self._grid = QGridLayout(self.rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(2, 5)
        self._scroll = VerticalScroll(self.rows)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._scroll)
        stops = (self._queue.changed.listen(self._render), studio.run.changed.listen(self._follow_run))
        self.destroyed.connect(lambda: [stop() for stop in stops])
        self._before: Project | None = studio.run.project
        theme.changed.connect(self._render)
        self._render()

    def _follow_run(self) -> None:
        """What the first of them changes, it changes against the run that is going on."""
        if self._studio.run.project is not self._before:
            self._render()

    def _render(self, _: object = None) -> None:
        waiting = self._queue.waiting
        self.setVisible(bool(waiting))
        self.title.setText(f"{counted(len(waiting), 'run')} in the queue")
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._before = before = self._studio.run.project
        for place, run in enumerate(waiting):
            self._add(place, run, before)
            before = run.project
        self._scroll.setFixedHeight(min(len(waiting), MOST_ROWS) * scaled(ROW))

    def _add(self, place: int, run: QueuedRun, before: Project | None) -> None:
        number = QLabel(f"{place + 1}.")
        number.setProperty("role", "small")
        changes = ElidedLabel(changes_words(before, run.project), role="small")
        changes.explain("What is changed against the run before it.")
        widgets: list[QWidget] = [number, ElidedLabel(run.name), changes]
        for sign, what, does, can in (
            ("arrow-up", "Move up", lambda: self._queue.move(run.number, -1), place > 0),
            ("arrow-down", "Move down", lambda: self._queue.move(run.number, 1), place < len(self._queue.waiting) - 1),
            ("x", "Remove", lambda: self._queue.remove(run.number), True),
        ):
            button = Button("", "icon", does, f"{what}.")
            button.setAccessibleName(f"{what}: {run.name}, {place + 1}")
            button.setIcon(icon(sign, self._theme.colours.muted, self._theme.colours.faint))
            button.setEnabled(can)
            widgets.append(button)
        self._grid.setRowMinimumHeight(place, scaled(ROW))
        for column, widget in enumerate(widgets):
            self._grid.addWidget(widget, place, column)


def changes_words(before: Project | None, project: Project) -> str:
    """In which fields a project differs from the one that is trained before it."""
    if before is None:
        return ""
    found = differences(before, project)
    if not found:
        return "the same as the run before it"
    words = [f"{each.title} {each.other}" for each in found[:MOST_NAMED]]
    rest = len(found) - len(words)
    return ", ".join(words) + (f", and {counted(rest, 'more field')}" if rest else "")
