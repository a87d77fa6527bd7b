"""A data spec becomes the arrays that a network learns from, and the facts that it has to fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.cache import Cached
from nnstudio.data.encoders import Feature, ImageFeature
from nnstudio.data.encoding import Encoding
from nnstudio.data.fill import fill, filled_cells
from nnstudio.data.fit import Rows, fit_feature, sketch_feature
from nnstudio.data.source import read_source
from nnstudio.data.split import SplitRows, split_rows
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import Known, read_target
from nnstudio.spec.data import Column, DataSpec, Role, Source
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.facts import Rows as Counts


@dataclass(frozen=True, eq=False, slots=True)
class Encoded:
    """Everything that training needs of the data.

    ``x`` is float32, C-contiguous, ``(N, *facts.input_shape)``; ``y`` is class numbers, int64 ``(N,)``, or values,
    float32 ``(N, 1)``. ``rows`` are positions in them, and ``source_rows`` (int64) are their rows in the source.
    ``fingerprint`` is that of the source as it was read.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64] | NDArray[np.float32]
    rows: SplitRows
    encoding: Encoding
    facts: DataFacts
    source_rows: NDArray[np.int64]
    fingerprint: str


def encode(data: DataSpec, cache: Path | None = None) -> Encoded:
    """Read, split, fit on the training rows, and encode every row that has a target; raises `DataError`."""
    with _opened(data, cache) as (cached, table):
        known, rows = _dealt(data, table)
        encoding = _encoding(data, table, known, rows, fit_feature)
        facts = _facts(encoding, table, known, rows)
        x = fill(encoding, table, known.rows)
    return Encoded(x, known.encoded(encoding.target), rows, encoding, facts, known.rows, cached.fingerprint)


def describe(data: DataSpec, cache: Path | None = None) -> DataFacts:
    """The facts that `encode` finds, without what only the numbers themselves need; raises `DataError` alike."""
    with _opened(data, cache) as (_, table):
        known, rows = _dealt(data, table)
        return _facts(_encoding(data, table, known, rows, sketch_feature), table, known, rows)


@contextmanager
def _opened(data: DataSpec, cache: Path | None) -> Iterator[tuple[Cached, MappedTable]]:
    """The cached source of ``data``, with every column that is used."""
    if not data.features:
        raise DataError("There is nothing to predict from.", "No column is a feature.", "Choose at least one.")
    cached = read_source(data.source, cache)
    with MappedTable(cached.path) as table:
        used = [column.name for column in data.columns if column.role is not Role.IGNORE]
        if missing := [name for name in used if name not in table.names]:
            raise _lacks(data, missing, cached.fingerprint != data.fingerprint)
        yield cached, table


def _lacks(data: DataSpec, missing: list[str], changed: bool) -> DataError:
    file = Path(data.source.path).name
    names = ", ".join(f"“{name}”" for name in missing)
    return DataError(
        f"“{file}” has no column {names}.",
        "The file has changed since the project was made." if changed and data.fingerprint else "",
        "Open the file anew to choose its columns, or bring the old file back.",
    )


def _dealt(data: DataSpec, table: MappedTable) -> tuple[Known, SplitRows]:
    """The rows that have a target, and which of them are for what."""
    known = read_target(data, table)
    return known, split_rows(len(known.rows), data.split, known.class_numbers if data.split.stratify else None)


def _encoding(
    data: DataSpec,
    table: MappedTable,
    known: Known,
    rows: SplitRows,
    fit: Callable[[Column, MappedTable, Rows, Source], Feature],
) -> Encoding:
    train = known.rows[rows.train]
    features = tuple(fit(column, table, train, data.source) for column in data.features)
    if len(features) > 1 and any(isinstance(feature, ImageFeature) for feature in features):
        raise DataError("Pictures and other columns cannot be combined.", "", "Ignore the other columns.")
    return Encoding(data.task, features, known.fit(rows.train))


def _facts(encoding: Encoding, table: MappedTable, known: Known, rows: SplitRows) -> DataFacts:
    judged = rows.validation if len(rows.validation) else rows.train
    baseline, answer = known.baseline(rows.train, judged)
    return DataFacts(
        encoding.task,
        encoding.input_shape,
        Counts(len(rows.train), len(rows.validation), len(rows.test)),
        known.name,
        encoding.names,
        known.classes,
        baseline,
        answer,
        sum(filled_cells(feature, table, known.rows) for feature in encoding.features),
        known.dropped,
    )
