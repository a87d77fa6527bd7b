"""One batch after the other, as the network is handed them: inputs and labels as tensors, and where they come from."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from nnstudio.data.table import MappedTable
from nnstudio.gui.forms.field_row import FieldRow
from nnstudio.gui.panel import MARGIN, Banner, Button, ElidedLabel, EmptyState, Note, Pages
from nnstudio.gui.results import batch_words
from nnstudio.gui.results.batch_model import Batch
from nnstudio.gui.results.batch_sides import InputSide, LabelSide
from nnstudio.gui.results.batch_strip import BatchStrip
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import StudioError, as_studio_error
from nnstudio.spec.facts import ShownExamples
from nnstudio.spec.params import Field, Param, fields_of
from nnstudio.spec.parts import PART_WORDS, PARTS, Part

PATIENCE = 400
"""Milliseconds; a batch that takes longer is announced."""
MOST_SHOWN = 512
"""Examples of a batch that are shown at once."""
PART = Field(
    "part",
    str,
    "train",
    Param("Part", "Which rows to look at.", labels=tuple(PART_WORDS[part].capitalize() for part in PARTS)),
    PARTS,
)
EPOCH = Field("epoch", int, 1, Param("Epoch", "Each epoch goes through all training rows once.", low=1, high=1_000_000))


class BatchesView(QWidget):
    """Steps through the batches of an epoch. The engine is asked only while this is looked at."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._part: Part = "train"
        self._epoch, self._place = 1, 0
        self._asked: object = None
        self._batch: Batch | None = None
        self._latest: Latest[ShownExamples | StudioError] = Latest(self)
        self.empty = EmptyState("No batches yet", "Open data: here you can see how an epoch hands it to the network.")
        batches = {field.name: field for field in fields_of(Batches)}
        self.fields = FieldRow([PART, EPOCH, batches["size"], batches["shuffle"]], self._change, aligned=False)
        self.before = Button("Previous", "", lambda: self._go(-1), "The batch before (Alt+Left)")
        self.behind = Button("Next", "", lambda: self._go(1), "The next batch (Alt+Right)")
        self.before.setShortcut("Alt+Left")
        self.behind.setShortcut("Alt+Right")
        self.place, self.busy, self.lesson = ElidedLabel(role="strong"), ElidedLabel(role="muted"), Note()
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(lambda: self.busy.setText("Encoding …" if self._latest.is_waiting else ""))
        self.strip = BatchStrip(theme)
        self.inputs, self.labels = InputSide(theme), LabelSide(theme)
        self.problem = Banner("bad")
        self.problem.hide()
        self._lay_out()
        self._show_tensors(shown=False)
        self.destroyed.connect(studio.document.changed.listen(lambda _old, new: self._render(new)))

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(GRID)
        steps.addWidget(self.place)
        steps.addWidget(self.busy, 1)
        steps.addWidget(self.labels.one_hot)
        steps.addWidget(self.before)
        steps.addWidget(self.behind)
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.addWidget(self.inputs)
        self.sides.addWidget(self.labels)
        self.sides.setChildrenCollapsible(False)
        self.sides.setHandleWidth(1)
        self.sides.setStretchFactor(0, 1)
        self.sides.setSizes([40 * GRID, 27 * GRID])
        self.inputs.scrolled.connect(self.labels.scroll_to)
        self.labels.scrolled.connect(self.inputs.scroll_to)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(self.fields)
        layout.addLayout(steps)
        for widget in (self.strip, self.lesson, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self.sides, 1)
        layout.addStretch(0)  # takes the room of the tables while these are hidden
        self._pages = Pages(self, self.empty, page)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._render(self._studio.state)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._latest.is_waiting:
            self._forget()

    def _forget(self) -> None:
        """Wait for no batch any more."""
        self._latest.forget()
        self._asked = None

    # rendering

    def _render(self, state: State) -> None:
        if not self.isVisible():
            return
        data, facts = state.project.data, state.facts
        self._pages.show_content(data is not None and facts is not None)
        if data is None or facts is None:
            self._forget()
            return
        values = {"part": self._part, "epoch": self._epoch, "size": data.batches.size, "shuffle": data.batches.shuffle}
        self.fields.render_values(values)
        self.fields.editor("epoch").setEnabled(self._part == "train")
        self.fields.editor("shuffle").setEnabled(self._part == "train")
        if not state.facts_are_current:
            return
        total = getattr(facts.rows, self._part)
        self._render_place(state, total)
        if total:
            self._ask(state)
        else:
            self._forget()
            self._show_tensors(shown=False)

    def _render_place(self, state: State, total: int) -> None:
        """Say which batch of how many this is, and what an epoch hands out."""
        batches = edits.data_of(state.project).batches
        count = batch_words.batch_count(total, batches.size)
        self._place = max(0, min(self._place, count - 1))
        self.place.setText(f"Batch {self._place + 1:,} of {count:,}" if count else "No rows")
        self.before.setEnabled(self._place > 0)
        self.behind.setEnabled(self._place + 1 < count)
        name = PART_WORDS[self._part]
        nothing = f"No rows are for {name}; the split says how many are."
        self.lesson.setText(batch_words.lesson(self._part, total, batches, self._epoch) if count else nothing)

    def _ask(self, state: State) -> None:
        """Ask for the batch, unless it is the one that is shown."""
        data = edits.data_of(state.project)
        wanted = data, state.project.training.seed, self._part, self._epoch, self._place
        if wanted == self._asked:
            return
        self._asked = wanted
        self._patience.start()
        start, epoch = self._place * data.batches.size, self._epoch if self._part == "train" else 0
        part, count = self._part, min(data.batches.size, MOST_SHOWN)
        self._latest.ask(
            lambda receive: self._studio.looking.show_examples(receive, part, start, count, epoch), self._hear
        )

    def _hear(self, answer: ShownExamples | StudioError) -> None:
        self.busy.setText("")
        problem = answer if isinstance(answer, StudioError) else self._show(answer)
        self.problem.show_problem(problem)
        self._show_tensors(shown=problem is None)

    def _show_tensors(self, *, shown: bool) -> None:
        for widget in (self.sides, self.strip):
            widget.setVisible(shown)

    def _show(self, shown: ShownExamples) -> StudioError | None:
        """Show a batch; gives what speaks against it."""
        state = self._studio.state
        if state.facts is None or state.source is None:
            return None
        try:
            batch = Batch(shown, MappedTable(shown.preview), state.facts.classes)
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            return as_studio_error(error)
        size = edits.data_of(state.project).batches.size
        length = min(size, max(0, shown.total - shown.start))
        self._render_place(state, shown.total)
        self.inputs.show_batch(batch, length)
        self.labels.show_batch(batch, length)
        self.strip.show_rows(batch.rows, state.source.rows)
        self._batch, before = batch, self._batch
        if before is not None:
            before.table.close()
        return None

    # what the user asks for

    def _change(self, name: str, value: object) -> None:
        if name == "part":
            self._part, self._place = cast(Part, value), 0
        elif name == "epoch":
            self._epoch = cast(int, value)
        else:
            self._set_batches(name, value)
        self._render(self._studio.state)

    def _set_batches(self, name: str, value: object) -> None:
        project = self._studio.state.project
        changed = replace(edits.data_of(project).batches, **{name: value})  # type: ignore[arg-type]  # the field has checked it
        title = "Change the batch size" if name == "size" else "Shuffle"
        self._studio.apply(title, edits.set_batches(project, changed), merge=f"batches {name}")

    def _go(self, steps: int) -> None:
        self._place += steps
        self._render(self._studio.state)
