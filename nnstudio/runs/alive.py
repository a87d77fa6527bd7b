"""Whether the process that trains a run still lives: it holds a lock that the system lets go with the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nnstudio.spec.errors import TrainingError

NAME = "running.lock"


@contextmanager
def alive(folder: Path) -> Iterator[None]:
    """Hold the lock of the run in ``folder``; raises `TrainingError` where another process does."""
    lock = FileLock(folder / NAME)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise TrainingError("This run is under way already.", "Another window or terminal trains it.") from error
    try:
        yield
    finally:
        lock.release()


def is_alive(folder: Path) -> bool:
    """Whether some process trains the run in ``folder``."""
    if not (folder / NAME).exists():
        return False
    try:
        with alive(folder):
            return False
    except TrainingError:
        return True
