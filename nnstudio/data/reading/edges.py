"""What text cells begin and end with, told by single bytes: far quicker than a look at all of their letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BLOCK = 2**16
"""Cells that are looked at at a time: what is computed of them stays in the processor's cache."""

_VISIBLE = np.array([ord(" ") < byte < 127 for byte in range(256)])
"""The bytes that are neither a blank nor part of one, of which there are some beyond ASCII."""


def may_have_blanks(text: Any, before_only: bool = False) -> bool:
    """Whether blanks may stand around a cell of an Arrow array of large_string; False is sure, True is not.

    With ``before_only`` those behind it do not matter.
    """
    if text.type != pa.large_string():
        return True
    return not all(_VISIBLE[first].all() and (before_only or _VISIBLE[last].all()) for first, last in _edges(text))


def _edges(text: Any) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """The first and the last byte of each cell, block by block; of an empty cell, those of its neighbours."""
    _, places, content = text.buffers()
    ends = np.frombuffer(places, np.int64, len(text) + 1, text.offset * 8)
    letters = np.frombuffer(content or b"", np.uint8)[: ends[-1]]
    for start in range(0, len(text) if len(letters) else 0, BLOCK):
        block = ends[start : start + BLOCK + 1]
        yield letters[np.minimum(block[:-1], len(letters) - 1)], letters[block[1:] - 1]
