"""How a source of each type is read: a table from the type to its reader, which is imported when first needed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import (
    ArraySource,
    ColumnarSource,
    ExcelSource,
    JsonSource,
    Source,
    SqliteSource,
    TableSource,
)

Report = Callable[[int, int, str], None]
"""Is told how far reading is: done, total and unit (``bytes``, ``rows``, ``pictures``); may raise `Cancelled`."""


class Cancelled(BaseException):
    """Nobody waits for what is being read any more; no `Exception`, so that no reader takes it for damage."""


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """What a reader made of a source.

    ``table`` is a pyarrow Table with unique column names and columns of numbers, truth values, large_string,
    timestamps, or fixed_shape_tensor. The rest are sentences for the user, and the sheets, tables or arrays that the
    file offers.
    """

    table: Any
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads the sources of one type; a module may serve as one where it has these three functions."""

    def identity(self, source: Any, /) -> tuple[object, ...]:
        """What tells how ``source`` is read from other ways to read the same bytes: plain values, for the cache."""

    def read(self, source: Any, report: Report | None = None, /) -> Read:
        """All of ``source``; raises `DataError` where it cannot be read, or whatever ``report`` raises."""

    def preview(self, source: Any, detect: bool = False, /) -> Preview:
        """The head of ``source`` in well under a second; with ``detect`` its options are found out anew."""


READERS: dict[type[Source], str] = {
    TableSource: "nnstudio.data.reading.text_table",
    ExcelSource: "nnstudio.data.reading.workbook",
    ColumnarSource: "nnstudio.data.reading.columnar",
    JsonSource: "nnstudio.data.reading.json_records",
    ArraySource: "nnstudio.data.reading.arrays",
    SqliteSource: "nnstudio.data.reading.database",
}
"""The module that reads each type of table; opening a CSV thus does not import what other formats need."""


def reader_for(source: Source) -> Reader:
    """The reader for a source of that type; raises `DataError` where there is none."""
    try:
        reader: Any = importlib.import_module(READERS[type(source)])
    except KeyError:
        name = Path(source.path).name
        raise DataError(f"“{name}” cannot be read.", f"{source.title} is not known here.") from None
    return reader  # type: ignore[no-any-return]  # a module is a protocol's instance where it has its functions
