"""Who trains the trials: the process of the search itself, and helpers beside it, which are kept warm for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import ClassVar

from nnstudio.engine.examples import Examples
from nnstudio.jobs.link import Link, ProcessLink
from nnstudio.jobs.runner import Bundle
from nnstudio.jobs.searching.trial import Keeping, trained
from nnstudio.spec.errors import EngineLost, StudioError, as_studio_error
from nnstudio.spec.events import Command, EngineReady, Event, Failed, Inbox, Stop
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainTrial, WarmUp

PULL_SECONDS = 0.02
"""So long this process trains at a time where nobody has to look at every epoch."""
IDLE_SECONDS = 120.0
"""So long a helper without work is kept: the next search need not wait for it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker said of its trial; ``done`` when it has nothing more to say."""

    worker: Worker
    events: list[Event]
    done: bool


class Own:
    """Trains in this process, whenever it is pulled: up to the next event, ``one_by_one``, or for a moment."""

    def __init__(self, examples: Examples, threads: int, one_by_one: bool) -> None:
        self._examples, self._threads, self._one_by_one = examples, threads, one_by_one
        self._events: Iterator[Event] | None = None
        self._inbox: Inbox = SimpleQueue()

    @property
    def is_free(self) -> bool:
        return self._events is None

    def start(self, project: Project, run: str, keeping: Keeping) -> None:
        self._inbox = SimpleQueue()
        self._events = trained(project, self._examples, self._inbox, run=run, threads=self._threads, keeping=keeping)

    def release(self) -> None:
        """It is free as soon as its trial is over."""

    def command(self, command: Command) -> None:
        self._inbox.put(command)

    def pull(self) -> Said:
        """Train on."""
        assert self._events is not None  # else nobody pulls
        events: list[Event] = []
        due = 0.0 if self._one_by_one else time.monotonic() + PULL_SECONDS
        try:
            for event in self._events:
                events.append(event)
                if time.monotonic() >= due:
                    return Said(self, events, done=False)
        except Exception as error:  # noqa: BLE001  # the boundary: whatever went wrong becomes the trial's sentence
            events.append(Failed(as_studio_error(error)))
        self._events = None
        return Said(self, events, done=True)

    def close(self) -> None:
        """Give up what is under way."""
        if self._events is not None:
            self._events.close()  # type: ignore[attr-defined]  # it is a generator
            self._events = None


class Helper:
    """A process that trains trials, and the thread that hears from it; ``said`` is where it says so."""

    _idle: ClassVar[list[Helper]] = []
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._link: Link = ProcessLink()
        self._job = 0
        self.is_free, self.was_warm, self.is_lost = False, False, False
        self.said: SimpleQueue[Said] = SimpleQueue()
        self._ender: threading.Timer | None = None
        self._warming = self._link.submit(WarmUp())
        self._thread = threading.Thread(target=self._listen, name="search helper", daemon=True)
        self._thread.start()

    @classmethod
    def take(cls, said: SimpleQueue[Said]) -> Helper:
        """One that was kept warm, or a new one; it tells ``said``."""
        with cls._lock:
            helper = cls._idle.pop() if cls._idle else None
        if helper is None:
            helper = cls()
        helper._stay(said)
        return helper

    def _stay(self, said: SimpleQueue[Said]) -> None:
        """Work for another search."""
        self.said = said
        if self._ender:
            self._ender.cancel()
            self._ender = None

    def give_back(self) -> None:
        """Keep it for the next search, also while it gets warm, or end it where it trains or is lost.

        It ends of its own after a while.
        """
        if (self.was_warm and not self.is_free) or self.is_lost:
            self.close()
            return
        with self._lock:
            self._idle.append(self)
        self._ender = threading.Timer(IDLE_SECONDS, self._end_if_idle)
        self._ender.daemon = True
        self._ender.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if self not in self._idle:
                return
            self._idle.remove(self)
        self.close()

    @classmethod
    def end_idle(cls) -> None:
        """End all that are kept warm."""
        with cls._lock:
            helpers, cls._idle[:] = list(cls._idle), []
        for helper in helpers:
            helper.close()

    def start(self, request: TrainTrial) -> None:
        self.is_free = False
        self._job = self._link.submit(request)

    def release(self) -> None:
        """Its trial was taken note of: it may have another."""
        self.is_free = not self.is_lost

    def command(self, command: Command) -> None:
        self._link.command(self._job, command)

    def close(self) -> None:
        if self._ender:
            self._ender.cancel()
        self._link.close()
        if threading.current_thread() is not self._thread:
            self._thread.join(5)

    def _listen(self) -> None:
        try:
            while (bundle := self._link.receive()) is not None:
                self._hear(bundle)
        except EngineLost as error:
            self.is_lost = True
            self.said.put(Said(self, [Failed(_lost(error))], done=True))

    def _hear(self, bundle: Bundle) -> None:
        if bundle.job == self._warming:  # it loads more behind that, but trains at once when it is asked to
            if any(isinstance(event, EngineReady) for event in bundle.events):
                self.is_free = self.was_warm = True
            return
        self.said.put(Said(self, bundle.events, bundle.done))


def _lost(error: EngineLost) -> StudioError:
    return EngineLost(
        "The process of the trial ended unexpectedly.",
        "It crashed, or the system ended it, for example because memory ran out.",
        "Try fewer trials at a time, or smaller networks.",
        error.details,
    )


Worker = Own | Helper


class Workers:
    """All who train the trials of one search, ``count`` at once: this process, and helpers as soon as they are warm."""

    def __init__(self, own: Own, count: int) -> None:
        self._own = own
        self._said: SimpleQueue[Said] = SimpleQueue()
        self._helpers = [Helper.take(self._said) for _ in range(count - 1)]

    @property
    def _everybody(self) -> list[Worker]:
        return [*self._helpers, self._own]

    def free(self) -> Worker | None:
        """One who has nothing to do, if any; this process last, so that helpers need not wait for it."""
        lost = [helper for helper in self._helpers if helper.is_lost]
        again = [Helper.take(self._said) for helper in lost if helper.was_warm]  # others would be lost again
        self._helpers = [helper for helper in self._helpers if not helper.is_lost] + again
        return next((worker for worker in self._everybody if worker.is_free), None)

    def next(self, timeout: float) -> Said | None:
        """What is said next: by helpers, or else by the trial of this process; None when nothing was for so long."""
        if not self._own.is_free and self._said.empty():
            return self._own.pull()
        try:
            said = self._said.get(timeout=timeout)
        except Empty:
            return None
        if said.done:
            said.worker.release()
        return said

    def stop(self) -> None:
        """Let every trial end at its next batch."""
        for worker in self._everybody:
            if not worker.is_free:
                worker.command(Stop())

    def tell(self, command: Command) -> None:
        """Say something to the helpers; the trial of this process rests anyway while nobody pulls."""
        for helper in self._helpers:
            if not helper.is_free:
                helper.command(command)

    def close(self) -> None:
        self._own.close()
        for helper in self._helpers:
            helper.give_back()
