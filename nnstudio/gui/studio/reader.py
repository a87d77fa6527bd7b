"""Reads one source at a time, says how far it is, and lets it be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.session.listeners import Listeners
from nnstudio.spec.errors import DataError, StudioError
from nnstudio.spec.events import Event, Failed, Previewed, Reading, SourceOpened, Stop
from nnstudio.spec.facts import Preview, SourceFacts
from nnstudio.spec.requests import OpenPath, OpenSource


@dataclass(frozen=True, slots=True)
class ReadingNow:
    """The file that is being read: how far, and its first rows once they are known."""

    path: str
    progress: Reading | None = None
    preview: Preview | None = None

    @property
    def name(self) -> str:
        return Path(self.path).name


class SourceReader:
    """At most one source is being read; another one takes its place.

    ``changed(now)`` is told when reading begins, goes on or ends (None).
    """

    def __init__(self, engines: Engines) -> None:
        self.changed: Listeners[[ReadingNow | None]] = Listeners()
        self.now: ReadingNow | None = None
        self._engines = engines
        self._job: JobHandle | None = None
        self._failed: Callable[[StudioError], None] = _ignore
        self._attempt = 0

    def read(
        self,
        request: OpenSource | OpenPath,
        found: Callable[[SourceFacts], None],
        failed: Callable[[StudioError], None],
    ) -> None:
        """Read a source; what is being read is given up for it. ``failed`` is also told of `cancel`."""
        self._stop()
        self._failed = failed
        path = request.path if isinstance(request, OpenPath) else request.source.path
        self._tell(ReadingNow(path))
        attempt = self._attempt

        def hear(events: list[Event]) -> None:
            for event in events:
                if attempt == self._attempt:
                    self._take(event, found)

        self._job = self._engines.submit(request, hear)

    def cancel(self) -> None:
        """Give up what is being read."""
        if self.now is None:
            return
        name, failed = self.now.name, self._failed
        self._stop()
        failed(cancelled(name))
        self._tell(None)

    def forget(self) -> None:
        """Give up what is being read without a word: nothing is open any more."""
        if self.now is not None:
            self._stop()
            self._tell(None)

    def _take(self, event: Event, found: Callable[[SourceFacts], None]) -> None:
        match event:
            case Previewed() if self.now:
                self._tell(replace(self.now, preview=event.preview))
            case Reading() if self.now:
                self._tell(replace(self.now, progress=event))
            case SourceOpened():
                self._end()
                found(event.facts)
                self._tell_end()
            case Failed():
                failed = self._failed
                self._end()
                failed(event.error)
                self._tell_end()

    def _stop(self) -> None:
        if self._job:
            self._job.command(Stop())
        self._end()

    def _end(self) -> None:
        self._attempt += 1
        self._job, self._failed = None, _ignore

    def _tell_end(self) -> None:
        """Nothing is read any more, unless what was found let something else be read."""
        if self._job is None:
            self._tell(None)

    def _tell(self, now: ReadingNow | None) -> None:
        self.now = now
        self.changed.tell(now)


def cancelled(name: str) -> DataError:
    """What is said of a file that the user did not want to wait for."""
    return DataError(f"“{name}” was not read.", "Reading it was cancelled.", "Read it again, or open another file.")


def _ignore(_: StudioError) -> None: ...
