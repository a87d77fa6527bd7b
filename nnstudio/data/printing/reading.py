"""How pandas reads a table as it was read here; whatever it reads otherwise is written down beside the script."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nnstudio.data.columns import is_date, is_text
from nnstudio.data.printing.columns import Unprintable
from nnstudio.data.table import MappedTable
from nnstudio.spec.calls import Call
from nnstudio.spec.files import write_atomically
from nnstudio.spec.sources import Source, TableSource


def reading(source: Source, table: MappedTable, names: Sequence[str], script: Path) -> tuple[Call, Path | None]:
    """The call that gives the columns ``names`` of ``table``, and a file that was written for it, if any.

    The file of the ``source`` itself is read where pandas understands it alike; else a table of these columns is
    written beside ``script``. Raises `Unprintable` where that would change them.
    """
    for settings in _settings(source, table, names):
        path = Path(source.path)
        if _same(_tried(path, settings), table, names):
            return Call("pd.read_csv", (near(path, script.parent),), settings), None
    beside = script.with_name(f"{script.stem}-table.csv")
    settings = _dtypes(table, names) | {"keep_default_na": False, "na_values": [""]}
    write_atomically(beside, lambda partial: _write(table, names, partial))
    if not _same(_tried(beside, settings), table, names):
        beside.unlink()
        raise Unprintable("their table has cells that no CSV file keeps")
    return Call("pd.read_csv", (beside.name,), settings), beside


def _settings(source: Source, table: MappedTable, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Ways to read a text table, the shortest first."""
    if not isinstance(source, TableSource) or source.member or not source.header or source.below:
        return
    given: dict[str, Any] = {}
    if source.delimiter != ",":
        given["sep"] = r"\s+" if source.delimiter == " " else source.delimiter
    for name, usual in (("encoding", "utf-8"), ("decimal", "."), ("thousands", ""), ("comment", "")):
        if (setting := getattr(source, name)) != usual:
            given[name] = setting
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


def _tried(path: Path, settings: Mapping[str, Any]) -> pd.DataFrame | None:
    try:
        frame: pd.DataFrame = pd.read_csv(path, **settings)
    except (ValueError, OSError, LookupError):  # what pandas raises for what it cannot parse, too
        return None
    return frame


def _same(frame: pd.DataFrame | None, table: MappedTable, names: Sequence[str]) -> bool:
    """Whether the columns hold the same cells, to the last bit."""
    if frame is None or len(frame) != table.rows or any(name not in frame.columns for name in names):
        return False
    return all(_same_column(frame[name], table, name) for name in names)


def _same_column(found: pd.Series[Any], table: MappedTable, name: str) -> bool:
    column = table.column(name)
    if is_text(column):
        known = column.to_pandas().astype("str")
        return bool(found.dtype == known.dtype and found.equals(known))
    if pa.types.is_boolean(column.type):
        return bool(found.dtype == bool and np.array_equal(found.to_numpy(np.float64), table.numbers(name)))
    if is_date(column) or found.dtype.kind not in "iuf":
        return False
    return np.array_equal(found.to_numpy(np.float64), table.numbers(name), equal_nan=True)


def _write(table: MappedTable, names: Sequence[str], path: Path) -> None:
    """The columns as CSV: numbers with all their digits, nothing where something is missing."""
    columns = {name: _cells(table, name) for name in dict.fromkeys(names)}
    pd.DataFrame(columns).to_csv(path, index=False)


def _cells(table: MappedTable, name: str) -> Any:
    column = table.column(name)
    if is_text(column) or pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return column.to_pandas()
    return table.numbers(name)


MOST_STEPS_UP = 3
"""From the script's folder to that of the data, in a path that still says something."""


def near(path: Path, folder: Path) -> str:
    """``path`` as seen from ``folder``, where that is near."""
    try:
        seen = Path(os.path.relpath(path, folder))
    except ValueError:  # another drive of Windows
        return path.as_posix()
    return (path if seen.parts.count("..") > MOST_STEPS_UP else seen).as_posix()
