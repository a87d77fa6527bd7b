"""The engine's end of the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Empty

from nnstudio.spec.errors import as_studio_error, is_disk_full
from nnstudio.spec.events import (
    ChangeRates,
    DiskFull,
    Inbox,
    Pause,
    Paused,
    RatesChanged,
    Resume,
    Resumed,
    Stop,
)

RETRY_SECONDS = 2.0
"""How long a full disk is waited for before the next try."""


class Remote:
    """Takes commands and acknowledges them; a command that changes nothing is passed over."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.stopped = False

    def insist(self, action: Callable[[], object]) -> Iterator[DiskFull | Resumed]:
        """Carry ``action`` out; where the disk is full, say so and try again until there is room, or a `Stop` comes.

        Any other error of it is raised.
        """
        waited = False
        while not self.stopped:
            try:
                action()
                break
            except Exception as error:  # files, databases and PyTorch each have one of their own
                if not is_disk_full(error):
                    raise
                if not waited:
                    yield DiskFull(as_studio_error(error).why)
                waited = True
            self._wait()
        if waited:
            yield Resumed()

    def _wait(self) -> None:
        """Let some time pass, in which only a `Stop` is heard."""
        try:
            self.stopped = isinstance(self.inbox.get(timeout=RETRY_SECONDS), Stop)
        except Empty:
            return

    def hears_stop(self) -> bool:
        """Whether a `Stop` has come; what else waits, waits on."""
        waiting = []
        while not self.inbox.empty():
            waiting.append(self.inbox.get())
        self.stopped |= any(isinstance(each, Stop) for each in waiting)
        for each in waiting:
            if not isinstance(each, Stop):
                self.inbox.put(each)
        return self.stopped

    def answer(
        self, change: Callable[[ChangeRates], Iterable[RatesChanged]]
    ) -> Iterator[Paused | Resumed | RatesChanged]:
        """Answer what waits, other rates by what ``change`` gives; while paused, wait for more. Ends when stopped."""
        paused = False
        while (paused or not self.inbox.empty()) and not self.stopped:
            match self.inbox.get():
                case Stop():
                    self.stopped = True
                case Pause() if not paused:
                    paused = True
                    yield Paused()
                case Resume() if paused:
                    paused = False
                    yield Resumed()
                case ChangeRates() as wish:
                    yield from change(wish)
