"""What the data panel says, in words: derived from the state alone."""

from __future__ import annotations

import math
import re
from pathlib import Path

from nnstudio.session.document import State
from nnstudio.spec.columns import Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import MISSING_CATEGORY, ColumnProfile, DataFacts, Rows
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.splits import ColumnSplit, FileSplit, GroupSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import amount, counted

LONGEST_NAME = 20


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


def shortened(name: str, most: int = LONGEST_NAME) -> str:
    """A name that leaves room for what stands behind it: at most so many letters, cut in the middle."""
    half = most // 2
    return name if len(name) <= most else f"{name[:half]}…{name[-half:]}"


def breakable(text: str) -> str:
    """Text whose long words may be cut where a line ends."""
    return LONG_WORD.sub(lambda found: NO_WIDTH.join(found.group()), text)


LONG_WORD = re.compile(r"\S{25,}")
NO_WIDTH = "\u200b"
"""A blank of no width: a line may end there."""


def target_hint(state: State) -> str:
    """What there is to tell apart, or the range to predict: ``3 classes``, ``2,700 to 6,300``."""
    data, profile = state.project.data, target_profile(state)
    if data is not None and data.task is Task.RECONSTRUCTION:
        return ""
    if data is None or data.target is None:
        return "choose a column"
    if len(data.targets) > 1:
        return f"and {len(data.targets) - 1:,} more"
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
    """What one example looks like to the network."""
    return f"What the network sees: {_example(data, facts)}."


def _example(data: DataSpec, facts: DataFacts) -> str:
    shape = facts.input_shape
    if len(shape) == 3 or has_pictures(data):
        size = " × ".join(f"{side:,}" for side in shape)
        meaning = "channels × height × width" if len(shape) == 3 else "lines × numbers a line"
        return f"{size} numbers a picture (float32; {meaning})"
    columns = counted(len(set(facts.origins)) or len(data.features), "column")  # windows show the target's past, too
    numbers = counted(shape[-1] if shape else 1, "number")
    if len(shape) == 2:
        return f"{counted(shape[0], 'step')} of {numbers} (float32) from {columns}"
    return f"{numbers} a row (float32) from {columns}"


def has_pictures(data: DataSpec) -> bool:
    """Whether the network sees pictures."""
    return any(column.kind is Kind.IMAGE for column in data.features)


def cells(data: DataSpec, facts: DataFacts) -> str:
    """What became of empty cells and of rows without a target; empty when there were none."""
    sentences = []
    if filled := facts.filled_cells:
        they_are = "is missing; it is" if filled == 1 else "are missing; they are"
        sentences.append(f"{counted(filled, 'cell')} {they_are} filled with {_fillings(data)}.")
    if own := _missing_is_known(data, facts):
        sentences.append(f"In {counted(own, 'column')} “missing” is a category of its own.")
    if dropped := facts.dropped_rows:
        have = "has no target and is" if dropped == 1 else "have no target and are"
        sentences.append(f"{counted(dropped, 'row')} {have} left out.")
    if repeated := facts.repeated_rows:
        are = "repeats an earlier one and is" if repeated == 1 else "repeat an earlier one and are"
        sentences.append(f"{counted(repeated, 'row')} {are} left out.")
    return " ".join(sentences)


FILLINGS = {
    ("number", "median"): "the training median",
    ("number", "mean"): "the training mean",
    ("number", "most_frequent"): "the most frequent number",
    ("number", "constant"): "a constant",
    ("category", "most_frequent"): "the most frequent category",
}


def _fillings(data: DataSpec) -> str:
    """What stands in for missing cells, as the features say it: ``the training median or a constant``."""
    chosen = {(column.encoded.key, getattr(column.encoded, "missing", "")) for column in data.features}
    named = [text for key, text in FILLINGS.items() if key in chosen]
    return " or ".join(named) or "what is usual in their column"


def _missing_is_known(data: DataSpec, facts: DataFacts) -> int:
    """In how many columns a missing value is one of the categories."""
    names = set(facts.features)
    return sum(f"{column.name} = {MISSING_CATEGORY}" in names for column in data.features)


def split_note(data: DataSpec) -> str:
    """How the rows are dealt out: ``stratified · seed 0``."""
    split = data.split
    seed = getattr(split, "seed", None)
    folds = counted(split.folds, "fold") if split.folds else ""
    return " · ".join(filter(None, (_dealt(data), f"seed {seed}" if seed is not None else "", folds)))


def _dealt(data: DataSpec) -> str:
    match data.split:
        case RandomSplit(stratify=True) if data.task.is_classification:
            return "stratified"
        case GroupSplit():
            group = next(iter(data.with_role(Role.GROUP)), None)
            return f"by {shortened(group.name)}" if group else "by groups"
        case TimeSplit(column=column):
            return f"by {shortened(column)}" if column else "in the order of the file"
        case ColumnSplit(column=column):
            return f"by {shortened(column)}" if column else "by a column"
        case FileSplit():
            return "separate files"
    return "at random"


def parts(rows: Rows) -> str:
    """How many rows each part has: ``276 training, 34 validation, 34 test``."""
    return f"{rows.train:,} training, {rows.validation:,} validation, {rows.test:,} test"


def batches_an_epoch(rows: int, size: int) -> int:
    """How many updates an epoch makes; the last batch may be shorter."""
    return math.ceil(rows / size)
