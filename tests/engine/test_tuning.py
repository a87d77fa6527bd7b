"""Another learning rate and weight decay while a run goes on: from that batch, under every schedule, and repeatable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest
import torch

from nnstudio.engine import pace, recovery
from nnstudio.engine.build import make_optimizer
from nnstudio.engine.recovery import Content, Keeper, Restart, load_recovery
from nnstudio.engine.schedule import Scheduler
from nnstudio.engine.train import train
from nnstudio.engine.trained import State, Trained
from nnstudio.engine.tuning import Tuning
from nnstudio.spec.events import (
    ChangeRates,
    Command,
    EpochDone,
    Event,
    NumericPlan,
    Pause,
    Paused,
    Progress,
    RatesChanged,
    Resume,
    Resumed,
    RunFinished,
)
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.optimizers import OPTIMIZERS, Adam, Optimizer
from nnstudio.spec.params import write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES, Length, Schedule
from nnstudio.spec.training import Training
from tests.engine.experiments import ONE_THREAD, all_of, examples, experiment, same_weights, the

BODY = (Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3))
LENGTH = Length(4, 5)
FASTER = ChangeRates(0.004, 0.02)


@pytest.fixture(autouse=True)
def progress_after_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", 0.0)


def followed(
    project: Project,
    says: dict[int, list[Command]],
    plan: NumericPlan = ONE_THREAD,
    keeper: Keeper | None = None,
    start: Restart | None = None,
) -> tuple[list[Event], State]:
    """The events of a run to which something is said behind so many batches, and its last weights."""
    inbox: SimpleQueue[Command] = SimpleQueue()
    trained, events, batches = Trained(), [], 0
    for event in train(
        project, examples(), inbox=inbox, run="r", plan=plan, trained=trained, keeper=keeper, go_on_from=start
    ):
        events.append(event)
        batches += isinstance(event, Progress)
        for command in says.get(batches, ()) if isinstance(event, Progress) else ():
            inbox.put(command)
    return events, trained.last


def with_rates(project: Project, learning_rate: float, weight_decay: float) -> Project:
    optimizer = project.training.optimizer
    changed = type(optimizer)(**write_fields(optimizer) | {"lr": learning_rate, "weight_decay": weight_decay})
    return replace(project, training=replace(project.training, optimizer=changed))


def test_a_change_counts_from_the_next_batch_and_is_told_with_its_place() -> None:
    project = experiment(*BODY, epochs=3)
    events, last = followed(project, {6: [FASTER]})
    assert all_of(RatesChanged, events) == [RatesChanged(2, 2, 0.004, 0.02)]
    assert [done.learning_rate for done in all_of(EpochDone, events)] == [0.001, 0.004, 0.004]
    assert not same_weights(last, followed(project, {})[1])


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
@pytest.mark.parametrize("step", ["eager", "recorded"])
def test_it_gives_the_bits_of_a_run_that_had_these_rates_from_there(kind: type[Optimizer], step: str) -> None:
    """Rates that are changed at once and back again leave nothing behind but what the batches between did."""
    project = experiment(*BODY, epochs=2, optimizer=kind())
    plan = NumericPlan(threads=1, step="recorded" if step == "recorded" else "eager")
    lr, decay = kind().lr, kind().weight_decay
    there_and_back = followed(project, {7: [ChangeRates(lr * 2, 0.5), ChangeRates(lr, decay)]}, plan)
    assert len(all_of(RatesChanged, there_and_back[0])) == 2
    assert same_weights(there_and_back[1], followed(project, {}, plan)[1])
    changed = followed(project, {4: [ChangeRates(lr * 2, 0.5)]}, plan)
    assert same_weights(changed[1], followed(project, {4: [ChangeRates(lr * 2, 0.5)]}, ONE_THREAD)[1])


@pytest.mark.parametrize("kind", SCHEDULES.kinds.values(), ids=SCHEDULES.kinds)
def test_every_schedule_goes_on_from_where_it_is_scaled(kind: type[Schedule]) -> None:
    plain, scaled = Rated(kind()), Rated(kind())
    for step in range(LENGTH.steps):
        if step == 7:
            list(scaled.tuning.change(ChangeRates(0.002, 0.0), 2, 3))
        factor = 2.0 if step >= 7 else 1.0
        assert scaled.rates == pytest.approx([factor * rate for rate in plain.rates], rel=1e-12)
        for one in (plain, scaled):
            one.step((step + 1) % LENGTH.batches == 0)


class Rated:
    """An optimiser of two groups, one of them ten times slower, with its schedule and nothing to learn."""

    def __init__(self, schedule: Schedule) -> None:
        fast, slow = (torch.nn.Parameter(torch.ones(2, 2)) for _ in range(2))
        self.optimizer = make_optimizer(Adam(lr=0.001), [fast, slow], fused=False, rates={slow: 0.1})
        self.scheduler = Scheduler(schedule, self.optimizer, LENGTH)
        self.tuning = Tuning(Training(optimizer=Adam(lr=0.001)), self.optimizer, self.scheduler)

    @property
    def rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def step(self, epoch_is_over: bool) -> None:
        if self.scheduler.after_batch:
            self.scheduler.after_batch()
        if epoch_is_over:
            self.scheduler.after_epoch(1.0)


def test_what_is_spared_from_weight_decay_stays_spared() -> None:
    weight, bias = torch.nn.Parameter(torch.ones(2, 2)), torch.nn.Parameter(torch.ones(2))
    optimizer = make_optimizer(Adam(), [weight, bias], fused=False, decay="weights")
    tuning = Tuning(Training(decay="weights"), optimizer, Scheduler(SCHEDULES.kinds["constant"](), optimizer, LENGTH))
    list(tuning.change(ChangeRates(0.001, 0.1), 1, 1))
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.1, 0.0]


def test_what_changes_nothing_is_passed_over() -> None:
    project = experiment(*BODY)
    events, last = followed(project, {3: [ChangeRates(0.001, 0.0)]})
    assert not all_of(RatesChanged, events)
    assert same_weights(last, followed(project, {})[1])


def test_a_paused_run_answers_at_once() -> None:
    events, _ = followed(experiment(*BODY), {3: [Pause(), FASTER, Resume()]})
    told = [event for event in events if isinstance(event, Paused | Resumed | RatesChanged)]
    assert told == [Paused(), RatesChanged(1, 4, 0.004, 0.02), Resumed()]


# ---- Taken up again ----


class Patient(Keeper):
    """Keeps every fourth checkpoint."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "now", lambda: None)
        self.copies: list[Content] = []
        self._asked = 0

    def save(self, content: Content) -> None:
        if self._asked % 4 == 0:
            super().save(content)
            self.copies.append(load_recovery(self._path))
        self._asked += 1


@pytest.mark.parametrize("kind", SCHEDULES.kinds.values(), ids=SCHEDULES.kinds)
def test_a_run_that_is_taken_up_again_ends_in_the_same_bits(
    kind: type[Schedule], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From checkpoints before, between and behind two changes, also where nothing else interrupts the batches."""
    monkeypatch.setattr(recovery, "SHARE", 1e9)
    monkeypatch.setattr(recovery, "WITHIN_EPOCH", -1.0)
    keeper, project = Patient(tmp_path), experiment(*BODY, epochs=3, schedule=kind())
    says: dict[int, list[Command]] = {4: [FASTER], 9: [ChangeRates(0.0005, 0.1)]}
    events, last = followed(project, says, keeper=keeper)
    changes = all_of(RatesChanged, events)
    assert len(changes) == 2
    monkeypatch.setattr(pace, "INTERVAL", 600.0)
    for state in keeper.copies:
        place = state["epochs"] + 1, state["batches"]
        to_come = tuple(each for each in changes if (each.epoch, each.batch) > place)
        again, other = followed(project, {}, start=Restart(state, to_come))
        assert all_of(RatesChanged, again) == list(to_come)
        assert same_weights(last, other)
        assert the(RunFinished, again).test == the(RunFinished, events).test


def test_a_new_wish_takes_the_place_of_recorded_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "SHARE", 1e9)
    keeper, project = Patient(tmp_path), experiment(*BODY, epochs=3)
    followed(project, {}, keeper=keeper)
    restart = Restart(keeper.copies[0], (RatesChanged(3, 1, 0.5, 0.0),))
    events, _ = followed(project, {2: [FASTER]}, start=restart)
    assert all_of(RatesChanged, events) == [RatesChanged(2, 3, 0.004, 0.02)]
