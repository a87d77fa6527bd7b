"""How any file is written so that a crash leaves the old one."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nnstudio.spec.errors import FileError
from nnstudio.spec.files.needed import Needed
from nnstudio.spec.files.there import is_there

MOST_LETTERS = 40
"""Of a name that the file beside it begins with, so that it may be as long as names can be."""


def write_atomically(
    path: Path, write: Callable[[Path], object], check: Callable[[Path], object] | None = None
) -> None:
    """Let ``write`` fill a file beside ``path``, ``check`` read it back, then put it in the place of ``path`` at once.

    Whatever fails, ``path`` stays what it was and nothing is left behind. Raises OSError, or what the functions raise.
    """
    with replacing(path) as partial:
        write(partial)
        if check is not None:
            check(partial)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside ``path`` that takes its place at once when the body ends; it goes where the body raises.

    Where ``path`` is a link, the file that it names is replaced, and the link stays.
    """
    _need_file(path)
    path = _named(path)
    partial = _partial(path)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(_mode_of(path))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def need_place(path: Path, *needed: Needed) -> None:
    """Raise, before long work, the OSError that writing ``path`` would end with: it is a folder, or its own takes none.

    Raises `FileError` where it is one of the files ``needed``, which would be lost, or a device.
    """
    spare_needed(path, *needed)
    _need_file(path)
    _partial(_named(path)).unlink()


def spare_needed(path: Path, *needed: Needed) -> None:
    """Raise `FileError` where ``path`` is one of the files ``needed``, which would be lost."""
    for each in needed:
        if is_there(path) and is_there(each.path) and path.samefile(each.path):
            raise FileError(f"“{path.name}” is {each.what}.", "It would be lost.", "Choose another name.")


def _need_file(path: Path) -> None:
    """Raise where ``path`` is something else than a file, which would be no more: a folder, a device, a pipe."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if is_there(path) and not path.is_file():
        raise FileError(f"“{path.name}” is no ordinary file.", "A device or a pipe cannot be replaced.", "Name a file.")


def _named(path: Path) -> Path:
    """``path``, or the file that it names where it is a link, whether that is there or not."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _partial(path: Path) -> Path:
    """A new empty file beside ``path``; where there can be none, the OSError names the folder."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:MOST_LETTERS]}.", suffix=".partial", dir=path.parent)
    except OSError as error:
        error.filename = str(path.parent)
        raise
    os.close(handle)
    return Path(name)


def _mode_of(path: Path) -> int:
    """The permissions of the file to replace, or those that a new file gets."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
