"""The head of printed code: its imports, in the order that everybody's tools put them in."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from nnstudio.spec.printed import Line


def import_lines(wanted: Iterable[str]) -> Iterator[str]:
    """Sorted ``import a`` and ``from a import b`` lines: the standard library, a blank line, all others.

    What comes of one module stands on one line.
    """
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for text in wanted:
        groups[text.split()[1].partition(".")[0] in sys.stdlib_module_names].add(text)
    standard, others = list(_sorted(groups[True])), list(_sorted(groups[False]))
    yield from standard
    if standard and others:
        yield ""
    yield from others


def head(imports: Iterable[str], definitions: Collection[str], about: Sequence[str] = ()) -> Iterator[Line]:
    """Imports, and below them pasted definitions and what is said ``about`` them, parted by blank lines as is usual."""
    yield from map(Line, import_lines(imports))
    if definitions and about:
        yield from map(Line, ("", *about))
    last = 1
    for text in definitions:
        yield from map(Line, ("", "", *text.splitlines()))
        last = 2
    yield from (Line(""),) * last


def _sorted(wanted: set[str]) -> Iterator[str]:
    yield from sorted(text for text in wanted if text.startswith("import "))
    names: defaultdict[str, set[str]] = defaultdict(set)
    for text in wanted:
        if text.startswith("from "):
            module, _, listed = text.removeprefix("from ").partition(" import ")
            names[module].update(listed.split(", "))
    for module in sorted(names):
        yield f"from {module} import {', '.join(sorted(names[module], key=_as_sorters_do))}"


def _as_sorters_do(name: str) -> tuple[bool, bool, str]:
    """Constants first, then classes, then the rest."""
    return not name.isupper(), not name[:1].isupper(), name
