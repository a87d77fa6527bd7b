"""A data spec becomes the arrays that a network learns from, and the facts that it has to fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.baselines import baseline_of_inputs
from nnstudio.data.cache import Cached
from nnstudio.data.cores import FEW_ROWS, each
from nnstudio.data.encoding.arrange import Arranged, arrange, group_column, looks_ahead
from nnstudio.data.encoding.encoders import CategoryFeature, Feature, ImageFeature
from nnstudio.data.encoding.fill import filled_cells
from nnstudio.data.encoding.fit import Fit, fit_feature, sketch_feature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import check_memory, check_steps
from nnstudio.data.encoding.weights import check_training_weights, read_weights
from nnstudio.data.memory import give_back
from nnstudio.data.profiling.relation import relations
from nnstudio.data.source import read_source
from nnstudio.data.splitting.parts import open_table, sources_of, used_columns
from nnstudio.data.splitting.split import SplitRows
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import CategoryEncoding, Column
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.facts import Rows as Counts
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, eq=False, slots=True)
class Encoded:
    """Everything that training needs of the data; nobody changes the arrays, which are kept for the next who asks.

    ``x`` is float32, C-contiguous, ``(N, *facts.input_shape)``. ``y`` is class numbers, int64 ``(N,)``; values, float32
    ``(N, T)`` for T targets; or for a reconstruction ``x`` in rows, float32 ``(N, prod(facts.input_shape))``, sharing
    its memory. ``rows`` are positions in them, and ``source_rows`` (int64) are their rows in the source (of a window
    the row that it predicts). ``weights`` are float32 ``(N,)``, or None where all rows count alike. The ``facts`` lack
    the relations between columns, which `describe` finds.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64] | NDArray[np.float32]
    rows: SplitRows
    encoding: Encoding
    facts: DataFacts
    source_rows: NDArray[np.int64]
    source: Cached
    weights: NDArray[np.float32] | None = None

    @property
    def fingerprint(self) -> str:
        """That of the source as it was read; empty where it changed before anybody found it."""
        try:
            return self.source.fingerprint
        except (DataError, OSError):
            return ""


def encode(data: DataSpec, cache: Path | None = None, fold: int = 0, *, standardised: bool = True) -> Encoded:
    """Read, split, fit on the training rows, and encode every row that has a target; raises `DataError`.

    ``fold`` from 1 on takes the training rows of that fold of the cross-validation; target values that are not
    ``standardised`` stay in their own unit. The last result is kept, so that training again, or looking at what was
    trained on, need not encode anew.
    """
    files = [read_source(source, cache, written=False) for source in sources_of(data).values()]
    asked = (replace(data, batches=Batches()), cache, fold, standardised, *(file.path for file in files))
    found = _LAST.get(asked)
    if found is None:
        _LAST.clear()  # before the next one needs its memory
        try:
            found = _LAST[asked] = _encode(data, cache, fold, standardised, files[0])
        finally:
            give_back()
    return found


_LAST: dict[tuple[object, ...], Encoded] = {}
"""The last result, by what was asked for and the cached files, whose names change with their content."""


def describe(data: DataSpec, cache: Path | None = None) -> DataFacts:
    """The facts that `encode` finds, without what only the numbers themselves need, and how columns are related.

    Raises `DataError` as `encode` does.
    """
    if data.task is Task.RECONSTRUCTION:  # how far its examples lie from their mean is seen only in their numbers
        return encode(data, cache).facts
    with open_data(data, cache) as table:
        arranged = arrange(data, table)
        read_weights(data, table, arranged.known.rows)
        facts = _facts(_encoding(data, table, arranged, sketch_feature), table, arranged)
        return replace(facts, relations=relations(data, table, arranged.parts.train, arranged.known))


def _encode(data: DataSpec, cache: Path | None, fold: int, standardised: bool, source: Cached) -> Encoded:
    with open_data(data, cache) as table:
        with _read_ahead(data, table):
            arranged = arrange(data, table, fold)
        known, parts = arranged.known, arranged.parts
        weights = read_weights(data, table, known.rows)
        check_training_weights(weights, parts.train)
        encoding = _encoding(data, table, arranged, fit_feature, standardised)
        facts = _facts(encoding, table, arranged)
        x = arranged.encode(encoding, table)
        if data.task is Task.RECONSTRUCTION:
            facts = replace(facts, baseline=baseline_of_inputs(x, parts.by_part))
        y = known.encoded(encoding.target, x)
    return Encoded(x, y, parts, encoding, facts, known.rows, source, weights)


@contextmanager
def _read_ahead(data: DataSpec, table: MappedTable) -> Iterator[None]:
    """Another core looks up the categories of the features; whatever it meets, who needs them meets again."""
    if table.rows < FEW_ROWS:
        yield
        return
    with ThreadPoolExecutor(1) as beside:
        for column in data.features:
            if isinstance(column.encoded, CategoryEncoding):
                beside.submit(table.labels, column.name)
        yield


@contextmanager
def open_data(data: DataSpec, cache: Path | None) -> Iterator[MappedTable]:
    """The cached rows of ``data``, with every column that is used; raises `DataError` where one is missing."""
    if not data.features and not looks_ahead(data):
        raise DataError(
            "There is nothing to predict from.",
            "No column is used as an input.",
            "Tick at least one column, or let examples be windows, which show earlier values of the target.",
        )
    with open_table(data, cache) as table:
        there = frozenset(table.names)
        if missing := [name for name in used_columns(data) if name not in there]:
            changed = read_source(data.source, cache).fingerprint != data.fingerprint
            raise _lacks(data, missing, changed)
        yield table


def _lacks(data: DataSpec, missing: list[str], changed: bool) -> DataError:
    file = Path(data.source.path).name
    names = ", ".join(f"“{name}”" for name in missing)
    return DataError(
        f"“{file}” has no column {names}.",
        "The file has changed since the project was made." if changed and data.fingerprint else "",
        "Open the file anew to choose its columns, or bring the old file back.",
    )


def _encoding(data: DataSpec, table: MappedTable, arranged: Arranged, fit: Fit, standardised: bool = True) -> Encoding:
    features = _fitted(data.features, table, arranged, fit)
    past = _fitted(data.targets, table, arranged, fit) if looks_ahead(data) else ()
    _check_together(data, (*features, *past))
    target = arranged.known.fit(arranged.parts.train, standardised)
    group = group_column(data) if isinstance(data.layout, WindowLayout) else ""
    encoding = Encoding(data.task, features, target, data.layout, past, group)
    check_memory(len(arranged.known.rows), encoding.input_shape)
    return encoding


def _fitted(columns: Sequence[Column], table: MappedTable, arranged: Arranged, fit: Fit) -> tuple[Feature, ...]:
    return tuple(each(lambda column: fit(column, table, arranged.train), columns, len(arranged.train)))


def _check_together(data: DataSpec, features: tuple[Feature, ...]) -> None:
    """Raise `DataError` unless the features can be shown to a network as the layout says."""
    pictures = any(isinstance(feature, ImageFeature) for feature in features)
    if pictures and isinstance(data.layout, WindowLayout):
        raise DataError(
            "Windows go over the rows of a table.", "The network looks at pictures.", "Choose another layout."
        )
    if pictures and len(features) > 1:
        raise DataError("Pictures and other columns cannot be combined.", "", "Ignore the other columns.")
    if not pictures:
        check_steps(data.layout, sum(len(feature.names) for feature in features))


def _facts(encoding: Encoding, table: MappedTable, arranged: Arranged) -> DataFacts:
    known, parts = arranged.known, arranged.parts
    return DataFacts(
        encoding.task,
        encoding.input_shape,
        Counts(len(parts.train), len(parts.validation), len(parts.test)),
        known.name,
        encoding.names,
        known.classes,
        known.baseline(parts.by_part),
        sum(each(lambda feature: filled_cells(feature, table, arranged.rows), encoding.seen, len(arranged.rows))),
        arranged.dropped,
        known.repeated,
        encoding.answers,
        encoding.origins,
        encoding.meanings(),
        known.class_counts(parts.train),
        entries=tuple(
            (feature.name, feature.entries) for feature in encoding.features if isinstance(feature, CategoryFeature)
        ),
    )
