"""Shows how learning one batch by heart goes, then all training rows, and what prevents it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.dialogs.attempt import AttemptDialog
from nnstudio.gui.dialogs.sizing import give_size
from nnstudio.gui.panel import Banner, Level, Note
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import GRID
from nnstudio.session.edits import data_of
from nnstudio.session.sentences import number
from nnstudio.spec.events import Event, Failed, FitDone, FitStage, Fitting
from nnstudio.spec.metrics import metrics_for
from nnstudio.spec.words import counted

WHAT = (
    "A network that can learn at all can learn a few rows by heart. Dropout, weight decay and early stopping are left "
    "out for it, and nothing is kept."
)
TITLES: dict[FitStage, str] = {"batch": "One batch", "all": "All training rows"}
NOISE = "Where the data are noisy this is as it should be: what cannot be known should not be learned by heart."


class FitDialog(AttemptDialog):
    """One banner a stage."""

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__("Fit one batch", studio.fit_batch, parent, "primary")
        self._score = metrics_for(data_of(studio.state.project).task)[0].title.lower()
        self.stages: dict[FitStage, Banner] = {stage: Banner("info") for stage in TITLES}
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        layout.addWidget(Note(WHAT))
        for stage, banner in self.stages.items():
            banner.say(TITLES[stage], "Starting…" if stage == "batch" else "Follows when one batch is known by heart.")
            layout.addWidget(banner)
        layout.addStretch(1)
        layout.addLayout(buttons)
        give_size(self, 480, 320)

    def hear(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Fitting():
                    self._say(event, f"Epoch {event.epoch:,} · {self._figures(event)}")
                case FitDone():
                    self._say_end(event)
                case Failed():
                    self._fail(event)

    def _say_end(self, done: FitDone) -> None:
        figures = self._figures(done)
        if done.fitted:
            self._say(done, f"Known by heart after {done.epochs:,} epochs: {figures}.")
        else:
            noise = f" {NOISE}" if done.stage == "all" else ""
            said = f"Not known by heart after {done.epochs:,} epochs: {figures}. {done.why} {done.remedy}{noise}"
            self._say(done, said, "warning")
        if done.stage == "all" or not done.fitted:
            self.is_over()

    def _say(self, told: Fitting | FitDone, text: str, level: Level = "info") -> None:
        self.stages[told.stage].say(f"{TITLES[told.stage]} · {counted(told.rows, 'row')}", text, level=level)

    def _figures(self, told: Fitting | FitDone) -> str:
        return f"loss {number(told.loss)}, {self._score} {number(told.score)}"

    def _fail(self, failed: Failed) -> None:
        self.stages["batch"].show_problem(failed.error, level="bad")
        self.is_over()
