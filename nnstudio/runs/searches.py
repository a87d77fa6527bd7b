"""The searches and their trials, in the database of runs: a trial is written at its end, in one transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from nnstudio import __version__
from nnstudio.runs.alive import alive, is_alive
from nnstudio.runs.environment import environment
from nnstudio.runs.headline import Headline, headline
from nnstudio.runs.records import epoch_row
from nnstudio.runs.store import RunStore, new_run
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import EpochDone, KnownSearch, NumericPlan, RunFinished, TrialDone
from nnstudio.spec.files import as_text, project_from_json, project_to_json
from nnstudio.spec.project import Project

SETTLED_SECONDS = 1.0
"""As often what was written is waited for until it lies on the disk, which takes longer than the rest of a short trial.

What a power cut takes with it are the trials of so many seconds.
"""
MOST_EPOCHS = 30
"""Epochs of a trial that are written down; of longer ones evenly many, the best one and the last one."""

Status = Literal["running", "completed", "stopped"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """A finished trial, and what the sampler and the pruner need to know of it when the search goes on."""

    done: TrialDone
    reported: Mapping[int, float] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialRun:
    """The run that a trial was: what was trained, how it went, and how it ended (None: with an error)."""

    project: Project
    name: str
    started: float
    plan: NumericPlan | None
    parameters: int
    epochs: Sequence[EpochDone]
    finished: RunFinished | None


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A search as it is remembered. ``started`` is in seconds since 1970, UTC."""

    id: str
    name: str
    started: float
    status: Status
    project: Project
    fingerprint: str
    objective: str
    better: Better


class SearchStore:
    """The searches of a user, in the database of ``runs``, whose transactions it makes lighter.

    What is written survives the end of the process at once, that of the machine after `SETTLED_SECONDS` or the end of
    the search: a trial that is lost so is tried anew.
    """

    def __init__(self, runs: RunStore) -> None:
        self._runs, self._connection = runs, runs.connection
        self._settled = -SETTLED_SECONDS

    # writing

    def begin(self, project: Project, name: str, fingerprint: str, objective: str, better: Better) -> SearchRecord:
        """Remember that a search begins."""
        search = SearchRecord(new_run(), name, time.time(), "running", project, fingerprint, objective, better)
        path = as_text(project.data.source.path) if project.data else ""
        self._connection.execute(
            "INSERT INTO searches (id, name, started, status, project, fingerprint, data, objective, better, trials)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(search.id, as_text(name), search.started, "running", project_to_json(project), fingerprint, path),
                *(objective, better, project.search.trials),
            ),
        )
        self.folder(search.id).mkdir(parents=True)
        return search

    def change(self, search: str, project: Project) -> None:
        """The search goes on with another budget."""
        self._connection.execute(
            "UPDATE searches SET project = ?, trials = ?, status = 'running' WHERE id = ?",
            (project_to_json(project), project.search.trials, search),
        )

    def end(self, search: str, status: Status) -> None:
        self._wait_for_disk(True)
        self._connection.execute("UPDATE searches SET status = ? WHERE id = ?", (status, search))

    def add(self, record: TrialRecord, run: TrialRun | None) -> None:
        """Write a finished trial down, with the run that it was, if any."""
        done, now = record.done, time.monotonic()
        if is_due := now - self._settled >= SETTLED_SECONDS:
            self._settled = now
        self._wait_for_disk(is_due)
        with self._runs.transaction():
            if run is not None:
                self._add_run(done, run)
            self._connection.execute(
                "INSERT INTO trials (search, number, outcome, tried, value, reported, attributes, run, epochs, seconds,"
                " error, same_as, best) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(done.search, done.number, done.outcome, json.dumps(dict(done.values)), done.value),
                    *(json.dumps(list(record.reported.items())), json.dumps(dict(record.attributes)), done.run),
                    *(done.epochs, done.seconds, done.error, done.same_as, done.best),
                ),
            )

    def _wait_for_disk(self, wait: bool) -> None:
        """Whether what is written next is waited for until it lies on the disk, with all that was written before."""
        self._connection.execute(f"PRAGMA synchronous = {'FULL' if wait else 'NORMAL'}")

    def _add_run(self, done: TrialDone, run: TrialRun) -> None:
        data, finished, plan = run.project.data, run.finished, run.plan
        assert data is not None  # nothing is trained without
        score = astuple(headline(finished) if finished else Headline())
        self._connection.execute(
            "INSERT INTO runs (id, name, started, status, project, fingerprint, version, plan, result, error, data,"
            " device, environment, parameters, epochs, seconds, tags, measure, score, baseline, balanced,"
            " balanced_baseline, always)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(done.run, as_text(run.name), run.started, finished.outcome if finished else "failed"),
                *(project_to_json(run.project, indent=None), data.fingerprint, __version__),
                *(json.dumps(asdict(plan)) if plan else None, json.dumps(asdict(finished)) if finished else None),
                *(as_text(done.error) or None, as_text(data.source.path), plan.device if plan else ""),
                json.dumps(dict(environment())),
                *(run.parameters, done.epochs, done.seconds, tags(done), *score),
            ),
        )
        rows = [(done.run, *epoch_row(epoch)) for epoch in _few(run.epochs)]
        self._connection.executemany("INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    # reading

    def folder(self, search: str) -> Path:
        """Where a search keeps what it needs while it goes on."""
        return self._runs.folder / "searches" / search

    def search(self, search: str) -> SearchRecord:
        """One search, or the newest that is not completed where ``search`` is empty; raises `FileError`."""
        columns = "SELECT id, name, started, status, project, fingerprint, objective, better FROM searches"
        newest = " WHERE ? = '' AND status != 'completed' ORDER BY started DESC LIMIT 1"
        row = self._connection.execute(columns + (" WHERE id = ?" if search else newest), (search,)).fetchone()
        if row is None:
            what = f"There is no search “{search}”." if search else "No search was interrupted."
            raise FileError(what, "", "Start a new one.")
        identity, name, started, status, project, fingerprint, objective, better = row
        return SearchRecord(identity, name, started, status, project_from_json(project), fingerprint, objective, better)

    def trials(self, search: str) -> list[TrialRecord]:
        """The finished trials of a search, in their order."""
        rows = self._connection.execute(
            "SELECT number, outcome, tried, value, run, epochs, seconds, error, same_as, best, reported, attributes"
            " FROM trials WHERE search = ? ORDER BY number",
            (search,),
        )
        return [_trial(search, row) for row in rows]

    def searches(self) -> tuple[KnownSearch, ...]:
        """All searches, newest first."""
        rows = self._connection.execute(
            "SELECT s.id, s.name, s.started, s.status, count(t.number), s.trials,"
            " CASE s.better WHEN 'lower' THEN min(t.judged) ELSE max(t.judged) END, s.objective, s.data, s.project"
            " FROM searches s LEFT JOIN (SELECT search, number, iif(outcome = 'completed', value, NULL) AS judged"
            " FROM trials WHERE outcome != 'stopped') t ON t.search = s.id GROUP BY s.id ORDER BY s.started DESC"
        )
        return tuple(self._as_it_is(KnownSearch(*row)) for row in rows)

    def _as_it_is(self, search: KnownSearch) -> KnownSearch:
        """Running is only what a process holds; what else is not completed was interrupted."""
        if search.status == "completed":
            return search
        return replace(search, status="running" if is_alive(self.folder(search.search)) else "interrupted")

    @contextmanager
    def held(self, search: str) -> Iterator[None]:
        """Be the one process that goes on with a search; raises `TrainingError` where another is."""
        self.folder(search).mkdir(parents=True, exist_ok=True)
        with alive(self.folder(search)):
            yield


def tags(done: TrialDone) -> str:
    """What the run of a trial is tagged with."""
    return f"search {done.search}" + (", pruned" if done.outcome == "pruned" else "")


def _few(epochs: Sequence[EpochDone]) -> list[EpochDone]:
    step = -(-len(epochs) // MOST_EPOCHS)
    best = max((epoch.epoch for epoch in epochs if epoch.best), default=0)
    kept = (place % step == 0 or epoch.epoch == best or epoch is epochs[-1] for place, epoch in enumerate(epochs))
    return [epoch for epoch, keep in zip(epochs, kept, strict=True) if keep]


def _trial(search: str, row: Sequence[Any]) -> TrialRecord:
    number, outcome, tried, value, run, epochs, seconds, error, same_as, best, reported, attributes = row
    values = json.loads(tried)
    done = TrialDone(search, number, outcome, values, value, run, epochs, seconds, error, same_as, bool(best))
    return TrialRecord(done, {int(step): told for step, told in json.loads(reported)}, json.loads(attributes))
