"""What a network cannot know is said, as far as it follows from its data and from how it did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, ImageFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.report.content import Report
from nnstudio.report.limits import limits, seen_inputs
from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.scores import UNCALIBRATED, Score
from tests.report.made import classifier, regressor


def has(report: Report, words: str) -> bool:
    return any(words in sentence for sentence in limits(report))


def with_counts(*counts: int) -> Report:
    report = classifier()
    assert report.facts
    return replace(report, facts=replace(report.facts, class_counts=counts))


def test_every_network_is_bound_to_its_data() -> None:
    for report in (classifier(), regressor(), replace(classifier(), data=None, facts=None, judged=())):
        assert has(report, "nothing here tells how it fares on those")
        assert has(report, "not what causes what")
        assert has(report, "cannot say that it does not know")
    assert has(classifier(), "gives one of them to every row")
    assert not has(regressor(), "gives one of them to every row")


def test_few_rows_are_worth_a_word() -> None:
    assert has(classifier(), "It learned from few rows (63)")
    assert has(classifier(), "It was judged on few rows (15)")
    many = classifier([f"class {number}" for number in range(40)])
    assert not has(many, "few rows")


def test_uneven_classes_are_named() -> None:
    assert not has(with_counts(10, 20, 29), "uneven")
    assert has(with_counts(10, 20, 30), "30 training rows of “Gentoo”, 10 of “Adelie”")
    assert has(with_counts(0, 20, 30), "0 of “Adelie”")


@pytest.mark.parametrize(("error", "said"), [(0.2, True), (0.01, False)])
def test_probabilities_that_are_off_are_said(error: float, said: bool) -> None:
    report = classifier()
    assert report.first
    score = Score("calibration_error", "", "", error)
    one = replace(report.first, found=replace(report.first.found, scores=(score,)))
    assert has(replace(report, judged=(one,)), f"off by {error:.3f} on average") is said
    plain = replace(one, found=replace(one.found, is_calibrated=False))
    assert UNCALIBRATED in limits(replace(report, judged=(plain,)))


def test_every_kind_of_input_says_what_it_takes() -> None:
    features: tuple[Feature, ...] = (
        NumberFeature("mass", 4_000.0, 0.0, 1.0),
        CategoryFeature("island", tuple(f"island {number}" for number in range(14)), False, "island 0", other=True),
        DateFeature("day", ("elapsed",), False, 0.0, 1.0, 0.0, 1.0),
    )
    profiles = (
        ColumnProfile("mass", Kind.NUMBER, 0, 9, 2_700.0, 6_300.0),
        ColumnProfile("day", Kind.DATE, 0, 9, earliest="2024-01-01", latest="2024-03-01T12:00:00"),
    )
    report = classifier()
    assert report.data
    encoding = Encoding(report.encoding.task, features, report.encoding.target)
    told = {
        one.name: (one.takes, one.held, one.otherwise)
        for one in seen_inputs(replace(report, encoding=encoding, data=replace(report.data, columns=profiles)))
    }
    assert told["mass"] == ("a number", "2700 to 6300", "a missing one counts as 4000")
    assert told["day"][:2] == ("a date", "2024-01-01 to 2024-03-01 12:00:00")
    _, held, otherwise = told["island"]
    assert held.endswith("island 11 and 2 more")
    assert otherwise == "any other counts as other; a missing one counts as “island 0”"
    without = {one.name: one.held for one in seen_inputs(replace(report, encoding=encoding, data=None))}
    assert (without["mass"], without["day"]) == ("–", "–")


@pytest.mark.parametrize(("count", "end"), [(12, "island 11"), (13, "island 11 and 1 more")])
def test_many_categories_are_counted(count: int, end: str) -> None:
    islands = CategoryFeature("island", tuple(f"island {number}" for number in range(count)), False, "island 0")
    report = classifier()
    encoding = Encoding(report.encoding.task, (islands,), report.encoding.target)
    (seen,) = seen_inputs(replace(report, encoding=encoding))
    assert seen.held.endswith(end)


def test_pictures_say_their_size() -> None:
    report = classifier()
    image = ImageFeature("image", 8, 6, "grey", (0.0,), (1.0,))
    (seen,) = seen_inputs(replace(report, encoding=Encoding(report.encoding.task, (image,), report.encoding.target)))
    assert seen.held == "8 × 6 pixels, grey"
