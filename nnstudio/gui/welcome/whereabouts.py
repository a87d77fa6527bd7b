"""Which files are gone: asked in another thread, since a folder of another machine may take long to answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class Whereabouts(QObject):
    """Looks for files.

    Signals
    -------
    missing(frozenset[str])
        Which of the paths that were asked for last are not there.
    """

    missing = Signal(object)
    _found = Signal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._found.connect(self._hear)

    def ask(self, paths: Iterable[str]) -> None:
        """Look for ``paths``; what was asked before is forgotten."""
        self._number += 1
        wanted = self._number, tuple(paths)
        threading.Thread(target=self._look, args=wanted, name="whereabouts", daemon=True).start()

    def _look(self, number: int, paths: tuple[str, ...]) -> None:
        gone = frozenset(path for path in paths if not _exists(Path(path)))
        try:
            self._found.emit(number, gone)
        except RuntimeError:  # the window went meanwhile, and this object with it
            return

    def _hear(self, number: int, gone: frozenset[str]) -> None:
        if number == self._number:
            self.missing.emit(gone)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a disk that does not answer: nobody knows
        return True
