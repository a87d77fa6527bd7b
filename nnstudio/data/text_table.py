"""Text tables: comma-separated values (and tab-separated ones in a ``.tsv`` file), read by pandas."""

from __future__ import annotations

import hashlib
import re
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pandas.errors import DtypeWarning, EmptyDataError, ParserError, ParserWarning

from nnstudio.spec.errors import DataError

HEAD = 65_536
"""Bytes that are looked at to tell a text from other files."""

PACKED = {
    b"\x1f\x8b": "It is packed (gzip).",
    b"PK": "It is a ZIP archive, as Excel files are.",
    b"PAR1": "It is a Parquet file.",
}
"""How files that hold tables in other forms begin."""


def read_text_table(path: Path) -> Any:
    """A pyarrow Table of the text table in ``path``: columns of numbers, truth values or text; raises `DataError`.

    The file is UTF-8, with or without a byte order mark, and its first line names the columns. Empty cells and the
    usual marks (``NA``, ``NaN``, ``null``, ``None`` …) are missing, as ``pandas.read_csv`` has it.
    """
    _refuse_packed(path)
    try:
        frame = _read(path)
    except EmptyDataError as error:
        raise DataError(f"“{path.name}” is empty.", "", "Choose another file.") from error
    except UnicodeDecodeError as error:
        raise _not_text(path) from error
    except ParserWarning as error:
        raise _ragged(path, "Its first row has more cells than the first line names columns.") from error
    except ParserError as error:
        raise _ragged(path, _sentence(str(error))) from error
    if frame.empty:
        raise DataError(f"“{path.name}” has no rows.", "It only names its columns.", "Add rows below the first line.")
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def separator(path: Path) -> str:
    """What stands between the cells of ``path``, judged by its name."""
    return "\t" if path.suffix.casefold() in {".tsv", ".tab"} else ","


def fingerprint(path: Path) -> str:
    """The SHA-256 of the bytes of ``path``, as ``sha256:<hex>``."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _not_text(path: Path, head: bytes = b"") -> DataError:
    why = next((why for magic, why in PACKED.items() if head.startswith(magic)), "It is not text in UTF-8.")
    remedy = "Save it as CSV in UTF-8 in the program that it comes from."
    return DataError(f"“{path.name}” could not be read as a table.", why, remedy)


def require_file(path: Path) -> None:
    """Raise `DataError` where ``path`` is missing, a folder or a device."""
    if path.is_dir():
        raise DataError(f"“{path.name}” is a folder, not a table.", "", "Open it as an image folder.")
    if not path.exists():
        raise DataError(f"“{path.name}” is not there.", "It was moved, renamed or deleted.", "Choose another file.")
    if not path.is_file():
        raise DataError(f"“{path.name}” is no table.", "It is not an ordinary file.", "Choose another file.")


def _refuse_packed(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if b"\0" in head:
        raise _not_text(path, head)


def _read(path: Path) -> pd.DataFrame:
    """The table as pandas reads it in parallel; a column of which parts look different is read again as text."""
    frame = _read_as(path, {})
    mixed = [name for name in frame.columns if frame[name].dtype == object and not _is_truth(frame[name])]
    return _read_as(path, dict.fromkeys(mixed, "str")) if mixed and len(frame) else frame


def _read_as(path: Path, types: dict[str, str]) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DtypeWarning)  # a column of mixed types; it is read again
        warnings.simplefilter("error", ParserWarning)  # cells would be lost
        return pd.read_csv(path, sep=separator(path), index_col=False, dtype=types or None, compression=None)


def _is_truth(column: pd.Series[Any]) -> bool:
    """Whether an object column holds nothing but truth values and missing ones."""
    return pd.api.types.infer_dtype(column, skipna=True) == "boolean"


def _ragged(path: Path, why: str) -> DataError:
    return DataError(
        f"“{path.name}” could not be read as a table.",
        why,
        "Give every row one cell for each column; put quotation marks around text that holds a separator.",
    )


def _sentence(message: str) -> str:
    """What pandas' parser says, with the line number that a text editor shows."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        expected, line, saw = found.groups()
        return f"Line {int(line):,} has {saw} cells, but there are {expected} columns."
    if found := re.search(r"EOF inside string starting at row (\d+)", message):
        return f"A quotation mark is opened about line {int(found[1]) + 1:,} and never closed."
    return message.strip().splitlines()[-1]
