"""What exports are made from: a model file, and what several forms of it need."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar, cast

from nnstudio.engine.checkpoint import ModelFile
from nnstudio.spec.files import Needed, needed_by, project_in
from nnstudio.spec.project import Project

T = TypeVar("T")


class Material:
    """A model ``file``, and whatever was made of it for one form and serves others: one thing of each type."""

    def __init__(self, file: ModelFile) -> None:
        self.file = file
        self._made: dict[type, object] = {}

    @property
    def needed(self) -> tuple[Needed, ...]:
        """The files that no export may take the place of."""
        model = Needed(Path(self.file.path), "the model itself")
        return model, *needed_by(project_in(self.file.project) or Project())

    def find(self, kind: type[T]) -> T | None:
        """What was made already, if it was."""
        return cast("T | None", self._made.get(kind))

    def keep(self, made: T) -> T:
        """Keep what was ``made`` for the next who needs it."""
        self._made[type(made)] = made
        return made
