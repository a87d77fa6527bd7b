"""The cache: every source is converted once, into an Arrow file that the window and the engine map.

Beside ``<key>.arrow`` lies ``<key>.json`` with what was found out on the way, and ``<key>.profile`` (JSON, too) as soon
as somebody asked what its columns hold. The key is a hash of the source's path,
size, time of change and reading options, so that a changed file gets a new entry.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs
import pyarrow as pa

from nnstudio.data.fingerprint import Digest, known
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Kind
from nnstudio.spec.errors import FileError, disk_full
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.files import write_atomically

VERSION = 4
"""Of what is written here; a different one is read from the source again."""

SENTENCES = ("left_out", "notes", "choices")

UNUSED_DAYS = 30
"""Entries that were not opened for so long are deleted when another one is written."""


@dataclass(frozen=True, slots=True)
class Cached:
    """A converted source: its Arrow file, and what was found out while it was converted.

    Asking for the ``fingerprint`` may take the time of reading the file, and raise what `Unfound` does.
    """

    path: Path
    digest: Digest = field(compare=False)
    rows: int
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        return self.digest()


@dataclass(frozen=True, slots=True)
class Profile:
    """What the columns of a converted source hold, and how many of its rows repeat an earlier one."""

    columns: tuple[ColumnProfile, ...]
    duplicates: int = 0


def cache_path() -> Path:
    """The user's cache: in ``NNSTUDIO_CACHE``, else where the system has it; it need not be there yet."""
    return Path(os.environ.get("NNSTUDIO_CACHE") or platformdirs.user_cache_path("nnstudio", appauthor=False))


def clear_cache() -> Iterator[tuple[int, int, int]]:
    """Delete what was read so far, which is read again when it is asked for; gives (done, of, bytes freed) a file.

    What another process is about to write stays, and what it maps: it goes on with that, or may keep the file.
    """
    found = [path for path in cache_folder().iterdir() if path.suffix != ".partial"]
    for done, path in enumerate(found, 1):
        freed = 0
        with contextlib.suppress(OSError):
            freed = path.stat().st_size
            path.unlink()
        yield done, len(found), freed


def cache_folder(cache: Path | None = None) -> Path:
    """Where converted sources are kept: in ``cache``, else the user's; made private."""
    folder = (cache or cache_path()) / "sources"
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
        content = _read(path.with_suffix(".json"))
        sentences: dict[str, Any] = {key: tuple(content[key]) for key in SENTENCES}
        found = Cached(path, known(content["fingerprint"]), content["rows"], **sentences)
        with MappedTable(path) as table:
            intact = table.rows == found.rows
        os.utime(path)
    except DAMAGED:
        return None
    return found if intact else None


def find_profile(path: Path) -> Profile | None:
    """What was found out of the columns of the entry ``path``, or None where nobody asked yet."""
    try:
        content = _read(path.with_suffix(".profile"))
        return Profile(tuple(_read_column(item) for item in content["columns"]), content["duplicates"])
    except DAMAGED:
        return None


DAMAGED = (OSError, ValueError, LookupError, TypeError)
"""What reading a file that is missing or damaged raises; pyarrow's errors are ValueErrors."""


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def keep(path: Path, write: Callable[[Path], Cached]) -> Cached:
    """Let ``write`` fill a file that becomes the entry ``path``; returns what it found out. Old entries are deleted.

    Raises `FileError` where the disk is full, and what ``write`` raises; nothing is left behind then.
    """
    forget_unused(path.parent, "*", UNUSED_DAYS)
    found: list[Cached] = []
    with _said(path.parent):
        try:
            write_atomically(path, lambda partial: found.append(write(partial)))
            _write(path.with_suffix(".json"), _plain_entry(found[0]))
        except OSError:
            path.unlink(missing_ok=True)
            raise
    return found[0]


def keep_profile(path: Path, found: Profile) -> None:
    """Keep beside the entry ``path`` what its columns hold; raises `FileError` where the disk is full."""
    with _said(path.parent):
        columns = [_plain_column(column) for column in found.columns]
        _write(path.with_suffix(".profile"), {"columns": columns, "duplicates": found.duplicates})


def _write(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    write_atomically(path, lambda partial: partial.write_text(text, encoding="utf-8"))


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """What can be done where nothing more can be written to ``folder``."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(f"What is read is kept in “{folder}”, where there is no room left.") from error
        if error.filename == str(folder) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise _no_place(folder) from error
        raise


def _plain_entry(found: Cached) -> dict[str, Any]:
    facts = {"fingerprint": found.fingerprint, "rows": found.rows}
    return facts | {key: getattr(found, key) for key in SENTENCES}


def _plain_column(profile: ColumnProfile) -> dict[str, Any]:
    """Its fields; `asdict` would copy every count of every column."""
    return {each.name: getattr(profile, each.name) for each in fields(profile)}


def _no_place(folder: Path) -> FileError:
    return FileError(
        "There is no place to keep what is read.",
        f"It should be kept in the folder “{folder}”, where nothing can be written.",
        "Give yourself access to it, or name another folder in the environment variable NNSTUDIO_CACHE.",
    )


def forget_unused(folder: Path, pattern: str, days: float) -> None:
    """Delete the files of that name that nobody opened for ``days``, and what was left half-written a day ago."""
    oldest, yesterday = time.time() - days * 86_400, time.time() - 86_400
    for path in folder.glob(pattern):
        try:
            is_kept = path.suffix in {".arrow", ".json", ".profile"}
            if (is_kept and _last_used(path) < oldest) or (
                path.suffix == ".partial" and path.stat().st_mtime < yesterday
            ):
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


def _read_column(item: dict[str, Any]) -> ColumnProfile:
    top = tuple((str(name), int(count)) for name, count in item["top"])
    read = {"kind": Kind(item["kind"]), "histogram": tuple(item["histogram"]), "top": top}
    return ColumnProfile(**(item | read))
