"""What each column of a source seems to be for, and what kind of question its target asks; works without pandas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnstudio.spec.data import Column, DataSpec, Kind, Role
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.tasks import Task

TARGET_NAMES = (
    "target", "label", "labels", "class", "classes", "y", "outcome", "response", "species", "diagnosis", "survived",
    "category", "quality",
)  # fmt: skip
"""Names that a column to predict often has, most telling first; compared without case, blanks and punctuation."""

ID_WORDS = frozenset({"id", "ids", "idx", "index", "uuid", "guid", "key", "nr", "no", "row", "number", "unnamed"})
"""The last word of a name that numbers the rows (the first of pandas' ``Unnamed: 0``)."""

FEW_CATEGORIES = 20
"""A text column with more different values than that is a category only where each occurs twice on average."""

MOST_CATEGORIES = 100
"""A text column with more different values than that is no category that a small network learns from."""


def default_spec(facts: SourceFacts) -> DataSpec:
    """The data of an experiment as it is suggested for a source that was just opened."""
    return DataSpec(facts.source, facts.suggested, facts.task, fingerprint=facts.fingerprint)


def suggest_task(profile: ColumnProfile) -> Task:
    """What is asked when this column is to be predicted: a yes or no, a class, or a number."""
    return profile.suggested_task


def suggest_columns(profiles: Sequence[ColumnProfile], rows: int) -> tuple[tuple[Column, ...], Task]:
    """A role for each column, and the task; there is no target where no column could be one."""
    usable = [profile for profile in profiles if not _is_useless(profile, rows)]
    target = _suggest_target(usable)

    def role(profile: ColumnProfile) -> Role:
        if profile is target:
            return Role.TARGET
        return Role.FEATURE if profile in usable else Role.IGNORE

    columns = tuple(Column(profile.name, profile.kind, role(profile)) for profile in profiles)
    return columns, suggest_task(target) if target else Task.MULTICLASS


def _suggest_target(usable: Sequence[ColumnProfile]) -> ColumnProfile | None:
    """The column with the most telling name, or the last one."""
    by_name = {_plain(profile.name): profile for profile in reversed(usable)}
    named = (by_name[name] for name in TARGET_NAMES if name in by_name)
    return next(named, usable[-1] if usable else None)


def _is_useless(profile: ColumnProfile, rows: int) -> bool:
    """Whether a network learns nothing general from a column: it is constant, or it rather names the rows."""
    if profile.distinct <= 1:
        return True
    present = rows - profile.missing
    if profile.kind is Kind.NUMBER:
        return profile.distinct == present and profile.is_whole and _sounds_like_id(profile.name)
    hardly_repeats = profile.distinct > FEW_CATEGORIES and 2 * profile.distinct > present
    return profile.distinct == present or hardly_repeats or profile.distinct > MOST_CATEGORIES


def _sounds_like_id(name: str) -> bool:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return bool(words) and words[-1].casefold() in ID_WORDS


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
