"""Which weights of the chosen layer are looked at: those that training starts with, or those of the last run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.network.items import Item
from nnstudio.gui.panel import Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.theme import GRID
from nnstudio.session.which_weights import BEST, START, weights_choice, weights_file
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import RunFinished
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.requests import ShowWeights

WHICH = weights_choice("Which weights the figures below are of.")
WAIT = "The weights are shown as soon as every layer fits the one before it."

MOST_PARAMETERS = 150_000_000
"""Of a network that is made only to be looked at."""
READING = "Reading the weights …"
TOO_MANY = f"The weights of networks with more than {MOST_PARAMETERS // 10**6} million parameters are not shown."

Seen = Sequence[SeenTensor]


class SeenWeights(QWidget):
    """A choice, where there is one, and a sentence on what is shown; ``on_seen(tensors)`` gets the figures.

    The engine is asked while this is looked at, and only for what is not shown already.
    """

    def __init__(self, studio: Studio, on_seen: Callable[[Seen], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._on_seen = studio, on_seen
        self._item: Item | None = None
        self._finished: RunFinished | None = None
        self._asked: ShowWeights | None = None
        self._latest: Latest[Seen | StudioError] = Latest(self)
        self._which = START
        self.form = Form((WHICH,), lambda _, which: self._choose(str(which)))
        self.sentence = Note(role="small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.form)
        layout.addWidget(self.sentence)
        self._offer()

    def show_item(self, item: Item | None) -> None:
        """Look at the weights of a row; at none where it has none."""
        before, self._item = self._item, item
        if item is None or before is None or item.row.id != before.row.id:
            self._forget()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._latest.is_waiting:
            self._forget()

    # which weights

    def follow_run(self) -> None:
        """Show the weights that a run has found, when it has ended."""
        finished = self._studio.run.finished
        if finished is not self._finished:
            self._finished = finished
            self._which = BEST if finished else START
            self._offer()
            self.refresh()

    def _offer(self) -> None:
        self.form.setVisible(self._finished is not None)
        self.form.render({"weights": self._which})

    def _choose(self, which: str) -> None:
        self._which = which
        self.refresh()

    @property
    def _file(self) -> str:
        return weights_file(self._which, self._finished)

    # asking

    def refresh(self) -> None:
        """Ask for the weights as they are by now, unless they are shown."""
        if self._item is None or not self.isVisible():
            return
        walked, project = self._studio.state.walked, self._studio.state.project
        if walked is None or walked.problem or not self._item.after or walked.count > MOST_PARAMETERS:
            self._forget()
            self.sentence.setText(TOO_MANY if walked and walked.count > MOST_PARAMETERS else WAIT)
            return
        row_id, seed = self._item.row.id, project.training.seed
        wanted = ShowWeights(project.model, walked.input_shape, row_id, seed, self._file)
        if wanted != self._asked:
            self._asked = wanted
            if self.sentence.text() in ("", WAIT, TOO_MANY):  # what is shown stays until it is known better
                self.sentence.setText(READING)
            self._latest.ask(lambda receive: self._studio.looking.show_weights(wanted, receive), self._hear)

    def _forget(self) -> None:
        self._latest.forget()
        self._asked = None
        self.sentence.setText("")
        self._on_seen(())

    def _hear(self, answer: Seen | StudioError) -> None:
        if isinstance(answer, StudioError):
            self._on_seen(())
            self.sentence.setText(str(answer))
        else:
            self._on_seen(answer)
            self.sentence.setText(self._words(answer))

    def _words(self, seen: Seen) -> str:
        """Where the numbers that are shown are from."""
        fresh, project = sum(tensor.is_fresh for tensor in seen), self._studio.state.project
        drawn = f"fresh, drawn for seed {project.training.seed}"
        if fresh == len(seen):
            return f"As training starts: {drawn}."
        if self._file and self._finished:
            source = f"the last run, epoch {self._finished.best_epoch}" if self._which == BEST else "the last run’s end"
        else:
            source = ", ".join(Path(start.path).name for start in project.model.starts)
        rest = f"; the other {fresh} {drawn}" if fresh else ""
        return f"From {source}{rest}."
