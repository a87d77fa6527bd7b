"""Rows that are the same as an earlier row: a network that has seen one in training knows the other in the test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.columns import is_number, numbers

FIRST, SECOND = 3, 9
"""Columns that are compared before the rows that are already known to be alone fall out, and once again."""

MOST_ROWS = 2_000_000

LARGEST_PICTURES = 512 * 2**20
"""Bytes of pictures that are compared; of more than that none are."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, an odd number that mixes bits well
_HALF = np.uint64(32)


def duplicate_rows(table: Any) -> int:
    """How many rows of a pyarrow Table are the same as an earlier row in every column; see `repeated_rows`."""
    return len(repeated_rows(table))


def repeated_rows(table: Any) -> NDArray[np.int64]:
    """The rows of a pyarrow Table that are the same as an earlier row in every column, by their numbers, ascending.

    Missing values are the same as each other, and so are NaN and nothing. Rows are compared by hashes of 64 bits, so
    that a table of a million rows is told wrong once in ten million times. Neither more than `MOST_ROWS` rows nor large
    sets of pictures are compared: then there are none.
    """
    columns = sorted(table.columns, key=_place)
    if table.num_rows > MOST_ROWS or any(_is_large(column) for column in columns):
        return _NONE
    rows: NDArray[np.int64] | None = None  # all of them
    hashes = np.zeros(table.num_rows, np.uint64)
    for some in (columns[:FIRST], columns[FIRST:SECOND], columns[SECOND:]):
        for column in some:
            hashes = _mixed(hashes ^ _bits(column, rows))
        repeated = _occurs_again(hashes)
        left = np.count_nonzero(repeated)
        if not left:
            return _NONE
        if 2 * left < len(hashes):
            rows = np.flatnonzero(repeated) if rows is None else rows[repeated]
            hashes = hashes[repeated]
    again = np.delete(np.arange(len(hashes)), np.unique(hashes, return_index=True)[1])
    return again if rows is None else rows[again]


_NONE = np.empty(0, np.int64)


def _place(column: Any) -> int:
    """Columns that tell rows apart well and are quickly compared go first."""
    kind = column.type
    if isinstance(kind, pa.FixedShapeTensorType):
        return 4
    if pa.types.is_floating(kind):
        return 0
    return 1 if pa.types.is_integer(kind) else 2 if pa.types.is_timestamp(kind) else 3


def _is_large(column: Any) -> bool:
    return isinstance(column.type, pa.FixedShapeTensorType) and column.nbytes > LARGEST_PICTURES


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Different bits for different bits, so that every one of them depends on every one before it."""
    bits = bits * _FACTOR
    bits ^= bits >> _HALF
    bits *= _FACTOR
    bits ^= bits >> _HALF
    return bits


def _occurs_again(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of ``hashes`` occur more than once."""
    order = np.argsort(hashes)
    ascending = hashes[order]
    same = ascending[1:] == ascending[:-1]
    again = np.zeros(len(hashes), np.bool_)
    again[order[1:][same]] = again[order[:-1][same]] = True
    return again


def _bits(column: Any, rows: NDArray[np.int64] | None) -> NDArray[np.uint64]:
    """64 bits for each of ``rows``: the same for the same value, and but for pictures different for different ones."""
    chosen = column if rows is None else column.take(pa.array(rows))
    if is_number(column) and not pa.types.is_integer(column.type):
        return _canonical(numbers(chosen, "")).view(np.uint64)
    if pa.types.is_integer(column.type) and not column.null_count:
        return np.concatenate([_integers(chunk) for chunk in chosen.chunks] or [np.empty(0, np.uint64)])
    if isinstance(column.type, pa.FixedShapeTensorType):
        return np.concatenate([_pictures(chunk) for chunk in chosen.chunks])
    codes = chosen.combine_chunks().dictionary_encode()
    return np.from_dlpack(pc.fill_null(codes.indices, -1)).astype(np.int64).view(np.uint64)


def _canonical(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """One zero and one NaN only, whose bits are compared."""
    canonical: NDArray[np.float64] = values + 0.0
    canonical[np.isnan(canonical)] = np.nan
    return canonical


def _integers(chunk: Any) -> NDArray[np.uint64]:
    return np.from_dlpack(chunk).astype(np.int64, copy=False).view(np.uint64)


def _pictures(chunk: Any) -> NDArray[np.uint64]:
    pixels = np.from_dlpack(chunk.storage.flatten()).reshape(len(chunk), -1)
    return np.array([hash(picture.tobytes()) for picture in pixels], np.int64).view(np.uint64)
