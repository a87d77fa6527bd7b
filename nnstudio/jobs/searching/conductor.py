"""Goes through a search: asks for values, has them trained, several at once, prunes, writes down what came of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.encoding.shared import share
from nnstudio.engine.examples import Examples
from nnstudio.engine.remote import Remote
from nnstudio.jobs.given import examples_of
from nnstudio.jobs.searching.result import best_of, finished, need_hope, repeated, started
from nnstudio.jobs.searching.study import Study
from nnstudio.jobs.searching.trial import NO_ROWS, Keeping, opened
from nnstudio.jobs.searching.under_way import UnderWay
from nnstudio.jobs.searching.workers import Helper, Own, Said, Worker, Workers
from nnstudio.runs.searches import SearchRecord, SearchStore, TrialRecord, TrialRun
from nnstudio.runs.store import BEST, RunStore, new_run
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import (
    EpochDone,
    Event,
    ImportanceFound,
    Inbox,
    Pause,
    Paused,
    Resume,
    Resumed,
    SearchFinished,
    SearchOutcome,
    SearchStarted,
    Stop,
    TrialProgress,
    TrialStarted,
)
from nnstudio.spec.requests import TrainTrial
from nnstudio.spec.search import Value, Values, threads_each
from nnstudio.spec.searched.objective import Judged, objective_of
from nnstudio.spec.searched.trial import applied

PROGRESS_SECONDS = 0.1
"""As often it is told how far a trial is."""
WAIT_SECONDS = 0.1
"""As often it is looked for commands while only helpers train."""
IMPORTANCE_SHARE = 0.02
"""Most of the time that finding out which fields matter may take, while a search goes on."""


class Conductor:
    """One search under way."""

    def __init__(
        self, runs: RunStore, searches: SearchStore, search: SearchRecord, encoded: Encoded, threads: int
    ) -> None:
        self._runs, self._searches, self._search, self._encoded = runs, searches, search, encoded
        self._project = search.project
        self._settings = search.project.search
        self._threads = threads_each(threads, self._settings.at_once)
        self._identity = encoded.encoding.to_json(), encoded.fingerprint
        self._judged: Judged = objective_of(search.project)
        self._records = searches.trials(search.id)
        self._study = Study(search.project, self._judged.better, self._records)
        self._seen = {_key(record.done.values): record for record in self._records}
        self._best = best_of([record.done for record in self._records], self._judged)
        self._under_way: dict[Worker, UnderWay] = {}
        self._told: dict[int, float] = {}
        self._stopped = False
        self._began = time.monotonic()
        self._has_end = self._settings.minutes > 0
        self._minutes_end = self._began + self._settings.minutes * 60
        self._importance_due = 0.0

    def events(self, inbox: Inbox) -> Iterator[Event]:
        """Go on until the budget is used up, the grid is done, or a `Stop`."""
        yield self._started()
        with ExitStack() as stack:
            own = Own(self._examples(stack), self._threads, one_by_one=self._settings.prune)
            self._workers = stack.enter_context(closing(Workers(own, self._settings.at_once)))
            yield from self._go_on(inbox)
        yield self._finished()

    def _examples(self, stack: ExitStack) -> Examples:
        """What trials learn from; as files, while the search goes on, where processes share it."""
        if self._settings.at_once == 1:
            return replace(examples_of(self._encoded), test=NO_ROWS)
        home = self._searches.folder(self._search.id)
        for left in home.glob("examples.*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        folder = TemporaryDirectory(prefix="examples.", dir=home)
        self._shared = share(self._encoded, Path(stack.enter_context(folder)))
        return opened(self._shared)

    def _go_on(self, inbox: Inbox) -> Iterator[Event]:
        remote = Remote(inbox)
        while True:
            if self._is_late or not inbox.empty():
                yield from self._answer(inbox)
            if len(self._under_way) < self._settings.at_once:
                yield from self._fill(remote)
            if not self._under_way:
                return
            said = self._workers.next(WAIT_SECONDS)
            if said is not None and said.worker in self._under_way:
                yield from self._take(said, remote)

    # ---- Commands ----

    def _answer(self, inbox: Inbox) -> Iterator[Event]:
        """Answer what waits; while paused, wait for more."""
        if self._is_late and not self._stopped:
            self._stop()
        while not inbox.empty():
            match inbox.get():
                case Stop():
                    self._stop()
                case Pause() if not self._stopped:
                    yield from self._rest(inbox)

    def _rest(self, inbox: Inbox) -> Iterator[Event]:
        since = time.monotonic()
        self._workers.tell(Pause())
        yield Paused()
        while not isinstance(command := inbox.get(), (Resume, Stop)):
            pass
        self._minutes_end += time.monotonic() - since
        self._workers.tell(Resume())
        if isinstance(command, Stop):
            self._stop()
        else:
            yield Resumed()

    def _stop(self) -> None:
        self._stopped = True
        self._workers.stop()

    @property
    def _is_late(self) -> bool:
        return self._has_end and time.monotonic() >= self._minutes_end

    # ---- Trials ----

    def _fill(self, remote: Remote) -> Iterator[Event]:
        """Give everybody who is free a trial, as long as there are any to try."""
        while not self._stopped and self._wants_more and (worker := self._workers.free()):
            number, values = self._study.ask()
            yield TrialStarted(self._search.id, number, values)
            if earlier := self._seen.get(_key(values)):
                yield from self._repeat(number, values, earlier, remote)
                continue
            trial = self._made(number, values)
            if trial.error is not None:
                yield from self._end(trial, remote)
                continue
            self._under_way[worker] = trial
            self._begin(worker, trial)

    @property
    def _wants_more(self) -> bool:
        settings, count = self._settings, len(self._records) + len(self._under_way)
        if settings.method == "grid" and count >= settings.grid_size:
            return False
        return not settings.trials or count < settings.trials

    def _made(self, number: int, values: dict[str, Value]) -> UnderWay:
        """A trial with its project; where that cannot be, with the reason."""
        try:
            project, error = applied(self._project, values), None
        except SpecError as problem:
            project, error = self._project, problem
        return UnderWay(self._search.id, number, values, project, new_run(), self._judged, error=error)

    def _begin(self, worker: Worker, trial: UnderWay) -> None:
        encoding, fingerprint = self._identity
        path = self._runs.run_folder(trial.run) / BEST
        bound = self._best.value if self._best else None
        if isinstance(worker, Helper):
            judged = self._judged
            worker.start(
                TrainTrial(
                    trial.project,
                    self._shared,
                    trial.run,
                    judged.key,
                    judged.better,
                    bound,
                    str(path),
                    encoding,
                    fingerprint,
                    self._threads,
                )
            )
        else:
            worker.start(trial.project, trial.run, Keeping(self._judged, bound, path, encoding, fingerprint))

    def _repeat(self, number: int, values: dict[str, Value], earlier: TrialRecord, remote: Remote) -> Iterator[Event]:
        """These values were tried: with the same seed they would give the same, so that its result is taken."""
        done = repeated(self._search.id, number, values, earlier.done)
        yield from self._remember(TrialRecord(done, earlier.reported, self._study.attributes(number)), None, remote)

    def _take(self, said: Said, remote: Remote) -> Iterator[Event]:
        trial = self._under_way[said.worker]
        last: EpochDone | None = None
        for event in said.events:
            trial.hear(event)
            if isinstance(event, EpochDone):
                last = event
                if self._settings.prune:
                    self._compare(said.worker, trial, event)
        if last:
            yield from self._progress(trial, last)
        if said.done:
            del self._under_way[said.worker]
            self._told.pop(trial.number, None)
            yield from self._end(trial, remote)

    def _compare(self, worker: Worker, trial: UnderWay, epoch: EpochDone) -> None:
        """Prune the trial if it is worse than others were at this epoch."""
        if not trial.pruned and not self._study.is_worth_it(trial.number, epoch.epoch, trial.value_of(epoch)):
            trial.pruned = True
            worker.command(Stop())

    def _progress(self, trial: UnderWay, epoch: EpochDone) -> Iterator[TrialProgress]:
        now = time.monotonic()
        if now - self._told.get(trial.number, 0.0) >= PROGRESS_SECONDS:
            self._told[trial.number] = now
            epochs = trial.project.training.epochs
            yield TrialProgress(self._search.id, trial.number, epoch.epoch, epochs, trial.value_of(epoch))

    def _end(self, trial: UnderWay, remote: Remote) -> Iterator[Event]:
        """Write down how a trial ended; one that was stopped is tried anew when the search goes on."""
        done = trial.done(self._is_best(trial))
        if done.outcome == "stopped":
            yield done
            return
        record = TrialRecord(done, self._study.reported(done.number), self._study.attributes(done.number))
        yield from self._remember(record, trial.as_run(self._search.name), remote)
        need_hope([record.done for record in self._records])

    def _is_best(self, trial: UnderWay) -> bool:
        if trial.outcome != "completed" or trial.best is None:
            return False
        return self._judged.is_better(trial.best, self._best.value if self._best else None)

    def _remember(self, record: TrialRecord, run: TrialRun | None, remote: Remote) -> Iterator[Event]:
        self._study.tell(record)
        yield from remote.insist(partial(self._searches.add, record, run))
        self._stopped = self._stopped or remote.stopped
        self._records.append(record)
        self._seen.setdefault(_key(record.done.values), record)
        if record.done.best:
            self._best = record.done
        yield record.done
        yield from self._tell_importance()

    def _tell_importance(self) -> Iterator[ImportanceFound]:
        now = time.monotonic()
        if now < self._importance_due or len(self._settings.fields) < 2:
            return
        importance = self._study.importance()
        self._importance_due = time.monotonic() + max(2.0, (time.monotonic() - now) / IMPORTANCE_SHARE)
        if importance:
            yield ImportanceFound(self._search.id, importance)

    # ---- Beginning and end ----

    def _started(self) -> SearchStarted:
        return started(self._search, [record.done for record in self._records])

    def _finished(self) -> SearchFinished:
        in_full = not self._stopped or not self._wants_more
        outcome: SearchOutcome = "completed" if in_full or self._is_late else "stopped"
        self._searches.end(self._search.id, "completed" if in_full else "stopped")
        seconds = time.monotonic() - self._began
        return finished(self._search, [record.done for record in self._records], self._study, outcome, seconds)


def _key(values: Values) -> frozenset[tuple[str, Value]]:
    """What tells trials apart."""
    return frozenset(values.items())
