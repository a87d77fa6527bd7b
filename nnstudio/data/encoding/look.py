"""Encoded examples to look at: what the network sees of each, and what it is to answer."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from nnstudio.data.answers import ClassTarget, InputTarget
from nnstudio.data.columns import Rows
from nnstudio.data.encoding.encode import Encoded, encode
from nnstudio.data.splitting.parts import open_table
from nnstudio.data.table import Pixels
from nnstudio.data.write import free_name, write_preview
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import ShownExamples
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.requests import ShowExamples

ROW, TARGET, IMAGE, Y = "row", "target", "image", "y"
"""Columns of what is shown, beside the encoded numbers."""

MOST_NUMBERS = 10_000
"""As many encoded numbers of an example are shown, and as many classes."""


def show_examples(request: ShowExamples, order: Rows | None = None, cache: Path | None = None) -> ShownExamples:
    """Some examples of one part of the split, as they are encoded; see `ShownExamples` for what its file holds.

    ``order`` are positions in the training rows as an epoch deals them out; without it the examples come as they lie in
    the file (windows in order of time). Raises `DataError`.
    """
    encoded = encode(request.data, cache, standardised=request.standardised)
    rows: Rows = getattr(encoded.rows, request.part)
    if order is not None:
        rows = rows[order]
    start = max(0, min(request.start, len(rows)))
    chosen = rows[start : start + max(0, request.count)]
    names, origins, meanings = _features(encoded)
    seen = encoded.x[chosen]
    columns = _columns(request.data, encoded, chosen, names, cache)
    return ShownExamples(
        str(write_preview(pa.table(columns), cache)),
        request.part,
        request.epoch,
        start,
        len(rows),
        encoded.facts.input_shape,
        encoded.y.shape[1:],
        str(encoded.y.dtype),
        names,
        float(seen.min()) if seen.size else 0.0,
        float(seen.max()) if seen.size else 0.0,
        origins,
        meanings,
    )


def _features(encoded: Encoded) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Name, origin and meaning of each encoded number of an example, as far as they are shown."""
    encoding = encoded.encoding
    meanings = encoding.meanings(figures=True)
    if encoding.image:
        return (), (), meanings
    names, times = encoding.names, 1
    if isinstance(encoding.layout, WindowLayout):
        times = min(encoding.layout.length, MOST_NUMBERS)
        steps = range(1 - encoding.layout.length, 1)[:times]
        names = tuple(f"{name} [{step}]" for step in steps for name in names)
    return _distinct(names[:MOST_NUMBERS]), (encoding.origins * times)[:MOST_NUMBERS], (meanings * times)[:MOST_NUMBERS]


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, with a number behind those that are taken."""
    taken, free = {ROW, TARGET, Y}, []
    for name in names:
        free.append(free_name(name, taken))
        taken.add(free[-1])
    return tuple(free)


def _columns(
    data: DataSpec, encoded: Encoded, chosen: Rows, names: tuple[str, ...], cache: Path | None
) -> dict[str, Any]:
    """Row, encoded numbers or picture, target in its own words, and what the loss gets, in this order."""
    rows = encoded.source_rows[chosen]
    columns: dict[str, Any] = {ROW: rows}
    with open_table(data, cache) as table:
        if image := encoded.encoding.image:
            columns[IMAGE] = _pictures([table.image(int(row), image.name) for row in rows])
        else:
            numbers = encoded.x[chosen].reshape(len(chosen), prod(encoded.facts.input_shape))
            columns |= dict(zip(names, numbers.T, strict=False))  # as many as are shown
        words = [", ".join(table.cell(int(row), name) for name in encoded.encoding.target.names) for row in rows]
    columns[TARGET] = pa.array(words, pa.large_string())
    for name, values in _answers(encoded, chosen).items():
        columns[free_name(name, columns)] = values
    return columns


def _pictures(pictures: list[Pixels]) -> Any:
    """An Arrow column of pictures, of each channel the upper eight bits; empty without pictures."""
    if not pictures:
        return pa.nulls(0)
    eight = [(levels >> 8 if levels.dtype == np.uint16 else levels).astype(np.uint8) for levels in pictures]
    return pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack(eight))


def _answers(encoded: Encoded, chosen: Rows) -> dict[str, Any]:
    """What the loss gets: ``y``, and for classes a one-hot column each; of a reconstruction nothing but the input."""
    y = encoded.y[chosen]
    match encoded.encoding.target:
        case ClassTarget(classes=classes):
            hot = {f"{Y} = {name}": (y == place).astype(np.float32) for place, name in enumerate(classes)}
            return {Y: y} | dict(list(hot.items())[:MOST_NUMBERS])
        case InputTarget():
            return {}
        case values if len(values.names) > 1:
            return {f"{Y}: {name}": y[:, place] for place, name in enumerate(values.names)}
    return {Y: y[:, 0]}
