"""A run that a crash or a power cut interrupted: offered to go on, until it does or is given up."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button
from nnstudio.gui.studio import Studio
from nnstudio.session.sentences import interrupted_sentence
from nnstudio.spec.events import InterruptedRun


class InterruptedBanner(Banner):
    """Offers the newest of the runs that could go on; another comes when that one is decided."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._studio = studio
        self.hide()
        studio.interrupted.listen(self._render)
        studio.run.changed.listen(self._follow_run)

    def _render(self, runs: tuple[InterruptedRun, ...]) -> None:
        self.setVisible(bool(runs) and not self._studio.run.status.is_busy)
        if runs:
            found = runs[0]
            resume = Button("Resume", "primary", clicked=lambda: self._studio.resume_run(found))
            discard = Button("Discard", "quiet", lambda: self._studio.discard_run(found))
            later = Button("Later", "quiet", self.hide)
            text = "It goes on from its last checkpoint and ends as if nothing had happened."
            self.say(interrupted_sentence(found), text, [later, discard, resume])

    def _follow_run(self) -> None:
        if self._studio.run.status.is_busy:
            self.hide()
