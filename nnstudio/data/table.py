"""The cached Arrow file, mapped: a cell of a million rows is read in microseconds and nothing is copied."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.columns import MOST_LABELS, Labels, is_date, labels, moments, name_of, numbers

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


class MappedTable:
    """A table or picture set in the cache, mapped into memory; raises OSError or ArrowInvalid where it cannot be.

    It holds the columns of the source as they were read (number, truth value, text, date or picture). Of an image
    folder it holds ``path`` (relative to the folder), ``class`` and ``image``.
    """

    def __init__(self, path: Path | str) -> None:
        mapped = pa.memory_map(str(path))
        self._hold(pa.ipc.open_file(mapped).read_all(), (mapped,))

    def _hold(self, table: Any, maps: tuple[Any, ...], file: NDArray[np.int8] | None = None) -> None:
        self._table, self._maps = table, maps
        self.file = file
        """What file each row comes from, int8 ``(rows,)``, where several were joined: 0 main, 1 validation, 2 test."""
        self.rows: int = table.num_rows
        self.names: tuple[str, ...] = tuple(table.column_names)
        self._columns = dict(zip(self.names, table.columns, strict=True))
        self._labels: dict[str, Labels] = {}
        self._views: dict[str, NDArray[np.float64]] = {}

    @classmethod
    def of(cls, table: Any, file: NDArray[np.int8] | None = None) -> MappedTable:
        """A pyarrow ``table`` that is in memory, or made of the rows of others, which are to be closed after it."""
        whole = cls.__new__(cls)
        whole._hold(table, (), file)  # noqa: SLF001  # its own
        return whole

    def column(self, name: str) -> Any:
        """The pyarrow ChunkedArray of a column: one chunk for a table, several for many pictures."""
        return self._columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column as float64 ``(rows,)``, NaN where it is missing; raises `DataError` where it is not of numbers.

        One that is stored so is not copied, nor looked through again.
        """
        found = self._views.get(name)
        if found is None:
            found = numbers(self._columns[name], name)
            if not found.flags.owndata and self._columns[name].type == pa.float64():
                self._views[name] = found
        return found

    def numbers_from(self, name: str, start: int, count: int) -> NDArray[np.float64]:
        """As `numbers` of ``count`` rows from ``start``, or as many as there are."""
        whole = self._views.get(name)
        if whole is not None:
            return whole[start : start + count]
        return numbers(self._columns[name].slice(start, count), name)

    def moments(self, name: str) -> NDArray[np.int64]:
        """A column of dates as microseconds, int64 ``(rows,)``; raises `DataError` where it is not of dates."""
        return moments(self._columns[name], name)

    def labels(self, name: str, most: int | None = MOST_LABELS) -> Labels:
        """A column by the names of its values, kept until the table is closed.

        Raises `DataError` where more than ``most`` differ (None: any number).
        """
        found = self._labels.get(name)
        if found is None or (most is not None and len(found.names) > most):
            found = self._labels[name] = labels(self._columns[name], name, most)
        return found

    def cell(self, row: int, column: int | str) -> str:
        """One cell as text: empty where it is missing, the size where it is a picture."""
        found = self._columns[column if isinstance(column, str) else self.names[column]]
        if isinstance(found.type, pa.FixedShapeTensorType):
            height, width, _ = found.type.shape
            return f"{width} × {height}"
        if is_date(found):  # any year, and without pandas, which nanoseconds would ask for
            return name_of(np.datetime64(int(moments(found.slice(row, 1), "")[0]), "us"))
        return name_of(found[row].as_py())

    def image(self, row: int, name: str = "image") -> Pixels:
        """One picture as uint8 or uint16 ``(height, width, channels)``, read-only."""
        one = self._columns[name].slice(row, 1)
        picture: Pixels = image_chunk(one.chunk(0))[0]
        return picture

    def arrow(self) -> Any:
        """The whole table for pyarrow; its buffers are the file's."""
        return self._table

    def close(self) -> None:
        """Let go of the file, as soon as no array of it is left."""
        self._columns.clear()
        self._labels.clear()
        self._views.clear()
        del self._table
        for mapped in self._maps:
            mapped.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def image_chunk(chunk: Any) -> Pixels:
    """A chunk of an Arrow column of pictures as uint8 or uint16 ``(N, height, width, channels)``, not copied."""
    levels: Any = np.from_dlpack(chunk.storage.flatten())
    pictures: Pixels = levels.reshape(-1, *chunk.type.shape)
    return pictures
