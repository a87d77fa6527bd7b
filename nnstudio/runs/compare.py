"""What two projects have in common and what not, field by field, in the words of the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnstudio.spec.model import Model, paths
from nnstudio.spec.outline.entry import Entry
from nnstudio.spec.outline.network import layer_names
from nnstudio.spec.outline.project import entries
from nnstudio.spec.project import Project
from nnstudio.spec.words import NOTHING

MISSING = NOTHING
ORDER = "Order of the layers"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two projects differ: what it is called, and what it is in each (`MISSING`: it is not there).

    ``title`` is the last part of its name, ``help`` says what the field is for.
    """

    field: str
    one: str
    other: str
    title: str = ""
    help: str = ""


def differences(one: Project, other: Project) -> list[Difference]:
    """Every field that differs, in the order of the first project.

    Columns are matched by their names, layers by their identity: a layer that was inserted does not move the others.
    What only one project has is told once, without its fields; a field that only one kind of optimiser has, where it
    is not at its default.
    """
    first, second = ({each.path: each for each in entries(project)} for project in (one, other))
    found = (_difference(path, first, second) for path in _merged(first, second))
    return [*_order(one.model, other.model), *filter(None, found)]


def _merged(first: Iterable[str], second: Iterable[str]) -> Iterator[str]:
    """The paths of both in the order of the first; what the second alone has keeps what it stands behind there."""
    known, last = set(first), ""
    behind: dict[str, list[str]] = {}
    for path in second:
        if path in known:
            last = path
        else:
            behind.setdefault(last, []).append(path)
    yield from behind.get("", ())
    for path in first:
        yield path
        yield from behind.get(path, ())


def _difference(path: str, first: dict[str, Entry], second: dict[str, Entry]) -> Difference | None:
    left, right = first.get(path), second.get(path)
    known = left or right
    assert known is not None  # the path is from one of them
    if left and right and left.value == right.value:
        return None
    if not (left and right) and (known.is_usual or not all(known.of in each for each in (first, second) if known.of)):
        return None
    before, after = (each.words if each else MISSING for each in (left, right))
    return Difference(known.name, before, after, known.title, known.help)


def _order(one: Model, other: Model) -> Iterator[Difference]:
    """The order of the layers that both have, where it is not the same."""
    first, second = ([row.id for _, row in paths(model.rows)] for model in (one, other))
    both = set(first) & set(second)
    names = layer_names(other) | layer_names(one)
    before, after = (", ".join(names[row] for row in rows if row in both) for rows in (first, second))
    if before != after:
        yield Difference(ORDER, before, after, ORDER, "In which order the data passes the layers that both have.")
