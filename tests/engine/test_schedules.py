"""The curve of the learning rate that is drawn before training is the one that PyTorch's schedulers follow."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nnstudio.engine.schedule import Scheduler, make_schedule
from nnstudio.spec.schedules import SCHEDULES, ConstantRate, Cosine, Length, OneCycle, Plateau, Schedule, Steps, WarmUp
from tests.spec.strategies import declared

lengths = st.builds(Length, epochs=st.integers(1, 12), batches=st.integers(1, 9))
foreseen = pytest.mark.parametrize("kind", [kind for kind in SCHEDULES.kinds.values() if not kind.follows_loss])


def optimizer_of(*rates: float) -> torch.optim.Optimizer:
    groups: list[dict[str, Any]] = [{"params": [nn.Parameter(torch.ones(1))], "lr": rate} for rate in rates]
    return torch.optim.SGD(groups, lr=rates[0], momentum=0.9)


def followed(schedule: Schedule, length: Length, *rates: float) -> list[list[float]]:
    """The learning rates of every group in each epoch or batch."""
    optimizer = optimizer_of(*rates)
    scheduler = make_schedule(schedule, optimizer, length)
    seen = []
    for _ in range(schedule.steps(length)):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return seen


def drawn_of(schedule: Schedule, length: Length) -> list[float]:
    return [schedule.factor(at, length) for at in range(schedule.steps(length))]


@foreseen
@given(data=st.data(), length=lengths)
def test_the_drawn_curve_is_the_one_that_is_followed(kind: type[Schedule], data: st.DataObject, length: Length) -> None:
    schedule = data.draw(declared(kind))
    drawn = drawn_of(schedule, length)
    assert [rates[0] for rates in followed(schedule, length, 1.0)] == pytest.approx(drawn, abs=1e-6)


@foreseen
def test_every_group_follows_in_its_own_height(kind: type[Schedule]) -> None:
    length = Length(5, 4)
    drawn = drawn_of(kind(), length)
    for rates, factor in zip(followed(kind(), length, 0.5, 0.05), drawn, strict=True):
        assert rates == pytest.approx([0.5 * factor, 0.05 * factor], abs=1e-6)


def test_what_stays_needs_no_scheduler() -> None:
    assert make_schedule(ConstantRate(), optimizer_of(1.0), Length(3, 3)) is None


def test_a_plateau_lowers_the_rate_when_the_loss_stops_falling() -> None:
    optimizer = optimizer_of(1.0)
    scheduler = Scheduler(Plateau(gamma=0.5, patience=1), optimizer, Length(9, 1))
    rates = []
    for loss in (3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0):
        optimizer.step()
        scheduler.after_epoch(loss)
        rates.append(scheduler.rate)
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25]


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        (Steps(every=2, gamma=0.5), [1, 1, 0.5, 0.5]),
        (Cosine(), [1, 0.8535534, 0.5, 0.1464466]),
        (WarmUp(epochs=2), [0.5, 1, 1, 0.5]),
        (OneCycle(rising=0.5), [0.04, 1, 0.500002, 4e-6]),
    ],
)
def test_curves_that_are_known(schedule: Schedule, factors: list[float]) -> None:
    assert drawn_of(schedule, Length(4, 1)) == pytest.approx(factors)
