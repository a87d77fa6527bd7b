"""What tells that a file is still the same: its size and time of change at once, the hash of its bytes for sure."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

from nnstudio.spec.errors import GONE, DataError

Result = TypeVar("Result")

PIECE = 2**20
"""Bytes that are hashed at a time."""

Digest = Callable[[], str]
"""Gives a fingerprint, which somebody may have to find first."""


def known(fingerprint: str) -> Digest:
    """One that nobody has to find."""
    return lambda: fingerprint


class Unfound:
    """The fingerprint of a file as it was read, found out by who asks first; a `Digest`.

    Asking raises `DataError` where the file is not in the ``state`` any more in which it was read.
    """

    def __init__(self, path: Path, before: tuple[int, int]) -> None:
        self._path, self._before = path, before
        self._found = ""
        self._asked, self._unwanted = Lock(), Event()

    def __call__(self) -> str:
        with self._asked:
            if not self._found:
                self._found = unchanged(self._path, self._before, self._find)
        return self._found

    def _find(self) -> str:
        return fingerprint(self._path, lambda: not self._unwanted.is_set())

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Another thread finds it while the body runs; unless that raises, it is found afterwards."""
        with ThreadPoolExecutor(1) as beside:
            finding = beside.submit(self)
            try:
                yield
                finding.result()
            except BaseException:
                self._unwanted.set()
                raise


def unchanged(path: Path, before: tuple[int, int], read: Callable[[], Result]) -> Result:
    """What ``read`` gives; where the file became another one than ``before``, that is what went wrong."""
    with while_unchanged(path, before):
        return read()


@contextmanager
def while_unchanged(path: Path, before: tuple[int, int]) -> Iterator[None]:
    """Raises `DataError` where the file became another one than ``before`` while the body read it."""
    try:
        yield
    except (DataError, OSError):
        require_file(path)
        if state(path) == before:
            raise
        raise _changed(path) from None
    require_file(path)
    if state(path) != before:
        raise _changed(path)


def _changed(path: Path) -> DataError:
    return DataError(f"“{path.name}” changed while it was read.", "", "Open it again.")


def fingerprint(path: Path, wanted: Callable[[], bool] = lambda: True) -> str:
    """The SHA-256 of the bytes of ``path``, as ``sha256:<hex>``; empty as soon as it is not ``wanted`` any more."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            if not wanted():
                return ""
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def state(path: Path) -> tuple[int, int]:
    """Size and time of change (ns) of a file: with its path, what tells that it is still the same."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def require_file(path: Path) -> None:
    """Raise `DataError` where ``path`` is missing, a folder, a device or a link that leads back to itself."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise DataError(f"“{path.name}” is not there.", GONE, "Choose another file.") from error
    except (OSError, ValueError) as error:  # a ValueError is a NUL in the name
        if isinstance(error, PermissionError):
            raise
        raise DataError(f"“{path.name}” cannot be opened.", _why(error), "Choose another file.") from error
    if stat.S_ISDIR(mode):
        raise DataError(f"“{path.name}” is a folder, not a table.", "", "Open it as an image folder.")
    if not stat.S_ISREG(mode):
        raise DataError(f"“{path.name}” is no table.", "It is not an ordinary file.", "Choose another file.")


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return "It is a link that leads back to itself." if "symbolic link" in error.strerror else f"{error.strerror}."
    return "There can be no such name."
