"""What takes a while with folders, in a thread of its own: adding up what lies in them, and clearing the cache."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, Signal

REPORT_SECONDS = 0.1


class FolderSizes(QObject):
    """Adds up in another thread what lies in folders.

    Signals
    -------
    found(int, int)
        The place of a folder in the list that was asked for, and its bytes.
    """

    found = Signal(int, object)

    def ask(self, folders: Sequence[Path]) -> None:
        threading.Thread(target=self._add_up, args=(tuple(folders),), name="folder sizes", daemon=True).start()

    def _add_up(self, folders: tuple[Path, ...]) -> None:
        for place, folder in enumerate(folders):
            total = size_of(folder)
            try:
                self.found.emit(place, total)
            except RuntimeError:  # the dialog went meanwhile, and this object with it
                return


class CacheClearing(QObject):
    """Deletes in another thread what the cache holds.

    Signals
    -------
    progressed(int, int)
        So many files of so many are deleted; a few times a second.
    ended(int)
        It is done; so many bytes were deleted.
    """

    progressed = Signal(int, int)
    ended = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_busy = False
        self.ended.connect(self._end)

    def start(self) -> None:
        """Begin, unless it is under way."""
        if not self.is_busy:
            self.is_busy = True
            threading.Thread(target=self._clear, name="cache clearing", daemon=True).start()

    def _clear(self) -> None:
        from nnstudio.data.cache import clear_cache  # noqa: PLC0415  # loads pyarrow, which the window starts without

        size, due = 0, monotonic() + REPORT_SECONDS
        try:
            for done, total, freed in clear_cache():
                size += freed
                if monotonic() >= due:
                    due = monotonic() + REPORT_SECONDS
                    self.progressed.emit(done, total)
            self.ended.emit(size)
        except RuntimeError:  # the dialog went meanwhile, and this object with it
            for _ in clear_cache():
                pass

    def _end(self) -> None:
        self.is_busy = False


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder, as far as they can be seen."""
    total = 0
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total
