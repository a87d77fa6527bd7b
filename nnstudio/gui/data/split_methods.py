"""From one way of splitting to another: what both have stays, and what the new one needs is guessed from the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from nnstudio.gui.data.choices import first_date, likely_parts, value_for
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.params import fields_of, write_fields
from nnstudio.spec.splits import ColumnSplit, FileSplit, ShareSplit, Split, TimeSplit

TITLES = {
    "random": "At random",
    "group": "By group",
    "time": "By time",
    "column": "By a column",
    "files": "Separate files",
}
"""The ways to split, in the words of a list."""


def converted(
    data: DataSpec,
    kind: type[Split],
    profiles: Sequence[ColumnProfile] = (),
    before: Split | None = None,
    lasting: Mapping[str, Any] = MappingProxyType({}),
) -> Split:
    """A split of ``kind`` for ``data``: as it was ``before``, with the shares, seed and folds that are in force now.

    ``lasting`` has those that the split in force does not have itself, from the splits before it.
    """
    fields = {field.name: field.type for field in fields_of(kind)}
    values = {**lasting, **lasting_of(data.split)}
    common = {name: value for name, value in values.items() if fields.get(name) is type(value)}
    if issubclass(kind, FileSplit) and "validation" in values:
        common["share"] = values["validation"]
    start = write_fields(before) if before else _guessed(data, kind, profiles)
    return data.split if type(data.split) is kind else kind(**start | common)


def lasting_of(split: Split) -> dict[str, Any]:
    """The settings of a split that mean the same in every other one that has them: shares, seed, folds."""
    values = {name: value for name, value in write_fields(split).items() if name in ("seed", "folds")}
    match split:
        case ShareSplit():
            values |= {"validation": split.validation, "test": split.test}
        case FileSplit():
            values["validation"] = split.share
    return values


def _guessed(data: DataSpec, kind: type[Split], profiles: Sequence[ColumnProfile]) -> dict[str, Any]:
    if issubclass(kind, TimeSplit):
        order = data.layout.order if isinstance(data.layout, WindowLayout) else ""
        return {"column": order or first_date(data)}
    found = likely_parts(profiles) if issubclass(kind, ColumnSplit) else None
    return _by(found) if found else {}


def by_column(split: ColumnSplit, profile: ColumnProfile | None, name: str) -> ColumnSplit:
    """The same split by another column, with the values of it that seem to be meant."""
    return _changed(split, {"column": name} | (_by(profile) if profile else {}))


def _by(profile: ColumnProfile) -> dict[str, Any]:
    """A column and the values of it that seem to mark validation and test rows."""
    values = {part: value_for(part, profile) for part in ("validation", "test")}
    return {"column": profile.name} | {part: value for part, value in values.items() if value}


S = TypeVar("S", bound=Split)


def _changed(split: S, values: dict[str, Any]) -> S:
    changed: S = replace(split, **values)  # type: ignore[type-var]  # every kind is a dataclass
    return changed
