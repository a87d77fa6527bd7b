"""What a model does not know of the rows that it is to predict, counted piece by piece and said in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, NumberFeature
from nnstudio.data.encoding.fill import filled_cells
from nnstudio.data.encoding.fit import signed_log
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import DataError
from nnstudio.spec.words import counted

MOST_NAMED = 5
"""Unknown categories of a column that are named."""

MOST_COUNTED = 100_000
"""Different unknown categories of a column that are told apart."""


FAR = {"standard": 10.0, "log": 10.0, "minmax": 3.0, "robust": 30.0}
"""So many scales from the middle of the training rows a number is rather in another unit, by the method of scaling."""


class Doubts:
    """Categories that no training row had, numbers far from all of theirs, and cells without a value.

    They are counted over as many pieces as are added.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.rows = 0
        """Rows so far."""
        self._features = encoding.seen
        self._unknown: dict[str, Counter[str]] = {}
        self._unknown_rows: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        self._far: Counter[str] = Counter()
        self._example: dict[str, float] = {}
        """A number of each column that lies far away."""

    def add(self, table: MappedTable) -> None:
        """Look at some more rows; raises `DataError` that names the cell where words stand in a column of numbers."""
        rows = np.arange(table.rows)
        for feature in self._features:
            if isinstance(feature, CategoryFeature) and not feature.other:
                self._add_unknown(feature, table)
            try:
                self._filled[feature.name] += filled_cells(feature, table, rows)
            except DataError as error:
                raise _in_row(error, feature, table, self.rows) from error
            if isinstance(feature, NumberFeature) and feature.method in FAR:
                self._add_far(feature, table.numbers(feature.name))
        self.rows += table.rows

    def _add_far(self, feature: NumberFeature, values: NDArray[np.float64]) -> None:
        shown = signed_log(values) if feature.method == "log" else values
        middle = 0.5 if feature.method == "minmax" else 0.0
        is_far = np.abs((shown - feature.offset) / feature.scale - middle) > FAR[feature.method]
        if is_far.any():
            self._far[feature.name] += int(np.count_nonzero(is_far))
            self._example.setdefault(feature.name, float(values[np.argmax(is_far)]))

    def _add_unknown(self, feature: CategoryFeature, table: MappedTable) -> None:
        found = table.labels(feature.name, None)
        known, counts = frozenset(feature.categories), found.counts()
        named = self._unknown.setdefault(feature.name, Counter())
        for name, count in zip(found.names, counts[:-1].tolist(), strict=True):
            if count and name not in known:
                self._unknown_rows[feature.name] += count
                if name in named or len(named) < MOST_COUNTED:
                    named[name] += count

    def sentences(self) -> tuple[str, ...]:
        """What is to be said, a sentence each; nothing where the model knows all."""
        return (*self._unknown_sentences(), *self._far_sentences(), *self._filled_sentences())

    def _unknown_sentences(self) -> Iterator[str]:
        for column, names in self._unknown.items():
            if names:
                named = ", ".join(f"“{name}”" for name in list(names)[:MOST_NAMED])
                more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
                yield (
                    f"{counted(self._unknown_rows[column], 'row')} with a “{column}” that the model has never seen: "
                    f"{named}{more}. It counts as none of those that the model knows."
                )

    def _far_sentences(self) -> Iterator[str]:
        for column, count in self._far.items():
            yield (
                f"{counted(count, 'row')} with a “{column}” far from those of training, such as "
                f"{self._example[column]:.6g}: see that it is in the same unit."
            )

    def _filled_sentences(self) -> Iterator[str]:
        for feature in self._features:
            if count := self._filled[feature.name]:
                yield f"{counted(count, 'row')} without “{feature.name}”: {_stand_in(feature)}."


def _in_row(error: DataError, feature: Feature, table: MappedTable, before: int) -> DataError:
    """The same, with the row of the first cell that is the cause; ``before`` rows were looked at before ``table``."""
    first, count = 0, table.rows
    while count > 1:
        half = count // 2
        if _is_usable(feature, table, first, half):
            first, half = first + half, count - half
        count = half
    cell = pc.cast(table.column(feature.name).slice(first, 1), "large_string", safe=False)[0].as_py()
    why = f"Row {before + first + 1:,} holds “{cell}”."
    return DataError(error.what, why, "Correct it, or empty the cell.", error.details)


def _is_usable(feature: Feature, table: MappedTable, start: int, count: int) -> bool:
    try:
        filled_cells(feature, MappedTable.of(table.arrow().slice(start, count)), np.arange(count))
    except DataError:
        return False
    return True


def _stand_in(feature: Feature) -> str:
    match feature:
        case NumberFeature(fill=fill):
            return f"{fill:.6g} stands in, as it did in training"
        case DateFeature():
            return "the middle of all dates stands in"
    return "the most frequent value of the training rows stands in"
