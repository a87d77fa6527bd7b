"""What a network cannot know, in plain words: from what it was trained on, and from how it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnstudio.data.encoding.encoders import CategoryFeature, DateFeature, Feature, ImageFeature, NumberFeature
from nnstudio.report.content import Report
from nnstudio.report.network import cut
from nnstudio.session.sentences import number
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.scores import UNCALIBRATED
from nnstudio.spec.words import amount, counted, moment

FEW_TRAINED, FEW_JUDGED = 500, 100
"""Fewer rows than these are worth a word."""
UNEVEN = 3
"""The commonest class has so many times the rows of the rarest."""
MOST_NAMED, LONGEST = 12, 60
"""Categories that are named, and their letters; a cell may hold a book."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A column that the network looks at: what it takes, what its data held, and what becomes of any other value."""

    name: str
    takes: str
    held: str
    otherwise: str


def limits(report: Report) -> list[str]:
    """What is to be kept in mind, the most general first."""
    return [*_of_the_data(report), *_of_the_classes(report), *_of_the_probabilities(report)]


def _of_the_data(report: Report) -> Iterator[str]:
    data, facts = report.project.data, report.facts
    name = Path(data.source.path).name if data else "its data"
    rows = f"{counted(facts.rows.train, 'row')} of “{name}”" if facts else f"“{name}”"
    yield (
        f"It was trained on {rows}. Rows that come about in another way (another place, time, device or selection) may"
        " be unlike them, and nothing here tells how it fares on those."
    )
    yield (
        "It found what goes together in these rows, not what causes what: changing an input in the world need not"
        " change the outcome as it changes the answer here."
    )
    yield "It answers whatever it is given, also what is nothing like its data: it cannot say that it does not know."
    if facts and facts.rows.train < FEW_TRAINED:
        yield f"It learned from few rows ({facts.rows.train:,}): trained on others like them, it may answer otherwise."
    if report.first and report.first.found.rows < FEW_JUDGED:
        yield f"It was judged on few rows ({report.first.found.rows:,}): see how wide the intervals are."


def _of_the_classes(report: Report) -> Iterator[str]:
    facts = report.facts
    if facts and len(facts.class_counts) > 1:
        counted_classes = sorted(zip(facts.class_counts, facts.classes, strict=True))
        (least, rarest), (most, commonest) = counted_classes[0], counted_classes[-1]
        if most >= UNEVEN * max(1, least):
            yield (
                f"Its classes are uneven: {most:,} training rows of “{commonest}”, {least:,} of “{rarest}”. Look at the"
                " recall of each class and at balanced accuracy, not at accuracy alone."
            )
    if report.encoding.target.classes:
        yield "It knows no other class than those it was trained on, and gives one of them to every row."


def _of_the_probabilities(report: Report) -> Iterator[str]:
    if report.first is None:
        return
    found = report.first.found
    error = found.score("calibration_error")
    if not found.is_calibrated:
        yield UNCALIBRATED
    elif error is not None and error.value > 0.05:
        yield (
            f"Its probabilities are off by {number(error.value)} on average: 0.9 does not mean right nine times in ten."
        )


# ---- the inputs ----


def seen_inputs(report: Report) -> list[Seen]:
    """Every column that the network looks at."""
    profiles = {profile.name: profile for profile in report.data.columns} if report.data else {}
    return [_seen(feature, profiles.get(feature.name)) for feature in report.encoding.seen]


def _seen(feature: Feature, profile: ColumnProfile | None) -> Seen:
    match feature:
        case NumberFeature():
            return Seen(feature.name, "a number", _range(profile), f"a missing one counts as {amount(feature.fill)}")
        case CategoryFeature():
            return Seen(feature.name, "one of its categories", _named(feature), _otherwise(feature))
        case DateFeature():
            dates = f"{moment(profile.earliest)} to {moment(profile.latest)}" if profile and profile.latest else "–"
            return Seen(feature.name, "a date", dates, "a missing one counts as the middle of its range")
        case ImageFeature():
            size = f"{feature.width} × {feature.height} pixels, {feature.colour}"
            return Seen(feature.name, "a picture", size, "others are brought to this size")


def _range(profile: ColumnProfile | None) -> str:
    if profile is None or profile.low is None or profile.high is None:
        return "–"
    return f"{amount(profile.low)} to {amount(profile.high)}"


def _named(feature: CategoryFeature) -> str:
    named = ", ".join(cut(category, LONGEST) for category in feature.categories[:MOST_NAMED])
    more = len(feature.categories) - MOST_NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def _otherwise(feature: CategoryFeature) -> str:
    unknown = "counts as other" if feature.other else "counts as unknown"
    missing = "is a category of its own" if feature.missing else f"counts as “{feature.fill}”"
    return f"any other {unknown}; a missing one {missing}"
