"""The values that a search tries, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from nnstudio.spec.errors import SpecError
from nnstudio.spec.project import Project
from nnstudio.spec.search import Value
from nnstudio.spec.searched.places import find
from nnstudio.spec.shown import typed

MISSING = "–"
"""Stands where a trial has no value: the field does not count with its others."""
Names = Mapping[Value, str]
"""What values of a choice are called."""


def names_of(project: Project | None, paths: Iterable[str]) -> dict[str, Names]:
    """What the values of fields are called, of those that have names."""
    return {path: names for path in paths if project and (names := _names(project, path))}


def _names(project: Project, path: str) -> Names:
    try:
        field = find(project, path).field
    except SpecError:
        return {}
    return dict(zip(field.choices, field.param.labels, strict=False))


def shown(value: Value | None, names: Names = MappingProxyType({})) -> str:
    """A value as a table shows it."""
    if value is None:
        return MISSING
    if value in names:
        return names[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return typed(float(f"{value:.3g}"))
    return f"{value:,}" if isinstance(value, int) else value
