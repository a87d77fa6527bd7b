"""The cached Arrow file, mapped: a cell of a million rows is read in microseconds and nothing is copied."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.columns import Labels, labels, name_of, numbers


class MappedTable:
    """A table or picture set in the cache, mapped into memory; raises OSError or ArrowInvalid where it cannot be.

    It holds the columns of the source as they were read (number, truth value or text). Of a picture set it holds
    ``path`` (relative to the folder), ``class`` and ``image``.
    """

    def __init__(self, path: Path | str) -> None:
        self._map = pa.memory_map(str(path))
        self._table = pa.ipc.open_file(self._map).read_all()
        self.rows: int = self._table.num_rows
        self.names: tuple[str, ...] = tuple(self._table.column_names)
        self._columns = dict(zip(self.names, self._table.columns, strict=True))
        self._labels: dict[str, Labels] = {}

    def column(self, name: str) -> Any:
        """The pyarrow ChunkedArray of a column: one chunk for a table, several for many pictures."""
        return self._columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column as float64 ``(rows,)``, NaN where it is missing; raises `DataError` where it is not of numbers."""
        return numbers(self._columns[name], name)

    def labels(self, name: str) -> Labels:
        """A column by the names of its values, kept until the table is closed; raises `DataError` for too many."""
        if name not in self._labels:
            self._labels[name] = labels(self._columns[name], name)
        return self._labels[name]

    def cell(self, row: int, column: int | str) -> str:
        """One cell as text: empty where it is missing, the size where it is a picture."""
        found = self._columns[column if isinstance(column, str) else self.names[column]]
        if isinstance(found.type, pa.FixedShapeTensorType):
            height, width, _ = found.type.shape
            return f"{width} × {height}"
        return name_of(found[row].as_py())

    def image(self, row: int, name: str = "image") -> NDArray[np.uint8]:
        """One picture as uint8 ``(height, width, channels)``, read-only."""
        one = self._columns[name].slice(row, 1)
        picture: NDArray[np.uint8] = image_chunk(one.chunk(0))[0]
        return picture

    def arrow(self) -> Any:
        """The whole table for pyarrow; its buffers are the file's."""
        return self._table

    def close(self) -> None:
        """Let go of the file, as soon as no array of it is left."""
        self._columns.clear()
        self._labels.clear()
        del self._table
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def image_chunk(chunk: Any) -> NDArray[np.uint8]:
    """A chunk of an Arrow column of pictures as uint8 ``(N, height, width, channels)``, not copied."""
    levels: NDArray[np.uint8] = np.from_dlpack(chunk.storage.flatten()).view(np.uint8)
    return levels.reshape(-1, *chunk.type.shape)
