"""Tables of predictions as files of several kinds, written piece by piece and read back."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from nnstudio.data.write import dates_as, safe, safe_name
from nnstudio.spec.errors import FileError
from nnstudio.spec.files import replacing

SUFFIXES = (".csv", ".xlsx", ".tsv", ".csv.gz", ".parquet", ".feather")
"""How the names of the files end that are written; any other name gets CSV."""

PIECE = 2**20
"""Bytes that are read back at a time."""

Write = Callable[[Any], None]
"""Writes some rows more: a pyarrow Table, of the same columns every time."""


@contextmanager
def table_file(path: Path, finest: Mapping[str, Any]) -> Iterator[Write]:
    """Lets the body write a table that takes the place of ``path`` when it is whole, after its bytes were read back.

    ``finest`` are the types that columns of dates are written as in text. Raises OSError, or `FileError` where the
    disk holds other bytes than were written; whatever the body raises, nothing is left of it.
    """
    with replacing(path) as partial:
        with _Summed(partial) as file, ExitStack() as stack:
            yield _writer(_kind(path), file, finest, stack)
        if _sum_of(partial) != file.sum:
            raise FileError(f"“{path.name}” was not saved.", "What was written could not be read back.")


def _kind(path: Path) -> str:
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), ".csv")


class _Summed(io.FileIO):
    """A file that knows a checksum of what was written to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "wb")
        self.sum = 0

    def write(self, content: Any) -> int:
        rest = memoryview(content).cast("B")
        size = len(rest)
        self.sum = zlib.crc32(rest, self.sum)
        while len(rest):
            rest = rest[super().write(rest) or 0 :]
        return size


def _sum_of(path: Path) -> int:
    found = 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            found = zlib.crc32(piece, found)
    return found


def _writer(kind: str, file: _Summed, finest: Mapping[str, Any], stack: ExitStack) -> Write:
    """What writes a table of that kind into ``file``; it is finished when ``stack`` is left."""
    if kind == ".xlsx":
        from nnstudio.data.excel_out import workbook_writer  # noqa: PLC0415  # openpyxl takes its time to load

        return workbook_writer(file, finest, stack)
    if kind not in {".parquet", ".feather"}:
        sink = stack.enter_context(pa.CompressedOutputStream(file, "gzip")) if kind.endswith(".gz") else file
        return _text_writer(sink, "\t" if kind == ".tsv" else ",", finest, stack)
    opened: list[Any] = []

    def write(table: Any) -> None:
        if not opened:
            make = pq.ParquetWriter if kind == ".parquet" else pa.ipc.new_file
            opened.append(stack.enter_context(make(file, table.schema)))
        opened[0].write_table(table)

    return write


def _text_writer(sink: Any, delimiter: str, finest: Mapping[str, Any], stack: ExitStack) -> Write:
    """Text that no spreadsheet executes; see `safe`."""
    opened: list[Any] = []

    def write(table: Any) -> None:
        columns = [
            dates_as(column, finest[name]) if name in finest else safe(column)
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        plain = pa.Table.from_arrays(columns, [safe_name(name) for name in table.column_names])
        if not opened:
            options = pa.csv.WriteOptions(delimiter=delimiter)
            opened.append(stack.enter_context(pa.csv.CSVWriter(sink, plain.schema, write_options=options)))
        opened[0].write_table(plain)

    return write
