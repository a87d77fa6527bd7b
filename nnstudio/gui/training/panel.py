"""Loss, optimiser, and how long: every field comes from its declaration."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Note, Panel
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.losses import LOSSES, Loss, losses_for
from nnstudio.spec.optimizers import OPTIMIZERS, Optimizer
from nnstudio.spec.params import Field, Param, fields_of, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

NO_DATA = "How the network learns: loss, optimiser, learning rate, epochs. Open data first; the loss follows from it."

LOSS = Field("loss", str, "", Param("Loss", "What training makes small."), tuple(LOSSES.kinds))
OPTIMIZER = Field(
    "optimizer",
    str,
    "",
    Param(
        "Optimiser", "How a gradient becomes a step.", labels=tuple(kind.title for kind in OPTIMIZERS.kinds.values())
    ),
    tuple(OPTIMIZERS.kinds),
)


class TrainingPanel(Panel):
    """Renders the training settings of the document; an edit counts from the next run on."""

    def __init__(self, studio: Studio, theme: Theme, parent: QWidget | None = None) -> None:
        del theme  # the style sheet draws all of it
        super().__init__("Training", scrolls=True, parent=parent)
        self._studio = studio
        self.empty = Note(NO_DATA)
        self.settings = QWidget()
        self.kinds = Form((LOSS, OPTIMIZER), self._choose)
        self.length = Form(fields_of(Training), self._set)
        self.steps = Form((), self._set_step)
        self._optimizer: type[Optimizer] | None = None
        self._layout = QVBoxLayout(self.settings)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        for form in (self.kinds, self.steps, self.length):
            self._layout.addWidget(form)
        self.body.addWidget(self.empty)
        self.body.addWidget(self.settings)
        self.body.addStretch(1)
        self.kinds.offer("optimizer", OPTIMIZER.choices, OPTIMIZER.param.labels, _explanations(OPTIMIZERS.kinds))
        studio.document.changed.listen(self._render)
        studio.run.changed.listen(self._render_note)
        self._render(studio.state, studio.state)

    # what is asked for

    def _choose(self, name: str, value: object) -> None:
        project = self._studio.state.project
        if name == "loss":
            loss = LOSSES.kinds[str(value)]()
            self._studio.apply(f"Use {loss.wording()}", edits.set_loss(project, loss))
        else:
            optimizer = OPTIMIZERS.kinds[str(value)]()
            self._studio.apply(f"Use {optimizer.title}", edits.set_optimizer(project, optimizer))

    def _set_step(self, name: str, value: object) -> None:
        training = self._studio.state.project.training
        optimizer = training.optimizer
        changed = type(optimizer)(**write_fields(optimizer) | {name: value})
        self._apply(name, replace(training, optimizer=changed), self.steps)

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
                self._offer_losses(data.task)
            self._render_kinds(new, training)
            self._render_steps(training.optimizer)
            self.length.render(write_fields(training))
        self._render_note()

    def _offer_losses(self, task: Task) -> None:
        kinds = {kind.key: kind for kind in losses_for(task)}
        self.kinds.offer("loss", tuple(kinds), [kind.title for kind in kinds.values()], _explanations(kinds))

    def _render_kinds(self, state: State, training: Training) -> None:
        self.kinds.render({"loss": training.loss.key, "optimizer": training.optimizer.key})
        self.kinds.set_help("loss", f"{LOSS.param.help} {training.loss.explanation()}")
        self.kinds.set_help("optimizer", f"{OPTIMIZER.param.help} {training.optimizer.explanation()}")
        self.kinds.set_hint("loss", loss_hint(training.loss, state))

    def _render_steps(self, optimizer: Optimizer) -> None:
        """Show the optimiser's fields, in a form of their own for each kind."""
        if type(optimizer) is not self._optimizer:
            self._optimizer = type(optimizer)
            form = Form(fields_of(self._optimizer), self._set_step)
            self._layout.replaceWidget(self.steps, form)
            self.steps.hide()
            self.steps.deleteLater()
            self.steps = form
        self.steps.render(write_fields(optimizer))

    def _render_note(self) -> None:
        run, project = self._studio.run, self._studio.state.project
        later = run.status.is_busy and run.project is not None and _differs(run.project, project)
        self.set_note("counts from the next run on" if later else "")


def loss_hint(loss: Loss, state: State) -> str:
    """What the loss is about here: ``for 3 classes``."""
    if state.facts is None or not loss.counts_classes:
        return ""
    return f"for {len(state.facts.classes)} classes"


def _differs(running: Project, project: Project) -> bool:
    return running.training != project.training


def _explanations(kinds: dict[str, type[Loss]] | dict[str, type[Optimizer]]) -> list[str]:
    return [kind.explanation() for kind in kinds.values()]
