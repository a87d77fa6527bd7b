"""How a network came to be: its curves, its folds, what was changed, and what it was made with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.report.content import Course, Report
from nnstudio.report.training import course_sentences, curves, environment_facts, plan_facts, run_facts
from nnstudio.spec.events import EpochDone, FoldDone, NumericPlan, RatesChanged
from nnstudio.spec.model import Weights
from tests.report.made import classifier


def with_course(**change: object) -> Report:
    report = classifier()
    assert report.course
    return replace(report, course=replace(report.course, **change))  # type: ignore[arg-type]  # its fields


def test_loss_metrics_and_rate_are_drawn_with_the_best_epoch() -> None:
    plots = curves(classifier(epochs=11))
    assert [plot.title for plot in plots] == ["Loss", "Accuracy", "Learning rate"]
    assert [series.name for series in plots[0].series] == ["training", "validation"]
    assert plots[0].series[0].y.tolist() == pytest.approx([1 / number for number in range(1, 12)])
    assert [(mark.percent, mark.words) for mark in plots[0].marks] == [(10.0, "best: 2")]


def test_a_run_without_validation_has_one_line() -> None:
    epochs = tuple(EpochDone(number, {"loss": 1.0}, {}, 0.1, False, 0.1) for number in (1, 2))
    (loss, _) = curves(with_course(epochs=epochs, finished=None))
    assert [series.name for series in loss.series] == ["training"]
    assert loss.marks == ()


def test_without_a_run_nothing_is_drawn() -> None:
    report = replace(classifier(), course=None)
    assert curves(report) == []
    assert course_sentences(report) == []
    assert ("SHA-256", "a" * 64) in run_facts(report)


def test_a_run_that_failed_says_why() -> None:
    (said,) = course_sentences(with_course(finished=None, error="The loss is no number."))
    assert said == "The run came to no end of its own. The loss is no number."


def test_folds_and_changes_are_told() -> None:
    folds = (FoldDone(1, 2, {"accuracy": 0.8}), FoldDone(2, 2, {"accuracy": 0.9}))
    changes = (RatesChanged(3, 0, 0.01, 0.0),)
    _, folded, changed = course_sentences(with_course(folds=folds, changes=changes))
    assert folded == "Cross-validation over 2 folds: Accuracy 0.850 ± 0.071 (mean ± standard deviation)."
    assert "0.01" in changed


def test_first_weights_are_named() -> None:
    report = classifier()
    assert ("First weights", "fresh, from the seed") in run_facts(report)
    model = replace(report.project.model, start=Weights("/somewhere/pretrained.pth", ""))
    told = run_facts(replace(report, project=replace(report.project, model=model)))
    assert ("First weights", "of pretrained.pth") in told


def test_the_numeric_plan_is_told() -> None:
    told = dict(
        plan_facts(NumericPlan(2, "cpu", "eager", "an LSTM cannot be replayed", False, "channels_last", parts=4))
    )
    assert told["Step"] == "eager (an LSTM cannot be replayed)"
    assert told["Memory layout"] == "channels last"
    assert told["Parts of a batch"] == "4"
    assert "Parts of a batch" not in dict(plan_facts(NumericPlan()))


def test_versions_come_once_the_most_important_first() -> None:
    environment = {"python": "3.11.7", "cores": "2", "torch": "2.0"}
    course = Course("run", "", 0.0, "1.2.3", environment=environment)
    told = environment_facts(replace(classifier(), course=course))
    assert told == [("nnstudio", "1.2.3"), ("Python", "3.11.7"), ("PyTorch", "2.0"), ("cores", "2")]
