"""What the data panel says, in words: derived from the state alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from nnstudio.session.document import State
from nnstudio.spec.data import Column, DataSpec, ImageFolderSource, Kind
from nnstudio.spec.facts import MISSING_CATEGORY, ColumnProfile, DataFacts

LONGEST_NAME = 20
MISSING = "missing"
MOST_VALUES = 4
"""As many values of a category are named in a tooltip."""


def note(state: State) -> str:
    """The header: ``penguins.csv · 344 rows · 8 columns``, as far as it is known."""
    data = state.project.data
    if data is None:
        return ""
    name = shortened(Path(data.source.path).name)
    rows = state.source.rows if state.source and state.source_is_current else None
    if isinstance(data.source, ImageFolderSource):
        profile = target_profile(state)
        sizes = [counted(rows, "picture")] if rows is not None else []
        return " · ".join([name, *sizes, *([counted(profile.distinct, "class")] if profile else [])])
    columns = counted(len(data.columns), "column")
    return " · ".join([name, columns] if rows is None else [name, counted(rows, "row"), columns])


def shortened(name: str) -> str:
    """A file name that leaves room for what stands behind it."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def counted(count: int, thing: str) -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {_plural(thing)}"


def _plural(thing: str) -> str:
    if thing.endswith(("ss", "tch")):
        return f"{thing}es"
    return f"{thing}s"


def amount(value: float) -> str:
    """A number as a person writes it: ``2,700``, ``43.92``, ``0.00012``."""
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:.3g}"
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def target_hint(state: State) -> str:
    """What there is to tell apart, or the range to predict: ``3 classes``, ``2,700 to 6,300``."""
    data, profile = state.project.data, target_profile(state)
    if data is None or data.target is None:
        return "choose a column"
    if not data.task.is_classification:
        return f"{amount(profile.low)} to {amount(profile.high or 0)}" if profile and profile.low is not None else ""
    known = state.facts and state.facts_are_current and state.facts.classes
    classes = len(known) if known else profile.distinct if profile else 0
    return counted(classes, "class") if classes else ""


def target_profile(state: State) -> ColumnProfile | None:
    """The profile of the column to predict, where it is known."""
    target = state.project.data.target if state.project.data else None
    if target is None or state.source is None or not state.source_is_current:
        return None
    return next((profile for profile in state.source.columns if profile.name == target.name), None)


def sight(data: DataSpec, facts: DataFacts) -> str:
    """What one row looks like to the network."""
    shape = facts.input_shape
    if len(shape) > 1:
        size = " × ".join(f"{side:,}" for side in shape)
        return f"What the network sees: {size} numbers a picture (float32; channels × height × width)."
    numbers, columns = counted(math.prod(shape), "number"), counted(len(data.features), "column")
    return f"What the network sees: {numbers} a row (float32) from {columns}."


def cells(data: DataSpec, facts: DataFacts) -> str:
    """What became of empty cells and of rows without a target; empty when there were none."""
    sentences = []
    if filled := facts.filled_cells:
        they_are = "is missing; it is" if filled == 1 else "are missing; they are"
        how = "filled with the training median or the most frequent category"
        sentences.append(f"{counted(filled, 'cell')} {they_are} {how}.")
    if own := _missing_is_known(data, facts):
        sentences.append(f"In {counted(own, 'column')} “missing” is a category of its own.")
    if dropped := facts.dropped_rows:
        have = "has no target and is" if dropped == 1 else "have no target and are"
        sentences.append(f"{counted(dropped, 'row')} {have} left out.")
    return " ".join(sentences)


def _missing_is_known(data: DataSpec, facts: DataFacts) -> int:
    """In how many columns a missing value is one of the categories."""
    names = set(facts.features)
    return sum(f"{column.name} = {MISSING_CATEGORY}" in names for column in data.features)


def split_note(data: DataSpec) -> str:
    """How the rows are dealt out: ``stratified · seed 0``."""
    stratified = data.split.stratify and data.task.is_classification
    return f"{'stratified' if stratified else 'at random'} · seed {data.split.seed}"


def batches_an_epoch(rows: int, size: int) -> int:
    """How many updates an epoch makes; the last batch may be shorter."""
    return math.ceil(rows / size)


def column_tip(column: Column, profile: ColumnProfile | None) -> str:
    """A column in full, as rich text: its name, what its values are, how many are missing."""
    lines = [f"<b>{escape(column.name)}</b>"]
    if profile:
        values = _range(profile) if column.kind is Kind.NUMBER else _values(profile)
        missing = f"{profile.missing:,} missing" if profile.missing else "none missing"
        lines += [escape(values)] if values else []
        lines.append(f"{counted(profile.distinct, 'different value')}, {missing}")
    return "<qt>" + "<br>".join(lines) + "</qt>"


def _range(profile: ColumnProfile) -> str:
    if profile.low is None or profile.high is None:
        return ""
    mean = f", mean {amount(profile.mean)}" if profile.mean is not None else ""
    return f"{amount(profile.low)} to {amount(profile.high)}{mean}"


def _values(profile: ColumnProfile) -> str:
    named = [f"{value} ({count:,})" for value, count in profile.top[:MOST_VALUES]]
    return ", ".join(named) + (" …" if profile.distinct > len(named) else "")


def plain_tip(text: str) -> str:
    """A tooltip that shows ``text`` as it is: names come from strangers and may look like markup."""
    return f"<qt>{escape(text)}</qt>"


def origins(columns: Sequence[Column], features: Sequence[str]) -> list[str]:
    """The column that each encoded number came from; features stand in the order of their columns."""
    found: list[str] = []
    place = 0
    for feature in features:
        ahead = (index for index in range(place, len(columns)) if _comes_from(feature, columns[index]))
        place = next(ahead, place)
        found.append(columns[place].name if place < len(columns) else "")
    return found


def _comes_from(feature: str, column: Column) -> bool:
    return feature == column.name or feature.startswith(f"{column.name} = ")
