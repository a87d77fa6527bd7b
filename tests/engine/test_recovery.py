"""A run that is taken up again from any of its checkpoints ends in the bits of one that was never interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
import torch

from nnstudio.engine import pace, recovery
from nnstudio.engine.examples import Examples
from nnstudio.engine.recovery import Content, Keeper, Restart, load_recovery
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.session.batch_history import BatchHistory
from nnstudio.spec.errors import FileError, ModelFileError, disk_full
from nnstudio.spec.events import (
    BatchLosses,
    CheckpointSaved,
    DiskFull,
    EpochDone,
    Event,
    Inbox,
    NumericPlan,
    Resumed,
    RunFinished,
    Stop,
)
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import OPTIMIZERS, Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES, OneCycle, Schedule
from tests.engine.experiments import ONE_THREAD, all_of, examples, experiment, same_weights, the

BODY = (Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3))


class Patient(Keeper):
    """Keeps a copy of every checkpoint."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "now", lambda: None)
        self.copies: list[Path] = []

    def save(self, content: Content) -> None:
        super().save(content)
        self.copies.append(self._path.with_name(f"{len(self.copies)}"))
        self.copies[-1].write_bytes(self._path.read_bytes())


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    """One for which a checkpoint is due behind every batch."""
    monkeypatch.setattr(pace, "INTERVAL", -1.0)
    monkeypatch.setattr(recovery, "SHARE", 1e9)
    monkeypatch.setattr(recovery, "WITHIN_EPOCH", -1.0)
    return Patient(tmp_path)


def followed(
    project: Project,
    given: Examples,
    keeper: Keeper | None = None,
    start: Restart | None = None,
    inbox: Any = None,
    *,
    plan: NumericPlan = ONE_THREAD,
) -> tuple[list[Event], Trained]:
    trained = Trained()
    events = train(
        project,
        given,
        inbox=inbox or SimpleQueue(),
        run="run",
        plan=plan,
        trained=trained,
        keeper=keeper,
        go_on_from=start,
    )
    return list(events), trained


def assert_same_end(
    project: Project, given: Examples, keeper: Patient, every: int = 1, plan: NumericPlan = ONE_THREAD
) -> None:
    whole, trained = followed(project, given, keeper, plan=plan)
    told = all_of(CheckpointSaved, whole)
    assert len(told) == len(keeper.copies) > 0
    for kept, at in list(zip(keeper.copies, told, strict=True))[::every]:
        again, other = followed(project, given, start=Restart(load_recovery(kept)), plan=plan)
        assert same_weights(trained.last, other.last)
        assert same_weights(trained.best, other.best)
        assert curve(again) == curve(whole)[at.epoch :]
        assert losses(again) == losses(whole)
        ends = [the(RunFinished, events) for events in (whole, again)]
        assert len({(end.outcome, end.epochs, end.best_epoch, str(end.test), str(end.validation)) for end in ends}) == 1


def losses(events: list[Event]) -> BatchHistory:
    """Of all batches, as who hears the events puts them together."""
    history = BatchHistory()
    for told in all_of(BatchLosses, events):
        history.take(told)
    return history


def curve(events: list[Event]) -> list[tuple[object, ...]]:
    return [
        (done.epoch, done.train, done.validation, done.best, done.learning_rate) for done in all_of(EpochDone, events)
    ]


def test_from_every_batch(keeper: Patient) -> None:
    project = experiment(*BODY, epochs=4)
    assert_same_end(project, examples(rows=61), keeper)
    assert len(keeper.copies) == 4 * 6, "behind every batch but the last, and at the end of every epoch"


def test_within_an_epoch_of_several_chunks(keeper: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.feed.CHUNK_BATCHES", 2)
    assert_same_end(experiment(*BODY, epochs=2), examples(), keeper)


@pytest.mark.parametrize("kind", SCHEDULES.kinds.values(), ids=SCHEDULES.kinds)
def test_with_every_schedule(kind: type[Schedule], keeper: Patient) -> None:
    assert_same_end(experiment(*BODY, epochs=4, schedule=kind()), examples(), keeper, every=5)


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
def test_with_every_optimiser(kind: type[Optimizer], keeper: Patient) -> None:
    assert_same_end(experiment(*BODY, epochs=3, optimizer=kind()), examples(), keeper, every=5)


def test_with_gathered_gradients_and_patience(keeper: Patient) -> None:
    assert_same_end(experiment(*BODY, epochs=4, accumulate=3, clip=0.5, patience=1), examples(), keeper)


def test_with_frozen_layers_that_are_passed_once(keeper: Patient) -> None:
    project = experiment(*BODY, epochs=2)
    rows = tuple(replace(row, locked=place < 2) for place, row in enumerate(project.model.rows))
    assert_same_end(replace(project, model=Model(rows)), examples(), keeper, 3, NumericPlan(threads=1, once=1))


def test_with_an_average_of_the_weights(keeper: Patient) -> None:
    """And with all else that has a state of its own: a schedule of batches, gathered and shortened gradients."""
    project = experiment(*BODY, epochs=4, ema=0.9, accumulate=3, clip=0.5, schedule=OneCycle())
    assert_same_end(project, examples(), keeper)


# ---- When, and what then ----


def test_checkpoints_take_a_small_share_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(recovery, "perf_counter", lambda: clock[0])

    def slow() -> None:
        clock[0] += 0.5

    keeper, spent = Keeper(tmp_path / "now", slow), 0.0
    for _ in range(10_000):
        clock[0] += 0.1
        if keeper.is_due(epoch_is_over=True):
            keeper.save({})
            spent += 0.5
    assert 0.01 < spent / clock[0] <= recovery.SHARE


def test_within_an_epoch_one_is_due_after_some_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(recovery, "perf_counter", lambda: clock[0])
    keeper = Keeper(tmp_path / "now", lambda: None)
    clock[0] = recovery.WITHIN_EPOCH - 1
    assert keeper.is_due(epoch_is_over=True)
    assert not keeper.is_due(epoch_is_over=False)
    clock[0] += 2
    assert keeper.is_due(epoch_is_over=False)


def test_a_full_disk_is_waited_for(keeper: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.engine.remote.RETRY_SECONDS", 0.0)
    tries = iter([True, True, True, False])

    def full() -> None:
        if next(tries, False):
            raise disk_full("No room.")

    keeper._before = full
    project, given = experiment(*BODY), examples()
    events, trained = followed(project, given, keeper)
    waiting = [event for event in events if isinstance(event, DiskFull | Resumed)]
    assert waiting == [DiskFull("No room."), Resumed()]
    assert same_weights(trained.last, followed(project, given)[1].last)


def test_a_stop_ends_the_waiting(keeper: Patient) -> None:
    inbox: Inbox = SimpleQueue()

    def full() -> None:
        inbox.put(Stop())
        raise OSError(28, "No space left on device", "runs")

    keeper._before = full
    events, _ = followed(experiment(*BODY), examples(), keeper, inbox=inbox)
    assert the(RunFinished, events).outcome == "stopped"
    assert all_of(CheckpointSaved, events) == []


def test_other_errors_of_a_checkpoint_are_told(keeper: Patient) -> None:
    def broken() -> None:
        raise FileError("The database is gone.")

    keeper._before = broken
    with pytest.raises(FileError, match="gone"):
        followed(experiment(*BODY), examples(), keeper)


@pytest.mark.parametrize("content", [{}, {"format": "nnstudio-recovery", "version": 99}, [1]])
def test_what_is_no_checkpoint_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "now")
    with pytest.raises(ModelFileError, match="cannot be used"):
        load_recovery(tmp_path / "now")


def test_a_torn_checkpoint_is_refused(tmp_path: Path) -> None:
    Keeper(tmp_path / "now", lambda: None).save({"module": {"0.weight": torch.ones(100)}})
    whole = (tmp_path / "now").read_bytes()
    (tmp_path / "now").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="damaged"):
        load_recovery(tmp_path / "now")
