"""The database of runs: written while they go on, by as many processes as like."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from platformdirs import user_data_path

from nnstudio.runs.alive import is_alive
from nnstudio.runs.environment import environment
from nnstudio.runs.headline import headline
from nnstudio.runs.records import SELECT, RunRecord, epoch_row, loss_rows, record_of
from nnstudio.runs.schema import migrate
from nnstudio.spec.errors import DISK_FULL, FileError, StudioError, disk_full
from nnstudio.spec.events import BatchLosses, EpochDone, FoldDone, NumericPlan, RunFinished
from nnstudio.spec.files import as_text, project_to_json
from nnstudio.spec.project import Project

FOLDER_VARIABLE = "NNSTUDIO_DATA"
"""Environment variable that names another folder for runs."""

DATABASE, BEST, LAST = "runs.sqlite", "best.pth", "last.pth"
RECOVERY = "recovery.ckpt"
"""The checkpoint of a run under way, in its folder."""

PATIENCE = 30.0
"""Seconds to wait for others who write."""


class RunStore:
    """The runs of one user. Opens the database at once; raises `FileError` where it cannot be used."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or runs_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.connection = _connect(self.folder / DATABASE)

    def close(self) -> None:
        self.connection.close()

    # writing

    def begin(self, project: Project, name: str, version: str) -> str:
        """Remember that a run begins; gives its identity, which is also the name of its folder."""
        run = new_run()
        data = project.data
        row = (run, as_text(name), time.time(), "running", project_to_json(project))
        self.connection.execute(
            "INSERT INTO runs (id, name, started, status, project, fingerprint, version, data, environment)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(*row, data.fingerprint if data else "", version),
                *(as_text(data.source.path) if data else "", json.dumps(dict(environment()))),
            ),
        )
        self.run_folder(run).mkdir(parents=True)
        return run

    def set_plan(self, run: str, plan: NumericPlan) -> None:
        self.connection.execute(
            "UPDATE runs SET plan = ?, device = ? WHERE id = ?", (json.dumps(asdict(plan)), plan.device, run)
        )

    def set_size(self, run: str, parameters: int, batches: int) -> None:
        """Remember how large the network is, and of how many batches an epoch."""
        self.connection.execute(
            "UPDATE runs SET parameters = ?, epoch_batches = ? WHERE id = ?", (parameters, batches, run)
        )

    def add_epochs(self, run: str, epochs: Iterable[EpochDone]) -> None:
        """Remember the figures of some epochs, in one transaction."""
        rows = [(run, *epoch_row(done)) for done in epochs]
        with self.transaction():
            self.connection.executemany("INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            if rows:
                self.connection.execute("UPDATE runs SET epochs = ? WHERE id = ?", (rows[-1][1], run))

    def add_losses(self, run: str, losses: Iterable[BatchLosses]) -> None:
        """Remember the thinned losses of batches, in the place of those that they replace, in one transaction."""
        with self.transaction():
            for told in losses:
                rows = [(run, *point) for point in loss_rows(told)]
                self.connection.execute(
                    "DELETE FROM batches WHERE run = ? AND first >= ?", (run, told.first * told.width)
                )
                self.connection.executemany("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?)", rows)

    def add_folds(self, run: str, folds: Iterable[FoldDone]) -> None:
        """Remember what the cross-validation before a run found."""
        rows = [
            (run, done.fold, *(json.dumps(dict(each)) for each in (done.measures, done.baseline))) for done in folds
        ]
        with self.transaction():
            self.connection.executemany("INSERT INTO folds VALUES (?, ?, ?, ?)", rows)

    def finish(self, finished: RunFinished) -> None:
        score = asdict(headline(finished))
        row = (finished.outcome, json.dumps(asdict(finished)), finished.epochs, finished.seconds, *score.values())
        columns = ", ".join(f"{name} = ?" for name in ("status", "result", "epochs", "seconds", *score))
        self.connection.execute(f"UPDATE runs SET {columns} WHERE id = ?", (*row, finished.run))  # noqa: S608  # ours

    def fail(self, run: str, error: StudioError) -> None:
        self.connection.execute("UPDATE runs SET status = 'failed', error = ? WHERE id = ?", (as_text(str(error)), run))

    def abandon(self, run: str) -> None:
        self.connection.execute("UPDATE runs SET status = 'abandoned' WHERE id = ?", (run,))

    def annotate(self, run: str, *, tags: str | None = None, notes: str | None = None) -> None:
        """Put tags (separated by commas) or notes to a run; None leaves them as they are."""
        for column, text in (("tags", tags), ("notes", notes)):
            if text is not None:
                self.connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (text, run))  # noqa: S608  # ours

    def delete(self, runs: Sequence[str]) -> None:
        """Forget some runs, and delete their folders with their weights; raises OSError where one cannot be deleted."""
        with self.transaction():
            self.connection.executemany("DELETE FROM runs WHERE id = ?", [(run,) for run in runs])
        for run in runs:
            folder = self.run_folder(run)
            if folder.is_dir():
                shutil.rmtree(folder)

    def tidy(self) -> None:
        """Delete what killed processes left behind: half-written files, and checkpoints of runs that ended."""
        ended = {run for run, status in self.connection.execute("SELECT id, status FROM runs") if status != "running"}
        for left in (self.folder / "runs").glob("*/*"):
            partial = left.suffix == ".partial" and not is_alive(left.parent)
            if partial or (left.name == RECOVERY and left.parent.name in ended):
                left.unlink(missing_ok=True)

    def rewind(self, run: str, epoch: int) -> None:
        """Take a run up again that was interrupted: forget its epochs behind ``epoch``, and the losses of its batches.

        How far those go only its checkpoint knows; the run that goes on tells them anew.
        """
        with self.transaction():
            self.connection.execute("DELETE FROM epochs WHERE run = ? AND epoch > ?", (run, epoch))
            self.connection.execute("DELETE FROM batches WHERE run = ?", (run,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is written within, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # reading

    def run_folder(self, run: str) -> Path:
        """Where the weights of a run lie."""
        return self.folder / "runs" / run

    def run(self, run: str) -> RunRecord:
        """One run; raises `FileError` when there is none of that identity."""
        row = self.connection.execute(SELECT + " WHERE id = ?", (run,)).fetchone()
        if row is None:
            raise FileError(f"There is no run called “{run}”.")
        return record_of(row)

    def runs(self) -> list[RunRecord]:
        """All runs, newest first."""
        rows = self.connection.execute(SELECT + " ORDER BY started DESC")
        return [record_of(row) for row in rows]

    def interrupted(self) -> list[RunRecord]:
        """The runs that ended with their process and left a checkpoint, newest first."""
        rows = self.connection.execute(SELECT + " WHERE status = 'running' ORDER BY started DESC").fetchall()
        return [record_of(row) for row in rows if self._is_interrupted(row[0])]

    def _is_interrupted(self, run: str) -> bool:
        folder = self.run_folder(run)
        return (folder / RECOVERY).exists() and not is_alive(folder)

    def epochs(self, run: str) -> list[EpochDone]:
        """The figures of a run's epochs, in order."""
        rows = self.connection.execute(
            "SELECT epoch, train, validation, seconds, best, learning_rate FROM epochs WHERE run = ? ORDER BY epoch",
            (run,),
        )
        return [
            EpochDone(epoch, json.loads(train), json.loads(validation), seconds, bool(best), rate)
            for epoch, train, validation, seconds, best, rate in rows
        ]

    def epochs_done(self, run: str) -> int:
        """How many epochs of a run are written down."""
        (count,) = self.connection.execute("SELECT COUNT(*) FROM epochs WHERE run = ?", (run,)).fetchone()
        return int(count)

    def folds(self, run: str) -> list[FoldDone]:
        """What the cross-validation before a run found, in order; empty where there was none."""
        rows = self.connection.execute("SELECT fold, measures, baseline FROM folds WHERE run = ? ORDER BY fold", (run,))
        found = rows.fetchall()
        return [FoldDone(fold, len(found), *map(json.loads, measures)) for fold, *measures in found]


def new_run() -> str:
    """An identity that tells of its time: that of a run, or of a search."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def runs_folder() -> Path:
    """The folder of the user's runs."""
    other = os.environ.get(FOLDER_VARIABLE)
    return Path(other) if other else user_data_path("nnstudio", appauthor=False)


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        if DISK_FULL in str(error):
            raise disk_full(f"“{path}” could not be written.") from error
        raise FileError(
            "The run database could not be opened.", f"{error}.", f"Move “{path}” away; a new one is made."
        ) from error
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and one writer work at once. Where others open a new database, too, SQLite does not wait itself."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
