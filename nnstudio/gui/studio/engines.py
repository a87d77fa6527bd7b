"""The engines that the window asks: one that is kept warm, and others for what would have to wait for that one.

The second takes what is asked while the first trains, the third searches. The fourth is started where the second has to
answer single examples: it takes what lasts, so that a slider is answered within some hundredths of a second even then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.gui.studio.worker import LinkMaker, Worker
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Command, EngineReady, Event, Failed
from nnstudio.spec.requests import (
    AskModel,
    AskPicture,
    ContinueRun,
    ContinueSearch,
    DescribeModel,
    Evaluate,
    ExportModel,
    FitBatch,
    OpenPath,
    OpenSource,
    PredictTable,
    PreviewSource,
    RepeatProject,
    Request,
    ResumeRun,
    SearchProject,
    TakeExample,
    TrainProject,
    TryRates,
    WarmUp,
    WatchStep,
)

if TYPE_CHECKING:
    from nnstudio.jobs.runner import Bundle

TRAINING = (TrainProject, ResumeRun, ContinueRun)
"""Requests that keep an engine for long."""
BESIDE = (RepeatProject, ExportModel)
"""Requests that take a while and that training does not wait for."""
LASTING = (*TRAINING, *BESIDE, Evaluate, PredictTable, OpenPath, OpenSource, FitBatch, TryRates)
"""Requests that may keep an engine for longer than somebody waits who drags a slider."""
ASKING = (DescribeModel, AskModel, AskPicture, TakeExample, WatchStep)
"""Requests that are answered at once, many times a second."""
SEARCHING = (SearchProject, ContinueSearch)
"""Requests that keep an engine so long that they have one of their own: one can train and look meanwhile."""
Receive = Callable[[list[Event]], None]


class JobHandle:
    """A job that was asked for, and who hears what it says."""

    def __init__(self, engine: Engine, request: Request, receive: Receive) -> None:
        self.request, self.receive = request, receive
        self._engine = engine
        self.submit()

    def submit(self) -> None:
        """Ask the engine for the job, or ask its successor again."""
        self.number = self._engine.worker.link.submit(self.request)

    def command(self, command: Command) -> None:
        """Say something to the job."""
        self._engine.worker.link.command(self.number, command)

    def forget(self) -> None:
        """Hear nothing of it any more: who heard it may be gone when it says its next."""
        self.receive = lambda _: None


class RefusedJob(JobHandle):
    """A job that no engine was asked for."""

    def __init__(self, request: Request, receive: Receive, refusal: StudioError) -> None:
        self.request, self.receive = request, receive
        QTimer.singleShot(0, lambda: self.receive([Failed(refusal)]))

    def command(self, command: Command) -> None:
        """Nobody is there to be told."""


class Engine(QObject):
    """One worker with the jobs that were asked of it; replaced when its engine is lost."""

    def __init__(self, make_link: LinkMaker, parent: QObject) -> None:
        super().__init__(parent)
        self._make_link = make_link
        self._jobs: dict[int, JobHandle] = {}
        self.worker = self._start()

    def submit(self, request: Request, receive: Receive) -> JobHandle:
        handle = JobHandle(self, request, receive)
        self._jobs[handle.number] = handle
        return handle

    @property
    def is_training(self) -> bool:
        return any(isinstance(handle.request, TRAINING) for handle in self._jobs.values())

    @property
    def is_lasting(self) -> bool:
        return any(isinstance(handle.request, LASTING) for handle in self._jobs.values())

    @property
    def is_reading(self) -> bool:
        return any(isinstance(handle.request, OpenPath | OpenSource) for handle in self._jobs.values())

    def close(self) -> None:
        self.worker.close()

    def _start(self) -> Worker:
        worker = Worker(self._make_link(), self)
        worker.heard.connect(self._hear)
        worker.lost.connect(self._replace)
        worker.start()
        return worker

    def _hear(self, bundle: Bundle) -> None:
        handle = self._jobs.get(bundle.job)
        if handle is None:
            return
        if bundle.done:
            del self._jobs[bundle.job]
        if bundle.events:
            handle.receive(bundle.events)

    def _replace(self, error: StudioError) -> None:
        """The engine is gone: the job that was under way failed, those behind it go to a new engine."""
        handles = list(self._jobs.values())
        self.worker.wait()
        self.worker.deleteLater()
        self.worker = self._start()
        for handle in handles[1:]:
            handle.submit()
        self._jobs = {handle.number: handle for handle in handles[1:]}
        self.worker.link.submit(WarmUp())
        if handles:
            handles[0].receive([Failed(error)])


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
        self.guard: Callable[[Request], None] = lambda _: None
        """Raises `StudioError` for a request that may not be carried out."""
        self._make_link = make_link
        self._started: dict[str, Engine] = {}
        """By what each is for; started when it is first asked, so that none delays the window."""
        self._has_answered = False
        """Whether somebody asks for single examples, who may do so again while both engines are busy."""

    def warm_up(self) -> None:
        """Load what the first run would otherwise wait for."""
        self._main.submit(WarmUp(), self._warmed)

    def warm_up_to_search(self) -> None:
        """Load what the first search would otherwise wait for."""
        self._searching.submit(WarmUp(), lambda _: None)

    def submit(self, request: Request, receive: Receive) -> JobHandle:
        """Ask for a job; ``receive`` gets each bundle of its events, in this thread."""
        try:
            self.guard(request)
        except StudioError as refusal:
            return RefusedJob(request, receive, refusal)
        job = self._engine_for(request).submit(request, receive)
        self._has_answered |= isinstance(request, ASKING)
        if self._has_answered and "spare" not in self._started and self._are_lasting:
            self._spare.submit(WarmUp(), lambda _: None)
        return job

    def _engine_for(self, request: Request) -> Engine:
        """The engine that carries out ``request`` soonest."""
        if isinstance(request, SEARCHING):
            return self._searching
        if isinstance(request, BESIDE):
            return self._beside
        if isinstance(request, ASKING):
            return self._spare if self._are_lasting else self._side if self._main.is_lasting else self._main
        if self._main.is_training and not isinstance(request, TRAINING):
            return self._beside if isinstance(request, LASTING) else self._side
        return self._side if self._main.is_reading and isinstance(request, PreviewSource) else self._main

    def _engine(self, key: str) -> Engine:
        if key not in self._started:
            self._started[key] = Engine(self._make_link, self)
        return self._started[key]

    @property
    def _main(self) -> Engine:
        return self._engine("main")

    @property
    def _side(self) -> Engine:
        return self._engine("side")

    @property
    def _searching(self) -> Engine:
        return self._engine("searching")

    @property
    def _spare(self) -> Engine:
        return self._engine("spare")

    @property
    def _beside(self) -> Engine:
        """The engine for what lasts beside the first: not the second where that answers single examples."""
        return self._spare if self._has_answered and self._main.is_lasting else self._side

    @property
    def _are_lasting(self) -> bool:
        return self._main.is_lasting and "side" in self._started and self._side.is_lasting

    def close(self) -> None:
        """Abandon everything and end the engines."""
        for engine in self._started.values():
            engine.close()

    def _warmed(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, EngineReady):
                self.ready.emit(event)
