"""The judged rows themselves: what is true of each, what the network says, and the row of the source beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.judging.files import Answers, rows_of
from nnstudio.data.write import free_name
from nnstudio.spec.scores import Evaluation

MOST_CHANCES = 5
"""Classes whose probabilities are listed, the most probable first."""

Places = NDArray[np.int64]


def mistakes(truth: NDArray[Any], said: NDArray[Any]) -> Places:
    """The places whose class is wrong, in their order."""
    return np.flatnonzero(truth != said)


def answer_names(found: Evaluation) -> frozenset[str]:
    """What the columns of `answers_table` are called that do not come from the source."""
    if found.classes:
        return frozenset(("row", "true", "predicted", "confidence", "p(true)", "probabilities"))
    each = ("true", "predicted", "error") if found.targets else ("error",)
    targets = [f" {name}" for name in found.targets] if len(found.targets) > 1 else [""]
    return frozenset(("row", *(f"{name}{of}" for name in each for of in targets)))


def answers_table(found: Evaluation, answers: Answers, places: Places, said: NDArray[Any] | None) -> Any:
    """A pyarrow Table of the answers at ``places``, with the rows of the source behind them; pictures come first."""
    rows = np.asarray(answers.row[places])
    source = rows_of(found.sources, rows)
    columns: dict[str, Any] = {"row": pa.array(rows + 1)}
    if found.classes and said is not None:
        columns |= _classes(found.classes, answers.truth[places], said[places], answers.chances[places])
    elif found.targets:
        columns |= _values(found.targets, answers.truth[places], answers.predicted[places])
    else:
        columns["error"] = pa.array(np.asarray(answers.badness[places], np.float64))
    return _beside(columns, source)


def _classes(
    classes: Sequence[str], truth: NDArray[Any], said: NDArray[Any], chances: NDArray[np.float32]
) -> dict[str, Any]:
    names = np.array(classes, dtype=object)
    here = np.arange(len(truth))
    return {
        "true": pa.array(names[truth]),
        "predicted": pa.array(names[said]),
        "confidence": pa.array(np.round(chances[here, said].astype(np.float64), 4)),
        "p(true)": pa.array(np.round(chances[here, truth].astype(np.float64), 4)),
        "probabilities": pa.array(_chances(classes, chances)),
    }


def _chances(classes: Sequence[str], chances: NDArray[np.float32]) -> list[str]:
    """For every row such as ``setosa 0.92 · versicolor 0.08``."""
    first = np.argsort(-chances, axis=1, kind="stable")[:, :MOST_CHANCES]
    rows = zip(first.tolist(), np.take_along_axis(chances, first, 1).tolist(), strict=True)
    return [
        " · ".join([f"{classes[place]} {chance:.2f}" for place, chance in zip(places, values, strict=True)])
        for places, values in rows
    ]


def _values(targets: Sequence[str], truth: NDArray[np.float64], said: NDArray[np.float64]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for place, name in enumerate(targets):
        of = f" {name}" if len(targets) > 1 else ""
        columns[f"true{of}"] = pa.array(truth[:, place])
        columns[f"predicted{of}"] = pa.array(said[:, place])
        columns[f"error{of}"] = pa.array(said[:, place] - truth[:, place])
    return columns


def _beside(columns: dict[str, Any], source: Any) -> Any:
    pictures = [field.name for field in source.schema if isinstance(field.type, pa.FixedShapeTensorType)]
    others = [name for name in source.column_names if name not in pictures]
    columns = {name: source[name] for name in pictures} | columns
    table = pa.table(columns)
    for name in others:
        table = table.append_column(free_name(name, table.column_names), source[name])
    return table
