"""Which run is to be shown among all of them: asked for by one view, answered by another."""

from __future__ import annotations

from nnstudio.session.listeners import Listeners


class PointedRun:
    """The identity of the run that was asked for last, until it is shown. ``asked()`` is told when there is one."""

    def __init__(self) -> None:
        self.asked: Listeners[[]] = Listeners()
        self.run = ""

    def point(self, run: str) -> None:
        """Ask for a run to be shown."""
        self.run = run
        self.asked.tell()

    def take(self) -> str:
        """The run that is asked for, which is thereby answered; empty where there is none."""
        run, self.run = self.run, ""
        return run
