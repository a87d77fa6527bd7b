"""The parts of a split as files and tables: separate files joined into one, and which row belongs to which part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from nnstudio.data.behind import open_cached, write_held
from nnstudio.data.detect import source_for
from nnstudio.data.source import preview, read_source
from nnstudio.data.splitting.split import TEST_FILE, VALIDATION_FILE, deal
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import read_target
from nnstudio.data.write import join_predictions, write_predictions, write_preview
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.parts import PARTS, Part
from nnstudio.spec.sources import PictureSource, Source
from nnstudio.spec.splits import FileSplit

NO_PART = -1


@contextmanager
def open_table(data: DataSpec, cache: Path | None = None) -> Iterator[MappedTable]:
    """The rows of ``data`` as one table: those of its source, and behind them those of separate files.

    Columns go by their names. Raises `DataError` where a separate file lacks one that is used, or holds pictures of
    another size, and whatever `read_source` raises.
    """
    with ExitStack() as stack:
        stack.callback(write_held)
        tables = {number: stack.enter_context(_opened(source, cache)) for number, source in sources_of(data).items()}
        if len(tables) == 1:
            yield tables[0]
            return
        file = np.repeat(np.array(tuple(tables), np.int8), [table.rows for table in tables.values()])
        yield stack.enter_context(MappedTable.of(_joined(data, tables), file))


def _opened(source: Source, cache: Path | None) -> MappedTable:
    return open_cached(read_source(source, cache, written=False))


def sources_of(data: DataSpec) -> dict[int, Source]:
    """The source, and those of the separate files, by their number in `MappedTable.file`."""
    if not isinstance(data.split, FileSplit):
        return {0: data.source}
    paths = {VALIDATION_FILE: data.split.validation, TEST_FILE: data.split.test}
    return {0: data.source} | {number: _beside(data.source, path) for number, path in paths.items() if path}


def _beside(source: Source, path: str) -> Source:
    """How a separate file is read: as the main one, or as it looks where it is of another kind."""
    kinds = {Path(each).suffix.casefold() for each in (path, source.path)}
    if len(kinds) > 1 and not isinstance(source, PictureSource):
        return preview(source_for(Path(path)), detect=True).source
    return replace(source, path=path)  # type: ignore[type-var]  # every source is a dataclass


def used_columns(data: DataSpec) -> tuple[str, ...]:
    """The columns without which the rows of ``data`` cannot be used."""
    return tuple(column.name for column in data.columns if column.role is not Role.IGNORE)


def _joined(data: DataSpec, tables: Mapping[int, MappedTable]) -> Any:
    sources = sources_of(data)
    for number, table in tables.items():
        if number and (missing := [name for name in used_columns(data) if name not in table.names]):
            raise _lacks(sources[number], missing)
    main = tables[0]
    columns = [_column(name, sources, tables) for name in main.names]
    return pa.table(columns, names=list(main.names))


def _lacks(source: Source, missing: list[str]) -> DataError:
    names = ", ".join(f"“{name}”" for name in missing)
    return DataError(
        f"“{Path(source.path).name}” has no column {names}.",
        "The columns of separate files go by their names.",
        "Choose another file, or ignore the column.",
    )


def _column(name: str, sources: Mapping[int, Source], tables: Mapping[int, MappedTable]) -> Any:
    """One column over all files, of a type that holds the values of each."""
    found = {number: table.column(name) for number, table in tables.items() if name in table.names}
    kind = _common({number: column.type for number, column in found.items()}, sources)
    chunks: list[Any] = []
    for number, table in tables.items():
        chunks += _cast(found[number], kind).chunks if number in found else [pa.nulls(table.rows, kind)]
    return pa.chunked_array(chunks, type=kind)


def _common(types: Mapping[int, Any], sources: Mapping[int, Source]) -> Any:
    """The narrowest type that holds all: numbers as float64 where they differ, anything else as text."""
    first = types[0]
    if other := next((number for number, kind in types.items() if kind != first), 0):
        if any(isinstance(kind, pa.FixedShapeTensorType) for kind in types.values()):
            raise DataError(
                f"The pictures of “{Path(sources[other].path).name}” have another size than the others.",
                "",
                "Bring them to one size and colour.",
            )
        present = [kind for kind in types.values() if not pa.types.is_null(kind)]
        return pa.float64() if all(map(_is_numeric, present)) else pa.large_string()
    return first


def _is_numeric(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _cast(column: Any, kind: Any) -> Any:
    if column.type == kind:
        return column
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "True", "False") if kind == pa.large_string() else pc.cast(column, pa.uint8())
    return pc.cast(column, kind)


def part_of_rows(data: DataSpec, table: MappedTable) -> NDArray[np.int8]:
    """The part of each row of ``table``, a number of `PARTS`, int8 ``(rows,)``; `NO_PART` where none needs it."""
    known = read_target(data, table)
    dealt = deal(data, table, known.rows, known.class_numbers)
    parts = np.full(table.rows, NO_PART, np.int8)
    for number, rows in enumerate((dealt.train, dealt.validation, dealt.test)):
        parts[known.rows[rows]] = number
    return parts


def list_parts(data: DataSpec, cache: Path | None = None) -> Path:
    """A cached Arrow file with the part of every row in its one column ``part``; missing where it has none.

    The rows of separate files stand behind those of the source. It is deleted a day later. Raises `DataError`.
    """
    with open_table(data, cache) as table:
        parts = part_of_rows(data, table)
    return write_preview(pa.table({"part": _names(parts)}), cache)


def export_rows(data: DataSpec, out: Path, part: Part | Literal[""] = "", cache: Path | None = None) -> int:
    """Write every row with its part beside it, or only those of ``part``, as CSV; gives how many.

    Pictures are written as their paths. Raises `DataError`, or OSError where ``out`` cannot be written.
    """
    with open_table(data, cache) as table:
        parts = part_of_rows(data, table)
        rows = join_predictions(table, {"part": _names(parts)})
        if part:
            rows = rows.take(pa.array(np.flatnonzero(parts == PARTS.index(part))))
        write_predictions(out, rows)
        return int(rows.num_rows)


def _names(parts: NDArray[np.int8]) -> Any:
    return pc.take(pa.array(PARTS, pa.large_string()), pa.array(parts, mask=parts == NO_PART))
