"""Where memory ran out: what was done about it, and the offer to make that the project's own setting."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.sentences import parts_notice, parts_remedy


class MemoryBanner(Banner):
    """Stands above the curves while the project that is open still has the batches that were too large."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._studio = studio
        self._shown: tuple[int, int] | None = None
        self.hide()
        self.destroyed.connect(studio.run.changed.listen(self.follow))
        self.destroyed.connect(studio.document.changed.listen(lambda _old, _new: self.follow()))
        self.follow()

    def follow(self) -> None:
        """Offer it, or no longer; runs tell of themselves many times a second, and seldom change it."""
        wanted = self._wanted()
        if wanted == self._shown:
            return
        self._shown = wanted
        self.setVisible(wanted is not None)
        plan = self._studio.run.plan
        if wanted and plan:
            what, why, _ = parts_notice(plan, wanted[0])
            use = Button("Use in the project", "primary", self._use, "Change the project so; undo takes it back.")
            self.say(what, f"{why} {parts_remedy(plan, wanted[0])}", [use])

    def _wanted(self) -> tuple[int, int] | None:
        """The batch size that was too large, and in how many parts such batches go through."""
        run, open_now = self._studio.run, self._studio.state.project
        if run.plan is None or run.plan.parts < 2 or run.project is None or run.project.data is None:
            return None
        if open_now.data is None or open_now.data.source != run.project.data.source:
            return None
        size = run.project.data.batches.size
        return (size, run.plan.parts) if open_now.data.batches.size == size else None

    def _use(self) -> None:
        if self._shown:
            self._studio.apply("Smaller batches", edits.set_parts(self._studio.state.project, self._shown[1]))
