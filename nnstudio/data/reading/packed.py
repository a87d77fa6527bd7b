"""Packed files (gzip, bzip2, xz, zstd, ZIP) as streams of what they hold, within a limit against bombs."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from nnstudio.spec.errors import DataError
from nnstudio.spec.words import counted

LARGEST = 2**32
"""Bytes that a packed file may unfold to."""

FREE = 2**26
"""Bytes that it may unfold to whatever its own size is."""

RATIO = 200
"""Beyond `FREE`, how many times its own size it may unfold to; text is packed to a tenth, rarely to a fiftieth."""

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
}
"""How packed files begin."""

TABLE_NAMES = frozenset({".csv", ".tsv", ".tab", ".txt", ".dat", ".data", ".psv"})

_SURE_NAMES = TABLE_NAMES - {".txt"}
"""Beside such a file, one called .txt is rather a word about it."""

RECORD_NAMES = frozenset({".json", ".jsonl", ".ndjson", ".jsonlines", ".geojson"})

DAMAGED = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile, pa.ArrowException, OSError)
"""What the unpackers raise for bytes that are not what they should be."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an archive of several files holds: the one that is read, and the ``choices`` that are called like tables."""

    member: str = ""
    choices: tuple[str, ...] = ()
    files: int = 1

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of it."""
        shown = PurePosixPath(self.member).name
        return (f"The archive holds {self.files:,} files; “{shown}” was read.",) if self.files > 1 else ()


@dataclass(eq=False, slots=True)
class Unpacked:
    """What a file holds, as a stream; ``position`` and ``size`` are in bytes of the file itself."""

    stream: IO[bytes]
    position: Callable[[], int]
    size: int
    packing: str = ""
    held: Held = field(default_factory=Held)


def packing_of(head: bytes) -> str:
    """How a file that begins like ``head`` is packed; empty where it is not."""
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


@contextlib.contextmanager
def unpack(path: Path, member: str = "") -> Iterator[Unpacked]:
    """The bytes of ``path``, unpacked where it is packed; of an archive, those of ``member`` or of its first table.

    Reading raises `DataError` for a file that is damaged or cut off, or unfolds beyond the limits.
    """
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        packing = packing_of(file.read(8))
        file.seek(0)
        size = path.stat().st_size
        if not packing:
            yield Unpacked(file, file.tell, size)
            return
        try:
            stream, held = _unpacker(packing, file, path.name, member, stack)
        except DAMAGED as error:
            raise _damaged(path.name, packing) from error
        limited = io.BufferedReader(_Limited(stream, path.name, packing, size), 2**18)
        yield Unpacked(stack.enter_context(limited), file.tell, size, packing, held)


def _unpacker(packing: str, file: IO[bytes], name: str, member: str, stack: contextlib.ExitStack) -> tuple[Any, Held]:
    match packing:
        case "gzip":
            return stack.enter_context(gzip.GzipFile(fileobj=file)), Held()
        case "bzip2":
            return stack.enter_context(bz2.BZ2File(file)), Held()
        case "xz":
            return stack.enter_context(lzma.LZMAFile(file)), Held()
        case "zstd":
            return stack.enter_context(pa.CompressedInputStream(pa.PythonFile(file), "zstd")), Held()
    archive = stack.enter_context(zipfile.ZipFile(file))
    held = _held(archive, name, member)
    chosen = archive.getinfo(held.member)
    if chosen.flag_bits & 1:
        raise DataError(f"“{name}” is locked with a password.", "", "Unpack it first.")
    return stack.enter_context(archive.open(chosen)), held


def _held(archive: zipfile.ZipFile, name: str, member: str) -> Held:
    """The file of an archive that is read: ``member``, else the first called like a table, else the only one."""
    members = [info.filename for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
    called = {member: PurePosixPath(member).suffix.casefold() for member in members}
    tables = [one for names in (_SURE_NAMES, TABLE_NAMES, RECORD_NAMES) for one in members if called[one] in names]
    if not members:
        raise DataError(f"“{name}” is an empty ZIP archive.", "", "Choose another file.")
    if member and member not in members:
        raise DataError(
            f"“{name}” holds no file “{member}”.",
            f"It holds {counted(len(members), 'file')}.",
            "Choose one of them.",
        )
    if not tables and len(members) > 1 and not member:
        raise DataError(
            f"“{name}” is a ZIP archive without a text table.",
            f"It holds {len(members):,} other files.",
            "Unpack it, and open the file or folder that you mean.",
        )
    chosen = member or (tables or members)[0]
    alike = RECORD_NAMES if called[chosen] in RECORD_NAMES else TABLE_NAMES
    return Held(chosen, tuple(one for one in members if called[one] in alike), len(members))


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1].startswith("."))


class _Limited(io.RawIOBase):
    """Passes on what an unpacker gives, until it is more than can be honest."""

    def __init__(self, stream: Any, name: str, packing: str, size: int) -> None:
        self._stream, self._name, self._packing = stream, name, packing
        self._most = min(LARGEST, max(FREE, RATIO * size))
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            content = self._stream.read(len(view))
        except (*DAMAGED, RuntimeError, NotImplementedError) as error:
            if isinstance(error, OSError) and error.errno:
                raise  # the disk, not the content
            raise _damaged(self._name, self._packing) from error
        self._given += len(content)
        if self._given > self._most:
            raise DataError(
                f"“{self._name}” was not unpacked.",
                f"It unfolds to more than {self._most / 2**20:,.0f} MiB, as files do that are meant to fill up memory.",
                "Unpack it yourself if you trust it, and open what comes out.",
            )
        view[: len(content)] = content
        return len(content)


def _damaged(name: str, packing: str) -> DataError:
    return DataError(
        f"“{name}” could not be unpacked.",
        f"It is packed ({packing}), and damaged or cut off.",
        "Download or copy it again.",
    )
