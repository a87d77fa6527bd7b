"""Why Train was refused, with the remedy: goes away as soon as it no longer holds."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button
from nnstudio.gui.studio import Studio
from nnstudio.session.document import State
from nnstudio.session.live import Status
from nnstudio.session.preflight import Finding, Fix, preflight


class BlockedBanner(Banner):
    """Shows the first finding that stops training, after Train was asked for."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._studio = studio
        self._finding: Finding | None = None
        self.hide()
        studio.blocked.listen(self._render)
        studio.document.changed.listen(self._follow)
        studio.run.changed.listen(self._follow_run)

    def _render(self, findings: tuple[Finding, ...]) -> None:
        self._finding = next((finding for finding in findings if finding.blocks), None)
        self.setVisible(self._finding is not None)
        if self._finding:
            problem = self._finding.problem
            self.say(problem.what, problem.advice, self._offers(self._finding.fix))

    def _offers(self, fix: Fix | None) -> list[Button]:
        dismiss = Button("Dismiss", "quiet", lambda: self._render(()))
        return [Button(fix.title, clicked=lambda: self._studio.use_fix(fix)), dismiss] if fix else [dismiss]

    def _follow(self, old: State, new: State) -> None:
        """Keep what still holds of the state; say what else does where the first was put right."""
        del old
        if self._finding:
            self._render(preflight(new))

    def _follow_run(self) -> None:
        """A run began: nothing speaks against it. One that goes on says nothing about what is to wait for it."""
        if self._finding and self._studio.run.status is Status.STARTING:
            self._render(())
