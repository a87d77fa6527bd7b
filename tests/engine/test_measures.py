"""Loss and metrics agree with their definitions, however the rows are dealt out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, mean_absolute_error, r2_score
from torch import Tensor

from nnstudio.engine.build import make_loss
from nnstudio.engine.counting import RightAnswers, counter, make_metric
from nnstudio.engine.measures import Tally
from nnstudio.spec.calls import Call
from nnstudio.spec.events import Measures
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.metrics import ACCURACY, BINARY_ACCURACY
from nnstudio.spec.tasks import Task

SCALE = 20.0


def tally_of(loss: Loss, classes: int) -> Tally:
    task = {0: Task.REGRESSION, 2: Task.BINARY}.get(classes, Task.MULTICLASS)
    facts = DataFacts(task, (1,), Rows(1, 0, 0), "", classes=tuple(map(str, range(classes))))
    return Tally(loss, facts, (SCALE,), "cpu")


def counted(tally: Tally, loss: Loss, output: Tensor, y: Tensor, *, size: int, chunk: int) -> Measures:
    """What ``tally`` says of these rows in batches of ``size``, and ``chunk`` batches between metrics."""
    for rows in torch.split(torch.arange(len(y)), size * chunk):
        for batch in torch.split(rows, size):
            tally.add(make_loss(loss)(output[batch], y[batch]), output[batch])
        tally.close_chunk(y[rows])
    return tally.read()


sizes = given(size=st.integers(1, 9), chunk=st.integers(1, 4))


@pytest.mark.parametrize(("loss", "classes"), [(CrossEntropy(), 3), (NLL(), 3), (CrossEntropy(), 2), (NLL(), 2)])
@sizes
def test_classes_are_counted(loss: Loss, classes: int, size: int, chunk: int) -> None:
    output, y = torch.randn(20, classes).log_softmax(1), torch.randint(0, classes, (20,))
    measures = counted(tally_of(loss, classes), loss, output, y, size=size, chunk=chunk)
    assert measures["accuracy"] == pytest.approx(accuracy_score(y, output.argmax(1)))
    assert measures["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(y, output.argmax(1)))
    assert measures["loss"] == pytest.approx(float(make_loss(loss)(output, y)), rel=1e-5)


@pytest.mark.parametrize("loss", [BCEWithLogits(), BCE()])
@sizes
def test_yes_and_no_are_counted(loss: Loss, size: int, chunk: int) -> None:
    """All scores lie between 0 and 1, where a metric that guesses would take logits for probabilities."""
    output, y = torch.rand(20, 1), torch.randint(0, 2, (20,))
    border = 0.5 if isinstance(loss, BCE) else 0.0
    measures = counted(tally_of(loss, 2), loss, output, y.float().reshape(-1, 1), size=size, chunk=chunk)
    assert measures["accuracy"] == pytest.approx(accuracy_score(y, output.squeeze(1) > border))
    assert measures["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(y, output.squeeze(1) > border))


def test_classes_without_rows_do_not_count_in_the_balanced_accuracy() -> None:
    output, y = torch.eye(4)[[0, 0, 1, 3]], torch.tensor([0, 0, 0, 1])
    measures = counted(tally_of(CrossEntropy(), 4), CrossEntropy(), output, y, size=4, chunk=1)
    assert measures["balanced_accuracy"] == pytest.approx((2 / 3 + 0) / 2)


@pytest.mark.parametrize("loss", [MSE(), L1()])
@sizes
def test_values_are_judged_in_the_targets_unit(loss: Loss, size: int, chunk: int) -> None:
    output, y = torch.randn(20, 1), torch.randn(20, 1)
    measures = counted(tally_of(loss, 0), loss, output, y, size=size, chunk=chunk)
    assert measures["r2"] == pytest.approx(r2_score(y, output), abs=1e-4)
    assert measures["mae"] == pytest.approx(SCALE * mean_absolute_error(y, output), rel=1e-5)
    assert measures["loss"] == pytest.approx(float(make_loss(loss)(output, y)), rel=1e-5)


def test_the_r2_of_one_row_is_left_out() -> None:
    measures = counted(tally_of(MSE(), 0), MSE(), torch.ones(1, 1), torch.zeros(1, 1), size=4, chunk=1)
    assert measures == {"loss": 1.0, "mae": SCALE}


def test_a_tally_without_rows_says_nothing() -> None:
    tally = tally_of(CrossEntropy(), 3)
    assert tally.read() == {}
    assert math.isnan(tally.mean_loss())


def test_a_tally_begins_anew_when_it_was_read() -> None:
    tally, y = tally_of(CrossEntropy(), 3), torch.randint(0, 3, (12,))
    first = counted(tally, CrossEntropy(), torch.randn(12, 3), y, size=4, chunk=2)
    perfect = 100 * torch.nn.functional.one_hot(y, 3).float()
    second = counted(tally, CrossEntropy(), perfect, y, size=4, chunk=2)
    assert first["accuracy"] < second["accuracy"] == 1.0
    assert second["loss"] == 0.0


def test_looking_in_between_changes_no_bit() -> None:
    losses = torch.from_numpy(np.random.default_rng(1).random(50, dtype=np.float32) * 1e3)
    outputs = [torch.zeros(1 + index % 7, 3) for index in range(50)]
    means = []
    for every in (1, 7, 50):
        tally = tally_of(CrossEntropy(), 3)
        for index, (loss, output) in enumerate(zip(losses, outputs, strict=True)):
            tally.add(loss, output)
            if index % every == 0:
                tally.mean_loss()
        means.append(tally.mean_loss())
    assert means[0] == means[1] == means[2]


@pytest.mark.parametrize("name", ["classification", "functional.accuracy", "Metric.update"])
def test_only_classes_of_torchmetrics_can_be_called(name: str) -> None:
    with pytest.raises(LookupError, match="no class of torchmetrics"):
        make_metric(Call(name), "cpu")


def shares_of(counts: list[Any]) -> list[float]:
    """Accuracy and balanced accuracy from what torchmetrics counts: of every class, or of the yes alone."""
    if isinstance(counts[0], int):
        true_yes, false_yes, true_no, false_no, _ = counts
        counts = [(true_no, 0, 0, false_yes, 0), (true_yes, 0, 0, false_no, 0)]
    found = [(right, right + missed) for right, _, _, missed, _ in counts if right + missed]
    shares = [right / rows for right, rows in found]
    return [sum(right for right, _ in found) / sum(rows for _, rows in found), sum(shares) / len(shares)]


@pytest.mark.parametrize("call", [ACCURACY.call(3), BINARY_ACCURACY.call(2)], ids=str)
def test_right_answers_are_those_of_torchmetrics(call: Call) -> None:
    """Also where scores are alike and where a chance is a half."""
    torch.manual_seed(0)
    ours, theirs = counter(call, "cpu"), make_metric(call, "cpu")
    assert isinstance(ours, RightAnswers)
    many = "num_classes" in call.kwargs
    chunks = [
        (torch.rand(12, 3).round(decimals=1), torch.randint(0, 3, (12,)))
        if many
        else (torch.rand(12).round(decimals=1), torch.randint(0, 2, (12,)))
        for _ in range(20)
    ]
    for scores, targets in chunks:
        ours.update(scores, targets)
        theirs.update(scores, targets)
        assert ours.compute() == pytest.approx(shares_of(theirs.compute().tolist()))
    kept = counter(call, "cpu")
    kept.restore(ours.state())
    assert kept.compute() == ours.compute()
    ours.reset()
    ours.update(*chunks[0])
    assert ours.compute() == pytest.approx(shares_of(make_metric(call, "cpu")(*chunks[0]).tolist()))
