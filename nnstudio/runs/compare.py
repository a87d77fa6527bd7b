"""What two projects have in common and what not, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project

MISSING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two projects differ: where it is, and what it is in each (`MISSING`: it is not there)."""

    field: str
    one: str
    other: str


def differences(one: Project, other: Project) -> list[Difference]:
    """Every field that differs, in the order of the first project.

    Columns are matched by their names, layers by their identity: a layer that was inserted does not move the others.
    """
    first, second = (dict(_fields(json.loads(project_to_json(project)), "")) for project in (one, other))
    names = dict.fromkeys((*first, *second))
    found = [
        Difference(name, first.get(name, MISSING), second.get(name, MISSING))
        for name in names
        if first.get(name, MISSING) != second.get(name, MISSING)
    ]
    return [*_order(one, other), *found]


def _order(one: Project, other: Project) -> Iterator[Difference]:
    """The order of the layers that both have, where it is not the same."""
    first, second = ([row.id for row in project.model.rows] for project in (one, other))
    both = set(first) & set(second)
    orders = [", ".join(row for row in rows if row in both) for rows in (first, second)]
    if orders[0] != orders[1]:
        yield Difference("model · order", *orders)


def _fields(value: Any, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                if key != "id":
                    yield from _fields(inner, f"{name} · {key}" if name else key)
        case list():
            for place, inner in enumerate(value, start=1):
                yield from _fields(inner, f"{name} · {_called(inner, place)}")
        case _:
            yield name, value if isinstance(value, str) else json.dumps(value)


def _called(item: Any, place: int) -> str:
    """What an item of a list is told from the others by."""
    if not isinstance(item, dict):
        return str(place)
    if "id" in item:
        kind = item.get("kind") or (item.get("layer") or {}).get("kind", "layer")
        return f"{kind} {item['id']}"
    return str(item.get("name") or place)
