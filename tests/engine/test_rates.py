"""Layers learn at rates of their own, and locked ones begin to train in their epoch; nothing else changes by a bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.engine.build import build
from nnstudio.engine.frozen import Frozen, same_bits
from nnstudio.engine.step import make_step, rates_of
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import EpochDone, RunFinished, RunStarted
from nnstudio.spec.freezing import ALWAYS, rules
from nnstudio.spec.layers import BatchNorm1d, Branches, Linear, ReLU, Repeat
from nnstudio.spec.model import Model, Row, block
from nnstudio.spec.optimizers import SGD, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import ConstantRate, Exponential
from nnstudio.spec.training import Training
from tests.engine.experiments import events_of, examples, experiment, learned, run, same_weights, the

OPTIMIZERS: list[Optimizer] = [SGD(lr=0.1), Adam(lr=0.01), AdamW(lr=0.01), RMSprop()]
BODY = (Linear(6), BatchNorm1d(), ReLU(), Linear(3))


def with_rows(project: Project, **changes: dict[str, Any]) -> Project:
    """The project with fields of some rows changed, by their places: ``at0={"rate": 0.1}``."""
    rows = list(project.model.rows)
    for place, fields in changes.items():
        rows[int(place.removeprefix("at"))] = replace(rows[int(place.removeprefix("at"))], **fields)
    return replace(project, model=replace(project.model, rows=tuple(rows)))


# ---- Rates ----


def test_the_rate_of_a_layer_is_times_that_of_the_blocks_around_it() -> None:
    inner = Row("x", Linear(4), rate=0.5)
    model = Model((replace(block(Repeat(2), [inner]), rate=0.1), Row("y", Linear(3))))
    assert [(rule.prefix, rule.rate) for rule in rules(model)] == [("0.0.0", 0.05), ("0.1.0", 0.05), ("1", 1.0)]
    module = build(model, (4,), 0)
    assert rates_of(module, model) == {f"0.{n}.0.{name}": 0.05 for n in (0, 1) for name in ("weight", "bias")}


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.key)
def test_layers_step_as_parameter_groups_written_by_hand_do(kind: Optimizer) -> None:
    """Against PyTorch's own groups, over some steps, bit for bit."""
    model = Model((Row("a", Linear(6), rate=0.1), Row("b", ReLU()), Row("c", Linear(3))))
    ours, theirs = build(model, (4,), 0), build(model, (4,), 0)
    step = make_step(ours, Training(optimizer=kind), False, rates=rates_of(ours, model))
    arguments = kind.call().kwargs
    groups = [{"params": theirs[0].parameters(), "lr": kind.lr * 0.1}, {"params": theirs[2].parameters()}]
    optimizer = getattr(torch.optim, kind.call().name.removeprefix("optim."))(groups, **arguments)
    loss = nn.CrossEntropyLoss()
    draw = torch.Generator().manual_seed(1)
    for _ in range(5):
        x, y = torch.randn(8, 4, generator=draw), torch.randint(3, (8,), generator=draw)
        step(x, y)
        optimizer.zero_grad()
        loss(theirs(x), y).backward()
        optimizer.step()
    assert same_weights(dict(ours.state_dict()), dict(theirs.state_dict()))


def test_rates_of_one_are_the_same_call_as_without() -> None:
    module = build(Model((Row("a", Linear(6)), Row("c", Linear(3)))), (4,), 0)
    step = make_step(module, Training(), True, rates={})
    assert len(step.update.optimizer.param_groups) == 1
    assert step.update.optimizer.param_groups[0]["params"] == list(module.parameters())


def test_a_slower_layer_moves_less() -> None:
    project = experiment(*BODY, optimizer=SGD(lr=0.1), epochs=1)
    before = build(project.model, (4,), 0).state_dict()
    moved = [
        (learned(with_rows(project, at0={"rate": rate}), examples())["0.weight"] - before["0.weight"]).norm()
        for rate in (1.0, 0.01)
    ]
    assert moved[1] < moved[0] / 10


# ---- Thawing ----


def test_a_layer_that_thaws_keeps_its_bits_until_then_and_trains_from_then_on() -> None:
    project = with_rows(experiment(*BODY, epochs=5), at0={"locked": True, "thaw": 3}, at1={"locked": True})
    before, trained = build(project.model, (4,), 0).state_dict(), Trained()
    states: dict[int, dict[str, torch.Tensor]] = {}
    events = []
    for event in events_of(project, examples(), trained=trained):
        events.append(event)
        if isinstance(event, EpochDone):
            states[event.epoch] = {name: tensor.clone() for name, tensor in trained.last.items()}
    finished = the(RunFinished, events)
    assert all(same_bits(states[epoch]["0.weight"], before["0.weight"]) for epoch in (1, 2))
    assert not any(same_bits(states[epoch]["0.weight"], before["0.weight"]) for epoch in (3, 4, 5))
    assert finished.thawed == ("0.weight", "0.bias")
    assert finished.frozen == tuple(f"1.{name}" for name, _ in build(project.model, (4,), 0)[1].state_dict().items())
    assert finished.frozen_unchanged is True
    assert the(RunStarted, events).trainable == 21


def test_until_it_thaws_a_run_is_the_same_as_with_the_layer_locked_for_good() -> None:
    locked = with_rows(experiment(*BODY, epochs=3), at0={"locked": True})
    later = with_rows(locked, at0={"thaw": 4})
    assert same_weights(learned(locked, examples()), learned(later, examples()))


def test_a_run_that_ends_before_the_epoch_verifies_the_layer_as_locked() -> None:
    project = with_rows(experiment(*BODY, epochs=2), at0={"locked": True, "thaw": 9})
    finished = the(RunFinished, run(project, examples()))
    assert (finished.frozen, finished.thawed, finished.frozen_unchanged) == (("0.weight", "0.bias"), (), True)


def test_the_optimiser_keeps_what_it_knows_of_the_others() -> None:
    model = Model((Row("a", Linear(6), locked=True, thaw=2, rate=0.1), Row("b", ReLU()), Row("c", Linear(3))))
    module = build(model, (4,), 0)
    frozen, rates = Frozen(module, model), rates_of(module, model)
    training = Training(optimizer=Adam())
    step = make_step(module, training, False, rates=rates, later=frozen.later)
    optimizer = step.update.optimizer
    assert [group["lr"] for group in optimizer.param_groups] == [0.0001, 0.001]
    x, y = torch.ones(4, 4), torch.tensor([0, 1, 2, 0])
    step(x, y)
    known = {parameter: state["exp_avg"].clone() for parameter, state in optimizer.state.items()}
    assert set(known) == {module[2].weight, module[2].bias}
    frozen.thaw(1)
    assert frozen.later == {"0.weight": 2, "0.bias": 2}
    assert not module[0].weight.requires_grad
    frozen.thaw(2)
    assert all(torch.equal(optimizer.state[parameter]["exp_avg"], kept) for parameter, kept in known.items())
    first = module.get_parameter("0.weight")
    before = first.detach().clone()
    step(x, y)
    assert not torch.equal(before, first)


def test_a_schedule_also_slows_what_thaws_later() -> None:
    body = experiment(*BODY, epochs=6, schedule=Exponential(gamma=0.5), optimizer=SGD(lr=0.1))
    moved = []
    for project in (body, replace(body, training=replace(body.training, schedule=ConstantRate()))):
        later = with_rows(project, at0={"locked": True, "thaw": 6})
        before = build(later.model, (4,), 0).state_dict()["0.weight"]
        moved.append(float((learned(later, examples())["0.weight"] - before).norm()))
    assert 0 < moved[0] < moved[1] / 8


def test_a_batch_norm_that_thaws_follows_the_data_from_then_on() -> None:
    project = with_rows(experiment(*BODY, epochs=2), at1={"locked": True, "thaw": 2})
    state = learned(project, examples())
    batches = state["1.num_batches_tracked"].item()
    assert batches == 5, "the five batches of the second epoch alone"


def test_what_is_locked_by_two_locks_waits_for_the_later_one() -> None:
    inner = Row("x", Linear(4), locked=True, thaw=5)
    outer = replace(block(Branches(), [inner, Row("y", Linear(4))], []), locked=True, thaw=3)
    free = Row("z", Linear(3), thaw=7)
    model = Model((outer, free))
    assert [rule.until for rule in rules(model)] == [5, 3, 0]
    assert [rule.until for rule in rules(Model((replace(outer, thaw=0), free)))] == [ALWAYS, ALWAYS, 0]


def test_a_change_before_the_thaw_is_found() -> None:
    model = Model((Row("a", Linear(4), locked=True, thaw=2), Row("b", Linear(3))))
    module = build(model, (4,), 0)
    frozen = Frozen(module, model)
    with torch.no_grad():
        module.get_parameter("0.weight").view(-1)[0] += 1
    frozen.thaw(2)
    assert frozen.unchanged(module.state_dict()) is False


def test_a_network_that_thaws_whole_has_nothing_to_train_at_first() -> None:
    project = with_rows(
        experiment(Linear(6), Linear(3)), at0={"locked": True, "thaw": 2}, at1={"locked": True, "thaw": 2}
    )
    with pytest.raises(TrainingError, match="There is nothing to train"):
        run(project, examples())


def test_training_twice_gives_the_same_bits_with_rates_and_thaws() -> None:
    project = with_rows(experiment(*BODY, epochs=4), at0={"locked": True, "thaw": 3, "rate": 0.3}, at3={"rate": 2.0})
    assert same_weights(learned(project, examples()), learned(project, examples()))
