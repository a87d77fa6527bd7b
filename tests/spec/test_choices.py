"""Losses, metrics and optimisers: which belong to a task, and how PyTorch is asked for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Hardsigmoid, LayerKind, Linear, LogSoftmax, ReLU, Sigmoid, Softmax, Softplus
from nnstudio.spec.losses import (
    BCE,
    L1,
    LOSSES,
    MSE,
    NLL,
    BCEWithLogits,
    CrossEntropy,
    Hinge,
    Huber,
    KLDivergence,
    Loss,
    MultiMargin,
    PoissonNLL,
    SmoothL1,
    losses_for,
    suggest_loss,
)
from nnstudio.spec.metrics import (
    ACCURACY,
    BALANCED_ACCURACY,
    BINARY_ACCURACY,
    BINARY_BALANCED_ACCURACY,
    INPUT_MAE,
    INPUT_R2,
    MAE,
    R2,
    Metric,
    metrics_for,
)
from nnstudio.spec.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop
from nnstudio.spec.tasks import Task
from tests.spec.strategies import layers

each_task = pytest.mark.parametrize("task", Task)


# losses


@pytest.mark.parametrize(
    ("task", "last", "outputs", "loss"),
    [
        (Task.REGRESSION, None, None, MSE()),
        (Task.REGRESSION, LogSoftmax(), 2, MSE()),
        (Task.RECONSTRUCTION, Linear(64), 64, MSE()),
        (Task.RECONSTRUCTION, Sigmoid(), 64, MSE()),
        (Task.MULTICLASS, None, None, CrossEntropy()),
        (Task.MULTICLASS, Linear(3), 3, CrossEntropy()),
        (Task.MULTICLASS, Softmax(), 3, CrossEntropy()),
        (Task.MULTICLASS, Sigmoid(), 3, CrossEntropy()),
        (Task.MULTICLASS, LogSoftmax(), 3, NLL()),
        (Task.BINARY, None, None, BCEWithLogits()),
        (Task.BINARY, Linear(1), 1, BCEWithLogits()),
        (Task.BINARY, ReLU(), 7, BCEWithLogits()),
        (Task.BINARY, Linear(2), 2, CrossEntropy()),
        (Task.BINARY, Softmax(), 2, CrossEntropy()),
        (Task.BINARY, Sigmoid(), 2, CrossEntropy()),
        (Task.BINARY, Sigmoid(), 1, BCE()),
        (Task.BINARY, Sigmoid(), None, BCE()),
        (Task.BINARY, LogSoftmax(), 2, NLL()),
        (Task.BINARY, LogSoftmax(), None, NLL()),
    ],
)
def test_the_loss_follows_the_task_and_the_last_layer(
    task: Task, last: LayerKind | None, outputs: int | None, loss: Loss
) -> None:
    assert suggest_loss(task, last, outputs) == loss


@given(task=st.sampled_from(Task), last=st.none() | layers, outputs=st.none() | st.integers(1, 9))
def test_a_suggested_loss_suits_the_task_and_the_last_layer(
    task: Task, last: LayerKind | None, outputs: int | None
) -> None:
    loss = suggest_loss(task, last, outputs)
    assert type(loss) in losses_for(task)
    assert not loss.ends or isinstance(last, loss.ends)


@pytest.mark.parametrize(
    ("task", "losses"),
    [
        (Task.BINARY, (CrossEntropy, BCEWithLogits, BCE, NLL, Hinge, MultiMargin, KLDivergence)),
        (Task.MULTICLASS, (CrossEntropy, NLL, MultiMargin, KLDivergence)),
        (Task.REGRESSION, (MSE, L1, SmoothL1, Huber, PoissonNLL, KLDivergence)),
        (Task.RECONSTRUCTION, (MSE, L1, SmoothL1, Huber)),
    ],
)
def test_losses_for_a_task(task: Task, losses: tuple[type[Loss], ...]) -> None:
    assert losses_for(task) == losses


@pytest.mark.parametrize(
    ("loss", "text", "link", "outputs", "ends"),
    [
        (CrossEntropy(), "nn.CrossEntropyLoss()", "softmax", 5, ()),
        (CrossEntropy(label_smoothing=0.1), "nn.CrossEntropyLoss(label_smoothing=0.1)", "softmax", 5, ()),
        (NLL(), "nn.NLLLoss()", "exp", 5, (LogSoftmax,)),
        (BCEWithLogits(), "nn.BCEWithLogitsLoss()", "sigmoid", 1, ()),
        (BCE(), "nn.BCELoss()", "identity", 1, (Sigmoid,)),
        (MSE(), "nn.MSELoss()", "identity", 1, ()),
        (L1(), "nn.L1Loss()", "identity", 1, ()),
        (SmoothL1(beta=0.5), "nn.SmoothL1Loss(beta=0.5)", "identity", 1, ()),
        (Huber(), "nn.HuberLoss()", "identity", 1, ()),
        (Hinge(), "HingeLoss()", "sigmoid", 1, ()),
        (Hinge(margin=2.0, p=2), "HingeLoss(margin=2.0, p=2)", "sigmoid", 1, ()),
        (MultiMargin(), "nn.MultiMarginLoss()", "softmax", 5, ()),
        (MultiMargin(p=2), "nn.MultiMarginLoss(p=2)", "softmax", 5, ()),
        (KLDivergence(), "KLDivergence()", "exp", 5, (LogSoftmax,)),
        (PoissonNLL(), "nn.PoissonNLLLoss()", "exp", 1, ()),
        (
            PoissonNLL(log_input=False),
            "nn.PoissonNLLLoss(log_input=False)",
            "identity",
            1,
            (Softplus, ReLU, Sigmoid, Hardsigmoid),
        ),
    ],
)
def test_what_a_loss_expects(loss: Loss, text: str, link: str, outputs: int, ends: tuple[type[LayerKind], ...]) -> None:
    assert (str(loss.call()), loss.link, loss.outputs(5), loss.ends) == (text, link, outputs, ends)


@pytest.mark.parametrize(
    "loss",
    [BCEWithLogits(), BCE(), Hinge(), MSE(), L1(), SmoothL1(), Huber(), PoissonNLL(), KLDivergence()],
    ids=lambda loss: loss.key,
)
def test_a_loss_of_values_needs_a_number_for_each_answer(loss: Loss) -> None:
    assert loss.outputs(0, 7) == 7


@pytest.mark.parametrize("loss", [CrossEntropy(), NLL(), MultiMargin(), KLDivergence()])
def test_a_loss_of_classes_needs_a_number_for_each_class(loss: Loss) -> None:
    assert loss.outputs(5, 1) == 5


def test_every_loss_is_of_some_use() -> None:
    used = {kind for task in Task for kind in losses_for(task)}
    assert used == set(LOSSES.kinds.values())


# metrics


@pytest.mark.parametrize(
    ("task", "metrics"),
    [
        (Task.BINARY, (BINARY_ACCURACY, BINARY_BALANCED_ACCURACY)),
        (Task.MULTICLASS, (ACCURACY, BALANCED_ACCURACY)),
        (Task.REGRESSION, (R2, MAE)),
        (Task.RECONSTRUCTION, (INPUT_R2, INPUT_MAE)),
    ],
)
def test_metrics_for_a_task(task: Task, metrics: tuple[Metric, ...]) -> None:
    assert metrics_for(task) == metrics


@each_task
def test_metrics_of_a_task_have_keys_of_their_own(task: Task) -> None:
    keys = [metric.key for metric in metrics_for(task)]
    assert len(set(keys)) == len(keys)
    assert "loss" not in keys
    assert all(metric.help.endswith(".") for metric in metrics_for(task))


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        (ACCURACY, "classification.MulticlassStatScores(num_classes=3, average=None, validate_args=False)"),
        (BINARY_ACCURACY, "classification.BinaryStatScores(validate_args=False)"),
        (R2, "R2Score()"),
        (MAE, "MeanAbsoluteError()"),
    ],
)
def test_metric_calls(metric: Metric, text: str) -> None:
    assert str(metric.call(3)) == text


def test_only_a_mistake_in_the_targets_unit_is_better_when_lower() -> None:
    assert [metric.key for metric in (ACCURACY, BINARY_ACCURACY, R2, MAE) if metric.better == "lower"] == ["mae"]
    assert MAE.in_target_unit
    assert not R2.in_target_unit


# optimisers


@pytest.mark.parametrize(
    ("optimizer", "text", "fused"),
    [
        (SGD(), "optim.SGD(lr=0.01, momentum=0.9, nesterov=False, weight_decay=0.0)", True),
        (NAdam(), "optim.NAdam(lr=0.002, weight_decay=0.0)", False),
        (RAdam(), "optim.RAdam(lr=0.001, weight_decay=0.0)", False),
        (Adagrad(), "optim.Adagrad(lr=0.01, lr_decay=0.0, weight_decay=0.0)", True),
        (Adadelta(), "optim.Adadelta(lr=1.0, rho=0.9, weight_decay=0.0)", False),
        (Adam(), "optim.Adam(lr=0.001, weight_decay=0.0)", True),
        (AdamW(lr=0.5), "optim.AdamW(lr=0.5, weight_decay=0.01)", True),
        (RMSprop(), "optim.RMSprop(lr=0.001, alpha=0.99, momentum=0.0, weight_decay=0.0)", False),
    ],
)
def test_optimizer_calls(optimizer: Optimizer, text: str, fused: bool) -> None:
    assert str(optimizer.call()) == text
    assert optimizer.has_fused is fused


def test_nesterov_needs_momentum() -> None:
    assert SGD(nesterov=True).arguments()["nesterov"] is True
    with pytest.raises(SpecError, match="Nesterov needs momentum"):
        SGD(momentum=0, nesterov=True)


# tasks


@each_task
def test_tasks_have_labels(task: Task) -> None:
    assert task.label[0].isupper()
    assert task.is_classification == (task in (Task.BINARY, Task.MULTICLASS))
