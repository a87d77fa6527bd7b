"""What a model said to the rows that it was judged on, and the curves drawn from that, as Arrow files in the cache."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.cache import DAMAGED, UNUSED_DAYS, cache_folder, forget_unused, write_arrow
from nnstudio.data.table import MappedTable
from nnstudio.spec.files import write_atomically
from nnstudio.spec.scores import ClassScore, Evaluation, Score
from nnstudio.spec.tasks import Task

VERSION = 1
"""Of what is written here, and of how it is computed; what another version wrote is not found."""

SUMMARY = b"evaluation"
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """One series of points of a named figure: ``(N,)`` each; what ``z`` is depends on the figure."""

    name: str
    series: int
    x: Numbers
    y: Numbers
    z: Numbers


def entry(*identity: object) -> Path:
    """The path of the answers that are told from all others by ``identity``; the figures lie beside it."""
    key = hashlib.sha256(json.dumps([VERSION, *map(str, identity)]).encode()).hexdigest()
    return cache_folder() / f"evaluated-{key[:32]}.arrow"


def figures_path(answers: Path) -> Path:
    return answers.with_name(answers.name.replace("evaluated-", "figures-"))


# ---- the answers ----


def write_answers(path: Path, columns: Mapping[str, NDArray[Any]], worst_first: NDArray[np.int64]) -> None:
    """Keep columns ``(N,)``, or ``(N, K)`` as lists of K, in the order ``worst_first``. Raises OSError."""
    forget_unused(path.parent, "evaluated-*", UNUSED_DAYS)
    forget_unused(path.parent, "figures-*", UNUSED_DAYS)
    table = pa.table({name: _column(values[worst_first]) for name, values in columns.items()})
    write_atomically(path, lambda partial: write_arrow(table, partial))


def _column(values: NDArray[Any]) -> Any:
    if values.ndim == 1:
        return pa.array(values)
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(values).reshape(-1)), values.shape[1])


class Answers:
    """The cached answers, mapped: every column is an array that copies nothing, in the order worst first.

    ``row`` int64 ``(N,)`` counts through the cached tables, ``badness`` float32 ``(N,)`` is what they are ordered by.
    Of classes ``truth`` and ``predicted`` are numbers, int32 ``(N,)``, and ``chances`` float32 ``(N, K)``; of values
    ``truth`` and ``predicted`` are float64 ``(N, T)`` in their own unit; a reconstruction has neither.
    """

    def __init__(self, path: Path | str) -> None:
        self._table = MappedTable(path)
        self.names = self._table.names
        self.row: NDArray[np.int64] = self._array("row")
        self.badness: NDArray[np.float32] = self._array("badness")

    def _array(self, name: str) -> NDArray[Any]:
        column = self._table.column(name)
        chunk = column.chunk(0) if column.num_chunks else column.combine_chunks()
        if pa.types.is_fixed_size_list(chunk.type):
            flat: NDArray[Any] = chunk.flatten().to_numpy(zero_copy_only=True)
            return flat.reshape(-1, chunk.type.list_size)
        array: NDArray[Any] = chunk.to_numpy(zero_copy_only=True)
        return array

    @property
    def truth(self) -> NDArray[Any]:
        return self._array("truth")

    @property
    def predicted(self) -> NDArray[Any]:
        return self._array("predicted")

    @property
    def chances(self) -> NDArray[np.float32]:
        return self._array("chances")

    def __len__(self) -> int:
        return self._table.rows

    def close(self) -> None:
        """Let go of the file, as soon as no array of it is left."""
        del self.row, self.badness
        self._table.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def rows_of(sources: Sequence[str], rows: NDArray[np.int64]) -> Any:
    """A pyarrow Table of the ``rows`` (in their order) of the cached tables ``sources``, one behind the other."""
    parts: list[Any] = []
    places: list[NDArray[np.int64]] = []
    first = 0
    for path in sources:
        with MappedTable(path) as table:
            chosen = np.flatnonzero((rows >= first) & (rows < first + table.rows))
            parts.append(table.arrow().take(pa.array(rows[chosen] - first)))
            places.append(chosen)
            first += table.rows
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate(places), kind="stable")
    return pa.concat_tables(parts, promote_options="permissive").take(pa.array(order))


# ---- the figures ----


def write_figures(path: Path, figures: Sequence[Figure], evaluation: Evaluation) -> None:
    """Keep the figures, and with them what was found. Raises OSError."""
    names = pa.array([figure.name for figure in figures for _ in range(len(figure.x))], pa.large_string())
    series = np.concatenate([np.full(len(figure.x), figure.series, np.int32) for figure in figures])
    points = {axis: np.concatenate([getattr(figure, axis) for figure in figures]) for axis in "xyz"}
    table = pa.table(
        {"figure": names, "series": pa.array(series), **{axis: pa.array(it) for axis, it in points.items()}}
    )
    table = table.replace_schema_metadata({SUMMARY: json.dumps(asdict(evaluation)).encode()})
    write_atomically(path, lambda partial: write_arrow(table, partial))


def read_figures(path: Path | str) -> dict[tuple[str, int], Figure]:
    """The figures in a file by name and series; raises OSError or ValueError where it is gone or damaged."""
    with MappedTable(path) as table:
        named = table.column("figure").combine_chunks().dictionary_encode()
        codes, names = named.indices.to_numpy(), named.dictionary.to_pylist()
        series = table.column("series").to_numpy()
        points = [table.column(axis).to_numpy().copy() for axis in "xyz"]
        changes = np.flatnonzero((np.diff(codes) != 0) | (np.diff(series) != 0)) + 1
        bounds = [0, *changes.tolist(), len(codes)] if len(codes) else []
        keys = [(names[codes[start]], int(series[start])) for start in bounds[:-1]]
    return {
        key: Figure(*key, *(axis[start:end] for axis in points))
        for key, start, end in zip(keys, bounds, bounds[1:], strict=False)
    }


def find_evaluation(answers: Path) -> Evaluation | None:
    """What was found before, or None where the files are missing or damaged."""
    try:
        with MappedTable(figures_path(answers)) as table:
            found = _evaluation(json.loads(table.arrow().schema.metadata[SUMMARY]))
        with Answers(answers) as kept:
            intact = len(kept) == found.rows
        for path in (answers, figures_path(answers)):
            os.utime(path)
    except DAMAGED:
        return None
    return found if intact else None


def _evaluation(content: dict[str, Any]) -> Evaluation:
    found: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    found["task"] = Task(found["task"])
    found["scores"] = tuple(Score(**score) for score in content["scores"])
    found["class_scores"] = tuple(ClassScore(**score) for score in content["class_scores"])
    return Evaluation(**found)
