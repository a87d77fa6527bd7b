"""What was found in the data: plain numbers and names that cross a pipe and that shapes, forms and panels need."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.data import Column, Kind, Source
from nnstudio.spec.errors import DataError
from nnstudio.spec.tasks import Task

Shape = tuple[int, ...]


MISSING_CATEGORY = "(missing)"
"""What the category of rows without a value is called among the encoded features."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column of a source at a glance, over all of its rows.

    ``histogram`` counts the values of a number column in equal bins from ``low`` to ``high``. ``top`` holds the most
    frequent values of any column with their counts, largest first. ``distinct`` does not count missing values.
    """

    name: str
    kind: Kind
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    is_whole: bool = False
    """Every number is a whole one."""
    histogram: tuple[int, ...] = ()
    top: tuple[tuple[str, int], ...] = ()

    @property
    def suggested_task(self) -> Task:
        """What predicting this column seems to ask for: classes for words and for a few whole numbers, else a value."""
        if self.distinct == BINARY_VALUES:
            return Task.BINARY
        few = self.distinct <= MOST_CLASSES_IN_NUMBERS and self.is_whole
        return Task.MULTICLASS if self.kind is not Kind.NUMBER or few else Task.REGRESSION


BINARY_VALUES = 2
MOST_CLASSES_IN_NUMBERS = 20
"""Whole numbers with more distinct values than these are taken for amounts."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What opening a source found.

    ``cache`` is the Arrow file that the window and the engine map; ``suggested`` says what each column seems to be for
    (the target included); ``left_out`` lists what could not be used, a sentence each.
    """

    source: Source
    fingerprint: str
    cache: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    suggested: tuple[Column, ...]
    task: Task
    left_out: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The column of that name; raises `DataError`, naming those that there are."""
        for profile in self.columns:
            if profile.name == name:
                return profile
        names = ", ".join(profile.name for profile in self.columns[:MOST_NAMES])
        more = " …" if len(self.columns) > MOST_NAMES else ""
        raise DataError(f"There is no column called “{name}”.", f"The columns are {names}{more}.")


MOST_NAMES = 12
"""As many columns are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows each part of the split has."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What a network has to fit: derived once for a data spec and a file fingerprint.

    ``input_shape`` is that of one encoded example. ``features`` names each encoded number of a table (``sex = male``),
    or is empty for pictures. ``classes`` is empty for regression. ``baseline`` is what always answering the most
    frequent class (accuracy) or the mean (mean absolute error, in the target's unit) scores on the validation rows (on
    the training rows where there are none); ``baseline_answer`` is that answer in words.
    """

    task: Task
    input_shape: Shape
    rows: Rows
    target: str
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    baseline: float = 0.0
    baseline_answer: str = ""
    filled_cells: int = 0
    dropped_rows: int = 0
    """Rows without a target, which nothing can be learned from."""
