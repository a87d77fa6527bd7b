"""What each column of a source seems to be for, and what kind of question its target asks; works without pandas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nnstudio.data.profiling.kinds import hardly_repeats
from nnstudio.spec.columns import Column, ColumnEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.parts import PART_COLUMNS, PART_VALUES
from nnstudio.spec.splits import ColumnSplit, RandomSplit, Split
from nnstudio.spec.tasks import Task

TARGET_NAMES = (
    "target", "label", "labels", "class", "classes", "y", "outcome", "response", "species", "diagnosis", "survived",
    "category", "quality",
)  # fmt: skip
"""Names that a column to predict often has, most telling first; compared without case, blanks and punctuation."""

MANY_CATEGORIES, MOST_CATEGORIES = 100, 300
"""A text column with more different values than the first is a category only where each has rows to be learned from;
with more than the second it is none that a small network learns from."""

ROWS_OF_A_CATEGORY = 10
"""So many rows each of many values has on average where a network learns what is special about it."""

USELESS = frozenset({Kind.CONSTANT, Kind.IDENTIFIER, Kind.TEXT})
"""Kinds of column that a network learns nothing general from, or cannot read."""

FEWEST_PARTS = 2

SEPARATORS = ",;\t|"
"""What stands between the cells of a row that was not taken apart."""

SHORTEST_SERIES = 8
"""Rows of a series from which something can be learned."""

FEW_WINDOWS = 20
"""So many windows a series holds at least, so that some are left to validate and test."""


def default_spec(facts: SourceFacts) -> DataSpec:
    """The data of an experiment as it is suggested for a source that was just opened."""
    return DataSpec(
        facts.source, facts.suggested, facts.task, facts.split, fingerprint=facts.fingerprint, layout=facts.layout
    )


def suggest_columns(profiles: Sequence[ColumnProfile], rows: int) -> tuple[tuple[Column, ...], Task]:
    """A role for each column, and the task; there is no target where no column could be one."""
    split = suggest_split(profiles)
    named = split.column if isinstance(split, ColumnSplit) else None
    usable = [profile for profile in profiles if not _is_useless(profile, rows) and profile.name != named]
    names = frozenset(profile.name for profile in usable)
    target = _suggest_target(usable)

    def role(profile: ColumnProfile) -> Role:
        if profile is target:
            return Role.TARGET
        return Role.FEATURE if profile.name in names else Role.IGNORE

    columns = tuple(Column(profile.name, profile.kind, role(profile), _encoding(profile)) for profile in profiles)
    return columns, target.suggested_task if target else Task.MULTICLASS


@dataclass(frozen=True, slots=True)
class Series:
    """A column of which earlier values tell the next one."""

    column: Column
    task: Task
    layout: WindowLayout

    @property
    def note(self) -> str:
        """What is said of it."""
        rows = "row predicts" if self.layout.length == 1 else f"{self.layout.length} rows predict"
        return f"“{self.column.name}” is the only column: it is taken for a series, of which {rows} the next one."


def suggest_series(profile: ColumnProfile, rows: int) -> Series | None:
    """What the only column of a table is for; None where it says nothing, is too short, or is several in one."""
    texts = (profile.name, *(word for word, _ in profile.top))
    seems_cut = not profile.is_numeric and any(mark in text for text in texts for mark in SEPARATORS)
    kind = Kind.NUMBER if profile.kind is Kind.IDENTIFIER and profile.is_numeric else profile.kind
    if kind in USELESS or kind is Kind.DATE or rows < SHORTEST_SERIES or seems_cut:
        return None
    column = Column(profile.name, kind, Role.TARGET, _encoding(profile))
    usual = WindowLayout()
    return Series(column, profile.suggested_task, replace(usual, length=max(1, min(usual.length, rows // FEW_WINDOWS))))


def suggest_split(profiles: Sequence[ColumnProfile]) -> Split:
    """By the column that says which rows are for training, where there is one; else at random."""
    for profile in profiles:
        if _plain(profile.name) in PART_COLUMNS and (split := _by_column(profile)):
            return split
    return RandomSplit()


def _by_column(profile: ColumnProfile) -> ColumnSplit | None:
    """The split by a column of which every value is one of the words for a part, training and another among them."""
    usual = ColumnSplit()
    words = [word for word, _ in profile.top]
    parts = {part: word for word in words for part, names in PART_VALUES.items() if _plain(word) in map(_plain, names)}
    if len(parts) < len(words) or profile.distinct != len(words) or len(parts) < FEWEST_PARTS or "train" not in parts:
        return None
    return ColumnSplit(profile.name, parts.get("validation", usual.validation), parts.get("test", usual.test))


def _encoding(profile: ColumnProfile) -> ColumnEncoding | None:
    """Zeros and ones are numbers already; all else is encoded as is usual for its kind."""
    return NumberEncoding() if profile.kind is Kind.BOOLEAN and profile.is_numeric else None


def _suggest_target(usable: Sequence[ColumnProfile]) -> ColumnProfile | None:
    """The column with the most telling name, or the last one that is not a date."""
    by_name = {_plain(profile.name): profile for profile in reversed(usable)}
    named = (by_name[name] for name in TARGET_NAMES if name in by_name)
    rest = [profile for profile in usable if profile.kind is not Kind.DATE]
    return next(named, rest[-1] if rest else None)


def _is_useless(profile: ColumnProfile, rows: int) -> bool:
    """Whether a network learns nothing general from a column: it is constant, or it rather names the rows."""
    if profile.kind in USELESS:
        return True
    if profile.is_numeric or profile.kind in (Kind.DATE, Kind.IMAGE):
        return False
    present = rows - profile.missing
    names_rows = profile.distinct == present or hardly_repeats(present, profile.distinct)
    hardly_seen = profile.distinct > MANY_CATEGORIES and present < ROWS_OF_A_CATEGORY * profile.distinct
    return names_rows or hardly_seen or profile.distinct > MOST_CATEGORIES


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
