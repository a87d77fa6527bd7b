"""Lines of text become Arrow columns: pandas' C parser, over a whole file at once or block by block in threads."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.errors import DtypeWarning, EmptyDataError, ParserError, ParserWarning

from nnstudio.data.cores import CORES, each
from nnstudio.data.reading.blocks import Block, not_in_encoding
from nnstudio.data.reading.edges import may_have_blanks
from nnstudio.data.reading.readers import Report
from nnstudio.spec.errors import DataError
from nnstudio.spec.sources import TableSource

Chunks = dict[str, list[Any]]
"""The Arrow arrays of each column, in order."""


class Mixed(Exception):
    """Columns of which some blocks hold numbers and others words; they are to be read as text throughout."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(names)
        self.names = names


@dataclass(frozen=True, slots=True)
class Parser:
    """Parses lines of ``source`` below its header; those of ``as_text`` are not taken for numbers."""

    source: TableSource
    names: tuple[str, ...]
    as_text: frozenset[str] = frozenset()
    blanks: bool = True
    """Whether blanks may stand before a cell: passing over them takes a tenth of the time."""

    def frame(self, content: Any, skip: int = 0, line: int = 1) -> pd.DataFrame:
        """``content``, bytes or the path of a file, of which ``skip`` lines are passed over; ``line`` is its first.

        Raises `DataError` for rows that have more cells than there are columns, and for bytes that are no UTF-8.
        """
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DtypeWarning)  # a column of mixed types; it is read again
            warnings.simplefilter("error", ParserWarning)  # cells would be lost
            try:
                frame: pd.DataFrame = pd.read_csv(source, skiprows=skip or None, **self._options())
                return frame
            except EmptyDataError:
                return pd.DataFrame({name: [] for name in self.names})
            except UnicodeDecodeError as error:
                raise not_in_encoding(self.source) from error
            except ParserWarning as error:
                first = line + self._before_rows(content, skip)
                raise self._ragged(f"Line {first:,} has more cells than there are columns.") from error
            except ParserError as error:
                raise self._ragged(sentence(str(error), line - 1)) from error

    def _options(self) -> dict[str, Any]:
        source = self.source
        return {
            "sep": r"\s+" if source.delimiter == " " else source.delimiter,
            "header": None,
            "names": list(self.names),
            "index_col": False,
            "dtype": dict.fromkeys(sorted(self.as_text), "str") or None,
            "decimal": source.decimal,
            "comment": source.comment or None,
            "quotechar": source.quote or '"',
            "quoting": csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
            "skipinitialspace": self.blanks and source.delimiter != "\t",
            "keep_default_na": source.missing_words,
            "na_values": None if source.missing_words else [""],
            "compression": None,
        }

    def _before_rows(self, content: Any, skip: int) -> int:
        """How many lines lie before the first row: the ``skip`` that are passed over, then blank ones and comments."""
        comment = self.source.comment.encode()
        with io.BytesIO(content) if isinstance(content, bytes) else Path(content).open("rb") as lines:
            for number, text in enumerate(lines):
                row = text.strip(b" \r\n")
                if number >= skip and row and not (comment and row.startswith(comment)):
                    return number
        return skip

    def _ragged(self, why: str) -> DataError:
        return DataError(
            f"“{Path(self.source.path).name}” could not be read as a table.",
            why,
            "Give every row one cell for each column; put quotation marks around text that holds a separator.",
        )


def sentence(message: str, before: int = 0) -> str:
    """What pandas' parser says, with the line number that a text editor shows; ``before`` lines come first."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        expected, line, saw = found.groups()
        return f"Line {int(line) + before:,} has {saw} cells, but there are {expected} columns."
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return f"A quotation mark is opened about line {int(found[1]) + before + 1:,} and never closed."
    return message.strip().splitlines()[-1]


def parse_whole(parser: Parser, path: Path, skip: int) -> Chunks:
    """A whole file of plain UTF-8, by pandas' own threads."""
    frame = _frame(parser, str(path), skip)
    _require_clear(frame)
    arrays = each(lambda name: _arrays(frame[name]), frame.columns, len(frame))
    return dict(zip(map(str, frame.columns), arrays, strict=True))


def _frame(parser: Parser, path: str, skip: int) -> pd.DataFrame:
    """A whole file, first as if no blank stood before a cell; that matters for words and for quotation marks."""
    try:
        frame = replace(parser, blanks=False).frame(path, skip)
    except DataError:
        return parser.frame(path, skip)
    return parser.frame(path, skip) if any(_may_have_blanks(frame[name]) for name in frame.columns) else frame


def _may_have_blanks(column: pd.Series[Any]) -> bool:
    """Whether a blank may stand before a word of ``column``; before numbers none has a meaning."""
    if column.dtype != "str":
        return _is_unclear(column)
    found = pa.array(column.array, pa.large_string())
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    return any(may_have_blanks(chunk, before_only=True) for chunk in chunks)


def parse_blocks(parser: Parser, blocks: Iterable[Block], size: int, report: Report | None) -> Chunks:
    """Blocks parsed in threads, a few at a time; ``report`` is told the bytes of ``size`` that are done."""
    chunks: Chunks = {name: [] for name in parser.names}
    for columns, done in parsed_in_order(parser, blocks):
        if report:
            report(done, size, "bytes")
        for name, arrays in columns.items():
            chunks[name] += arrays
    if mixed := frozenset(name for name, arrays in chunks.items() if _is_mixed(arrays)):
        raise Mixed(mixed)
    return chunks


def parsed_in_order(parser: Parser, blocks: Iterable[Block]) -> Iterator[tuple[Chunks, int]]:
    """The columns of each block, and the bytes that are done with it; threads are a few blocks ahead."""
    with ThreadPoolExecutor(CORES) as pool:
        yield from _in_order(pool, parser, blocks)


def _in_order(pool: ThreadPoolExecutor, parser: Parser, blocks: Iterable[Block]) -> Iterator[tuple[Chunks, int]]:
    waiting: deque[tuple[Future[Chunks], int]] = deque()
    try:
        for block in blocks:
            waiting.append((pool.submit(_parse_block, parser, block), block.done))
            if len(waiting) > CORES:
                future, done = waiting.popleft()
                yield future.result(), done
        while waiting:
            future, done = waiting.popleft()
            yield future.result(), done
    finally:
        for future, _ in waiting:
            future.cancel()


def _parse_block(parser: Parser, block: Block) -> Chunks:
    return columns_of(parser.frame(block.content, line=block.line))


def columns_of(frame: pd.DataFrame) -> Chunks:
    """The columns of a frame as Arrow arrays that share its memory; raises `Mixed`."""
    _require_clear(frame)
    return {str(name): _arrays(frame[name]) for name in frame.columns}


def _require_clear(frame: pd.DataFrame) -> None:
    if mixed := frozenset(str(name) for name in frame.columns if _is_unclear(frame[name])):
        raise Mixed(mixed)


def _is_unclear(column: pd.Series[Any]) -> bool:
    """Whether a column holds objects other than truth values and missing ones."""
    return column.dtype == object and len(column) > 0 and pd.api.types.infer_dtype(column, skipna=True) != "boolean"


def _arrays(column: pd.Series[Any]) -> list[Any]:
    if column.dtype == float and not np.isnan(column.to_numpy().min(initial=0.0)):  # quicker than looking for each NaN
        return [pa.array(column.to_numpy())]
    found = pa.array(column.array, from_pandas=True)
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    return [_plain(chunk) for chunk in chunks]


def _plain(chunk: Any) -> Any:
    if pa.types.is_uint64(chunk.type):
        return chunk.cast(pa.float64(), safe=False)
    is_empty = pa.types.is_floating(chunk.type) and chunk.null_count == len(chunk)
    return pa.nulls(len(chunk)) if is_empty else chunk


def _is_mixed(arrays: list[Any]) -> bool:
    kinds = {chunk.type for chunk in arrays if not pa.types.is_null(chunk.type)}
    return len(kinds) > 1 and not all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds)


def unified(arrays: list[Any]) -> Any:
    """One Arrow array of chunks that are not `Mixed`; a column without any value is one of numbers."""
    kinds = {chunk.type for chunk in arrays if not pa.types.is_null(chunk.type)}
    kind = next(iter(kinds)) if len(kinds) == 1 else pa.float64()
    if len(arrays) == 1 and arrays[0].type == kind:
        return arrays[0]
    return pa.concat_arrays([chunk if chunk.type == kind else chunk.cast(kind, safe=False) for chunk in arrays])
