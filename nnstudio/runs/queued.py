"""Runs that wait in the queue of a window: neither its end nor that of the machine takes them.

Each has a folder and a file of its own, like a project with changes that are not saved.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nnstudio.runs.store import runs_folder
from nnstudio.runs.unsaved import Unsaved, UnsavedFile, left_behind
from nnstudio.spec.errors import StudioError
from nnstudio.spec.project import Project

FOLDER = "queued"


def queued_folder() -> Path:
    """Where the queues have their folders."""
    return runs_folder() / FOLDER


class QueuedFiles:
    """The files of one window's queue. All of its methods belong to one thread: so do the locks."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or queued_folder()
        self._files: dict[int, UnsavedFile] = {}
        self.are_whole = True
        """Whether all that was to be kept is kept."""

    def keep(self, runs: Iterable[tuple[int, str, Project]]) -> None:
        """Write what waits, by number, name and project, in its order, and forget the rest; raises OSError."""
        self.are_whole = False
        waiting = {number: (name, project) for number, name, project in runs}
        for number in self._files.keys() - waiting.keys():
            self._files.pop(number).close(forget=True)
        for number, (name, project) in waiting.items():
            self._files.setdefault(number, UnsavedFile(self._folder)).keep(name, None, project)
        self.are_whole = True

    def close(self) -> None:
        """The window closes; what waits stays for the next start."""
        for file in self._files.values():
            file.close(forget=False)


def left_waiting(root: Path | None = None) -> tuple[list[Unsaved], list[StudioError]]:
    """What waited in windows whose process is gone, in its order; and why something cannot be read."""
    found, problems = left_behind(root or queued_folder())
    return found[::-1], problems
