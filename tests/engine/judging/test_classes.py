"""Classes are judged as torchmetrics counts them; intervals, curves and thresholds agree with the plain definitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchmetrics.functional import classification as tm

from nnstudio.data.judging.files import Figure
from nnstudio.engine.judging import curves
from nnstudio.engine.judging.classes import BINS, judge_classes, shares_of
from nnstudio.engine.judging.judgement import Judgement, Resampling, thinned
from nnstudio.spec.scores import Score

FEW = Resampling(200, 1)
Truth = NDArray[np.int64]
Chances = NDArray[np.float32]


def answers(rows: int, classes: int, seed: int = 0, skill: float = 1.5) -> tuple[Truth, Chances]:
    """What is true, and the probabilities of a network that is right more often than not."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    logits = random.normal(size=(rows, classes))
    logits[np.arange(rows), truth] += skill
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return truth, chances.astype(np.float32)


def judge(truth: Truth, chances: Chances, commonest: int = 0, resampling: Resampling = FEW) -> Judgement:
    names = tuple(f"class {number}" for number in range(chances.shape[1]))
    return judge_classes(truth, chances, names, commonest, resampling)


def scores(judgement: Judgement) -> dict[str, Score]:
    return {score.key: score for score in judgement.scores}


def figure(judgement: Judgement, name: str, series: int = 0) -> Figure:
    return next(each for each in judgement.figures if (each.name, each.series) == (name, series))


def test_shares_are_those_of_their_definition() -> None:
    truth, chances = answers(500, 4)
    found, named = scores(judge(truth, chances)), chances.argmax(1)
    assert found["accuracy"].value == pytest.approx((named == truth).mean())
    recall = [(named[truth == number] == number).mean() for number in range(4)]
    assert found["balanced_accuracy"].value == pytest.approx(np.mean(recall))
    assert found["f1"].value == pytest.approx(
        float(tm.multiclass_f1_score(torch.from_numpy(named), torch.from_numpy(truth), 4))
    )


def test_the_resampled_shares_are_the_same_measures() -> None:
    truth, chances = answers(500, 4)
    named = chances.argmax(1)
    support, taken = np.bincount(truth, minlength=4), np.bincount(named, minlength=4)
    hits = np.bincount(truth[truth == named], minlength=4)
    found = scores(judge(truth, chances))
    for key, (value,) in shares_of(support[None], taken[None], hits[None]).items():
        assert found[key].value == pytest.approx(value), key


def test_the_interval_is_that_of_drawing_rows() -> None:
    truth, chances = answers(300, 3)
    found = scores(judge(truth, chances, resampling=Resampling(4_000)))["accuracy"]
    random, right = np.random.default_rng(5), chances.argmax(1) == truth
    drawn = right[random.integers(0, 300, (4_000, 300))].mean(1)
    assert (found.low, found.high) == pytest.approx(np.quantile(drawn, (0.025, 0.975)), abs=0.01)


def test_the_same_seed_gives_the_same_interval() -> None:
    truth, chances = answers(300, 3)
    bounds = [scores(judge(truth, chances, resampling=Resampling(100, seed)))["f1"].low for seed in (0, 0, 1)]
    assert bounds[0] == bounds[1] != bounds[2]


def test_the_baseline_always_names_one_class() -> None:
    truth, chances = answers(400, 4)
    found = scores(judge(truth, chances, commonest=2))
    assert found["accuracy"].baseline == pytest.approx((truth == 2).mean())
    assert found["balanced_accuracy"].baseline == pytest.approx(1 / 4)


def test_classes_without_rows_count_nowhere() -> None:
    truth, chances = answers(200, 3)
    truth, chances = truth[truth != 2], chances[truth != 2]
    found = scores(judge(truth, chances))
    named = chances.argmax(1)
    recall = [(named[truth == number] == number).mean() for number in (0, 1)]
    assert found["balanced_accuracy"].value == pytest.approx(np.mean(recall))
    low, high = found["balanced_accuracy"].low, found["balanced_accuracy"].high
    assert low is not None
    assert high is not None
    assert low < found["balanced_accuracy"].value < high
    assert judge(truth, chances).class_scores[2].auroc is None


def test_every_class_has_its_scores() -> None:
    truth, chances = answers(300, 3)
    named = chances.argmax(1)
    for number, score in enumerate(judge(truth, chances).class_scores):
        assert score.precision == pytest.approx((truth[named == number] == number).mean())
        assert score.recall == pytest.approx((named[truth == number] == number).mean())
        assert (score.support, score.predicted) == ((truth == number).sum(), (named == number).sum())
        expected = tm.binary_auroc(
            torch.from_numpy(chances[:, number].copy()), torch.from_numpy(truth == number).long()
        )
        assert score.auroc == pytest.approx(float(expected))


def test_the_matrix_counts_every_row() -> None:
    truth, chances = answers(300, 3)
    cells = figure(judge(truth, chances), "confusion")
    named = chances.argmax(1)
    for true, said, rows in zip(cells.x, cells.y, cells.z, strict=True):
        assert rows == ((truth == true) & (named == said)).sum()
    assert cells.z.sum() == 300


@pytest.mark.parametrize("classes", [2, 5])
def test_the_bins_of_calibration_add_up_to_the_error(classes: int) -> None:
    truth, chances = answers(2_000, classes)
    judgement = judge(truth, chances)
    bins = figure(judgement, "calibration")
    gap = (np.abs(bins.x - bins.y) * bins.z).sum() / bins.z.sum()
    assert scores(judgement)["calibration_error"].value == pytest.approx(gap, abs=1e-3)
    assert len(bins.x) <= BINS


def test_every_stop_of_the_threshold_is_counted() -> None:
    truth, chances = answers(1_000, 2)
    stops = figure(judge(truth, chances), "threshold")
    for place in (0, 250, 500, 999, 1_000):
        named = chances[:, 1] > np.float32(stops.x[place])
        assert (stops.y[place], stops.z[place]) == ((named & (truth == 1)).sum(), (named & (truth == 0)).sum())
    assert stops.y[500] + (truth == 0).sum() - stops.z[500] == (chances.argmax(1) == truth).sum()


def test_the_area_is_that_below_the_curve() -> None:
    truth, chances = answers(3_000, 2)
    judgement = judge(truth, chances)
    roc, pr = figure(judgement, "roc", 1), figure(judgement, "pr", 1)
    assert np.trapezoid(roc.y, roc.x) == pytest.approx(scores(judgement)["auroc"].value, abs=0.005)
    assert np.trapezoid(pr.y, pr.x) == pytest.approx(scores(judgement)["average_precision"].value, abs=0.01)
    assert (roc.x[0], roc.y[0], roc.x[-1], roc.y[-1]) == (0, 0, 1, 1)
    assert scores(judgement)["average_precision"].baseline == pytest.approx((truth == 1).mean())
    assert len(roc.x) <= curves.MOST_POINTS + 2


def test_of_many_rows_some_are_drawn_for_the_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, chances = answers(5_000, 4)
    whole = judge(truth, chances)
    monkeypatch.setattr(curves, "MOST_SCORES", 8_000)
    some = judge(truth, chances)
    assert (whole.curve_rows, some.curve_rows) == (5_000, 2_000)
    assert scores(some)["auroc"].value == pytest.approx(scores(whole)["auroc"].value, abs=0.02)
    assert scores(some)["accuracy"].value == scores(whole)["accuracy"].value


def test_the_class_is_looked_for_among_the_first() -> None:
    truth, chances = answers(500, 8)
    found = scores(judge(truth, chances))
    order = np.argsort(-chances, axis=1)
    for k in (2, 5):
        assert found[f"top_{k}"].value == pytest.approx((order[:, :k] == truth[:, None]).any(1).mean())
        counted = tm.multiclass_accuracy(
            torch.from_numpy(chances), torch.from_numpy(truth), 8, average="micro", top_k=k
        )
        assert found[f"top_{k}"].value == pytest.approx(float(counted))
    assert "top_6" not in found


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_all_but_the_last_class_are_looked_among(classes: int) -> None:
    """Among as many as there are, every class is found."""
    found = scores(judge(*answers(50, classes)))
    assert [key for key in found if key.startswith("top_")] == [f"top_{k}" for k in range(2, classes)]


def test_both_ends_of_a_thinned_curve_stay() -> None:
    x = np.linspace(0, 1, 5_000)
    places = thinned(x, x**2, 100)
    assert (places[0], places[-1]) == (0, 4_999)
    assert len(places) <= 102
    assert thinned(x[:50], x[:50], 100).tolist() == list(range(50))
