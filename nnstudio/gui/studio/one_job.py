"""One job at a time: whoever asks again takes the question before back, and hears nothing of it any more."""

from __future__ import annotations

from nnstudio.gui.studio.engines import Engines, JobHandle, Receive
from nnstudio.spec.events import Event, Stop
from nnstudio.spec.requests import Request


class OneJob:
    """The job that somebody waits for, if there is one."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._job: JobHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it has more to say."""
        return self._job is not None

    def ask(self, request: Request, hear: Receive) -> None:
        """Ask for another one; ``hear`` is told what it says, until `end`, `forget` or the next question."""
        self.forget()

        def hear_while_wanted(events: list[Event]) -> None:
            if self._job is job:
                hear(events)

        job = self._job = self._engines.submit(request, hear_while_wanted)

    def stop(self) -> None:
        """Ask it to end; what it says to that is heard."""
        if self._job:
            self._job.command(Stop())

    def end(self) -> None:
        """It has said its last."""
        self._job = None

    def forget(self) -> None:
        """Ask it to end, and hear nothing of it any more."""
        self.stop()
        self.end()
