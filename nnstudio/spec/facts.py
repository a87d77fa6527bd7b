"""What was found in the data: plain numbers and names that cross a pipe and that shapes, forms and panels need."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnstudio.spec.baselines import Baseline
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import Layout, RowLayout
from nnstudio.spec.sources import Source
from nnstudio.spec.splits import RandomSplit, Split
from nnstudio.spec.tasks import Task

Shape = tuple[int, ...]


MISSING_CATEGORY = "(missing)"
"""What the category of rows without a value is called among the encoded features."""
OTHER_CATEGORY = "(other)"
"""What rare categories, or rare classes of a target, are called together."""


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
    std: float | None = None
    """Population standard deviation of a number column."""
    median: float | None = None
    skew: float | None = None
    """Skewness of a number column (Fisher–Pearson, population): 0 is symmetric."""
    infinite: int = 0
    """Values that are infinite, or too large for float32; they count as missing, too."""
    earliest: str = ""
    """The first moment of a date column, in ISO 8601."""
    latest: str = ""
    is_numeric: bool = False
    """The values are stored as numbers, whatever they mean."""

    @property
    def suggested_task(self) -> Task:
        """What predicting this column seems to ask for: classes for words and for a few whole numbers, else a value."""
        if not self.is_numeric:
            return Task.BINARY if self.distinct == BINARY_VALUES else Task.MULTICLASS
        if not self.is_whole or self.distinct > MOST_CLASSES_IN_NUMBERS or self._hardly_repeats:
            return Task.REGRESSION
        return Task.BINARY if self.distinct == BINARY_VALUES else Task.MULTICLASS

    @property
    def _hardly_repeats(self) -> bool:
        """Whether even the most frequent values occur too seldom to be classes."""
        counts = [count for _, count in self.top]
        return self.distinct > BINARY_VALUES and sum(counts) < FEWEST_OF_A_CLASS * len(counts)


BINARY_VALUES = 2
FEWEST_OF_A_CLASS = 3
"""Rows that the most frequent whole numbers have on average where they are classes."""
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
    duplicates: int = 0
    """Rows that repeat an earlier row in every column."""
    notes: tuple[str, ...] = ()
    """What was understood on the way that the user should know, a sentence each."""
    choices: tuple[str, ...] = ()
    """The sheets, tables or arrays that the file offers, where there are several."""
    split: Split = field(default_factory=RandomSplit)
    """How the rows seem to be meant to be dealt out: by folders called train and test, or a column that says so."""
    layout: Layout = field(default_factory=RowLayout)
    """What one example seems to be."""

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
class Relation:
    """How much one column says about the target, over the training rows.

    ``strength`` is the share of the target's variance (or, for classes, of the impurity of their shares) that knowing
    the column explains: 0 is nothing, 1 is all. ``is_same`` says that the column gives the target away: each of its
    values goes with one answer, and it is as detailed as the target.
    """

    column: str
    strength: float
    is_same: bool = False


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What a network has to fit: derived once for a data spec and a file fingerprint.

    ``input_shape`` is that of one encoded example. ``features`` names each encoded number of a row (``sex = male``), or
    is empty for pictures; ``origins`` has the column that each came from, and ``meanings`` a few words on how.
    ``classes`` is empty unless the task is a classification. ``baseline`` is what always giving one answer scores.
    """

    task: Task
    input_shape: Shape
    rows: Rows
    target: str
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    baseline: Baseline = field(default_factory=Baseline)
    filled_cells: int = 0
    dropped_rows: int = 0
    """Rows without a target, which nothing can be learned from."""
    repeated_rows: int = 0
    """Rows that are the same as an earlier one, where those are left out."""
    answers: int = 1
    """Numbers in one target: one a column for regression, as many as the input has for a reconstruction."""
    origins: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    """Training rows of each class."""
    relations: tuple[Relation, ...] = ()
    """One for each feature column of a table; empty where it is not known."""
    entries: tuple[tuple[str, int], ...] = ()
    """The feature columns of categories, each with as many rows as an embedding table for its indices has."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The head of a source as it would be read; ``source`` has every option that was detected written down."""

    source: Source
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first rows as text, empty where a cell is missing."""
    choices: tuple[str, ...] = ()
    """The sheets, tables or arrays that the file offers."""
    notes: tuple[str, ...] = ()
    is_whole: bool = False
    """There are no more rows than these."""


@dataclass(frozen=True, slots=True)
class ShownExamples:
    """Some encoded examples to look at.

    ``preview`` is a cached Arrow file with a row for each. Its columns are, in this order: ``row``, the number in the
    source, from 0; the encoded numbers by name, or for pictures ``image``, uint8, as it was read; ``target`` in its own
    words; what the loss gets, ``y`` or ``y: name`` for each of several targets (nothing for a reconstruction); and for
    classes a one-hot column each. ``low`` and ``high`` are the bounds of the encoded numbers shown.
    """

    preview: str
    part: str
    epoch: int
    start: int
    total: int
    """Examples in the part, or in the epoch where some are drawn repeatedly."""
    input_shape: Shape
    target_shape: Shape
    target_dtype: str
    features: tuple[str, ...] = ()
    """The columns of the encoded numbers; those of a window say which of its rows they are from: ``sales [-1]``."""
    low: float = 0.0
    high: float = 0.0
    origins: tuple[str, ...] = ()
    """The column of the source that each of ``features`` comes from."""
    meanings: tuple[str, ...] = ()
    """How each of ``features`` was computed, with its figures; for pictures a sentence for each channel."""


@dataclass(frozen=True, slots=True)
class SeenTensor:
    """A tensor of a layer at a glance: its name in the layer, and its finite numbers in figures and a histogram.

    ``counts`` are in equal bins from ``low`` to ``high``; where both are the same the middle one has all.
    """

    name: str
    shape: Shape
    low: float
    high: float
    mean: float
    spread: float
    """Population standard deviation."""
    counts: tuple[int, ...]
    other: int = 0
    """Numbers that are not finite."""
    is_fresh: bool = True
    """No file had a match for it."""


@dataclass(frozen=True, slots=True)
class SharedExamples:
    """Encoded examples in files that several processes map: the ``arrays`` of those names, as ``.npy``, in ``folder``.

    ``target_scales`` are the units of the targets, one each.
    """

    folder: str
    facts: DataFacts
    target_scales: tuple[float, ...]
    arrays: tuple[str, ...]
