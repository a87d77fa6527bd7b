"""The rows that a model knows the answers of, one at a time: their cells as they lie in the file, and what is true."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, ValueTarget
from nnstudio.data.columns import NO_MOMENT, Rows, name_of
from nnstudio.data.encoding.arrange import arrange
from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.form import inputs_of, seen_values
from nnstudio.data.encoding.layout import encode_rows
from nnstudio.data.judging.known import counted_by_the_model, encoded_examples, need_columns
from nnstudio.data.splitting.parts import open_table
from nnstudio.data.table import MappedTable, Pixels
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.inputs import Cell, Input, SeenValues
from nnstudio.spec.parts import PARTS


class Examples:
    """The examples of a model's own data, opened until `close`.

    Raises `DataError` where they cannot be read, or are no longer what the model was trained with.
    """

    def __init__(self, data: DataSpec, encoding: Encoding, cache: Path | None = None) -> None:
        self._encoding, self._stack = encoding, ExitStack()
        try:
            self._table = self._stack.enter_context(open_table(data, cache))
            need_columns(encoding, self._table, data.source)
            self._arranged = arrange(data, self._table)
            self._truth, _ = counted_by_the_model(self._arranged, encoding.target)
        except BaseException:
            self._stack.close()
            raise
        known = self._truth >= 0 if isinstance(encoding.target, ClassTarget) else np.ones(len(self._truth), np.bool_)
        parts = self._arranged.parts
        self.parts: dict[str, Rows] = {
            part: places[known[places]]
            for part, places in zip(PARTS, (parts.train, parts.validation, parts.test), strict=True)
        }
        """The places of the examples of each part whose answer the model knows."""

    @property
    def sizes(self) -> tuple[int, int, int]:
        """How many examples the train, the validation and the test part have."""
        train, validation, test = (len(places) for places in self.parts.values())
        return train, validation, test

    def close(self) -> None:
        """Let go of the files."""
        self._stack.close()

    def inputs(self) -> tuple[Input, ...]:
        """What the model asks of an example, and what the training rows hold of it."""
        return inputs_of(self._encoding, self._table, self._arranged.train)

    def shares(self) -> tuple[float, ...]:
        """The share of each class in the training rows; empty without classes."""
        target, train = self._encoding.target, self._truth[self.parts["train"]]
        if not isinstance(target, ClassTarget) or not len(train):
            return ()
        counts = np.bincount(train.astype(np.int64), minlength=len(target.classes))
        return tuple((counts / len(train)).tolist())

    def seen(self) -> tuple[SeenValues, ...]:
        """The values of the targets in the training rows; empty where values are not predicted."""
        target = self._encoding.target
        train = self._truth[self.parts["train"]].astype(np.float64)
        return seen_values(target, train) if isinstance(target, ValueTarget) and len(train) else ()

    def encoded(self, places: Rows) -> NDArray[np.float32]:
        """The examples at these places as the network takes them."""
        return encoded_examples(self._arranged, places, self._encoding, self._table)

    def truth(self, places: Rows) -> NDArray[Any]:
        """What is true of them: class numbers ``(N,)``, values ``(N, T)``, or nothing ``(N, 0)``."""
        return self._truth[places]

    def answer(self, place: int) -> tuple[Cell, ...]:
        """What is true of one example, in the target's own words."""
        truth = self._truth[place]
        if isinstance(self._encoding.target, ClassTarget):
            return (self._encoding.target.classes[int(truth)],)
        return tuple(np.atleast_1d(truth).astype(np.float64).tolist())

    def row(self, place: int) -> int:
        """The row of the file, from 0, that the example is about."""
        return int(self._arranged.known.rows[place])

    def cells(self, place: int) -> tuple[tuple[Cell, ...], ...]:
        """The cells of each of its rows, in the order of the inputs; none for pictures."""
        if self._encoding.image:
            return ()
        return tuple(
            tuple(_cell(self._table, feature, int(row)) for feature in self._encoding.seen) for row in self._rows(place)
        )

    def _rows(self, place: int) -> Rows:
        windows = self._arranged.windows
        if windows is None:
            return self._arranged.known.rows[[place]]
        start = windows.starts[place]
        return self._arranged.rows[windows.order[start : start + windows.length]]

    def picture(self, place: int) -> Pixels:
        """The picture of an example, as it lies in the cache."""
        assert self._encoding.image
        return self._table.image(self.row(place), self._encoding.image.name)


def _cell(table: MappedTable, feature: Any, row: int) -> Cell:
    column = table.column(feature.name)
    one = MappedTable.of(pa.table({feature.name: column.slice(row, 1)}))
    match feature:
        case NumberFeature(name=name):
            value = float(one.numbers(name)[0])
            return None if np.isnan(value) else value
        case DateFeature(name=name):
            moment = int(one.moments(name)[0])
            return None if moment == NO_MOMENT else name_of(np.datetime64(moment, "us"))
    return table.cell(row, feature.name) or None


def encode_cells(encoding: Encoding, rows: tuple[tuple[Cell, ...], ...]) -> NDArray[np.float32]:
    """Examples that somebody made up, cell by cell in the order of the inputs: ``(N, *input_shape)``.

    Where an example is a window, as many ``rows`` as that is long are one. Raises `DataError` for a date that is none.
    """
    columns = list(zip(*rows, strict=True))
    arrays = {feature.name: _column(feature, cells) for feature, cells in zip(encoding.seen, columns, strict=True)}
    with MappedTable.of(pa.table(arrays)) as table:
        return encode_rows(encoding, table, np.arange(len(rows))).reshape(-1, *encoding.input_shape)


def _column(feature: Any, cells: tuple[Cell, ...]) -> Any:
    match feature:
        case NumberFeature():
            return pa.array(cells, pa.float64())
        case CategoryFeature():
            return pa.array(cells, pa.large_string())
    try:
        return pa.array(cells, pa.large_string()).cast(pa.timestamp("us"))
    except pa.ArrowInvalid as error:
        raise DataError(f"“{feature.name}” needs a date.", "Such as 2024-05-17 or 2024-05-17 14:30.") from error
