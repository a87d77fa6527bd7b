"""What a run does beside plain steps: accumulate and clip gradients, change the learning rate, end early."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnstudio.engine.build import make_loss, make_optimizer
from nnstudio.engine.schedule import Scheduler
from nnstudio.engine.step import make_step
from nnstudio.spec.events import EpochDone, RunFinished
from nnstudio.spec.losses import MSE, CrossEntropy
from nnstudio.spec.optimizers import SGD, AdamW
from nnstudio.spec.schedules import Cosine, Exponential, Length, OneCycle, Plateau, Schedule, Steps, WarmUp
from nnstudio.spec.training import Training
from tests.engine.experiments import all_of, examples, experiment, learned, run, same_weights, the

PLAIN = SGD(lr=0.1, momentum=0)


def network() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(4, 2)


def batches(count: int, rows: int = 6) -> list[tuple[torch.Tensor, torch.Tensor]]:
    draw = torch.Generator().manual_seed(1)
    return [(torch.randn(rows, 4, generator=draw), torch.randn(rows, 2, generator=draw)) for _ in range(count)]


def stepped(training: Training, given: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    module = network()
    step = make_step(module, training, fused=True)
    for x, y in given:
        step(x, y)
    step.update.finish()
    return module.weight.detach()


def test_gathered_batches_make_the_step_of_one_large_batch() -> None:
    given = batches(3)
    together = [(torch.cat([x for x, _ in given]), torch.cat([y for _, y in given]))]
    gathered = stepped(Training(MSE(), PLAIN, accumulate=3), given)
    torch.testing.assert_close(gathered, stepped(Training(MSE(), PLAIN), together))


def test_what_is_left_over_at_the_end_of_an_epoch_makes_a_step_of_its_own() -> None:
    given = batches(3)
    first, last = given[:2], given[2:]
    joined = [(torch.cat([x for x, _ in part]), torch.cat([y for _, y in part])) for part in (first, last)]
    torch.testing.assert_close(
        stepped(Training(MSE(), PLAIN, accumulate=2), given), stepped(Training(MSE(), PLAIN), joined)
    )


def test_a_long_gradient_is_shortened_and_a_short_one_is_not() -> None:
    given = batches(1)
    before = network().weight.detach()
    free = stepped(Training(MSE(), PLAIN), given) - before
    module = network()
    torch.autograd.backward(make_loss(MSE())(module(given[0][0]), given[0][1]))
    length = float(
        nn.utils.get_total_norm([parameter.grad for parameter in module.parameters() if parameter.grad is not None])
    )
    clipped = stepped(Training(MSE(), PLAIN, clip=length / 2), given) - before
    torch.testing.assert_close(clipped, free / 2, rtol=1e-4, atol=1e-7)
    assert torch.equal(stepped(Training(MSE(), PLAIN, clip=length * 2), given) - before, free)


def test_weight_decay_can_leave_biases_and_norms_alone() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    kind = AdamW(lr=0.1, weight_decay=0.5)
    optimizer = make_optimizer(kind, module.parameters(), fused=True, decay="weights")
    before = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}
    for parameter in module.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    moved = {name for name, parameter in module.named_parameters() if not torch.equal(parameter, before[name])}
    assert moved == {"0.weight", "2.weight"}
    torch.testing.assert_close(module.get_parameter("0.weight"), before["0.weight"] * 0.95)


def test_all_parameters_decay_in_one_group_unless_some_are_spared() -> None:
    module = network()
    (group,) = make_optimizer(AdamW(), module.parameters(), fused=True).param_groups
    assert (group["lr"], group["weight_decay"], group["params"]) == (0.001, 0.01, list(module.parameters()))


@pytest.mark.parametrize("schedule", [Steps(1, 0.5), Exponential(), Cosine(), WarmUp(1.0), OneCycle()])
def test_each_epoch_says_the_learning_rate_that_it_ended_with(schedule: Schedule) -> None:
    project = experiment(optimizer=PLAIN, schedule=schedule, epochs=4, size=8)
    done = all_of(EpochDone, run(project, examples()))
    length = Length(4, 5)
    in_epoch = [epoch if schedule.unit == "epoch" else 5 * (epoch + 1) for epoch in range(3)]
    expected = [0.1 * schedule.factor(at, length) for at in in_epoch]
    assert [epoch.learning_rate for epoch in done][:3] == pytest.approx(expected)


def test_a_plateau_is_told_the_validation_loss() -> None:
    plateau = Plateau(gamma=0.5, patience=0)
    done = all_of(
        EpochDone, run(experiment(optimizer=SGD(lr=0.5), schedule=plateau, epochs=60, patience=0), examples())
    )
    replayed = Scheduler(plateau, torch.optim.SGD(network().parameters(), lr=0.5), Length(60, 5))
    for epoch in done:
        assert epoch.learning_rate == replayed.rate
        replayed.after_epoch(epoch.validation["loss"])
    assert replayed.rate < 0.5


def test_a_run_ends_early_when_the_validation_loss_gets_no_better() -> None:
    project = experiment(optimizer=SGD(lr=0.5), epochs=400, patience=5)
    events = run(project, examples())
    finished = the(RunFinished, events)
    assert finished.outcome == "early"
    assert finished.epochs == finished.best_epoch + 5 < 400


def test_nothing_ends_a_run_that_does_not_wait_for_better() -> None:
    project = experiment(optimizer=SGD(lr=0.5), epochs=60, patience=0)
    finished = the(RunFinished, run(project, examples()))
    assert (finished.outcome, finished.epochs) == ("completed", 60)


def test_the_same_recipe_gives_the_same_bits() -> None:
    recipe = experiment(schedule=OneCycle(), clip=0.5, accumulate=2, loss=CrossEntropy(label_smoothing=0.1), epochs=4)
    assert same_weights(learned(recipe, examples()), learned(recipe, examples()))
