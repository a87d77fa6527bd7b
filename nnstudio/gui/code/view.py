"""The tab with the code: live, side by side with the stack, to be looked through, copied or saved."""

from __future__ import annotations

from functools import partial
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.code.find import FindBar
from nnstudio.gui.code.page import CodePage
from nnstudio.gui.dialogs.files import FileDialogs
from nnstudio.gui.lazily import LazyView
from nnstudio.gui.panel import Button, Choice, ElidedLabel, EmptyState
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.printing import changed_lines, code_of, script_of, unprinted
from nnstudio.spec.code.text import Code
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import CodePrinted
from nnstudio.spec.requests import PrintCode
from nnstudio.spec.sources import Source

Which = Literal["script", "network"]

NOTE = "The network as PyTorch makes it. Click a line to choose its layer."
SCRIPT = "Trains this network from the file to the saved weights, as the export writes it."
TRAINED = "Trains the network of the last run again, with its numeric plan, as the export writes it."
WAITING = "Being printed anew: all but the network is from before the last edit."
TOO_LARGE = "More than {:,} rows are printed when the script is saved; the network is shown."
MOST_ROWS = 2_000_000
"""Of data that is read once more only to be printed."""

CHOICES: dict[str, tuple[str, str]] = {
    "network": ("Network", "What makes the network."),
    "script": ("Training script", "What reads the data, makes the network, and trains it."),
}


class CodeView(LazyView):
    """Prints what is open; choosing a layer marks its lines, and going to a line chooses its layer.

    What another setting changes in the script is marked, too.

    The network follows in the next frame; the rest of the script needs encoded data and is the engine's to print.
    """

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self._code = Code(())
        self._printed: CodePrinted | None = None
        self._about: Source | None = None
        """The data that it was printed about."""
        self._trained: object = None
        """How the project trains that it was printed of, and with which data."""
        self._asked: PrintCode | None = None
        self._latest: Latest[CodePrinted | StudioError] = Latest(self)
        self._revealed: tuple[str, ...] = ()
        self._files = FileDialogs(studio, self)
        self.which: Which = "script"
        self.empty = EmptyState(
            "No code yet",
            "Open data: the script that trains a network on it will be printed here, live as you edit it.",
        )
        self.page = CodePage(theme)
        self.page.line_chosen.connect(self._choose_row)
        self.note = ElidedLabel(SCRIPT, role="small")
        self.finder = FindBar(self.page)
        self.choices = Choice(CHOICES)
        self.choices.add_gap()
        self.choices.show_choice(self.which)
        self.choices.chosen.connect(self.choose)
        self.look = Button("Find", clicked=self.finder.begin, tooltip="Look for words in the code (Ctrl+F).")
        self.copy = Button("Copy", clicked=self._copy, tooltip="Copy all of the code.")
        self.save = Button("Save…", clicked=self._save, tooltip="Write the code into a file: a script or a notebook.")
        QShortcut(
            QKeySequence.StandardKey.Find,
            self,
            self.finder.begin,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self.lay_out(self.empty, (self.choices, self.look, self.copy, self.save), self._content())
        self.destroyed.connect(studio.run.changed.listen(self._follow_run))

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.note)
        column.addWidget(self.finder)
        column.addWidget(self.page, 1)
        return content

    # rendering

    def choose(self, which: Which) -> None:
        """Show the network alone, or all of the script."""
        self.which = which
        self.choices.show_choice(which)
        self.render_state()
        self.render_choice()

    def render_state(self) -> None:
        state = self._studio.state
        if self.which == "script":
            self._ask()
        else:
            self._forget()
        printed = self._printed if self.which == "script" else None
        code = script_of(state, printed, self._code) if printed else code_of(state, self._code)
        self.show_content(code is not None)
        self._code = code or Code(())
        self.page.show_lines([line.text for line in self._code.lines])
        self.note.setText(self._words())
        self.finder.refresh()

    def render_choice(self) -> None:
        rows = self._studio.choice.rows
        self.page.mark(self._code.lines_of(rows), reveal=rows != self._revealed)
        self._revealed = rows

    def _words(self) -> str:
        if self.which == "network":
            return NOTE
        if self._is_too_large:
            return TOO_LARGE.format(MOST_ROWS)
        if self._latest.is_waiting or self._printed is None:
            return WAITING
        if self._printed.problem:
            return self._printed.problem
        return TRAINED if self._asked and self._asked.model else SCRIPT

    # what the engine prints

    @property
    def _is_too_large(self) -> bool:
        facts = self._studio.state.facts
        return facts is not None and sum((facts.rows.train, facts.rows.validation, facts.rows.test)) > MOST_ROWS

    def _ask(self) -> None:
        """Ask for the script as it is by now, unless it is shown."""
        state, wanted = self._studio.state, None if self._is_too_large else self._studio.printer.request()
        if wanted is None or _source(wanted) != self._about:
            self._printed = None  # what was printed is about other data
        if wanted is None or not state.facts_are_current:
            self._forget()
        elif wanted != self._asked:
            self._asked = wanted
            self._latest.ask(lambda receive: self._studio.printer.show(wanted, receive), partial(self._hear, wanted))

    def _forget(self) -> None:
        self._latest.forget()
        self._asked = None

    def _hear(self, asked: PrintCode, answer: CodePrinted | StudioError) -> None:
        before, was_whole = self._code, self._printed is not None and not self._printed.problem
        self._printed = printed = unprinted(answer) if isinstance(answer, StudioError) else answer
        self._about = _source(asked)
        self.render_state()  # which drops it where the data are others by now
        self.render_choice()
        settings = asked.project.training, asked.project.data
        if was_whole and self._printed is printed and not printed.problem and settings != self._trained:
            self._mark_changed(changed_lines(before, self._code))
        self._trained = settings

    def _mark_changed(self, changed: tuple[int, ...]) -> None:
        """Show what a setting does: its lines before those of the chosen layers."""
        if changed:
            self.page.mark((*changed, *self._code.lines_of(self._studio.choice.rows)))

    def _follow_run(self) -> None:
        """After training the plan of the run is printed."""
        finished = self._studio.run.finished
        if finished and self._asked and self._asked.model != finished.best_weights:
            self.be_stale()

    # what is done with it

    def _choose_row(self, number: int) -> None:
        if row_id := self._code.row_at(number):
            self._studio.choice.choose([row_id])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._code.text)

    def _save(self) -> None:
        if self.which == "script":
            self._files.save_script()
        else:
            self._files.save_code()


def _source(request: PrintCode) -> Source | None:
    return request.project.data.source if request.project.data else None
