"""Loss, optimiser, and how long: every field comes from its declaration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.kind_form import KindForm
from nnstudio.gui.panel import Banner, Button, Note, Panel
from nnstudio.gui.search_marks import FieldMarks, mark_kinds
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.gui.training.rate_curve import RateCurve
from nnstudio.gui.training.run_rates import RunRates
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding
from nnstudio.session.mistakes.settings import unusual_settings
from nnstudio.session.tuning import differs
from nnstudio.spec.losses import LOSSES, Loss, losses_for
from nnstudio.spec.optimizers import OPTIMIZERS, Optimizer
from nnstudio.spec.params import fields_of, write_fields
from nnstudio.spec.schedules import SCHEDULES, Length, Schedule
from nnstudio.spec.training import LOSS, OPTIMIZER, SCHEDULE, Training

NO_DATA = "How the network learns: loss, optimiser, learning rate, epochs. Open data first; the loss follows from it."


class TrainingPanel(Panel):
    """Renders the training settings of the document; an edit counts from the next run on."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Training", scrolls=True, parent=parent)
        self._studio = studio
        self.empty = Note(NO_DATA)
        self.settings = QWidget()
        self.loss = KindForm(LOSSES, LOSS, self._use_loss, self._set_loss)
        self.optimizer = KindForm(OPTIMIZERS, OPTIMIZER, self._use_optimizer, self._set_optimizer)
        self.rates = RunRates(studio)
        self.schedule = KindForm(SCHEDULES, SCHEDULE, self._use_schedule, self._set_schedule)
        self.curve = RateCurve(theme)
        self.length = Form(fields_of(Training), self._set)
        self.advice = Banner("warning")
        layout = QVBoxLayout(self.settings)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for form in (self.advice, self.loss, self.optimizer, self.schedule, self.curve, self.length):
            layout.addWidget(form)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.settings)
        self.body.addStretch(1)
        self.set_footer(self.rates)
        self.optimizer.entered.connect(studio.trainer.use_rates)
        for owner, kinds in (("loss", self.loss), ("optimizer", self.optimizer), ("schedule", self.schedule)):
            mark_kinds(kinds, owner, studio, theme)
        FieldMarks(self.length, self.length.names, "training.{}".format, studio, theme)
        studio.document.changed.listen(self._render)
        studio.run.changed.listen(self._render_note)
        self._render(studio.state, studio.state)

    # what is asked for

    def _use_loss(self, loss: Loss) -> None:
        self._studio.apply(f"Use {loss.wording()}", edits.set_loss(self._studio.state.project, loss))

    def _use_optimizer(self, optimizer: Optimizer) -> None:
        self._studio.apply(f"Use {optimizer.title}", edits.set_optimizer(self._studio.state.project, optimizer))

    def _use_schedule(self, schedule: Schedule) -> None:
        training = replace(self._studio.state.project.training, schedule=schedule)
        self._studio.apply(f"Use {schedule.wording()}", edits.set_training(self._studio.state.project, training))

    def _set_loss(self, name: str, loss: Loss) -> None:
        self._apply(name, replace(self._studio.state.project.training, loss=loss), self.loss.settings)

    def _set_optimizer(self, name: str, optimizer: Optimizer) -> None:
        self._apply(name, replace(self._studio.state.project.training, optimizer=optimizer), self.optimizer.settings)

    def _set_schedule(self, name: str, schedule: Schedule) -> None:
        self._apply(name, replace(self._studio.state.project.training, schedule=schedule), self.schedule.settings)

    def _set(self, name: str, value: object) -> None:
        training = self._studio.state.project.training
        self._apply(name, replace(training, **{name: value}), self.length)  # type: ignore[arg-type]  # checked

    def _apply(self, name: str, training: Training, form: Form) -> None:
        title = form.editor(name).accessibleName().lower()
        project = edits.set_training(self._studio.state.project, training)
        self._studio.apply(f"Change {title}", project, merge=f"training.{name}")

    # what is shown

    def _render(self, old: State, new: State) -> None:
        data, training = new.project.data, new.project.training
        self.empty.setVisible(data is None)
        self.settings.setVisible(data is not None)
        if data is not None:
            if old is new or old.project.data is None or old.project.data.task is not data.task:
                self.loss.offer({kind.key: kind for kind in losses_for(data.task)})
            self.loss.show_value(training.loss, loss_hint(training.loss, new))
            self.optimizer.show_value(training.optimizer)
            self.schedule.show_value(training.schedule)
            self.curve.show_schedule(training.schedule, training.optimizer.lr, _length(new))
            self.length.render(write_fields(training))
        self._render_advice(new)
        self._render_note()

    def _render_advice(self, state: State) -> None:
        """Say what speaks against the settings; what is about a layer stands there."""
        found = next(self._settings_findings(state), None)
        self.advice.setVisible(found is not None)
        if found:
            fix, problem = found.fix, found.problem
            use = [Button(fix.title, "", lambda: self._studio.use_fix(fix))] if fix else []
            self.advice.say(problem.what, problem.why, use, "info" if found.is_note else "warning")

    @staticmethod
    def _settings_findings(state: State) -> Iterator[Finding]:
        walked, facts, project = state.walked, state.facts, state.project
        if project.data is None or walked is None or walked.problem or facts is None or not state.facts_are_current:
            return
        yield from (each for each in unusual_settings(project, walked, facts) if not each.row_id)

    def _render_note(self) -> None:
        run = self._studio.run
        later = run.status.is_busy and differs(run, self._studio.state.project)
        self.set_note("counts from the next run on" if later else "")


def loss_hint(loss: Loss, state: State) -> str:
    """What the loss is about here: ``for 3 classes``."""
    if state.facts is None or not state.facts.classes or not loss.counts_classes:
        return ""
    return f"for {len(state.facts.classes)} classes"


def _length(state: State) -> Length:
    """How long the next run is going to be; of a hundred batches an epoch while the rows are not known."""
    size = edits.data_of(state.project).batches.size
    batches = math.ceil(state.facts.rows.train / size) if state.facts else 100
    return Length(state.project.training.epochs, max(1, batches))
