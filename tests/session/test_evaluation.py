"""Scores in words: beside their bounds and baselines, and honest where there is nothing to tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.evaluation import (
    between,
    bounds_line,
    score_caption,
    score_help,
    score_line,
    spread_words,
    threshold_sentence,
)
from nnstudio.spec.scores import Evaluation, Score
from nnstudio.spec.tasks import Task

ACCURACY = Score("accuracy", "Accuracy", "Share of the rows.", 0.971, 0.914, 1.0, 0.442)
MASS = Score("mae", "MAE", "Mean size.", 412.3, 380.04, 451.9, 642.1, "lower", "mass", True)
FOUND = Evaluation(
    "m.pth", "", "test", "t.csv", 34, Task.MULTICLASS, "y", (ACCURACY,), "", "", (), ("a", "b", "c"),
    baseline_answer="a", resamples=1_000, seed=3,
)  # fmt: skip


def test_a_score_stands_beside_its_bounds_and_baseline() -> None:
    assert score_line(ACCURACY) == "Accuracy 0.971 [0.914, 1.000], baseline 0.442"
    assert score_caption(ACCURACY) == "0.91–1.00 · baseline 0.442"
    assert score_line(replace(MASS, baseline=None)) == "MAE of mass 412.300 [380.040, 451.900]"
    assert score_caption(MASS) == "380–452 · baseline 642.1"
    assert score_caption(replace(ACCURACY, low=None, high=None)) == "baseline 0.442"


def test_what_bounds_and_baseline_are_is_said() -> None:
    said = score_help(ACCURACY, FOUND)
    assert between(FOUND) == "95 % bootstrap interval from 1,000 resamples, seed 3"
    assert between(FOUND) in said
    assert "The baseline is always “a”." in said


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_rows_that_are_all_alike_give_no_interval(value: float) -> None:
    score = replace(ACCURACY, value=value, low=value, high=value)
    assert score_line(score) == f"Accuracy {value:.3f}, baseline 0.442"
    assert score_caption(score) == "baseline 0.442"
    assert ("up to 8.8 % of new ones may still fail" in score_help(score, FOUND)) is (value == 1)


def test_brackets_are_explained_only_where_there_are_any() -> None:
    right = replace(ACCURACY, value=1.0, low=1.0)
    assert bounds_line(FOUND) == f"In brackets: {between(FOUND)}."
    assert "without a mistake in 34 rows" in bounds_line(replace(FOUND, scores=(right,)))
    assert not bounds_line(replace(FOUND, scores=(replace(ACCURACY, low=None, high=None),)))


def test_a_threshold_says_what_it_finds_and_what_it_costs() -> None:
    said = threshold_sentence(0.25, "sick", [[90, 1], [2, 8]])
    assert said == "“sick” from 0.250 on: 8 of 10 found (recall 0.800), 1 false alarm (precision 0.889)"
    assert "(recall 0.000), 0 false alarms (precision 0.000)" in threshold_sentence(1, "sick", [[1, 0], [0, 0]])


def test_figures_of_several_runs_have_a_mean_and_a_deviation() -> None:
    assert spread_words([0.8, 0.9]) == "0.850 ± 0.071"
    assert spread_words([0.8]) == "0.800 ± 0.000"


def test_scores_that_are_no_probabilities_are_called_so() -> None:
    found = replace(FOUND, part="train", is_calibrated=False)
    assert found.caution.startswith("The network has learned these rows: others will fare worse. Its loss taught no")


@pytest.mark.parametrize(
    ("part", "rows", "where", "caution"),
    [
        ("test", 34, "the 34 test rows of t.csv", ""),
        ("validation", 1, "the 1 validation row of t.csv", "chose the best epoch"),
        ("train", 5, "the 5 training rows of t.csv", "learned"),
        ("all", 5, "the 5 training, validation and test rows of t.csv", "Most of these rows"),
        ("file", 5, "the 5 rows of t.csv whose answer is known", ""),
    ],
)
def test_the_rows_are_named(part: str, rows: int, where: str, caution: str) -> None:
    found = replace(FOUND, part=part, rows=rows)  # type: ignore[arg-type]  # one of the parts
    assert found.where == where
    assert caution in found.caution
    assert bool(caution) is bool(found.caution)
