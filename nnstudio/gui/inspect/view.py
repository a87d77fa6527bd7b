"""The page that shows training in slow motion: a batch, its way forward, its gradients, and the step they lead to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from nnstudio.gui.forms.field_row import FieldRow
from nnstudio.gui.inspect.details import Details
from nnstudio.gui.inspect.lines import INPUT, LOSS, LinesTable, lines_of
from nnstudio.gui.panel import MARGIN, Banner, Button, ElidedLabel, EmptyState, Note, Pages, VerticalScroll
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.latest import Latest
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.stepping import result, whereabouts
from nnstudio.session.which_weights import START, weights_choice, weights_file
from nnstudio.spec.errors import StudioError
from nnstudio.spec.model import Row
from nnstudio.spec.params import Field, Param
from nnstudio.spec.requests import WatchStep
from nnstudio.spec.watched import WatchedStep

MOST_STEPS = 100_000
MOST_PARAMETERS = 20_000_000
LEAST_HEIGHT = 36 * GRID
PATIENCE = 400
"""Milliseconds; a step that takes longer is announced."""
REDRAW_MILLISECONDS = 200
TRAIN, EVAL = "train", "eval"
_STEPS = Param("Steps made", "How many batches were learned before the one that is shown.", low=0, high=MOST_STEPS)
_ROW = Param("Row", "Which row of the batch is followed through the network.", low=1, high=1_000_000)
_MODE = Param(
    "Mode",
    "In train() dropout drops units and batch norm compares the batch; in eval() all is as for predictions.",
    labels=("train()", "eval()"),
)
FIELDS = (
    Field("steps", int, 0, _STEPS),
    Field("place", int, 1, _ROW),
    Field("mode", str, TRAIN, _MODE, (TRAIN, EVAL)),
)
WEIGHTS = weights_choice("Which weights the first step begins with.")
WAIT = "A step is shown as soon as the network fits the data."
TOO_MANY = f"Steps of networks with more than {MOST_PARAMETERS // 10**6} million parameters are not shown."


@dataclass(frozen=True, slots=True)
class Look:
    """What the user looks at: how many steps were made, which example, mode and weights; ``line`` is a key."""

    steps: int = 0
    place: int = 0
    mode: str = TRAIN
    weights: str = START
    line: str = LOSS
    unit: int = -1


class _Sides(QSplitter):
    """Both sides scroll: it asks for no more than the least, and takes what there is."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), LEAST_HEIGHT)


class InspectView(QWidget):
    """Steps through training. The engine is asked only while this is looked at; nothing here changes the project."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.look = Look()
        self._asked: WatchStep | None = None
        self._watched: WatchedStep | None = None
        self._height = 0
        self._latest: Latest[WatchedStep | StudioError] = Latest(self)
        self.empty = EmptyState(
            "Nothing to inspect yet", "Open data: here you can make one training step after another."
        )
        self.fields = FieldRow(FIELDS, self._change, aligned=False)
        self.weights = FieldRow((WEIGHTS,), self._change, aligned=False)
        self.over = Button("Start over", "", lambda: self._go(0), "Be in front of the first step.")
        self.back = Button("Step back", "", lambda: self._go(self.look.steps - 1), "The step before (Alt+Left)")
        self.forth = Button(
            "Step", "", lambda: self._go(self.look.steps + 1), "Make this step, and show the next (Alt+Right)"
        )
        self.back.setShortcut("Alt+Left")
        self.forth.setShortcut("Alt+Right")
        self.place, self.busy, self.said = ElidedLabel(role="strong"), ElidedLabel(role="muted"), Note(role="")
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(lambda: self.busy.setText("Stepping …" if self._latest.is_waiting else ""))
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MILLISECONDS)
        self._redraw.timeout.connect(self._draw_course)
        self.lines = LinesTable(theme)
        self.lines.chosen.connect(self._choose)
        self.details = Details(studio, theme, lambda unit: self._look(replace(self.look, unit=unit)))
        self.problem = Banner("bad")
        self.problem.hide()
        self._lay_out()
        self.sides.hide()  # until there is something to show
        self.destroyed.connect(studio.document.changed.listen(lambda _old, _new: self._render()))
        self.destroyed.connect(studio.run.changed.listen(self._follow_run))
        self.destroyed.connect(studio.choice.changed.listen(self._follow_choice))

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(GRID)
        steps.addWidget(self.place)
        steps.addWidget(self.busy, 1)
        for button in (self.over, self.back, self.forth):
            steps.addWidget(button)
        self.sides = _Sides(Qt.Orientation.Vertical)
        self.sides.addWidget(self.lines)
        self.sides.addWidget(VerticalScroll(self.details))
        self.sides.setChildrenCollapsible(False)
        self.sides.setHandleWidth(GRID)
        self.sides.setStretchFactor(1, 1)
        self.sides.setMinimumHeight(LEAST_HEIGHT)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(GRID)
        layout.addWidget(self.weights)
        layout.addWidget(self.fields)
        layout.addLayout(steps)
        for widget in (self.said, self.problem):
            layout.addWidget(widget)
        layout.addWidget(self.sides, 1)
        layout.addStretch(0)  # takes the room of the tables while these are hidden
        self._pages = Pages(self, self.empty, page)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_choice()
        self._render()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._latest.is_waiting:
            self._forget()

    def _forget(self) -> None:
        """Wait for no step any more."""
        self._latest.forget()
        self._asked = None

    # rendering

    def _render(self) -> None:
        if not self.isVisible():
            return
        state, look = self._studio.state, self.look
        has_data = state.project.data is not None and state.facts is not None
        self._pages.show_content(has_data)
        if not has_data:
            return
        self.weights.setVisible(self._studio.run.finished is not None)
        self.weights.render_values({"weights": look.weights})
        self.fields.render_values({"steps": look.steps, "place": look.place + 1, "mode": look.mode})
        self.over.setEnabled(look.steps > 0)
        self.back.setEnabled(look.steps > 0)
        self.forth.setEnabled(look.steps < MOST_STEPS)
        self._ask()

    def _ask(self) -> None:
        """Ask for the step, unless it is the one that is shown."""
        state, look, walked = self._studio.state, self.look, self._studio.state.walked
        if walked is None or walked.problem or not state.facts_are_current or walked.count > MOST_PARAMETERS:
            self._forget()
            self._wait(TOO_MANY if walked and walked.count > MOST_PARAMETERS else WAIT)
            return
        layer = "" if look.line in (INPUT, LOSS) else look.line
        wanted = WatchStep(state.project, look.steps, look.place, layer, look.unit, look.mode == TRAIN, self._file)
        if wanted != self._asked:
            self._asked = wanted
            self._patience.start()
            self._latest.ask(lambda receive: self._studio.looking.watch_step(wanted, receive), self._hear)

    @property
    def _file(self) -> str:
        return weights_file(self.look.weights, self._studio.run.finished)

    def _wait(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.place.setText("")
        self.busy.setText("")
        self.problem.hide()
        self.sides.hide()

    def _hear(self, answer: WatchedStep | StudioError) -> None:
        self.busy.setText("")
        if isinstance(answer, StudioError):
            self._wait("")
            self.problem.show_problem(answer)
            return
        self.problem.hide()
        self.sides.show()
        self._show(answer)

    def _show(self, watched: WatchedStep) -> None:
        rows, training = self._rows, self._studio.state.project.training
        self._watched = watched
        self.place.setText(whereabouts(watched))
        self.place.explain("The row is the one of the file that is followed through the network.")
        self.said.setText(result(watched, training))
        key = self.look.line if self.look.line in rows or self.look.line == INPUT else LOSS
        self._list(watched, key)
        self.fields.hint("place", f"of {len(watched.rows)}")
        self._share_height()
        self._show_details(key, watched, rows.get(key))

    @property
    def _rows(self) -> dict[str, Row]:
        return {row.id: row for _, row in self._studio.state.project.model.numbered()}

    def _list(self, watched: WatchedStep, key: str) -> None:
        project, run = self._studio.state.project, self._studio.run
        courses = run.gradients.columns if run.project and run.project.model == project.model else {}
        self.lines.show_lines(lines_of(watched, self._rows, project.training.loss.title, courses), key)

    def _share_height(self) -> None:
        """Let the list be as high as it needs, up to a half, until the user has moved the handle."""
        wanted, whole = self.lines.sizeHint().height(), self.sides.height()
        if wanted != self._height:
            self._height = wanted
            self.sides.setSizes([min(wanted, whole // 2), whole - min(wanted, whole // 2)])

    def _show_details(self, key: str, watched: WatchedStep, row: Row | None) -> None:
        state = self._studio.state
        classes = state.facts is not None and state.facts.task.is_classification
        self.details.show_line(key, watched, row, state.project.training, classes=classes)

    # what the user asks for

    def _change(self, name: str, value: object) -> None:
        if name == "place":
            self._look(replace(self.look, place=cast(int, value) - 1))
        elif name == "steps":
            self._go(cast(int, value))
        elif name == "mode":
            self._look(replace(self.look, mode=str(value)))
        else:
            self._look(replace(self.look, weights=str(value), steps=0))

    def _go(self, steps: int) -> None:
        self._look(replace(self.look, steps=max(0, min(steps, MOST_STEPS))))

    def _look(self, look: Look) -> None:
        self.look = look
        self._render()

    def _choose(self, key: str) -> None:
        """Look at another line; a layer is chosen everywhere in the window."""
        self._look(replace(self.look, line=key, unit=-1))
        if key not in (INPUT, LOSS):
            self._studio.choice.choose([key])
        elif self._watched:
            self._show_details(key, self._watched, None)

    # following

    def _follow_choice(self) -> None:
        """Look at the layer that is chosen elsewhere."""
        chosen = self._studio.choice.rows[-1:]
        known = {row.id for _, row in self._studio.state.project.model.leaves()}
        if chosen and chosen[0] in known and chosen[0] != self.look.line:
            self._look(replace(self.look, line=chosen[0], unit=-1))

    def _follow_run(self) -> None:
        if self._studio.run.finished is None and self.look.weights != START:
            self.look = replace(self.look, weights=START)
        if self.weights.isHidden() is (self._studio.run.finished is not None):
            self._render()
        if self.isVisible() and not self._redraw.isActive():
            self._redraw.start()

    def _draw_course(self) -> None:
        """Show how gradients go while a run trains."""
        if self._watched and self.sides.isVisible():
            self._list(self._watched, self.look.line)
