"""Jobs that train: read, encode, train, remember, keep the weights."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from nnstudio import __version__
from nnstudio.data.encoding.encode import Encoded, encode
from nnstudio.engine.checkpoint import save_model, sha256_of
from nnstudio.engine.train import train
from nnstudio.engine.trained import State, Trained
from nnstudio.jobs.folds import cross_validate
from nnstudio.jobs.given import examples_of
from nnstudio.runs.store import BEST, LAST, RunStore
from nnstudio.spec.errors import SpecError, as_studio_error
from nnstudio.spec.events import EpochDone, Event, FoldDone, Inbox, Measures, PlanChanged, RunFinished, RunStarted
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainProject

RECORD_SECONDS = 1.0
"""Epochs of this long are written to the database together: one transaction costs more than an epoch on iris."""


def train_project(request: TrainProject, inbox: Inbox) -> Iterator[Event]:
    """Train a project, record the run, and keep its best and last weights in the run's folder.

    Where the split asks for folds, the cross-validation comes first; the run behind it is the same as without it.
    """
    project = request.project
    if project.data is None:
        raise SpecError("There is no data to train on.", "", "Open a table, a folder of pictures, or a sample.")
    folds = yield from cross_validate(project, project.data, request.plan, inbox)
    if folds is None:
        return
    encoded = encode(project.data)
    with _recorded(project, request.name, encoded) as record:
        record.keep_folds(folds)
        examples = examples_of(encoded)
        for event in train(project, examples, inbox=inbox, run=record.run, plan=request.plan, trained=record.trained):
            yield record.note(event)


class _Record:
    """One run as it is written down."""

    def __init__(self, store: RunStore, run: str, project: Project, encoded: Encoded) -> None:
        self.run = run
        self.trained = Trained()
        self._store, self._project, self._encoded = store, project, encoded
        self._epochs: list[EpochDone] = []
        self._due = 0.0

    def note(self, event: Event) -> Event:
        """Write ``event`` down when it is worth it; the end of a run gets to know where its weights lie."""
        match event:
            case RunStarted():
                self._store.set_plan(self.run, event.plan)
                self._store.set_parameters(self.run, event.parameters)
            case PlanChanged():
                self._store.set_plan(self.run, event.plan)
            case EpochDone():
                self._epochs.append(event)
                if time.monotonic() >= self._due:
                    self.flush()
            case RunFinished():
                return self._finish(event)
        return event

    def keep_folds(self, folds: Sequence[FoldDone]) -> None:
        """Write down what a cross-validation before the run found."""
        self._store.add_folds(self.run, folds)

    def flush(self) -> None:
        """Write the epochs that have not been written yet."""
        self._store.add_epochs(self.run, self._epochs)
        self._epochs.clear()
        self._due = time.monotonic() + RECORD_SECONDS

    def fail(self, error: Exception) -> None:
        """The run ended with ``error``: what was learned before it is kept."""
        self.flush()
        if self.trained.best_epoch:
            self._save(BEST, self.trained.best, {})
        self._store.fail(self.run, as_studio_error(error))

    def abandon(self) -> None:
        self.flush()
        self._store.abandon(self.run)

    def _finish(self, finished: RunFinished) -> RunFinished:
        self.flush()
        best = self._save(BEST, self.trained.best, _metrics(finished))
        last = self._save(LAST, self.trained.last, {})
        finished = replace(finished, best_weights=str(best), last_weights=str(last), best_sha256=sha256_of(best))
        self._store.finish(finished)
        return finished

    def _save(self, name: str, state: State, metrics: Measures) -> Path:
        path = self._store.run_folder(self.run) / name
        save_model(
            path,
            state,
            project_json=project_to_json(self._project),
            encoding_json=self._encoded.encoding.to_json(),
            metrics=metrics,
            fingerprint=self._encoded.fingerprint,
        )
        return path


def _metrics(finished: RunFinished) -> Measures:
    """Every figure of a run by split and key, such as ``test accuracy``."""
    splits = {"train": finished.train, "validation": finished.validation, "test": finished.test}
    return {f"{split} {key}": value for split, measures in splits.items() for key, value in measures.items()}


@contextmanager
def _recorded(project: Project, name: str, encoded: Encoded) -> Iterator[_Record]:
    """A run in the database, whatever becomes of it."""
    store = RunStore()
    try:
        record = _Record(store, store.begin(project, name, __version__), project, encoded)
        try:
            yield record
        except GeneratorExit:
            record.abandon()
            raise
        except Exception as error:
            record.fail(error)
            raise
    finally:
        store.close()
