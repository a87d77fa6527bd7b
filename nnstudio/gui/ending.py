"""Ends the program when the system asks it to: Ctrl+C in the terminal, a closed terminal, a logout."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QSocketNotifier

ASKING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that ask a program to end; Windows knows the first two."""
OF_SIGNALS = 128
"""Shells add it to the number of the signal that ended a program."""


@contextmanager
def ended_by_signals(parent: QObject, end: Callable[[int], object]) -> Iterator[None]:
    """Call ``end`` with an exit code, in the thread of ``parent``, when a signal asks the program to end.

    Qt’s loop does not look at Python’s signals: a socket that they write to wakes it. A signal that is ignored stays
    so: that is what ``nohup`` asks for.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, parent)
    notifier.activated.connect(lambda *_: ours.recv(64))  # any slot will do: Python runs its handlers before it
    woken_before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    asking = [number for name in ASKING if (number := getattr(signal, name, None)) is not None]
    heard = [number for number in asking if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _: end(OF_SIGNALS + number)) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        notifier.setEnabled(False)
        ours.close()
        theirs.close()
