"""The verbs of judging: on which rows, and with several seeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nnstudio.gui.studio.engines import Engines, JobHandle
from nnstudio.gui.studio.one_job import OneJob
from nnstudio.session.document import Document
from nnstudio.session.folds import repeats_stopped_sentence
from nnstudio.session.listeners import Listeners
from nnstudio.session.notices import Notices
from nnstudio.session.preflight import Finding, preflight
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import (
    Evaluated,
    Evaluating,
    Event,
    Failed,
    Progress,
    RepeatDone,
    RepeatsStopped,
    RepeatStarted,
    Stop,
)
from nnstudio.spec.parts import JudgedPart
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Evaluate, RepeatProject
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.sources import TableSource


class Evaluator:
    """Judges the network at hand, one question at a time; a new one takes the one before it back.

    ``changed()`` is told of every answer, and a few times a second of how far it is.
    """

    def __init__(self, document: Document, engines: Engines, model: Callable[[], str]) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.part: JudgedPart = "test"
        self.found: Evaluation | None = None
        self.error: StudioError | None = None
        self.progress: Evaluating | None = None
        self.asked = ""
        """The model file that the last question was about."""
        self._document, self._model = document, model
        self._file = ""
        self._job = OneJob(engines)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._job.is_busy

    def ask(self, part: JudgedPart, file: Path | None = None) -> None:
        """Judge the network on a part of its split, or on another ``file``."""
        self.forget()
        self.part, self.asked = part, self._model()
        self._file = str(file) if file else self._file
        if self.asked:
            self._job.ask(self._request(), self._hear)
        self.changed.tell()

    def _request(self) -> Evaluate:
        if self.part == "file":
            return Evaluate(self.asked, "file", TableSource(self._file), detect=True)
        data = self._document.project.data
        return Evaluate(self.asked, self.part, data.source if data else None)

    def forget(self) -> None:
        """Nothing is known of the network at hand any more; what was asked is taken back."""
        self._job.forget()
        self.found = self.error = self.progress = None

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case Evaluating():
                    self.progress = event
                case Evaluated(evaluation):
                    self.found = evaluation
                    self._job.end()
                case Failed(error):
                    self.error = error
                    self._job.end()
        self.changed.tell()


class Repeater:
    """Trains the project that is open with several seeds. ``changed()`` is told of every step of it."""

    def __init__(self, document: Document, engines: Engines, notices: Notices) -> None:
        self.changed: Listeners[[]] = Listeners()
        self.project: Project | None = None
        """What the runs were trained from."""
        self.done: list[RepeatDone] = []
        self.started: RepeatStarted | None = None
        self.progress: Progress | None = None
        self.error: StudioError | None = None
        self.is_stopping = False
        self._document, self._engines, self._notices = document, engines, notices
        self._job: JobHandle | None = None

    @property
    def is_busy(self) -> bool:
        return self._job is not None

    @property
    def can_stop(self) -> bool:
        return self.is_busy and not self.is_stopping

    def blocking(self) -> tuple[Finding, ...]:
        """What speaks against training."""
        return tuple(finding for finding in preflight(self._document.state) if finding.blocks)

    def repeat(self, count: int) -> None:
        """Train with ``count`` seeds, unless something speaks against it or they are trained already."""
        if self.is_busy or self._document.project.data is None or self.blocking():
            return
        state = self._document.state
        self.project, self.done, self.started, self.error = state.project, [], None, None
        self._job = self._engines.submit(RepeatProject(state.project, count, state.name), self._hear)
        self.changed.tell()

    def stop(self) -> None:
        """End it at the next batch; the runs that are done stay."""
        if self._job and self.can_stop:
            self._job.command(Stop())
            self.is_stopping = True
            self.changed.tell()

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case RepeatStarted():
                    self.started, self.progress = event, None
                case Progress():
                    self.progress = event
                case RepeatDone():
                    self.done.append(event)
                    if event.number == event.count:
                        self._end()
                case RepeatsStopped():
                    self._notices.info(repeats_stopped_sentence(event, len(self.done)))
                    self._end()
                case Failed(error):
                    self.error = error
                    self._notices.error(error)
                    self._end()
        self.changed.tell()

    def _end(self) -> None:
        self._job = self.started = self.progress = None
        self.is_stopping = False
