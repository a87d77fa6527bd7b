"""A recorded step has the bits of the eager one, whatever the layer, the loss, the optimiser and the batch's length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from itertools import chain

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.build import make
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded import recorder, replay
from nnstudio.engine.recorded.step import RecordedStep
from nnstudio.engine.step import EagerStep, make_step
from nnstudio.spec.layers import LAYERS, LayerKind
from nnstudio.spec.losses import LOSSES, MSE, Loss
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adam, Optimizer
from nnstudio.spec.params import fields_of
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.engine.test_layers_against_torch import refuses

Step = EagerStep | RecordedStep
Batch = tuple[Tensor, ...]
BATCHES = (6, 6, 4, 6, 4, 6, 2, 4, 6, 4, 2, 6, 2, 4)
"""Rows of the batches: three lengths, each of them eager, recorded, proven and replayed."""
SHAPES = [(6, 9, 9), (9,), (6, 8), (6, 9, 9, 9), (7, 14, 8)]


@pytest.fixture(autouse=True)
def small_results_share_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """As large ones do."""
    monkeypatch.setattr(replay, "SHARED_BYTES", 1)


class Scale(nn.Module):
    """Weights in front of the layer under test, so that the gradient has to come through it."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.7))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight


def batches_of(shape: tuple[int, ...], target: Callable[[int], Tensor], whole: bool = False) -> list[Batch]:
    """Inputs and targets of every batch; ``whole`` numbers where a layer looks them up."""
    inputs = ((torch.randint(0, 2, (rows, *shape)).float() if whole else torch.randn(rows, *shape)) for rows in BATCHES)
    return [(x, target(len(x))) for x in inputs]


def classes(rows: int) -> Tensor:
    return torch.randint(0, 3, (rows,))


def assert_same(
    module: nn.Module,
    batches: list[Batch],
    training: Training | None = None,
    *,
    change: Callable[[Step], None] = lambda _: None,
    recorded: bool = True,
    fused: bool = True,
    later: Mapping[str, int] | None = None,
) -> None:
    """Train twins on the batches, one eager and one recorded; ``change`` is done to both steps half-way."""
    training = training or Training()
    weighted = len(batches[0]) > 2
    twin = deepcopy(module)
    eager: EagerStep = make_step(module, training, fused, weighted=weighted, later=later or {})
    step = RecordedStep(make_step(twin, training, fused, weighted=weighted, later=later or {}))
    expected, results = (learned(each, batches, change) for each in (eager, step))
    assert (step.reason is None) is recorded, step.reason
    assert [len(each) for each in results] == [len(each) for each in expected]
    assert all(map(same_bits, chain(*expected), chain(*results)))
    assert_same_state(module.state_dict(), twin.state_dict())
    assert_same_state(moments(eager.update.optimizer), moments(step.update.optimizer))


def learned(
    step: Step,
    batches: list[Batch],
    change: Callable[[Step], None],
) -> list[Batch]:
    """What every step gave, and the state of the generator behind them."""
    torch.manual_seed(3)
    first = [step(*batch) for batch in batches]
    change(step)
    return [*first, *(step(*batch) for batch in batches), (torch.get_rng_state(),)]


def moments(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimizer.state_dict()["state"]
    return {
        f"{number} {name}": kept for number, each in state.items() for name, kept in each.items() if kept is not None
    }


def assert_same_state(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    assert [name for name in one if not same_bits(one[name], other[name])] == []


def stack(layer: nn.Module, shape: tuple[int, ...], first: nn.Module | None = None) -> nn.Sequential:
    """Weights, ``layer``, weights: three numbers for every row."""
    front = nn.Sequential(first or Scale(), layer, nn.Flatten()).eval()
    return nn.Sequential(*front, nn.Linear(front(torch.zeros(2, *shape)).shape[1], 3)).train()


# ---- Layers ----


def variants() -> Iterator[tuple[LayerKind, tuple[int, ...]]]:
    """Every kind of layer in every choice that it offers, one at a time, with a shape that it takes."""
    for kind in LAYERS.kinds.values():
        shape = next(shape for shape in SHAPES if not refuses(kind(), shape))
        yield kind(), shape
        for field in fields_of(kind):
            for value in field.choices or ((False, True) if field.type is bool else ()):
                other = kind(**{field.name: value})
                if other != kind() and not refuses(other, shape):
                    yield other, shape


@pytest.mark.parametrize(("layer", "shape"), [*variants()], ids=str)
def test_every_layer(layer: LayerKind, shape: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    whole = layer.family == "embedding"
    module = stack(make(layer.call(shape)), shape, nn.Identity() if whole else None)
    batches = batches_of(shape, classes, whole)
    assert_same(module, batches)


# ---- Losses and weights of rows ----


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", LOSSES.kinds.values(), ids=LOSSES.kinds)
def test_every_loss(kind: type[Loss], weighted: bool) -> None:
    loss, outputs = kind(), kind().outputs(3 if Task.MULTICLASS in kind.tasks else 2, 2)
    last = [make(loss.ends[0]().call((outputs,)))] if loss.ends else []

    def target(rows: int) -> Tensor:
        if loss.counts_classes:
            return torch.randint(0, outputs, (rows,))
        return (
            torch.rand(rows, outputs) if Task.REGRESSION in kind.tasks else torch.randint(0, 2, (rows, outputs)).float()
        )

    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, outputs), *last)
    batches = batches_of((5,), target)
    if weighted:
        batches = [(*batch, torch.rand(len(batch[0]))) for batch in batches]
    assert_same(module, batches, Training(loss=loss))


def test_batches_of_a_single_row() -> None:
    module = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    assert_same(module, [(x[:1], y[:1]) for x, y in batches_of((5,), classes)])


def test_a_target_that_is_the_input() -> None:
    """A reconstruction compares with a view of what it was given."""
    batches: list[Batch] = [(x, x.flatten(1)) for x in torch.split(torch.randn(100, 2, 6), 7)]
    torch.manual_seed(1)
    module = nn.Sequential(nn.Flatten(), nn.Linear(12, 3), nn.ReLU(), nn.Linear(3, 12))
    assert_same(module, batches, Training(loss=MSE()))


# ---- Optimisers ----

OTHERS = [SGD(momentum=0.0), SGD(weight_decay=0.1), Adam(weight_decay=0.1)]


@pytest.mark.parametrize("optimizer", [*(kind() for kind in OPTIMIZERS.kinds.values()), *OTHERS], ids=str)
@pytest.mark.parametrize("fused", [True, False])
def test_every_optimiser(optimizer: Optimizer, fused: bool) -> None:
    assert_same(network(), batches_of((5,), classes), Training(optimizer=optimizer), fused=fused)


def test_a_learning_rate_that_changes() -> None:
    def slower(step: Step) -> None:
        for group in step.update.optimizer.param_groups:
            group["lr"] *= 0.1

    assert_same(network(), batches_of((5,), classes), change=slower)


def test_layers_that_thaw() -> None:
    module = network()
    module[0].requires_grad_(False)

    def thaw(step: Step) -> None:
        step.module.get_submodule("0").requires_grad_(True)
        step.forget()

    assert_same(module, batches_of((5,), classes), change=thaw, later={"0.weight": 2, "0.bias": 2})


@pytest.mark.parametrize("accumulate", [1, 2, 3])
@pytest.mark.parametrize("clip", [0.0, 0.1])
def test_gradients_that_are_gathered_and_shortened(accumulate: int, clip: float) -> None:
    training = Training(accumulate=accumulate, clip=clip)
    assert_same(network(), batches_of((5,), classes), training, change=lambda step: step.update.finish())


def test_frozen_layers_stay_in_evaluation() -> None:
    module = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))
    module[1].eval().requires_grad_(False)
    module[2].eval()
    assert_same(module, batches_of((5,), classes))
    assert module[1].num_batches_tracked == 0


def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))


# ---- What is not replayed ----


class Chooses(nn.Module):
    """Does one thing or another, as the values are."""

    def forward(self, x: Tensor) -> Tensor:
        return x * 2 if x.sum() > 0 else x


class Remembers(nn.Module):
    """Counts in Python what a recording cannot see."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * self.calls


NOT_REPLAYED = [
    (Chooses(), "decides"),
    (Remembers(), "not give the same bits"),
    (nn.BatchNorm1d(5, momentum=None), "decides"),
]


@pytest.mark.parametrize(("layer", "reason"), NOT_REPLAYED)
def test_what_cannot_be_replayed_stays_eager(layer: nn.Module, reason: str) -> None:
    step = RecordedStep(make_step(nn.Sequential(layer, nn.Linear(5, 3)), Training(), True))
    for batch in batches_of((5,), classes):
        step(*batch)
    assert step.reason is not None
    assert reason in step.reason


def test_a_step_that_takes_much_memory_stays_eager(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "KEPT_BYTES", 1000)
    assert_same(network(), batches_of((5,), classes), recorded=False)


def test_large_results_get_new_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "STATIC_BYTES", 0)
    monkeypatch.setattr(replay, "RELEASED_BYTES", 0)
    assert_same(network(), batches_of((5,), classes))
    shape = (1, 8, 8)
    module = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3))
    assert_same(module, batches_of(shape, classes))


def test_the_third_batch_of_a_length_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    step, calls = RecordedStep(make_step(network(), Training(), True)), []
    gradients = step.eager.gradients

    def counted(*batch: Tensor) -> tuple[Tensor, Tensor]:
        calls.append(len(batch[0]))
        return gradients(*batch)

    monkeypatch.setattr(step.eager, "gradients", counted)
    for batch in batches_of((5,), classes):
        step(*batch)
    assert [calls.count(rows) for rows in (6, 4, 2)] == 3 * [4]  # eager, watched and eager again, and compared with
