"""Values are judged in their own units; the intervals are those of drawing rows, also of very many."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.engine.judging import values
from nnstudio.engine.judging.judgement import Judgement, Resampling
from nnstudio.engine.judging.values import judge_reconstruction, judge_values
from nnstudio.spec.scores import Score

Values = NDArray[np.float64]


def answers(rows: int, seed: int = 0) -> tuple[Values, Values]:
    random = np.random.default_rng(seed)
    truth = random.normal(5_000, 100, (rows, 1))
    return truth, truth + random.normal(0, 40, (rows, 1))


def score(judgement: Judgement, key: str, target: str = "y") -> Score:
    return next(each for each in judgement.scores if (each.key, each.target) == (key, target))


def test_measures_are_those_of_their_definition() -> None:
    truth, said = answers(400)
    found = judge_values(truth, said, ["y"], [5_000.0], Resampling(100))
    error = said - truth
    assert score(found, "mae").value == pytest.approx(np.abs(error).mean())
    assert score(found, "rmse").value == pytest.approx(np.sqrt((error**2).mean()))
    assert score(found, "r2").value == pytest.approx(1 - (error**2).sum() / ((truth - truth.mean()) ** 2).sum())
    assert score(found, "mae").baseline == pytest.approx(np.abs(truth - 5_000).mean())
    assert score(found, "mae").in_target_unit
    assert not score(found, "r2").in_target_unit


def test_the_interval_is_that_of_drawing_rows() -> None:
    truth, said = answers(200)
    found = judge_values(truth, said, ["y"], [5_000.0], Resampling(4_000))
    drawn = np.random.default_rng(9).integers(0, 200, (4_000, 200))
    y, error = truth[drawn, 0], (said - truth)[drawn, 0]
    spread = ((y - y.mean(1, keepdims=True)) ** 2).sum(1)
    expected = {
        "mae": np.abs(error).mean(1),
        "rmse": np.sqrt((error**2).mean(1)),
        "r2": 1 - (error**2).sum(1) / spread,
    }
    for key, resampled in expected.items():
        bounds = (score(found, key).low, score(found, key).high)
        assert bounds == pytest.approx(np.quantile(resampled, (0.025, 0.975)), rel=0.03), key


def test_blocks_of_rows_give_the_same_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, said = answers(20_000)
    monkeypatch.setattr(values, "BLOCKS", 20_000)
    single = score(judge_values(truth, said, ["y"], [0.0], Resampling(300)), "mae")
    monkeypatch.setattr(values, "BLOCKS", 1_000)
    blocks = score(judge_values(truth, said, ["y"], [0.0], Resampling(300)), "mae")
    assert single.low is not None
    assert single.high is not None
    assert blocks.low is not None
    assert blocks.high is not None
    assert blocks.high - blocks.low == pytest.approx(single.high - single.low, rel=0.25)


def test_every_target_is_judged_by_itself() -> None:
    one, other = answers(100), answers(100, 1)
    truth, said = np.hstack([one[0], other[0]]), np.hstack([one[1], other[1]])
    found = judge_values(truth, said, ["a", "b"], [0.0, 0.0], Resampling(10))
    alone = judge_values(*other, ["b"], [0.0], Resampling(10))
    assert score(found, "rmse", "b").value == score(alone, "rmse", "b").value
    assert {figure.series for figure in found.figures} == {0, 1}


def test_rows_that_all_say_the_same_have_no_variance_to_explain() -> None:
    truth = np.full((10, 1), 3.0)
    found = judge_values(truth, truth + 1, ["y"], [3.0], Resampling(10))
    assert [each.key for each in found.scores] == ["mae", "rmse"]
    assert score(found, "mae").value == 1


def test_the_histogram_has_every_row_and_the_points_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MOST_POINTS", 50)
    truth, said = answers(300)
    points, histogram = judge_values(truth, said, ["y"], [0.0], Resampling(10)).figures
    assert histogram.z.sum() == 300
    assert len(points.x) == 50
    assert points.z == pytest.approx(points.y - points.x)


def test_a_reconstruction_has_an_error_for_each_row() -> None:
    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    judgement, errors = judge_reconstruction(x, x + np.float32(0.5))
    assert errors == pytest.approx(np.full(20, 0.25), abs=1e-6)
    assert score(judgement, "mae", "").value == pytest.approx(0.5)
    assert judgement.figures[0].z.sum() == 20
