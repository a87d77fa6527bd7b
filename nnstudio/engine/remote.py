"""The engine's end of the inbox."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.spec.events import Inbox, Pause, Paused, Resume, Resumed, Stop


class Remote:
    """Takes commands and acknowledges them; a command that changes nothing is passed over."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.stopped = False

    def answer(self) -> Iterator[Paused | Resumed]:
        """Answer what waits; while paused, wait for more. Ends at once when stopped."""
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
