"""How pandas reads a table as it was read here; whatever it reads otherwise is written down beside the script."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nnstudio.data.columns import is_date, is_text
from nnstudio.data.pictures.image_set import PATH
from nnstudio.data.printing.alike import WAYS_TO_SPELL, read_moments, same_column, same_moments, silently
from nnstudio.data.printing.given import Given, Unprintable
from nnstudio.data.splitting.parts import sources_of
from nnstudio.data.table import MappedTable
from nnstudio.spec.calls import Call
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.code.lists import list_lines, names_code
from nnstudio.spec.code.text import WIDEST, broken, call_lines, comment, indented, settings_of, value
from nnstudio.spec.printed import STEP
from nnstudio.spec.sources import ColumnarSource, ImageIndexSource, JsonSource, Source, TableSource

FILES = ("train", "validation", "test")
"""What the rows of separate files are called in a script."""


@dataclass(frozen=True, slots=True)
class Read:
    """The lines that make ``table``, what pandas makes of them, and a file that has to be written for them, if any."""

    lines: tuple[str, ...]
    frame: pd.DataFrame
    beside: Beside | None = None


def read_table(given: Given, names: Sequence[str], dates: Sequence[str] = ()) -> Read:
    """The columns ``names`` of the table, ``dates`` among them as dates, and of its rows those with a known target.

    The files of the source are read where pandas understands them alike; else a table of these columns is to lie beside
    the script. Raises `Unprintable` where that would change them.
    """
    for read in _as_it_is(given, names):
        if found := _finished(given, read, names, dates):
            return found
    whole = given.table.names if given.known.repeated else names
    kept = [name for name in dict.fromkeys(whole) if not isinstance(given.table.column(name).type, pa.ExtensionType)]
    if found := _finished(given, _written(given, kept), names, dates):
        return found
    raise Unprintable("their table has cells that no CSV file keeps")


def _finished(given: Given, read: Read | None, names: Sequence[str], dates: Sequence[str]) -> Read | None:
    """With dates as dates, and without the rows that are left out; None where a cell or a row is another."""
    if read is None or len(read.frame) != given.table.rows or any(name not in read.frame.columns for name in names):
        return None
    dated = _dated(given.table, read, [name for name in names if name in dates or is_date(given.table.column(name))])
    if dated is None or not all(same_column(dated.frame[name], given.table, name) for name in names):
        return None
    return _known(given, dated)


def _known(given: Given, read: Read) -> Read | None:
    """Without repeated rows, and those that lack a target."""
    lines, frame, rows = list(read.lines), read.frame, np.arange(len(read.frame))
    if given.known.repeated:
        lines.append("table = table.drop_duplicates()")
        first = ~frame.duplicated().to_numpy()
        frame, rows = frame[first], rows[first]
    targets = list(given.known.names)
    has_targets = frame[targets].notna().all(axis=1).to_numpy()
    if not has_targets.all():
        lines.append(f"table = table.dropna(subset={value(targets)})")
        frame, rows = frame[has_targets], rows[has_targets]
    if not np.array_equal(rows, given.known.rows):
        return None
    return replace(read, lines=tuple(lines), frame=frame)


# ---- the files of the source ----


def _as_it_is(given: Given, names: Sequence[str]) -> Iterator[Read | None]:
    """Ways to read the file or files themselves, the shortest first."""
    sources = sources_of(given.data)
    for calls in zip(*(_calls(source, given, names) for source in sources.values()), strict=False):
        frames = [frame for call in calls if (frame := _tried(call)) is not None]
        shown = [_seen(call, given.script.parent) for call in calls]
        if len(frames) < len(calls):
            continue
        if len(calls) == 1:
            lines = tuple(_statement("table", shown[0]))
            yield _of_pictures(given, Read(lines, frames[0]))
            continue
        files = [FILES[number] for number in sources]
        parts = [line for call in shown for line in _lines_of(call, WIDEST - len(STEP))]
        lines = ("files = [", *indented(1, parts), "]", f"table = pd.concat(files, keys={value(files)})")
        yield Read(lines, pd.concat(frames, keys=files))


def _of_pictures(given: Given, read: Read) -> Read | None:
    """The rows of a list of pictures of which the pictures can be read; of any other table all rows."""
    source = given.data.source
    if not isinstance(source, ImageIndexSource):
        return read
    if source.column not in read.frame.columns or not is_text(given.table.column(PATH)):
        return None
    listed = read.frame[source.column].fillna("").astype(str).str.strip().tolist()
    known, at, left_out = given.table.column(PATH).to_pylist(), 0, []
    for row, path in enumerate(listed):
        if at < len(known) and known[at] == path:
            at += 1
        else:
            left_out.append(row)
    if not left_out:
        return read
    if len(left_out) > MOST_LEFT_OUT:
        return None
    lines = (*read.lines, f"table = table.drop({left_out!r})  # their pictures cannot be read")
    return Read(lines, read.frame.drop(left_out))


MOST_LEFT_OUT = 20
"""Rows that a script names one by one."""


def _seen(call: Call, folder: Path) -> Call:
    """The same call with the path of its file as seen from ``folder``."""
    return Call(call.name, (near(Path(call.args[0]), folder),), call.kwargs)


def _statement(name: str, call: Call) -> Iterator[str]:
    first, *rest = _lines_of(call, WIDEST - len(name) - 3)
    *more, last = f"{name} = {first}", *rest
    yield from (*more, last.removesuffix(","))


def _lines_of(call: Call, room: int) -> list[str]:
    """A call with a comma behind it; a list of many names is a rule, or stands on as few lines as hold it."""
    arguments = [*map(value, call.args), *(f"{name}={_setting(given)}" for name, given in call.kwargs.items())]
    lines = broken(call.name, arguments, room)
    lists = {f"{STEP}{name}={value(given)},": given for name, given in call.kwargs.items() if isinstance(given, list)}
    return [part for line in lines for part in (_list_lines(line, lists[line]) if line in lists else [line])]


def _setting(given: Any) -> str:
    return (names_code(given) if isinstance(given, list) else None) or value(given)


def _list_lines(line: str, items: Sequence[str]) -> Iterator[str]:
    begin = line.partition("[")[0].removeprefix(STEP)
    return indented(1, list_lines(f"{begin}[", [value(item) for item in items], "],"))


def _calls(source: Source, given: Given, names: Sequence[str]) -> Iterator[Call]:
    path = (source.path,)
    match source:
        case TableSource():
            yield from (Call("pd.read_csv", path, settings) for settings in _settings(source, given.table, names))
        case ImageIndexSource():
            yield from (Call("pd.read_csv", path, more) for more in ({}, _dtypes(given.table, names)))
        case ColumnarSource() if Path(source.path).suffix.casefold() in {".parquet", ".pq"}:
            yield Call("pd.read_parquet", path)
        case ColumnarSource():
            yield Call("pd.read_feather", path)
        case JsonSource(records=""):
            exactly = {"precise_float": True}  # else the last digit may be another
            yield from (Call("pd.read_json", path, more | exactly) for more in ({}, {"lines": True}))


def _settings(source: TableSource, table: MappedTable, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Ways to read a text table, the shortest first."""
    if source.member or source.below:
        return
    given: dict[str, Any] = {} if source.header else {"header": None, "names": list(table.names)}
    if source.delimiter != ",":
        given["sep"] = r"\s+" if source.delimiter == " " else source.delimiter
    for name, usual in (("encoding", "utf-8"), ("decimal", "."), ("thousands", ""), ("comment", "")):
        if (setting := getattr(source, name)) != usual:
            given[name] = setting
    if source.quote == "'":
        given["quotechar"] = "'"
    elif not source.quote:
        given["quoting"] = 3  # csv.QUOTE_NONE
    if source.skip:
        given["skiprows"] = source.skip
    if not source.missing_words:
        given |= {"keep_default_na": False, "na_values": [""]}
    for more in ({}, {"skipinitialspace": True}, _dtypes(table, names)):
        yield given | more


def _dtypes(table: MappedTable, names: Sequence[str]) -> dict[str, Any]:
    """Which columns are text, so that none of them is taken for numbers."""
    text = [name for name in names if is_text(table.column(name))]
    return {"dtype": dict.fromkeys(text, "str")} if text else {}


def _tried(call: Call) -> pd.DataFrame | None:
    read: Callable[..., Any] = getattr(pd, call.name.removeprefix("pd."))
    try:
        frame = silently(partial(read, *call.args, **call.kwargs))
    except (ValueError, OSError, LookupError, ImportError, pa.ArrowException):  # for what pandas cannot parse, too
        return None
    return frame if isinstance(frame, pd.DataFrame) else None


# ---- a table beside the script ----


def _written(given: Given, names: Sequence[str]) -> Read | None:
    """The columns as a CSV file of their own."""
    beside = given.script.with_name(f"{given.script.stem}-table.csv")
    settings = _dtypes(given.table, names) | {"keep_default_na": False, "na_values": [""]}
    written = pd.DataFrame({name: _cells(given.table, name) for name in names})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / beside.name
        written.to_csv(path, index=False)
        frame = _tried(Call("pd.read_csv", (str(path),), settings))
    if frame is None:
        return None
    about = comment(f"“{Path(given.data.source.path).name}” as nnstudio read it.")
    lines = [about, *_statement("table", Call("pd.read_csv", (beside.name,), settings))]
    if given.table.file is not None:
        files = np.array(FILES)[given.table.file]
        frame = frame.set_index(pd.MultiIndex.from_arrays([files, np.arange(len(frame))]))
        written.insert(0, FILE_COLUMN, files)
        lines.append(f"table = table.set_index({value(FILE_COLUMN)}, append=True).swaplevel()")
    return Read(tuple(lines), frame, Beside(beside, partial(written.to_csv, index=False)))


FILE_COLUMN = "from file"
"""Of a table beside the script: which of several files a row comes from."""


def _cells(table: MappedTable, name: str) -> Any:
    """The cells of a column with all their digits, nothing where something is missing."""
    column = table.column(name)
    if is_text(column) or pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return column.to_pandas()
    return table.moments(name).view("datetime64[us]") if is_date(column) else table.numbers(name)


# ---- the same cells ----


def _dated(table: MappedTable, read: Read, dates: Sequence[str]) -> Read | None:
    """With these columns made to dates, as pandas reads them alike; None where it does not."""
    lines, frame = list(read.lines), read.frame
    for name in dates:
        if frame[name].dtype.kind == "M":
            continue
        times = table.moments(name)
        settings = next((each for each in WAYS_TO_SPELL if same_moments(read_moments(frame[name], each), times)), None)
        if settings is None:
            return None
        cells = f"table[{value(name)}]"
        lines += call_lines(f"{cells} = pd.to_datetime", [cells, *settings_of(Call("", (), settings))])
        frame = frame.assign(**{name: read_moments(frame[name], settings)})
    return replace(read, lines=tuple(lines), frame=frame)


MOST_STEPS_UP = 3
"""From the script's folder to that of the data, in a path that still says something."""


def near(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, where that is near."""
    try:
        seen = Path(os.path.relpath(path, folder))
    except ValueError:  # another drive of Windows
        return path.as_posix()
    return (path if seen.parts.count("..") > MOST_STEPS_UP else seen).as_posix()
