"""The moving average of the weights is PyTorch's own, and it is what is judged and kept."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from nnstudio.engine.averaging import Average
from nnstudio.engine.examples import Examples
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.predict import evaluate
from nnstudio.engine.trained import Trained
from nnstudio.spec.events import EpochDone, NumericPlan, RunFinished
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from tests.engine.experiments import all_of, examples, experiment, learned, rows_of, run, same_weights, the
from tests.engine.test_train import by_hand

DECAY = 0.9
Tensors = tuple[Tensor, ...] | list[Tensor]
BODY = (Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3))


def pytorchs(decay: float, module: nn.Module) -> AveragedModel:
    """PyTorch's average with the decay that begins smaller."""

    def average(mine: Tensors, theirs: Tensors, steps: Tensor | int) -> None:
        n = int(steps)
        torch._foreach_lerp_(mine, theirs, 1 - min(decay, (1 + n) / (10 + n)))

    return AveragedModel(module, multi_avg_fn=average)


@pytest.mark.parametrize("decay", [0.5, 0.9, 0.999])
def test_it_is_pytorchs_averaged_model(decay: float) -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    average, theirs = Average(module, decay), pytorchs(decay, module)
    for _ in range(30):
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.add_(torch.randn_like(parameter))
        average.follow()
        theirs.update_parameters(module)
    wanted = theirs.module.state_dict()
    assert all(same_bits(tensor, wanted[name]) for name, tensor in average.module.state_dict().items())


def test_statistics_of_a_batch_norm_are_averaged_and_counters_copied() -> None:
    module = nn.Sequential(nn.BatchNorm1d(2))
    average = Average(module, DECAY)
    means: list[Tensor] = []
    norm = module.get_submodule("0")
    for _ in range(3):
        module(torch.randn(8, 2) + 5)
        average.follow()
        means.append(norm.get_buffer("running_mean").clone())
    mine = average.module.get_submodule("0")
    expected = means[0].lerp(means[1], 1 - 2 / 11).lerp(means[2], 1 - 3 / 12)
    torch.testing.assert_close(mine.get_buffer("running_mean"), expected)
    assert int(mine.get_buffer("num_batches_tracked")) == 3


def test_it_begins_anew_where_a_run_goes_on_without_one() -> None:
    module = nn.Sequential(nn.Linear(2, 1))
    average = Average(module, DECAY)
    average.follow()
    with torch.no_grad():
        module.get_parameter("0.weight").add_(1)
    average.restore(None)
    assert same_weights(average.module.state_dict(), module.state_dict())
    assert average.state()["steps"] == 0


@pytest.mark.parametrize("step", ["recorded", "eager"])
def test_what_is_judged_and_kept_is_the_average_of_a_loop_by_hand(step: str) -> None:
    project, given = experiment(epochs=4, ema=DECAY), examples()
    trained, plan = Trained(), NumericPlan(step=step)  # type: ignore[arg-type]  # one of the two
    events = run(project, given, trained=trained, plan=plan)
    finished = the(RunFinished, events)
    upto = replace(project, training=replace(project.training, epochs=finished.best_epoch))
    assert same_weights(trained.best, averaged_by_hand(upto, given))
    module = by_hand(upto, given)
    module.load_state_dict(trained.best)
    judged = evaluate(module, project.training.loss, given, given.validation)
    done = next(event for event in all_of(EpochDone, events) if event.epoch == finished.best_epoch)
    assert done.validation == judged == finished.validation


def averaged_by_hand(project: Project, given: Examples) -> dict[str, Tensor]:
    """The average that PyTorch's own class has behind the loop that a PyTorch user writes."""
    found: list[AveragedModel] = []

    def follow(module: nn.Module) -> None:
        if not found:
            found.append(pytorchs(DECAY, module))
        found[0].update_parameters(module)

    by_hand(project, given, after_step=follow)
    state: dict[str, Tensor] = found[0].module.state_dict()
    return state


def test_training_itself_does_not_notice() -> None:
    project, given = experiment(*BODY, epochs=3, accumulate=2, clip=0.5), examples()
    with_average = replace(project, training=replace(project.training, ema=DECAY))
    assert same_weights(learned(project, given), learned(with_average, given))
    assert the(RunFinished, run(with_average, given)).best_epoch > 0


def test_it_follows_steps_and_not_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[Average] = []

    def follow(self: Average) -> None:
        followed.append(self)

    monkeypatch.setattr(Average, "follow", follow)
    run(experiment(epochs=2, accumulate=3, ema=DECAY), examples())  # five batches an epoch: three, and two
    assert len(followed) == 4


def test_frozen_layers_stay_as_they_are_to_the_bit() -> None:
    rows = rows_of(*BODY)
    project = experiment(*BODY, epochs=4, ema=DECAY, optimizer=SGD(lr=0.1))
    locked = (replace(rows[0], locked=True), replace(rows[1], locked=True, thaw=3), *rows[2:])
    project = replace(project, model=Model(locked))
    trained = Trained()
    finished = the(RunFinished, run(project, examples(), trained=trained))
    assert finished.frozen_unchanged
    assert finished.thawed
    torch.manual_seed(project.training.seed)
    first = deepcopy(nn.Linear(4, 8)).state_dict()
    assert torch.equal(trained.best["0.weight"], first["weight"])
