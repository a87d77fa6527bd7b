"""The losses that are modules of ours, and those whose targets stay in their own unit, against PyTorch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import hinge_loss, mean_absolute_error
from torch import Tensor, nn

from nnstudio.engine.build import make_loss
from nnstudio.engine.examples import Examples
from nnstudio.engine.measures import probabilities
from nnstudio.engine.predict import predict
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import ShapeError, TrainingError
from nnstudio.spec.events import RunFinished
from nnstudio.spec.layers import Linear, LogSoftmax, Softplus
from nnstudio.spec.losses import Hinge, KLDivergence, MultiMargin, PoissonNLL
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.tasks import Task
from tests.engine.experiments import examples, experiment, learned, run, same_weights, the
from tests.engine.test_train import by_hand

WEIGHTS = torch.tensor([1.0, 0.0, 2.0, 3.0])


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(4)


def same(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other)


# ---- hinge ----


@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_is_pytorchs_ranking_loss_against_zero(margin: float) -> None:
    scores, yes = torch.randn(9, 1), torch.randint(0, 2, (9, 1)).float()
    sides = 2 * yes - 1
    wanted = nn.functional.margin_ranking_loss(scores, torch.zeros_like(scores), sides, margin)
    same(make_loss(Hinge(margin))(scores, yes), wanted)


def test_hinge_is_that_of_scikit_learn() -> None:
    scores, yes = torch.randn(9, 1), torch.randint(0, 2, (9, 1)).float()
    assert float(make_loss(Hinge())(scores, yes)) == pytest.approx(hinge_loss(yes[:, 0], scores[:, 0]))


def test_squared_hinge_and_weights() -> None:
    scores, yes = torch.tensor([[0.5], [9.0], [-2.0], [0.0]]), torch.tensor([[1.0], [0.0], [0.0], [1.0]])
    same(make_loss(Hinge(p=2))(scores, yes), torch.tensor((0.25 + 100 + 0 + 1) / 4))
    same(make_loss(Hinge(), weighted=True)(scores, yes, WEIGHTS), torch.tensor((0.5 * 1 + 0 + 0 + 1 * 3) / 6))


@pytest.mark.parametrize("loss", [Hinge(), Hinge(p=2, margin=0.5)])
def test_a_hinge_learns_yes_or_no(loss: Hinge) -> None:
    project, given = experiment(Linear(1), task=Task.BINARY, loss=loss, epochs=4), examples(Task.BINARY)
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())
    trained = Trained()
    better = replace(project, training=replace(project.training, epochs=40, optimizer=Adam(lr=0.05)))
    finished = the(RunFinished, run(better, given, trained=trained))
    assert finished.test["accuracy"] >= 0.8
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    chances, truth = predict(module, loss, given.x[given.test]), given.y[given.test]
    assert (chances.argmax(1) == truth).mean() == pytest.approx(finished.test["accuracy"])


def test_a_hinge_of_two_classes_is_half_of_that_of_their_difference() -> None:
    scores, right = torch.randn(9, 2), torch.randint(0, 2, (9,))
    half = make_loss(Hinge())((scores[:, 1:] - scores[:, :1]), right.float().reshape(-1, 1)) / 2
    same(make_loss(MultiMargin())(scores, right), half)


# ---- Kullback-Leibler ----


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_classes_are_compared_as_pytorch_compares_a_distribution(smoothing: float) -> None:
    output, right = torch.randn(9, 4).log_softmax(1), torch.randint(0, 4, (9,))
    true = nn.functional.one_hot(right, 4) * (1 - smoothing) + smoothing / 4
    wanted = nn.KLDivLoss(reduction="batchmean")(output, true)
    same(make_loss(KLDivergence(smoothing))(output, right), wanted)
    smoothed = nn.CrossEntropyLoss(label_smoothing=smoothing)(output, right)
    same(wanted, smoothed - torch.special.entr(true).sum(1).mean())


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_shares_are_compared_as_pytorch_compares_them(smoothing: float) -> None:
    output, shares = torch.randn(9, 4).log_softmax(1), torch.rand(9, 4).softmax(1)
    true = shares * (1 - smoothing) + smoothing / 4
    same(make_loss(KLDivergence(smoothing))(output, shares), nn.KLDivLoss(reduction="batchmean")(output, true))


def test_weights_of_rows_count_whole_divergences() -> None:
    output, right = torch.randn(4, 3).log_softmax(1), torch.randint(0, 3, (4,))
    nll = -output.gather(1, right.reshape(-1, 1)).squeeze(1)
    same(make_loss(KLDivergence(), weighted=True)(output, right, WEIGHTS), (nll * WEIGHTS).sum() / 6)


def shares(rows: int = 60) -> Examples:
    given = examples(Task.REGRESSION, rows)
    scores = given.x @ np.random.default_rng(2).standard_normal((4, 3))
    y = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    facts = replace(given.facts, answers=3)
    return replace(given, y=y.astype(np.float32), facts=facts, target_scales=(1.0, 1.0, 1.0))


def test_shares_are_learned_and_answered_as_shares() -> None:
    project = experiment(
        Linear(3), LogSoftmax(), task=Task.REGRESSION, loss=KLDivergence(), epochs=60, optimizer=Adam(lr=0.05)
    )
    given, trained = shares(), Trained()
    finished = the(RunFinished, run(project, given, trained=trained))
    assert finished.test["r2"] > 0.98
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    answers = predict(module, KLDivergence(), given.x[given.test])
    np.testing.assert_allclose(answers.sum(1), 1, atol=1e-6)
    assert finished.test["mae"] == pytest.approx(mean_absolute_error(given.y[given.test], answers), rel=1e-5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda y: y * 100, "add up to 100"),
        (lambda y: np.concatenate([y[:, :2], y[:, 2:] - 0.9], 1), "One of them is -0"),
    ],
)
def test_targets_that_are_no_distribution_are_refused(change: object, why: str) -> None:
    given = shares()
    assert callable(change)
    with pytest.raises(TrainingError, match=why):
        run(
            experiment(Linear(3), LogSoftmax(), task=Task.REGRESSION, loss=KLDivergence()),
            replace(given, y=change(given.y).astype(np.float32)),
        )


def test_one_column_is_no_distribution() -> None:
    given = replace(examples(Task.REGRESSION), y=np.ones((60, 1), np.float32))
    with pytest.raises(TrainingError, match="There is one column"):
        run(experiment(Linear(1), LogSoftmax(), task=Task.REGRESSION, loss=KLDivergence()), given)


def test_shares_need_an_output_for_each_column() -> None:
    with pytest.raises(ShapeError, match=r"needs 3 \(one for each number of the target"):
        run(experiment(Linear(2), LogSoftmax(), task=Task.REGRESSION, loss=KLDivergence()), shares())


# ---- Poisson ----


def counts(rows: int = 200) -> Examples:
    given = examples(Task.REGRESSION, rows)
    draw = np.random.default_rng(5)
    y = draw.poisson(np.exp(given.x[:, :1])).astype(np.float32)
    return replace(given, y=y, target_scales=(1.0,))


@pytest.mark.parametrize(
    ("layers", "loss"),
    [((Linear(1),), PoissonNLL()), ((Linear(1), Softplus()), PoissonNLL(log_input=False))],
)
def test_counts_are_learned_as_pytorch_learns_them(layers: tuple[Linear], loss: PoissonNLL) -> None:
    project, given = experiment(*layers, task=Task.REGRESSION, loss=loss), counts()
    assert same_weights(learned(project, given), by_hand(project, given).state_dict())


def test_expected_counts_are_answered_in_their_own_unit() -> None:
    project = experiment(Linear(1), task=Task.REGRESSION, loss=PoissonNLL(), epochs=60, optimizer=Adam(lr=0.05))
    given, trained = counts(), Trained()
    finished = the(RunFinished, run(project, given, trained=trained))
    weights = trained.best["0.weight"][0]
    assert weights[0] == pytest.approx(1, abs=0.15)
    assert weights[1:].abs().max() < 0.25
    module = by_hand(project, given)
    module.load_state_dict(trained.best)
    x, y = given.x[given.test], given.y[given.test]
    answers = predict(module, PoissonNLL(), x)
    assert answers.min() > 0
    assert finished.test["mae"] == pytest.approx(mean_absolute_error(y, answers), rel=1e-5)
    loss = nn.PoissonNLLLoss()(torch.from_numpy(answers).log(), torch.from_numpy(y))
    assert finished.test["loss"] == pytest.approx(float(loss), rel=1e-4)


def test_negative_targets_are_refused() -> None:
    with pytest.raises(TrainingError, match=r"counts, which are never negative\. A target is -"):
        run(experiment(Linear(1), task=Task.REGRESSION, loss=PoissonNLL()), examples(Task.REGRESSION))


def test_what_a_poisson_network_answers() -> None:
    output = torch.randn(5, 1)
    same(probabilities(PoissonNLL(), output), output.exp())
    same(probabilities(PoissonNLL(log_input=False), output), output)
