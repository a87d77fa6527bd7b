"""Code that was printed, as values: its lines, which know which rows of the network they stand for, and its parts."""

from __future__ import annotations

from dataclasses import dataclass

STEP = "    "


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the identity of the row that it prints; empty where it is about none."""

    text: str
    row_id: str = ""

    def indented(self, levels: int) -> Line:
        return Line(f"{STEP * levels}{self.text}", self.row_id)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a script, such as a cell of a notebook: its lines, what they import, and the source that they need."""

    title: str
    lines: tuple[Line, ...]
    imports: frozenset[str] = frozenset()
    definitions: tuple[str, ...] = ()
