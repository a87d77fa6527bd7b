"""Asks for how long a run that has ended is to go on, and from which of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from nnstudio.gui.forms import Form
from nnstudio.gui.panel import Note, set_property
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.longer import longer_sentence, more_epochs
from nnstudio.spec.events import RunFinished
from nnstudio.spec.params import Declared, Param, fields_of, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueRun, Weights


@dataclass(frozen=True, slots=True)
class Longer(Declared):
    """What is asked for."""

    title = "Train longer"

    epochs: Annotated[int, Param("More epochs", "How many are trained in addition.", low=1, high=10**6)] = 10
    weights: Annotated[
        Weights,
        Param(
            "Go on from",
            "Where it ended, or the weights that validated best.",
            labels=("Where it ended", "Its best weights"),
        ),
    ] = "last"


class LongerDialog(QDialog):
    """Says what it comes to while it is chosen."""

    def __init__(self, studio: Studio, finished: RunFinished, project: Project, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._end, self._project = studio, finished, project
        self.wanted = Longer(more_epochs(project, finished))
        self.setWindowTitle("Train longer")
        fields = fields_of(Longer) if finished.best_epoch else fields_of(Longer)[:1]
        self.form, self.said = Form(fields, self._change), Note()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train = self.buttons.addButton("Train", QDialogButtonBox.ButtonRole.AcceptRole)
        set_property(self.train, "role", "primary")
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(2 * GRID)
        for widget in (self.form, self.said, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(52 * GRID)
        self.finished.connect(self.deleteLater)
        self.train.setDefault(True)
        self._render()

    def _change(self, name: str, value: object) -> None:
        self.wanted = Longer(**write_fields(self.wanted) | {name: value})
        self._render()

    def _render(self) -> None:
        self.form.render(write_fields(self.wanted))
        own = "It becomes a run of its own, with the whole curve."
        said = longer_sentence(self._project, self._end, self.wanted.epochs, self.wanted.weights)
        self.said.setText(f"{said} {own}")

    def _accept(self) -> None:
        if not self.form.problem("epochs"):
            request = ContinueRun(self._end.run, self.wanted.epochs, self.wanted.weights)
            self._studio.train_longer(request, self._project)
            self.accept()


def ask_longer(studio: Studio, finished: RunFinished, project: Project, parent: QWidget) -> LongerDialog:
    """Ask over ``parent`` about a run that has ended; the answer begins the run."""
    dialog = LongerDialog(studio, finished, project, parent)
    dialog.open()
    return dialog
