"""What a network is worth, in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.report.content import Report
from nnstudio.report.verdict import headline, verdict
from nnstudio.spec.scores import Score
from tests.report.made import classifier, judged_classes, regressor


def with_accuracy(value: float, low: float, high: float, baseline: float) -> Report:
    report = classifier()
    assert report.first
    score = Score("accuracy", "Accuracy", "", value, low, high, baseline)
    found = replace(report.first.found, scores=(score,))
    return replace(report, judged=(replace(report.first, found=found),))


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.8, 0.7, 0.9, "the network is clearly better."),
        (0.6, 0.4, 0.8, "the network is better, but the rows are too few to be sure of it."),
        (0.5, 0.3, 0.7, "the network is no better than that."),
        (0.2, 0.1, 0.3, "the network is no better than that."),
    ],
)
def test_it_is_held_against_answering_without_looking(value: float, low: float, high: float, said: str) -> None:
    sentences = verdict(with_accuracy(value, low, high, 0.5))
    assert sentences[1] == f"Always answering “Adelie” would be right for 50 %: {said}"


def test_it_counts_rows_and_says_how_sure_that_is() -> None:
    assert verdict(classifier())[0] == "It is right for 12 of 15 test rows: 80 % (95 % interval 71.4 to 88.6 %)."


def test_nearly_all_is_not_all() -> None:
    assert "99.99 %" in verdict(with_accuracy(0.99994, 0.999, 1.0, 0.5))[0]


def test_without_a_mistake_it_says_what_may_still_fail() -> None:
    assert "Still, without a mistake in 15 rows" in verdict(with_accuracy(1.0, 1.0, 1.0, 0.5))[1]


@pytest.mark.parametrize(("baseline", "said"), [(0.5, "clearly better."), (0.9, "too few to be sure of it.")])
def test_all_right_is_held_against_what_luck_gives(baseline: float, said: str) -> None:
    assert verdict(with_accuracy(1.0, 1.0, 1.0, baseline))[2].endswith(said)


def test_a_class_that_is_missed_is_named() -> None:
    report = classifier()
    assert report.first
    scores = report.first.found.class_scores
    scores = (replace(scores[0], recall=0.4), replace(scores[1], recall=0.1), scores[2])
    found = replace(report.first.found, class_scores=scores)
    said = " ".join(verdict(replace(report, judged=(replace(report.first, found=found),))))
    assert "It misses most rows of “Chinstrap”: 10 % of 5 are found. Of 1 other class" in said


def test_values_are_off_by_so_much() -> None:
    off, always, explained, *_ = verdict(regressor())
    assert off == "Its answers for “mass” are off by 312.5 on average (95 % interval 300 to 330)."
    assert always == "Always answering the mean would be off by 690: the network is clearly better."
    assert explained == "It explains 78 % of how “mass” varies (R² 0.780)."


def test_of_many_targets_some_are_told() -> None:
    said = verdict(regressor(("a", "b", "c", "d", "e")))
    assert "The other 2 targets are below." in said
    assert headline(regressor(("a", "b", "c", "d", "e"))) == "predicts “a” and “b” and “c” and 2 more"


def test_what_it_knows_by_heart_is_said() -> None:
    report = classifier()
    train = judged_classes("train", ("Adelie", "Chinstrap", "Gentoo"))
    found = replace(train.found, scores=(replace(train.found.scores[0], value=0.99),))
    report = replace(report, judged=(*report.judged[:2], replace(train, found=found)))
    assert "accuracy is 0.990 instead of 0.800" in verdict(report)[-1]


def test_without_test_rows_it_says_what_they_came_from() -> None:
    report = replace(classifier(), judged=classifier().judged[1:])
    assert any("No test rows were kept. These rows chose the best epoch" in one for one in verdict(report))


def test_what_was_never_measured_is_not_claimed() -> None:
    assert verdict(replace(classifier(), judged=(), measures={})) == ["Nothing is known of how good it is."]
