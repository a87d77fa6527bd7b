"""Runs that wait for the one that is going on: each is a project as it was when it was put there."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.session.listeners import Listeners
from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits; ``number`` tells it from the others."""

    number: int
    name: str
    project: Project


class RunQueue:
    """The runs that wait, the next one first. ``changed()`` is told of every change."""

    def __init__(self) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.waiting: tuple[QueuedRun, ...] = ()
        self._count = 0

    def add(self, name: str, project: Project) -> None:
        """Put a run at the end."""
        self._count += 1
        self._become((*self.waiting, QueuedRun(self._count, name, project)))

    def take(self) -> QueuedRun | None:
        """The next run, which waits no longer; None when there is none."""
        if not self.waiting:
            return None
        first, *rest = self.waiting
        self._become(tuple(rest))
        return first

    def remove(self, number: int) -> None:
        self._become(tuple(run for run in self.waiting if run.number != number))

    def move(self, number: int, by: int) -> None:
        """Let a run stand so many places later, or, below 0, earlier; at the ends it stays."""
        runs = list(self.waiting)
        place = next((place for place, run in enumerate(runs) if run.number == number), None)
        if place is not None:
            run = runs.pop(place)
            runs.insert(max(0, place + by), run)
            self._become(tuple(runs))

    def clear(self) -> None:
        self._become(())

    def _become(self, waiting: tuple[QueuedRun, ...]) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self.changed.tell()
