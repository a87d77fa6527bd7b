"""Predictions beside the rows that they are for: to look at, and as a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from nnstudio.data.cache import cache_folder, forget_unused, write_arrow
from nnstudio.data.table import MappedTable
from nnstudio.spec.errors import FileError
from nnstudio.spec.files import write_atomically

FORMULA = r"^([=+\-@\t\r])"
"""How a cell begins that a spreadsheet would execute."""


def join_predictions(source: MappedTable, added: Mapping[str, NDArray[Any]]) -> Any:
    """A pyarrow Table of the source's columns (but for pictures) and of ``added``: text or numbers, ``(rows,)`` each.

    An added column whose name is taken is called ``name (2)``.
    """
    table = source.arrow()
    images = [field.name for field in table.schema if isinstance(field.type, pa.FixedShapeTensorType)]
    table = table.drop_columns(images)
    for name, values in added.items():
        table = table.append_column(_free(name, table.column_names), pa.array(values))
    return table


def _free(name: str, taken: list[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name} ({number})"
        number += 1
    return free


def write_preview(table: Any, cache: Path | None = None) -> Path:
    """Keep a pyarrow Table in the cache for `MappedTable` to open; it is deleted a day later."""
    folder = cache_folder(cache)
    forget_unused(folder, "preview-*", days=1)
    path = folder / f"preview-{uuid4().hex}.arrow"
    write_atomically(path, lambda partial: write_arrow(table, partial))
    return path


def write_predictions(path: Path, table: Any) -> None:
    """Write a pyarrow Table to ``path`` as CSV in UTF-8, whole or not at all; it is read back first. Raises OSError.

    Text that begins like a formula (``=``, ``+``, ``-``, ``@``, tab, carriage return) gets a ``'`` before it, so that
    no spreadsheet executes a stranger's cell; numbers stay as they are.
    """
    names = [_safe_name(name) for name in table.column_names]
    safe = pa.Table.from_arrays([_safe(column) for column in table.columns], names)

    def check(partial: Path) -> None:
        as_text = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()))
        options = pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
        found = pa.csv.read_csv(partial, parse_options=options, convert_options=as_text)
        if found.num_rows != safe.num_rows or found.column_names != names:
            raise FileError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    write_atomically(path, lambda partial: pa.csv.write_csv(safe, partial), check)


def _safe(column: Any) -> Any:
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return pc.replace_substring_regex(column, FORMULA, r"'\1") if is_text else column


def _safe_name(name: str) -> str:
    return re.sub(FORMULA, r"'\1", name)
