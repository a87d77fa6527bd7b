"""Mixed precision is PyTorch's own, where the device has it; nothing is asked for in vain."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.build import make_loss
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.precision import check_precision, works_in
from nnstudio.engine.predict import evaluate
from nnstudio.engine.ranging import losses_by_rate
from nnstudio.engine.recorded.step import RecordedStep
from nnstudio.engine.step import make_step
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import NumericPlan, PlanChanged, RunFinished, RunStarted
from nnstudio.spec.layers import BatchNorm1d, Conv2d, Dropout, Flatten, LayerKind, Linear, ReLU
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.training import Training
from tests.engine.experiments import all_of, events_of, examples, experiment, learned, run, same_weights, the
from tests.engine.recorded.test_same_bits import batches_of, classes
from tests.engine.test_recovery import Patient, assert_same_end, followed, keeper  # noqa: F401  # a fixture
from tests.engine.test_train import by_hand

BODY = (Linear(8), BatchNorm1d(), ReLU(), Dropout(0.3), Linear(3))
PICTURES = (Conv2d(4), ReLU(), Flatten(), Linear(3))


@pytest.mark.parametrize(("layers", "shape"), [(BODY, (4,)), (PICTURES, (2, 6, 6))], ids=["table", "pictures"])
@pytest.mark.parametrize("step", ["recorded", "eager"])
def test_bfloat16_gives_the_bits_of_a_loop_under_autocast(
    layers: tuple[LayerKind, ...], shape: tuple[int, ...], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, given = experiment(*layers, precision="bfloat16"), examples(shape=shape)
    trained = Trained()
    plan = NumericPlan(step=step, precision="bfloat16")  # type: ignore[arg-type]  # one of the two
    events = run(project, given, plan=plan, trained=trained)
    assert all_of(PlanChanged, events) == [], "a step under autocast can be recorded"
    original: Any = nn.Sequential.forward

    def mixed(module: nn.Sequential, x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            output: Tensor = original(module, x)
            return output.float()

    monkeypatch.setattr(nn.Sequential, "forward", mixed)
    assert same_weights(trained.last, by_hand(project, given).state_dict())
    monkeypatch.undo()
    assert not same_weights(trained.last, learned(project, given))
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    judged = evaluate(module, CrossEntropy(), given, given.validation)
    assert the(RunFinished, events).validation == judged, "judged in float32, as it will be used"


def test_the_project_says_what_the_plan_is() -> None:
    started = next(events_of(experiment(precision="bfloat16"), examples(), plan=None))
    assert isinstance(started, RunStarted)
    assert started.plan.precision == "bfloat16"


def test_a_run_is_resumed_in_its_precision(keeper: Patient, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    mixed = NumericPlan(precision="bfloat16")
    monkeypatch.setattr("tests.engine.test_recovery.ONE_THREAD", mixed)
    assert_same_end(experiment(*BODY, precision="bfloat16", ema=0.9), examples(), keeper, every=4)


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_float16_needs_a_cuda_card(device: str) -> None:
    with pytest.raises(TrainingError, match="float16 needs a CUDA graphics card"):
        check_precision("float16", device)


def test_what_the_device_cannot_is_refused_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingError, match=r"Training runs on the CPU\. Set the precision to bfloat16 or to full"):
        next(events_of(experiment(precision="float16"), examples(), plan=None))
    with pytest.raises(TrainingError, match="float16 needs"):
        next(losses_by_rate(experiment(precision="float16"), examples(), [0.1]))
    monkeypatch.setattr("nnstudio.engine.precision.works_in", lambda *_: False)
    with pytest.raises(TrainingError, match="This device cannot calculate in bfloat16"):
        next(events_of(experiment(precision="bfloat16"), examples(), plan=None))


def test_a_device_that_is_not_there_calculates_in_nothing() -> None:
    assert works_in("bfloat16", "cpu")
    assert not works_in("bfloat16", "cuda") or torch.cuda.is_available()


# ---- float16, whose scaler works on the CPU, too ----


def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))


@pytest.mark.parametrize(("accumulate", "clip"), [(1, 0.0), (1, 0.1), (2, 0.1)])
def test_float16_is_a_loop_with_a_scaler(accumulate: int, clip: float) -> None:
    training = Training(accumulate=accumulate, clip=clip)
    ours, theirs = network(), network()
    step = make_step(ours, training, fused=True, precision="float16")
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.001, weight_decay=0.0, fused=True)
    scaler, loss_of = torch.amp.GradScaler("cpu"), make_loss(training.loss)
    for place, (x, y) in enumerate(batches_of((5,), classes)):
        step(x, y)
        with torch.autocast("cpu", torch.float16):
            output = theirs(x)
        torch.autograd.backward(scaler.scale(loss_of(output.float(), y)))
        if (place + 1) % accumulate:
            continue
        scaler.unscale_(optimizer)
        if accumulate > 1:
            torch._foreach_div_([each.grad for each in theirs.parameters() if each.grad is not None], accumulate)
        if clip:
            nn.utils.clip_grad_norm_(theirs.parameters(), clip)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
    assert same_weights(ours.state_dict(), theirs.state_dict())


def test_a_step_that_overflows_is_passed_over_and_the_scale_halved() -> None:
    module = network()
    step = make_step(module, Training(), fused=True, precision="float16")
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    x, y = torch.full((4, 5), 1e30), torch.zeros(4, dtype=torch.int64)
    step(x, y)
    assert same_weights(module.state_dict(), before)
    assert step.update.state()["scaler"]["scale"] == 2.0**15


def test_the_scale_goes_on_where_it_was() -> None:
    twins = [make_step(network(), Training(), fused=True, precision="float16") for _ in range(2)]
    first, *rest = batches_of((5,), classes)
    twins[0](torch.full((4, 5), 1e30), torch.zeros(4, dtype=torch.int64))
    twins[0](*first)
    twins[1].module.load_state_dict(twins[0].module.state_dict())
    twins[1].update.restore(deepcopy(twins[0].update.state()))
    assert twins[1].update.state()["scaler"] == twins[0].update.state()["scaler"]
    for batch in rest:
        results = [twin(*batch) for twin in twins]
        assert all(map(same_bits, *results))
    assert same_weights(twins[0].module.state_dict(), twins[1].module.state_dict())


def test_a_scaled_step_is_not_taken_for_the_optimisers_alone() -> None:
    step = make_step(network(), Training(), fused=True, precision="float16")
    assert not step.update.is_the_optimizers_alone
    assert isinstance(RecordedStep(step).eager.update.scaler, torch.amp.GradScaler)
