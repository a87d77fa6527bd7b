"""What of a run is written down while it goes on: its figures, its checkpoints, its end, and its weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.checkpoint import save_model, sha256_of
from nnstudio.engine.recovery import Keeper, save_recovery
from nnstudio.engine.trained import State, Trained
from nnstudio.jobs.given import encoded_for, require_unchanged
from nnstudio.runs.alive import alive
from nnstudio.runs.course import ENDING, Course
from nnstudio.runs.records import RunRecord
from nnstudio.runs.store import BEST, LAST, RECOVERY, RunStore
from nnstudio.spec.errors import DataError, NotFiniteError, as_studio_error, disk_full, is_disk_full
from nnstudio.spec.events import (
    BatchLosses,
    EpochDone,
    Event,
    FoldDone,
    Measures,
    PlanChanged,
    RatesChanged,
    RunFinished,
    RunStarted,
)
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.provenance import Provenance

RECORD_SECONDS = 1.0
"""Epochs of this long are written to the database together: one transaction costs more than an epoch on iris."""


RATES_CHANGED = "Its learning rate or weight decay was changed while it trained."


def encoded_again(found: RunRecord) -> Encoded:
    """The data of a run; raises `DataError` where they are no longer what they were."""
    encoded = encoded_for(found.project)
    changed = DataError("The run cannot go on.", "Its data changed since it began.", "Train anew.")
    require_unchanged(encoded, found.fingerprint, changed)
    return encoded


class Record:
    """One run as it is written down."""

    def __init__(self, store: RunStore, run: str, project: Project, encoded: Encoded) -> None:
        self.run = run
        self.trained = Trained()
        self._store, self._project, self._encoded = store, project, encoded
        self._epochs: list[EpochDone] = []
        self._losses: list[BatchLosses] = []
        self._course = Course(store)
        self._changes = Changes(self._course, run)
        self._provenance = Provenance()
        self._due = 0.0
        self._finished: RunFinished | None = None
        self._recovery = store.run_folder(run) / RECOVERY
        self.keeper = Keeper(self._recovery, self.flush)

    def note(self, event: Event) -> None:
        """Write ``event`` down when it is worth it."""
        match event:
            case RunStarted():
                self._provenance = replace(self._provenance, plan=event.plan)
                self._store.set_plan(self.run, event.plan)
                self._store.set_size(self.run, event.parameters, event.batches)
            case PlanChanged():
                self._replan(event)
                self._store.set_plan(self.run, event.plan)
            case BatchLosses():
                self._losses.append(event)
            case RatesChanged():
                self._provenance = self._provenance.departed(RATES_CHANGED)
                self._changes.note(event)
                self._flush_if_there_is_room()
            case EpochDone():
                self._epochs.append(event)
                if time.monotonic() >= self._due:
                    self._flush_if_there_is_room()

    def _replan(self, event: PlanChanged) -> None:
        if event.plan.parts > self._provenance.plan.parts:
            sentence = f"Memory ran out in epoch {event.epoch}: batches went through in {event.plan.parts} parts."
            self._provenance = self._provenance.departed(sentence)
        elif event.plan.threads != self._provenance.plan.threads:
            sentence = f"From epoch {event.epoch + 1} on it trained with {event.plan.threads} threads."
            self._provenance = self._provenance.departed(sentence)
        else:  # a step that turned out not to be recordable has the same bits
            self._provenance = replace(self._provenance, plan=event.plan)

    def keep_folds(self, folds: Sequence[FoldDone]) -> None:
        """Write down what a cross-validation before the run found."""
        self._store.add_folds(self.run, folds)

    def rewind(self, epochs: int, batches: int) -> tuple[list[Event], tuple[RatesChanged, ...]]:
        """Be where the run was behind ``epochs`` and ``batches``: what was told up to there, and changes made later."""
        self._store.rewind(self.run, epochs)
        made = self._changes.rewind(epochs, batches)
        if made:
            self._provenance = self._provenance.departed(RATES_CHANGED)
        if self._course.origin(self.run):
            self._provenance = self._provenance.departed("It went on from another run.")
        return [*self._store.epochs(self.run), *made], self._changes.to_come

    def flush(self) -> None:
        """Write the epochs, losses and changes that have not been written yet."""
        self._store.add_epochs(self.run, self._epochs)
        self._epochs.clear()
        self._store.add_losses(self.run, self._losses)
        self._losses.clear()
        self._changes.flush()
        self._due = time.monotonic() + RECORD_SECONDS

    def _flush_if_there_is_room(self) -> None:
        """On a full disk the epochs stay in memory: the next checkpoint waits until there is room for both."""
        try:
            self.flush()
        except Exception as error:
            if not is_disk_full(error):
                raise
            self._due = time.monotonic() + RECORD_SECONDS

    def fail(self, error: Exception) -> None:
        """The run ended with ``error``: what was learned before it is kept."""
        self.flush()
        self._recovery.unlink(missing_ok=True)
        if self.trained.best_epoch:
            self._save(BEST, self.trained.best, {})
        if isinstance(error, NotFiniteError) and self.trained.is_finite:  # those in front of what spoilt them
            self._save(LAST, self.trained.last, {})
        self._store.fail(self.run, as_studio_error(error))

    def leave(self) -> None:
        """Nobody hears of the run any more: it can go on from its newest checkpoint; without one it is given up."""
        self.flush()
        if not self._recovery.exists():
            self._store.abandon(self.run)

    def finish(self, finished: RunFinished) -> None:
        """Write down how the run ended, both weights, and what it takes to train it for longer."""
        self.flush()
        if finished.outcome == "stopped":
            self._provenance = replace(self._provenance, epochs=finished.epochs)
            if not finished.epochs:
                self._provenance = self._provenance.departed("It was stopped in its first epoch.")
        best = self._save(BEST, self.trained.best, metrics_of(finished))
        last = self._save(LAST, self.trained.last, {})
        finished = replace(finished, best_weights=str(best), last_weights=str(last), best_sha256=sha256_of(best))
        if self.trained.ending is not None:
            save_recovery(self._store.run_folder(self.run) / ENDING, self.trained.ending)
            self._course.keep_ending(self.run)
        self._store.finish(finished)
        self._recovery.unlink(missing_ok=True)
        self._finished = finished

    def ended(self) -> RunFinished:
        """The end of the run, which says where its weights lie."""
        if self._finished is None:  # the waiting for room was given up
            raise disk_full("The weights of the run were not written.")
        return self._finished

    def _save(self, name: str, state: State, metrics: Measures) -> Path:
        path = self._store.run_folder(self.run) / name
        save_model(
            path,
            state,
            project_json=project_to_json(self._project),
            encoding_json=self._encoded.encoding.to_json(),
            metrics=metrics,
            fingerprint=self._encoded.fingerprint,
            provenance_json=self._provenance.to_json(),
        )
        return path


def up_to(changes: Sequence[RatesChanged], epochs: int, batches: int) -> tuple[RatesChanged, ...]:
    """The changes that were made until so many epochs, and so many batches of the next one, were over."""
    return tuple(each for each in changes if (each.epoch, each.batch) <= (epochs + 1, batches))


class Changes:
    """The changes of rates of one run: those that were made, and those that are to be made again."""

    def __init__(self, course: Course, run: str) -> None:
        self._course, self._run = course, run
        self._made: tuple[RatesChanged, ...] = ()
        self.to_come: tuple[RatesChanged, ...] = ()
        self._is_written = True

    def rewind(self, epochs: int, batches: int) -> tuple[RatesChanged, ...]:
        """Be behind ``epochs`` and ``batches`` of the next one; gives the changes up to there."""
        written = self._course.changes(self._run)
        self._made = up_to(written, epochs, batches)
        self.to_come = written[len(self._made) :]
        return self._made

    def note(self, change: RatesChanged) -> None:
        """A change was made; those that were to come are made only where it is the first of them."""
        self.to_come = self.to_come[1:] if self.to_come[:1] == (change,) else ()
        self._made = (*self._made, change)
        self._is_written = False

    def flush(self) -> None:
        if not self._is_written:
            self._course.set_changes(self._run, (*self._made, *self.to_come))
            self._is_written = True


def metrics_of(finished: RunFinished) -> Measures:
    """Every figure of a run by split and key, such as ``test accuracy``."""
    splits = {"train": finished.train, "validation": finished.validation, "test": finished.test}
    return {f"{split} {key}": value for split, measures in splits.items() for key, value in measures.items()}


@contextmanager
def recorded(project: Project, encoded: Encoded, begin: Callable[[RunStore], str]) -> Iterator[Record]:
    """The run that ``begin`` gives, in the database, whatever becomes of it."""
    store = RunStore()
    try:
        run = begin(store)
        with alive(store.run_folder(run)):
            record = Record(store, run, project, encoded)
            try:
                yield record
            except GeneratorExit:
                record.leave()
                raise
            except Exception as error:
                record.fail(error)
                raise
    finally:
        store.close()
