"""How good a network is, in plain words, for who has never trained one."""

from __future__ import annotations

from nnstudio.report.content import Judged, Report
from nnstudio.session.sentences import number
from nnstudio.session.verdict import verdict as judged
from nnstudio.spec.parts import PART_WORDS
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.words import counted

CLEARLY = 0.02
"""A learned part that scores so much better is worth a word."""


def verdict(report: Report) -> list[str]:
    """A few sentences: how good it is on rows it has never seen, against answering without looking, and how sure."""
    if report.first is None:
        return [_unjudged(report)]
    found = report.first.found
    return [*judged(found), *filter(None, (_from_where(found), _learned(report)))]


def headline(report: Report) -> str:
    """What the network does, in half a sentence: “tells 3 classes of “species” apart”."""
    target = report.encoding.target
    if target.classes:
        return f"tells {counted(len(target.classes), 'class')} of “{target.name}” apart"
    if target.names:
        return f"predicts {' and '.join(f'“{name}”' for name in target.names[:3])}" + (
            f" and {len(target.names) - 3:,} more" if len(target.names) > 3 else ""
        )
    return "gives its own input back"


def _from_where(found: Evaluation) -> str:
    if found.part == "test":
        return "It has never seen these rows: they chose neither the weights nor the epoch."
    return f"No test rows were kept. {found.caution}"


def _learned(report: Report) -> str:
    """That it knows the rows that it learned better than others, where that is so."""
    first, train = report.first, _part(report, "train")
    if first is None or train is None or train is first:
        return ""
    key = "accuracy" if first.found.classes else "r2"
    target = first.found.targets[0] if first.found.targets else ""
    here, learned = first.found.score(key, target), train.found.score(key, target)
    if here is None or learned is None or learned.value - here.value < CLEARLY:
        return ""
    name = "accuracy" if first.found.classes else here.title
    return (
        f"On the rows that it learned from, {name} is {number(learned.value)}"
        f" instead of {number(here.value)}: it knows those a little by heart."
    )


def _part(report: Report, part: str) -> Judged | None:
    return next((judged for judged in report.judged if judged.found.part == part), None)


def _unjudged(report: Report) -> str:
    """What the model file says of itself, where nothing could be judged."""
    for part in ("test", "validation", "train"):
        for key, words in (("accuracy", "accuracy"), ("r2", "R²"), ("loss", "loss")):
            value = report.measures.get(f"{part} {key}")
            if value is not None:
                return f"When it was trained, its {words} on the {PART_WORDS[part]} rows was {number(value)}."
    return "Nothing is known of how good it is."
