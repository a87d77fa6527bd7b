"""JSON: a list of records, a record a line, or an object that holds a list of records somewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO

from nnstudio.data.reading.cells import BATCH, Gathering
from nnstudio.data.reading.head import ROWS, preview_of
from nnstudio.data.reading.packed import unpack
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.tidy import MOST_DEPTH, as_json, tidy
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import JsonSource

LINES = frozenset({".jsonl", ".ndjson", ".jsonlines"})
"""Names of files with a record a line."""

LONGEST_FIRST_LINE = 2**22
"""Characters; what has no end of line before is one document, unless its name says otherwise."""

HEAD = 2**22
"""Characters of a list that a preview looks at."""

MOST_TEXT = 2**31
"""Bytes of a file that is one document; with a record a line there is no limit."""

IN_MEMORY = 2**26
"""Bytes of a packed file that are unpacked into memory; more go to a temporary file."""

MOST_SEARCHED = 4
"""Objects within objects in which lists of records are looked for."""

_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class _Found:
    """The records of a file, each with how much of ``total`` is read behind it.

    ``choices`` are the keys of all lists of records, ``where`` is that of the one that was taken.
    """

    records: Iterator[tuple[int, object]]
    total: int
    choices: tuple[str, ...] = ()
    where: str = ""


def identity(source: JsonSource) -> tuple[object, ...]:
    """Where the records are."""
    return (source.records,)


def read(source: JsonSource, report: Report | None = None) -> Read:
    """All records; raises `DataError` where there are none, or where the file is no JSON."""
    path = Path(source.path)
    with _opened(path) as text:
        found = _find(path, text, source.records)
        gathered = Gathering()
        while batch := list(islice(found.records, BATCH)):
            gathered.add_records([_flat(record) for _, record in batch])
            if report:
                report(batch[-1][0], found.total, "bytes")
        return _read(path, gathered, found.choices, text.notes)


def preview(source: JsonSource, detect: bool = False) -> Preview:
    """The first records; with ``detect`` the longest list of records is taken where there are several."""
    path = Path(source.path)
    with _opened(path) as text:
        found = _find(path, text, "" if detect else source.records, HEAD)
        gathered = Gathering()
        head = list(islice(found.records, ROWS + 1))
        gathered.add_records([_flat(record) for _, record in head])
        source = replace(source, records=found.where) if detect else source
        read = _read(path, gathered, found.choices, text.notes)
        return preview_of(source, read, is_whole=len(head) <= ROWS)


def _read(path: Path, gathered: Gathering, choices: tuple[str, ...], notes: tuple[str, ...]) -> Read:
    if not gathered.rows:
        raise DataError(f"“{path.name}” holds no records.", "Its list is empty.", "Choose another file.")
    tidied = tidy(gathered.table())
    return Read(tidied.table, (*notes, *tidied.notes), tidied.left_out, choices)


def _flat(record: object) -> Mapping[str, object]:
    """A record without records in it: their keys are joined by dots; a list is a record of numbered columns."""
    if isinstance(record, list):
        record = {f"column {place}": value for place, value in enumerate(record, 1)}
    if not isinstance(record, dict):
        return {"value": record}
    if all(key.isascii() for key in record) and not any(isinstance(value, dict) for value in record.values()):
        return record
    return dict(_leaves(record, "", 0))


def _leaves(record: Mapping[str, object], above: str, depth: int) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        name = above + key.encode("utf-8", "replace").decode()
        if not isinstance(value, dict):
            yield name, value
        elif depth < MOST_DEPTH:
            yield from _leaves(value, f"{name}.", depth + 1)
        else:
            yield name, as_json(value)


def _find(path: Path, text: _Text, where: str, most: int = MOST_TEXT) -> _Found:
    """The records of an open file; of one that is a list only those in the first ``most`` characters."""
    file = text.file
    first = _first_line(file)
    if not first:
        raise DataError(f"“{path.name}” is empty.", "", "Choose another file.")
    if text.is_of_lines or (_is_record(first) and file.read(1_000).strip()):
        file.seek(0)
        return _Found(_lines(path, file), text.size)
    if text.size > MOST_TEXT:
        raise DataError(
            f"“{path.name}” is too large for one JSON document.",
            f"At most {MOST_TEXT / 2**30:.0f} GB are read at once.",
            "Save it with one record in each line (JSON lines), or as CSV.",
        )
    file.seek(0)
    if first.lstrip().startswith("["):
        items = file.read(most)
        return _Found(_items(path, items, bool(file.read(1))), len(items))
    return _inside(path, _decoded(path, file.read()), where)


def _first_line(file: IO[str]) -> str:
    """The first line that is not blank, or as much of it as is looked at."""
    while line := file.readline(LONGEST_FIRST_LINE):
        if line.strip():
            return line
    return ""


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict | list)
    except (ValueError, RecursionError):
        return False


def _lines(path: Path, file: IO[str]) -> Iterator[tuple[int, object]]:
    """The record of each line that is not blank."""
    buffer = file.buffer  # type: ignore[attr-defined]  # of every file that was opened as text
    for number, line in enumerate(iter(file.readline, ""), 1):
        if line.strip():
            yield buffer.tell(), _decoded(path, line, number)


def _items(path: Path, text: str, is_cut: bool) -> Iterator[tuple[int, object]]:
    """The items of the list that ``text`` is; of one that is cut off, those that are whole."""
    decoder = json.JSONDecoder()
    place = _after(text, text.index("[") + 1)
    while not text.startswith("]", place):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            if is_cut:
                return
            raise _broken(path, error) from error
        place = _after(text, place)
        yield place, value


def _after(text: str, place: int) -> int:
    """Where the next item begins."""
    between = _BETWEEN.match(text, place)
    return between.end() if between else place


def _decoded(path: Path, text: str, line: int = 0) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, error, line) from error


def _broken(path: Path, error: ValueError | RecursionError, line: int = 0) -> DataError:
    if isinstance(error, json.JSONDecodeError):
        line = line or error.lineno
    why = f"Line {line:,} is no JSON, or is cut off." if line else "It is no JSON, or is cut off."
    if isinstance(error, RecursionError):
        why = "Its lists and objects are nested too deeply."
    return DataError(f"“{path.name}” could not be read.", why, "Export it again, or save it as CSV.", str(error))


def _inside(path: Path, document: object, where: str) -> _Found:
    """The records in an object: those at ``where``, else the longest list of records, else its lists side by side."""
    lists = dict(_lists(document, "", 0))
    if where and where not in lists:
        raise DataError(
            f"“{path.name}” has no list of records at “{where}”.",
            f"There are lists at {', '.join(f'“{key}”' for key in lists)}." if lists else "There are none at all.",
            "Choose one of them." if lists else "Choose another file.",
        )
    if lists:
        where = where or max(lists, key=lambda key: len(lists[key]))
        items = lists[where]
        return _Found(enumerate(items, 1), len(items), tuple(lists), where)
    return _side_by_side(path, document)


def _lists(value: object, above: str, depth: int) -> Iterator[tuple[str, Sequence[object]]]:
    """Every list of records in an object, by its keys joined with dots."""
    if isinstance(value, dict) and depth < MOST_SEARCHED:
        for key, inner in value.items():
            yield from _lists(inner, f"{above}.{key}" if above else key, depth + 1)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield above, value


def _side_by_side(path: Path, document: object) -> _Found:
    """An object of columns: lists of one length, or objects with the same keys (as pandas writes them)."""
    columns = list(document.items()) if isinstance(document, dict) else []
    cells = [list(column.values()) if isinstance(column, dict) else column for _, column in columns]
    if not cells or not all(isinstance(column, list) and len(column) == len(cells[0]) for column in cells):
        raise DataError(
            f"“{path.name}” holds no list of records.",
            "A table in JSON is a list of objects, or one object in each line.",
            "Export it as a list of records, or as CSV.",
        )
    names = [name for name, _ in columns]
    rows = (dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True))
    return _Found(enumerate(rows, 1), len(cells[0]))


@dataclass(frozen=True, eq=False, slots=True)
class _Text:
    """An open file of ``size`` bytes, and what is to be said of the archive that it lies in."""

    file: IO[str]
    size: int
    is_of_lines: bool
    notes: tuple[str, ...] = ()


@contextmanager
def _opened(path: Path) -> Iterator[_Text]:
    """The file as text in the encoding that its first bytes tell; raises `DataError` for what is no text."""
    with ExitStack() as stack:
        unpacked = stack.enter_context(unpack(path))
        file, size = unpacked.stream, unpacked.size
        if unpacked.packing:  # it is read more than once, which only an unpacked file can be
            file = stack.enter_context(SpooledTemporaryFile(IN_MEMORY))
            shutil.copyfileobj(unpacked.stream, file)
            size = file.tell()
            file.seek(0)
        encoding = json.detect_encoding(file.read(4))
        file.seek(0)
        names = (*path.suffixes, PurePosixPath(unpacked.held.member).suffix)
        is_of_lines = any(name.casefold() in LINES for name in names)
        text = stack.enter_context(TextIOWrapper(file, encoding))
        try:
            yield _Text(text, size, is_of_lines, unpacked.held.notes)
        except UnicodeDecodeError as error:
            why = "It is no text in UTF-8, as JSON is."
            raise DataError(f"“{path.name}” could not be read.", why, "Export it again.", str(error)) from error
