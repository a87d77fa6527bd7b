"""What speaks against an experiment as it is, with its one-click remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.errors import StudioError
from nnstudio.spec.project import Project

Level = Literal["blocks", "warns", "informs"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A one-click remedy: an edit with its name, which undo shows."""

    title: str
    apply: Callable[[Project], Project]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stops training (``blocks``), that the user should do something about, or should just know.

    ``row_id`` is the layer that it is about, ``column`` the column of the data. ``check`` names what was looked at.
    """

    problem: StudioError
    blocks: bool = True
    row_id: str = ""
    fix: Fix | None = None
    column: str = ""
    check: str = ""
    is_note: bool = False
    """Nothing needs to be done about it."""
    other_fix: Fix | None = None
    """Another remedy, where there are two."""

    @property
    def level(self) -> Level:
        if self.blocks:
            return "blocks"
        return "informs" if self.is_note else "warns"

    @property
    def key(self) -> str:
        """The same as long as the finding is about the same thing, also when its figures change."""
        return "\n".join((self.check or self.problem.what, self.row_id, self.column))
