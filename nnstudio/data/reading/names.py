"""The names of columns as readers find them, made fit to be shown and told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 1_000
"""Characters of a name that are kept."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
"""Control characters and line breaks."""


def clean_names(names: Iterable[object]) -> tuple[str, ...]:
    """The column names of a table: one line each, none empty, no two equal.

    A name that is already taken becomes ``name (2)``, an empty or missing one ``column 3`` by its place. A name that
    the file holds as it is goes before one that is made up, so that cleaned names stay as they are.
    """
    shown = [_one_line(name) or f"column {place}" for place, name in enumerate(names, 1)]
    taken, given = set(shown), set[str]()
    counts: dict[str, int] = {}
    return tuple(_given(name, taken, given, counts) for name in shown)


def _one_line(name: object) -> str:
    return "" if name is None else _UNSEEN.sub(" ", str(name)).strip()[:LONGEST].rstrip()


def _given(name: str, taken: set[str], given: set[str], counts: dict[str, int]) -> str:
    """``name``, or where a column before it is called so, the next that no column is called; noted in the rest."""
    if name in given:
        stem, number = name, counts.get(name, 1)
        while name in taken:
            number += 1
            name = f"{stem} ({number})"
        counts[stem] = number
        taken.add(name)
    given.add(name)
    return name
