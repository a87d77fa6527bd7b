"""What stands out in the curves, with edits for the next run."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from nnstudio.gui.panel import Banner, Button, Level
from nnstudio.gui.studio import Studio
from nnstudio.session.coach import Reading, reading
from nnstudio.spec.project import Project

CHANGED = "The project was changed since: train again to see what that does."


class CoachBanner(Banner):
    """Stands above the curves while there is something to say about them."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._studio = studio
        self._shown: object = None
        self.hide()
        self.destroyed.connect(studio.document.changed.listen(lambda _old, _new: self.follow()))

    def follow(self) -> None:
        """Say what there is to say, or nothing; runs tell of themselves many times a second, and seldom change it."""
        run, state = self._studio.run, self._studio.state
        found = reading(run, state.walked)
        is_same = run.project is not None and _settings(run.project) == _settings(state.project)
        wanted = (found.what, found.why, is_same) if found else None  # edits are never equal to one another
        if wanted == self._shown:
            return
        self._shown = wanted
        self.setVisible(found is not None)
        if found:
            self._say(found, can_change=is_same)

    def _say(self, found: Reading, *, can_change: bool) -> None:
        fixes, use = found.fixes if can_change else (), self._studio.use_fix
        buttons = [Button(fix.title, "", partial(use, fix), _HELP) for fix in fixes]
        words = found.why if can_change else f"{found.why} {CHANGED}"
        level: Level = "info" if found.manner == "still falls" else "warning"
        self.say(found.what, words, buttons, level)


_HELP = "Change the project so, for the next run; undo takes it back."


def _settings(project: Project) -> tuple[object, ...]:
    """What of a project the curves are about."""
    return project.model, project.training, project.data
