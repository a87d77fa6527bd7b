"""Which window takes what is opened from outside: the one that holds a lock, from its start on until it closes.

Of programs that start in the same instant one gets it, and the others hand over to that one, however long it takes to
listen. A program that ends, in whatever way, holds it no more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile

from nnstudio.gui.handover import hand_over, is_private

STARTING_SECONDS = 15.0
"""So long a program may take to get its window; one that has none by then is left alone."""
LOOK_AGAIN_SECONDS = 0.02


class Claim:
    """The lock beside the socket ``name``; ``is_possible`` says whether there is a place for it that is one's own."""

    def __init__(self, name: str, platform: str = sys.platform) -> None:
        self._path = Path(tempfile.gettempdir() if platform == "win32" else "", f"{name}.lock")
        self.is_possible = platform == "win32" or is_private(self._path.parent)
        self._lock = QLockFile(str(self._path))
        self._lock.setStaleLockTime(0)  # it is held for hours; whose process is gone does not count

    def take(self) -> bool:
        """Whether it is this window’s, now or already."""
        return self._lock.isLocked() or (self.is_possible and self._lock.tryLock(0))

    def take_away(self) -> None:
        """Take it from one that hangs, or that is gone although it does not look so: the machine was renamed since."""
        self._path.unlink(missing_ok=True)
        self.take()

    def release(self) -> None:
        """Let another window have it."""
        self._lock.unlock()


def is_handed_over(paths: Sequence[str], environment: Mapping[str, str], claim: Claim) -> bool:
    """Whether a window that is open, or about to be, has taken ``paths``.

    If not, there is to be another one: either ``claim`` is held now, or who holds it has other things to do.
    """
    patient_until = time.monotonic() + STARTING_SECONDS
    while claim.is_possible and not claim.take():
        answer = hand_over(paths, environment)
        if answer is not None:
            return answer
        if time.monotonic() > patient_until:
            claim.take_away()
            return False
        time.sleep(LOOK_AGAIN_SECONDS)
    return False
