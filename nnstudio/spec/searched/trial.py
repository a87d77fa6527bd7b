"""A trial's values put into a project, and what about a search cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, fields_of, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.search import Interval, SearchedField, Value, Values
from nnstudio.spec.searched.places import Owner, find, owner_of, with_owner

LARGEST_GRID = 100_000
"""Combinations; more could not be gone through."""

LOSS_FIELDS = ("loss", "loss.", "batches.balance")
"""What changes the loss itself: the values of different losses cannot be compared."""


def counting(project: Project, values: Values) -> dict[str, Value]:
    """Those of a trial's values that count with the others: no momentum where the optimiser is Adam."""
    return {path: value for path, value in values.items() if _counts(project, path, values)}


def _counts(project: Project, path: str, values: Values) -> bool:
    owner, name = owner_of(project, path)
    chosen = _chosen(owner, values)
    return not name or chosen is None or name in write_fields(chosen)


def applied(project: Project, values: Values) -> Project:
    """``project`` with a trial's values in it.

    Kinds are chosen first: another kind than the project's starts at its defaults, as when it is chosen by hand. Fields
    that it does not have are passed over. Raises `SpecError` for what is not there or cannot be.
    """
    changes: dict[str, dict[str, Value]] = {}
    for path, value in values.items():
        owner, name = owner_of(project, path)
        changes.setdefault(owner.path, {}).update({name: value} if name else {})
    for path, fields in changes.items():
        owner, _ = owner_of(project, path)
        project = with_owner(project, path, _changed(owner, fields, values))
    return project


def _changed(owner: Owner, fields: Mapping[str, Value], values: Values) -> object:
    """An owner's value, of the kind that the trial chose, with other fields."""
    chosen = _chosen(owner, values)
    kind_is_chosen, value = chosen is not None, chosen or owner.value
    settings = write_fields(value)
    if unknown := next((name for name in fields if name not in settings and not kind_is_chosen), None):
        raise SpecError(f"{value.title} has no field “{unknown}”.", "", "Leave it out of the search.")
    kept = {name: setting for name, setting in fields.items() if name in settings}
    return replace(value, **kept)  # type: ignore[type-var]  # everything that is declared is a dataclass


def _chosen(owner: Owner, values: Values) -> Declared | None:
    """The value of the kind that a trial chose for an owner; None where it chooses none."""
    key = values.get(owner.path)
    if key is None:
        return None
    if key == owner.value.key:
        return owner.value
    if not isinstance(key, str) or key not in owner.kinds:
        raise SpecError(f"“{key}” is no kind of {owner.called}.")
    return owner.kinds[key]()


def problem(project: Project) -> SpecError | None:
    """Why the search of ``project`` cannot begin, or None."""
    search = project.search
    if not search.fields:
        return SpecError("No field is searched yet.", "", "Choose fields with the search icon beside them.")
    for field in search.fields:
        if found := field_problem(project, field):
            return found
    if search.objective == "loss" and any(field.path.startswith(LOSS_FIELDS) for field in search.fields):
        return SpecError(
            "Trials with different losses cannot be judged by their loss.",
            "A smaller number of another loss is not a better network.",
            "Judge them by the validation score.",
        )
    if search.method == "grid" and search.grid_size > LARGEST_GRID:
        return SpecError(
            f"The grid has {search.grid_size:,} combinations; {LARGEST_GRID:,} are the most.",
            "Every field multiplies them.",
            "Take fewer fields or grid points, or search at random.",
        )
    return None


def field_problem(project: Project, field: SearchedField) -> SpecError | None:
    """Why one field of the search cannot be searched as it is, or None: it is gone, or its range is out of bounds."""
    try:
        place = find(project, field.path)
        _check_is_there(project, field.path)
        for value in _ends(field):
            place.field.check(value, place.title)
        if isinstance(field.span, Interval) and (place.field.type not in (int, float) or place.field.choices):
            raise SpecError(f"{place.title} has no range; it can only be chosen from values.")
        if isinstance(field.span, Interval) and field.span.whole != (place.field.type is int):
            raise SpecError(f"{place.title}: only a count is searched over whole numbers.")
    except SpecError as error:
        return error
    return None


def _check_is_there(project: Project, path: str) -> None:
    """Raise `SpecError` where none of the kinds that trials choose from has the field."""
    owner, name = owner_of(project, path)
    span = project.search.span(owner.path)
    kinds = [owner.kinds[key] for key in map(str, span.grid()) if key in owner.kinds] if span else [type(owner.value)]
    if name and not any(field.name == name for kind in kinds for field in fields_of(kind)):
        raise SpecError(f"{owner.value.title} has no field “{name}”.", "", "Leave it out of the search.")


def _ends(field: SearchedField) -> tuple[Value, ...]:
    """The values that must be allowed for all of a range to be."""
    span = field.span
    if not isinstance(span, Interval):
        return span.values
    return (int(span.low), int(span.high)) if span.whole else (span.low, span.high)


def caution(project: Project) -> str:
    """What to know before the search begins, in a sentence; empty where there is nothing."""
    search = project.search
    if search.method == "grid" and 0 < search.trials < search.grid_size:
        return f"Of the {search.grid_size:,} combinations of the grid {search.trials:,} are tried, in random order."
    return ""
