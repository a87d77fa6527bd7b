"""Files that nothing may be written over, because something open or under way needs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.spec.files.paths import paths_of
from nnstudio.spec.project import Project


@dataclass(frozen=True, slots=True)
class Needed:
    """A file, and ``what`` it is, in words to stand behind “is”."""

    path: Path
    what: str = "what this begins with"


def needed_by(project: Project) -> Iterator[Needed]:
    """The files that a project lives on: its data, and the weights that training starts from."""
    if data := project.data:
        for path in filter(None, (*paths_of(data.source).values(), *paths_of(data.split).values())):
            yield Needed(Path(path), "the data that the project is about")
    for weights in project.model.starts:
        yield Needed(Path(weights.path), "the weights file that training starts from")
