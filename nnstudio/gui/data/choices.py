"""Choosing one of the data's columns in a form, and which one is likely to be meant."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import ChoiceEdit
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.parts import PART_COLUMNS, PART_VALUES, Part

MOST_PARTS = 20
"""A column with more different values than that hardly deals the rows out."""


def column_choice() -> ChoiceEdit:
    """An editor for the name of a column, to be filled by `offer_columns`."""
    return ChoiceEdit()


def offer_columns(form: Form, name: str, columns: Sequence[Column], empty: str = "") -> None:
    """Let the field ``name`` choose among columns; ``empty`` is what no column means, where that is allowed."""
    names = [column.name for column in columns]
    form.offer(name, [*([""] if empty else []), *names], [*([empty] if empty else []), *names])


def first_date(data: DataSpec) -> str:
    """The first column of dates, which tells earlier from later; empty where there is none."""
    return next((column.name for column in data.columns if column.kind is Kind.DATE), "")


def likely_group(data: DataSpec, profiles: Sequence[ColumnProfile], rows: int) -> str:
    """The column whose values name what belongs together: an identifier that comes again; empty where there is none."""
    repeated = {profile.name for profile in profiles if 1 < profile.distinct < rows - profile.missing}
    free = [column for column in data.columns if column.name in repeated and column.role is not Role.TARGET]
    named = (column.name for column in free if column.kind is Kind.IDENTIFIER or _sounds_like_id(column.name))
    return next(named, "")


def _sounds_like_id(name: str) -> bool:
    return name.casefold().replace("-", "_").endswith(("_id", " id")) or name in ("id", "Id", "ID")


def likely_parts(profiles: Sequence[ColumnProfile]) -> ColumnProfile | None:
    """The column whose values say which rows train and which test, or None."""
    few = [profile for profile in profiles if 1 < profile.distinct <= MOST_PARTS and profile.top]
    telling = (profile for profile in few if value_for("test", profile))
    named = (profile for profile in few if profile.name.casefold() in PART_COLUMNS)
    return next(telling, None) or next(named, None)


def value_for(part: Part, profile: ColumnProfile) -> str:
    """The value of a column that seems to mark the rows of ``part``; empty where none does."""
    values = {value.casefold(): value for value, _ in profile.top}
    return next((values[word] for word in PART_VALUES[part] if word in values), "")
