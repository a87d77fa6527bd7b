"""The engines that the window asks: one that is kept warm, and a second one for light jobs while the first trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from nnstudio.gui.worker import LinkMaker, Worker
from nnstudio.jobs.runner import Bundle
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Command, Event, Failed
from nnstudio.spec.requests import Request, TrainProject, WarmUp

Receive = Callable[[list[Event]], None]


@dataclass(frozen=True, slots=True)
class JobHandle:
    """A job that was asked for: whose it is, and its number there."""

    engine: Engine
    number: int

    def command(self, command: Command) -> None:
        """Say something to the job."""
        self.engine.worker.link.command(self.number, command)


class Engine(QObject):
    """One worker with the jobs that are under way in it; replaced when its engine is lost."""

    def __init__(self, make_link: LinkMaker, parent: QObject) -> None:
        super().__init__(parent)
        self._make_link = make_link
        self._jobs: dict[int, tuple[Request, Receive]] = {}
        self.worker = self._start()

    def submit(self, request: Request, receive: Receive) -> JobHandle:
        number = self.worker.link.submit(request)
        self._jobs[number] = (request, receive)
        return JobHandle(self, number)

    @property
    def is_training(self) -> bool:
        return any(isinstance(request, TrainProject) for request, _ in self._jobs.values())

    def close(self) -> None:
        self.worker.close()

    def _start(self) -> Worker:
        worker = Worker(self._make_link(), self)
        worker.heard.connect(self._hear)
        worker.lost.connect(self._replace)
        worker.start()
        return worker

    def _hear(self, bundle: Bundle) -> None:
        if bundle.job not in self._jobs:
            return
        _, receive = self._jobs[bundle.job]
        if bundle.done:
            del self._jobs[bundle.job]
        if bundle.events:
            receive(bundle.events)

    def _replace(self, error: StudioError) -> None:
        """The engine is gone: every job under way failed, and a new engine starts."""
        broken = self._jobs
        self._jobs = {}
        self.worker.wait()
        self.worker.deleteLater()
        self.worker = self._start()
        self.worker.link.submit(WarmUp())
        for _, receive in broken.values():
            receive([Failed(error)])


class Engines(QObject):
    """Hands each job to an engine that is free for it.

    Signals
    -------
    ready(EngineReady)
        The main engine can train at once.
    """

    ready = Signal(object)

    def __init__(self, make_link: LinkMaker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_link = make_link
        self._main = Engine(make_link, self)
        self._side: Engine | None = None

    def warm_up(self) -> None:
        """Load what the first run would otherwise wait for."""
        self._main.submit(WarmUp(), self._warmed)

    def submit(self, request: Request, receive: Receive) -> JobHandle:
        """Ask for a job; ``receive`` gets each bundle of its events, in this thread."""
        if self._main.is_training and not isinstance(request, TrainProject):
            self._side = self._side or Engine(self._make_link, self)
            return self._side.submit(request, receive)
        return self._main.submit(request, receive)

    def close(self) -> None:
        """Abandon everything and end the engines."""
        for engine in (self._main, self._side):
            if engine:
                engine.close()

    def _warmed(self, events: list[Event]) -> None:
        for event in events:
            self.ready.emit(event)
