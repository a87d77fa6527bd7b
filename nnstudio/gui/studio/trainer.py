"""The verbs of a run: start it, unless something speaks against it, and tell it what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from nnstudio.gui.studio.engines import Engines, JobHandle, Receive
from nnstudio.gui.studio.hearing import hearing
from nnstudio.session.baselines import outcome_of
from nnstudio.session.document import Document, State
from nnstudio.session.edits import data_of
from nnstudio.session.folds import folds_sentence, stopped_sentence
from nnstudio.session.listeners import Listeners
from nnstudio.session.live import LiveRun, Status
from nnstudio.session.notices import Notices
from nnstudio.session.preflight import Finding, preflight
from nnstudio.session.queue import RunQueue
from nnstudio.session.sentences import finished_sentence, parts_notice, queued_sentence
from nnstudio.session.tuning import wish
from nnstudio.spec.errors import EngineLost
from nnstudio.spec.events import (
    ChangeRates,
    Command,
    DiskFull,
    Event,
    Failed,
    FoldDone,
    FoldsStopped,
    InterruptedRun,
    Pause,
    PlanChanged,
    Resume,
    Resumed,
    RunFinished,
    RunsInterrupted,
    Stop,
)
from nnstudio.spec.files import project_from_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueRun, DiscardRun, FitBatch, ListInterrupted, ResumeRun, TrainProject, TryRates

QUEUEING = (Status.TRAINING, Status.PAUSED, Status.STOPPING)
"""How a run stands that another one can wait for: one that only begins may be refused at once."""


class Trainer:
    """Trains the project that is open, one run at a time; what is to be trained meanwhile waits in the ``queue``.

    ``blocked(findings)`` is told when Train was refused, ``interrupted(runs)`` which runs could go on, newest first.
    """

    def __init__(self, document: Document, engines: Engines, notices: Notices, threads: Callable[[], int]) -> None:
        self._threads = threads
        self.run = LiveRun()
        self.blocked: Listeners[[tuple[Finding, ...]]] = Listeners()
        self.interrupted: Listeners[[tuple[InterruptedRun, ...]]] = Listeners()
        self.queue = RunQueue()
        self._document, self._engines, self._notices = document, engines, notices
        self._job: JobHandle | None = None
        self._waits_for_disk = False

    @property
    def can_queue(self) -> bool:
        """Whether a run is going on that another one could wait for."""
        return self._document.project.data is not None and self.run.status in QUEUEING

    def train(self) -> None:
        """Start a run, or put it behind the one that is going on, unless something speaks against it."""
        state = self._document.state
        if (self.run.status.is_busy and not self.can_queue) or self._is_blocked(state):
            return
        if self.can_queue:
            self.queue.add(state.name, state.project)
            self._notices.info(queued_sentence(len(self.queue.waiting)), "The Runs tab shows the queue.")
        else:
            self._start(state.project, self._request(state.project, state.name))

    def _request(self, project: Project, name: str) -> TrainProject:
        return TrainProject(project, name=name, threads=self._threads())

    def _start(self, project: Project, request: TrainProject | ResumeRun | ContinueRun) -> None:
        self.run.start(project)
        self._job = self._engines.submit(request, self._hear)

    def _go_to_next(self) -> None:
        """Train what waits, if nothing else is trained."""
        if not self.run.status.is_busy and (waiting := self.queue.take()):
            self._start(waiting.project, self._request(waiting.project, waiting.name))

    def take_up(self, waited: Iterable[tuple[str, Project]]) -> None:
        """Put runs into the queue that waited in an earlier window, by name and project, and begin with the first."""
        for name, project in waited:
            self.queue.add(name, project)
        self._go_to_next()

    @property
    def has_ending(self) -> bool:
        """Whether the last run left what it takes to train it for longer."""
        if self.run.finished is None:
            return False
        from nnstudio.runs.course import ENDING  # noqa: PLC0415  # the window starts without the database

        return Path(self.run.finished.last_weights).with_name(ENDING).is_file()

    def train_longer(self, request: ContinueRun, project: Project) -> None:
        """Train a run of ``project`` for longer, unless another one is going on."""
        if not self.run.status.is_busy:
            self._start(project, request)

    def fit_batch(self, receive: Receive) -> JobHandle | None:
        """Learn one batch by heart, then all training rows; None where something speaks against it."""
        return self._try(FitBatch(self._document.project), receive)

    def try_rates(self, receive: Receive) -> JobHandle | None:
        """Try growing learning rates; None where something speaks against training."""
        return self._try(TryRates(self._document.project), receive)

    def _try(self, request: FitBatch | TryRates, receive: Receive) -> JobHandle | None:
        return None if self._is_blocked(self._document.state) else self._engines.submit(request, receive)

    def _is_blocked(self, state: State) -> bool:
        """Whether something speaks against training; then that is told."""
        findings = preflight(state)
        blocks = any(finding.blocks for finding in findings)
        if blocks:
            self.blocked.tell(findings)
        return blocks

    def look_for_interrupted(self) -> None:
        """Find the runs that could go on."""
        self._ask_interrupted(ListInterrupted())

    def discard(self, found: InterruptedRun) -> None:
        """Give an interrupted run up for good."""
        self._ask_interrupted(DiscardRun(found.run))

    def go_on(self, found: InterruptedRun) -> None:
        """Train an interrupted run to its end; its project is open."""
        if not self.run.status.is_busy:
            self._start(project_from_json(found.project), ResumeRun(found.run))

    def _ask_interrupted(self, request: ListInterrupted | DiscardRun) -> None:
        hear = hearing(RunsInterrupted, lambda event: self.interrupted.tell(event.runs), self._notices.error)
        self._engines.submit(request, hear)

    def pause(self) -> None:
        self._command(Pause())

    def resume(self) -> None:
        self._command(Resume())

    @property
    def rates_to_use(self) -> ChangeRates | None:
        """The learning rate and weight decay of the project, where the run goes by others and could take them over."""
        return wish(self.run, self._document.project)

    def use_rates(self) -> None:
        """Let the run go on with the learning rate and weight decay of the project."""
        if rates := self.rates_to_use:
            self._command(rates)

    @property
    def can_stop(self) -> bool:
        return self.run.can_stop

    def stop(self) -> None:
        """End the run at the next batch and keep what was learned."""
        if self.can_stop:
            self._command(Stop())
            self.run.stopping()

    def _command(self, command: Command) -> None:
        if self._job and self.run.status.is_busy:
            self._job.command(command)

    def _hear(self, events: list[Event]) -> None:
        self.run.receive(events)
        for event in events:
            if isinstance(event, Failed):
                self._notices.error(event.error)
                if isinstance(event.error, EngineLost):
                    self.look_for_interrupted()
            elif isinstance(event, DiskFull | Resumed):
                self._tell_of_disk(event)
            elif isinstance(event, PlanChanged) and event.plan.parts > 1:
                size = data_of(self.run.project or Project()).batches.size
                self._notices.warn(*parts_notice(event.plan, size))
            elif isinstance(event, FoldDone) and event.fold == event.folds:
                self._notices.info(folds_sentence(self.run.folds, data_of(self.run.project or Project()).task))
            elif isinstance(event, FoldsStopped):
                self._notices.info(stopped_sentence(event))
            elif isinstance(event, RunFinished):
                self._notices.info(f"{finished_sentence(event, self.run.project)} {outcome_of(self.run)}".strip())
        self._go_to_next()

    def _tell_of_disk(self, event: DiskFull | Resumed) -> None:
        """Say that it is full, and afterwards that it is not any more; a pause that was asked for needs no words."""
        if isinstance(event, DiskFull):
            self._notices.warn(
                "The disk is full: training waits.", event.reason, "It goes on by itself when there is room."
            )
        elif self._waits_for_disk:
            self._notices.info("The disk has room again: training goes on.")
        self._waits_for_disk = isinstance(event, DiskFull)
