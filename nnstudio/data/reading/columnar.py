"""Tables that know the types of their columns: Parquet, Feather and Arrow files, read by pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nnstudio.data.reading.head import ROWS, preview_of
from nnstudio.data.reading.limits import require_room
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.tidy import require_few_columns, tidy
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import ColumnarSource

ROWS_AT_ONCE = 131_072
"""Rows of a batch: how often a reader says how far it is."""


def identity(source: ColumnarSource) -> tuple[object, ...]:
    """Nothing but the file decides how it is read."""
    del source
    return ()


def read(source: ColumnarSource, report: Report | None = None) -> Read:
    """All rows; raises `DataError` where the file is of another form or damaged."""
    path = Path(source.path)
    with _opened(path) as (schema, rows, batches):
        read_so_far: list[Any] = []
        done = size = 0
        for batch in batches(ROWS_AT_ONCE):
            read_so_far.append(batch)
            done, size = done + batch.num_rows, size + batch.nbytes
            require_room(path, size)
            if report:
                report(done, max(rows, done), "rows")
        return _tidied(path, pa.Table.from_batches(read_so_far, schema))


def preview(source: ColumnarSource, detect: bool = False) -> Preview:
    """The first rows; nothing of how the file is read has to be detected."""
    del detect
    path = Path(source.path)
    with _opened(path) as (schema, rows, batches):
        head = pa.Table.from_batches(islice(iter(batches(ROWS)), 1), schema).slice(0, ROWS)
        return preview_of(source, _tidied(path, head), is_whole=0 <= rows <= head.num_rows)


def pieces(source: ColumnarSource, rows: int, as_text: frozenset[str] = frozenset()) -> Iterator[tuple[Any, int, int]]:
    """The tidied table of about so many ``rows`` at a time, those that are done with it, and all (or as many as known).

    Words in the columns ``as_text`` spell nothing else. Raises as `read` does.
    """
    path = Path(source.path)
    done = 0
    with _opened(path) as (schema, count, batches):
        for batch in batches(rows):
            for start in range(0, batch.num_rows, rows):
                part = pa.Table.from_batches([batch.slice(start, rows)], schema)
                done += part.num_rows
                yield tidy(part, as_text=as_text).table, done, max(count, done)
    if not done:
        raise _no_rows(path)


def _tidied(path: Path, table: Any) -> Read:
    if not table.num_rows:
        raise _no_rows(path)
    tidied = tidy(table)
    return Read(tidied.table, tidied.notes, tidied.left_out)


def _no_rows(path: Path) -> DataError:
    return DataError(f"“{path.name}” has no rows.", "It only names its columns.", "Choose another file.")


Opened = tuple[Any, int, Callable[[int], Iterator[Any]]]
"""Schema, number of rows (-1: not known before the end), and what gives batches of about so many rows."""


@contextmanager
def _opened(path: Path) -> Iterator[Opened]:
    """The file as whatever form it has; whatever pyarrow says of a damaged one becomes a `DataError`."""
    with path.open("rb") as file:
        head = file.read(6)
    if head.startswith(b"FEA1"):
        why = "It has the first form of Feather files, which is no longer in use."
        raise DataError(f"“{path.name}” was not read.", why, "Write it again, as Feather (version 2) or Parquet.")
    if head.startswith(b"PARE"):
        raise DataError(
            f"“{path.name}” is encrypted.", "Only who has its key can read it.", "Save it without encryption."
        )
    called, opener = next((form for magic, form in _FORMS.items() if head.startswith(magic)), ("Arrow", _stream))
    try:
        with opener(path) as found:
            require_few_columns(len(found[0]))
            yield found
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # out of memory among them: sizes may be damaged
        if isinstance(error, OSError) and error.errno:
            raise
        raise DataError(
            f"“{path.name}” could not be read.",
            f"It is damaged or cut off, or is no {called} file.",
            "Copy or export it again.",
            str(error),
        ) from error


@contextmanager
def _parquet(path: Path) -> Iterator[Opened]:
    with pq.ParquetFile(path) as file:
        require_room(path, file.metadata.num_rows * file.metadata.num_columns)
        yield file.schema_arrow, file.metadata.num_rows, file.iter_batches


@contextmanager
def _file(path: Path) -> Iterator[Opened]:
    with pa.OSFile(str(path)) as opened:
        reader = pa.ipc.open_file(opened)
        batches = (_checked(reader.get_batch(at)) for at in range(reader.num_record_batches))
        yield reader.schema, -1, lambda _: batches


@contextmanager
def _stream(path: Path) -> Iterator[Opened]:
    with pa.OSFile(str(path)) as opened, pa.ipc.open_stream(opened) as reader:
        yield reader.schema, -1, lambda _: map(_checked, reader)


def _checked(batch: Any) -> Any:
    """A batch of which nothing points outside of it; pyarrow believes Arrow files, and would read anywhere."""
    batch.validate(full=True)
    return batch


_FORMS = {b"PAR1": ("Parquet", _parquet), b"ARROW1": ("Arrow", _file)}
"""How the files begin, what they are called, and how they are opened; an Arrow stream has no mark of its own."""
