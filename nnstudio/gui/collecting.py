"""Python's cycles are collected in the window's thread, between two events: never while Qt walks over widgets.

Left to itself, Python collects wherever the next object is made: in another thread, or in the middle of a new style
sheet. A widget that nobody holds any more would be deleted there, and the program would end without a word.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

OFTEN_MILLISECONDS = 1_000


@contextmanager
def collecting(parent: QObject) -> Iterator[None]:
    """Collect now and then in the thread of ``parent``, and nowhere else."""
    timer = QTimer(parent, interval=OFTEN_MILLISECONDS)
    timer.timeout.connect(collect_what_is_due)
    timer.start()
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        timer.stop()
        timer.deleteLater()


def collect_what_is_due() -> None:
    """Collect the oldest generation of objects of which there are more than Python would let come together."""
    due = [at for at, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)) if count > most]
    if due:
        gc.collect(due[-1])
