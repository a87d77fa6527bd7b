"""The open experiment: one immutable project at a time, its undo history, and what is known of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nnstudio.session.listeners import Listeners
from nnstudio.session.starts import table
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.facts import DataFacts, SourceFacts
from nnstudio.spec.files import is_there
from nnstudio.spec.mapping import Line
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk, walk


@dataclass(frozen=True)
class State:
    """All that a view renders, at one moment.

    ``source`` and ``facts`` are found by the engine a moment after the project names new data: until then they are
    those of the data before (`source_is_current` and `facts_are_current` tell), so that panels do not flicker.
    """

    project: Project = field(default_factory=Project)
    path: Path | None = None
    saved: Project = field(default_factory=Project)
    source: SourceFacts | None = None
    facts: DataFacts | None = None
    described: DataSpec | None = None
    data_problem: StudioError | None = None
    offered: ModelOpened | None = None
    """A file of bare weights whose network can be built, as long as the user has not said what to do with it."""
    earlier: Walk | None = field(default=None, repr=False, compare=False)
    """The shapes before the last change, or when this project was left, of which what stays is taken over."""
    files: Mapping[str, ModelOpened | StudioError] = field(default_factory=dict)
    """What was found in weights files, by their paths."""

    @property
    def is_saved(self) -> bool:
        return self.project == self.saved

    @property
    def name(self) -> str:
        """What the window calls the project."""
        if self.path:
            return self.path.name
        return Path(self.project.data.source.path).stem if self.project.data else "Untitled"

    @property
    def source_is_current(self) -> bool:
        data = self.project.data
        return (data.source if data else None) == (self.source.source if self.source else None)

    @property
    def file_changed(self) -> bool:
        """The file that was read is another one than the project was made for."""
        data, found = self.project.data, self.source
        if data is None or found is None or not self.source_is_current:
            return False
        return bool(data.fingerprint) and data.fingerprint != found.fingerprint

    @property
    def file_missing(self) -> bool:
        """The data could not be read, because there is nothing where the project says; looks at the disk."""
        data = self.project.data
        if data is None or self.data_problem is None or self.source_is_current:
            return False
        return not is_there(Path(data.source.path))

    @property
    def facts_are_current(self) -> bool:
        return describes(self.project.data) == describes(self.described)

    @cached_property
    def walked(self) -> Walk | None:
        """The shapes of the stack, or None while the shape of the data is unknown."""
        return walk(self.project.model, self.facts.input_shape, self.earlier) if self.facts else None

    @cached_property
    def mapping(self) -> tuple[Line, ...] | None:
        """What becomes of every tensor of the weights files and of the network; None while a file is not known."""
        return table(self.project.model, self.walked, self.files)


def describes(data: DataSpec | None) -> DataSpec | None:
    """The part of a data spec that facts depend on: all but how batches are made and how often it is validated."""
    if data is None:
        return None
    split: Any = data.split  # every kind of split is a dataclass with folds
    return replace(data, batches=Batches(), split=replace(split, folds=0))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A project in the history, the name of the edit that led to it, and its shapes, known once it was left."""

    project: Project
    name: str = ""
    merge: str = ""
    walked: Walk | None = field(default=None, repr=False, compare=False)


class Document:
    """Holds the state; every edit replaces the project and can be undone.

    ``changed(old, new)`` is told after every change of the state.
    """

    def __init__(self) -> None:
        self.changed: Listeners[[State, State]] = Listeners()
        self.state = State()
        self._history = [_Entry(self.state.project)]
        self._place = 0

    @property
    def project(self) -> Project:
        return self.state.project

    @property
    def undo_name(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self._history[self._place].name if self._place else ""

    @property
    def redo_name(self) -> str:
        """What redo would do again; empty when there is nothing."""
        return self._history[self._place + 1].name if self._place + 1 < len(self._history) else ""

    def apply(self, name: str, project: Project, merge: str = "") -> None:
        """Make ``project`` the current one; undo calls it ``name``.

        Edits in a row with the same non-empty ``merge`` (typing into one field) are undone together.
        """
        if project == self.project:
            return
        last = self._leave()
        del self._history[self._place + 1 :]
        if merge and merge == last.merge:
            self._history[self._place] = replace(last, project=project, walked=None)
        else:
            self._history.append(_Entry(project, name, merge))
            self._place += 1
        self._change(project=project)

    def amend(self, project: Project) -> None:
        """Let the last edit have led to ``project``: what follows from it belongs to it."""
        if project == self.project:
            return
        self._history[self._place] = replace(self._history[self._place], project=project, walked=None)
        self._change(project=project)

    def undo(self) -> None:
        self._go(self._place - 1)

    def redo(self) -> None:
        self._go(self._place + 1)

    def open(self, project: Project, path: Path | None = None, saved: bool = True) -> None:
        """Begin with another project: what was open goes, its history too. An unsaved one asks before it is closed."""
        self._history, self._place = [_Entry(project)], 0
        blank = State(project, path, project if saved else Project(), files=self.state.files)
        self._replace(blank)

    def mark_saved(self, path: Path) -> None:
        """The current project now lies in ``path``."""
        self._change(path=path, saved=self.project)

    def found_source(self, source: SourceFacts) -> None:
        self._change(source=source, data_problem=None)

    def found_facts(self, data: DataSpec, facts: DataFacts) -> None:
        """The engine has described ``data``."""
        self._change(described=data, facts=facts, data_problem=None)

    def found_problem(self, data: DataSpec, problem: StudioError) -> None:
        """The engine cannot use ``data`` as it is."""
        self._change(described=data, facts=None, data_problem=problem)

    def lost_source(self, data: DataSpec, problem: StudioError) -> None:
        """The source of ``data`` cannot be read, whatever was known of it before."""
        self._change(source=None, described=data, facts=None, data_problem=problem)

    def offer(self, opened: ModelOpened | None) -> None:
        """Ask whether the network of a weights file is to be built; None takes that back."""
        self._change(offered=opened)

    def found_file(self, path: str, found: ModelOpened | StudioError) -> None:
        """A weights file was looked into, or cannot be used."""
        self._change(files={**self.state.files, path: found})

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._history):
            self._leave()
            self._place = place
            entry = self._history[place]
            self._change(project=entry.project, earlier=entry.walked or self.state.walked)

    def _leave(self) -> _Entry:
        """Remember the shapes of the current project: undo and redo may come back to it."""
        entry = replace(self._history[self._place], walked=self.state.walked)
        self._history[self._place] = entry
        return entry

    def _change(self, **changes: object) -> None:
        given = {"earlier": self.state.walked} | changes
        state = replace(self.state, **given)  # type: ignore[arg-type]  # callers name fields of State
        if state.project.data is None and state.facts is not None:  # undone: nothing has to be fitted any more
            state = replace(state, facts=None, described=None)
        self._replace(state)

    def _replace(self, state: State) -> None:
        old, self.state = self.state, state
        self.changed.tell(old, state)
