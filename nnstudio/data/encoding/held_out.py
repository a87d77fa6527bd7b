"""A few rows that a model was not trained on, as it takes them, without encoding all others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows
from nnstudio.data.encoding.arrange import Arranged, arrange
from nnstudio.data.encoding.encode import open_data
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import encode_rows, windows_of
from nnstudio.data.table import MappedTable
from nnstudio.spec.data import DataSpec


def held_out(data: DataSpec, encoding: Encoding, most: int, cache: Path | None = None) -> NDArray[np.float32]:
    """At most so many examples of validation and test, evenly spread: float32 ``(N, *encoding.input_shape)``.

    Where there are none, training rows take their place. Raises `DataError` where the data are gone or others.
    """
    with open_data(data, cache) as table:
        arranged = arrange(data, table)
        parts = arranged.parts
        wanted = np.concatenate((parts.validation, parts.test))
        wanted = np.sort(wanted if len(wanted) else parts.train)
        return _encoded(encoding, table, arranged, wanted[:: max(1, -(-len(wanted) // most))])


def _encoded(encoding: Encoding, table: MappedTable, arranged: Arranged, chosen: Rows) -> NDArray[np.float32]:
    """The examples at some ascending positions."""
    if arranged.windows is None:
        return encode_rows(encoding, table, arranged.rows[chosen])
    windows = arranged.windows
    few = replace(windows, starts=windows.starts[chosen], targets=windows.targets[chosen])
    return windows_of(encode_rows(encoding, table, arranged.rows), few)
