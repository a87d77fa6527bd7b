"""The cache: every source is converted once, into an Arrow file that the window and the engine map.

Beside ``<key>.arrow`` lies ``<key>.json`` with what was found out on the way. The key is a hash of the source's path,
size, time of change and reading options, so that a changed file gets a new entry.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import platformdirs
import pyarrow as pa

from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Kind
from nnstudio.spec.errors import FileError, disk_full
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.files import write_atomically

VERSION = 2
"""Of what is written here; a different one is read from the source again."""

SENTENCES = ("left_out", "notes", "choices")

UNUSED_DAYS = 30
"""Entries that were not opened for so long are deleted when another one is written."""


@dataclass(frozen=True, slots=True)
class Cached:
    """A converted source: its Arrow file, and what was found out while it was converted."""

    path: Path
    fingerprint: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    duplicates: int = 0


def cache_folder(cache: Path | None = None) -> Path:
    """Where converted sources are kept: in ``cache``, else ``NNSTUDIO_CACHE``, else the user's cache; made private."""
    named = cache or os.environ.get("NNSTUDIO_CACHE")
    folder = Path(named or platformdirs.user_cache_path("nnstudio", appauthor=False)) / "sources"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise _no_place(folder) from error
    return folder


def entry(folder: Path, *identity: object) -> Path:
    """The Arrow file in ``folder`` for a source that is told from all others by ``identity`` (plain values)."""
    key = hashlib.sha256(json.dumps([VERSION, *identity]).encode()).hexdigest()
    return folder / f"{key[:32]}.arrow"


def find(path: Path) -> Cached | None:
    """What the entry ``path`` holds, or None where it is missing or damaged."""
    try:
        content = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        columns = tuple(_read_profile(item) for item in content["columns"])
        sentences: dict[str, Any] = {key: tuple(content[key]) for key in SENTENCES}
        known = {key: content[key] for key in ("fingerprint", "rows", "duplicates")}
        found = Cached(path, columns=columns, **known, **sentences)
        with MappedTable(path) as table:
            intact = table.rows == found.rows
        os.utime(path)
    except (OSError, ValueError, LookupError, TypeError):  # pyarrow's errors are ValueErrors
        return None
    return found if intact else None


def keep(path: Path, write: Callable[[Path], Cached]) -> Cached:
    """Let ``write`` fill a file that becomes the entry ``path``; returns what it found out. Old entries are deleted.

    Raises `FileError` where the disk is full, and what ``write`` raises; nothing is left behind then.
    """
    forget_unused(path.parent, "*", UNUSED_DAYS)
    found: list[Cached] = []
    try:
        write_atomically(path, lambda partial: found.append(write(partial)))
        content = _plain(found[0]) | {"path": path.name, "columns": [_plain(column) for column in found[0].columns]}
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        write_atomically(path.with_suffix(".json"), lambda partial: partial.write_text(text, encoding="utf-8"))
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(f"What is read is kept in “{path.parent}”, where there is no room left.") from error
        if error.filename == str(path.parent) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise _no_place(path.parent) from error
        raise
    return found[0]


def _plain(value: Cached | ColumnProfile) -> dict[str, Any]:
    """The fields of a dataclass; `asdict` would copy every count of every column."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _no_place(folder: Path) -> FileError:
    return FileError(
        "There is no place to keep what is read.",
        f"It should be kept in the folder “{folder}”, where nothing can be written.",
        "Give yourself access to it, or name another folder in the environment variable NNSTUDIO_CACHE.",
    )


def forget_unused(folder: Path, pattern: str, days: float) -> None:
    """Delete the files of that name that nobody opened for ``days``, and what a crash left half-written."""
    oldest = time.time() - days * 86_400
    for path in folder.glob(pattern):
        try:
            if path.suffix in {".arrow", ".json", ".partial"} and _last_used(path) < oldest:
                path.unlink()
        except OSError:  # another process deleted it first, or still maps it
            continue


def _last_used(path: Path) -> float:
    arrow = path.with_suffix(".arrow")
    return (arrow if arrow.exists() else path).stat().st_mtime


def write_arrow(table: Any, path: Path) -> None:
    """Write a pyarrow Table as an uncompressed Arrow file with a single chunk."""
    table = table.combine_chunks()
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def _read_profile(item: dict[str, Any]) -> ColumnProfile:
    top = tuple((str(name), int(count)) for name, count in item["top"])
    read = {"kind": Kind(item["kind"]), "histogram": tuple(item["histogram"]), "top": top}
    return ColumnProfile(**(item | read))
