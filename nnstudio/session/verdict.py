"""How good a network is on some rows, in plain words, for who has never trained one."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.session.evaluation import figure, has_bounds, rule_of_three
from nnstudio.session.sentences import number
from nnstudio.spec.parts import PART_WORDS
from nnstudio.spec.scores import Evaluation, Score
from nnstudio.spec.words import counted

UNLIKELY = 0.05
MOST_TOLD = 3
"""Targets that have sentences of their own."""


def verdict(found: Evaluation) -> tuple[str, ...]:
    """A few sentences: how often it is right, and how that stands against answering without looking."""
    return tuple(_classes(found) if found.classes else _values(found) if found.targets else _input(found))


def _classes(found: Evaluation) -> Iterator[str]:
    accuracy = found.score("accuracy")
    if accuracy is None:
        return
    right = round(accuracy.value * found.rows)
    yield f"It is right for {right:,} of {_rows(found)}: {_percent(accuracy.value)}{_interval(accuracy)}."
    if accuracy.value == 1:
        yield f"Still, {rule_of_three(found)}."
    always = f"Always answering “{found.baseline_answer}” would be right for {_percent(accuracy.baseline or 0)}"
    yield f"{always}: the network is {_against(accuracy, found.rows)}."
    missed = [score for score in found.class_scores if score.support and score.recall < 0.5]
    if missed:
        worst = min(missed, key=lambda score: score.recall)
        yield f"It misses most rows of “{worst.name}”: {_percent(worst.recall)} of {worst.support:,} are found." + (
            f" Of {counted(len(missed) - 1, 'other class')} it misses more than half, too." if len(missed) > 1 else ""
        )


def _values(found: Evaluation) -> Iterator[str]:
    for name in found.targets[:MOST_TOLD]:
        mae, r2 = found.score("mae", name), found.score("r2", name)
        if mae is None:
            continue
        off = f"off by {figure(mae, mae.value)} on average{_interval(mae, own=True)}"
        yield f"Its answers for “{name}” are {off}."
        always = f"Always answering the mean would be off by {figure(mae, mae.baseline)}"
        yield f"{always}: the network is {_against(mae, found.rows)}."
        if r2 is not None:
            yield f"It explains {_percent(max(r2.value, 0))} of how “{name}” varies (R² {number(r2.value)})."
    if len(found.targets) > MOST_TOLD:
        yield f"The other {len(found.targets) - MOST_TOLD:,} targets are below."


def _input(found: Evaluation) -> Iterator[str]:
    r2 = found.score("r2")
    if r2 is not None:
        yield f"It gives back {_percent(max(r2.value, 0))} of what varies in its input (R² {number(r2.value)})."


# ---- words ----


def _rows(found: Evaluation) -> str:
    return counted(found.rows, f"{PART_WORDS.get(found.part, found.part)} row")


def _percent(share: float) -> str:
    """A share in percent; one that is not whole is never written as 100 %."""
    percent = 100 * share
    if 99.95 <= percent < 100:
        return f"{percent:.2f} %"
    return f"{percent:.0f} %" if abs(percent - round(percent)) < 0.05 else f"{percent:.1f} %"


def _interval(score: Score, own: bool = False) -> str:
    if not has_bounds(score):
        return ""
    ends = (score.low or 0.0, score.high or 0.0)
    low, high = (figure(score, end) if own else _percent(end) for end in ends)
    return f" (95 % interval {low.removesuffix(' %')} to {high})"


def _against(score: Score, rows: int) -> str:
    """How a score on so many ``rows`` stands against its baseline, as far as they can tell."""
    if score.baseline is None or not _is_above(score, score.value):
        return "no better than that"
    return "clearly better" if _is_sure(score, rows) else "better, but the rows are too few to be sure of it"


def _is_above(score: Score, value: float) -> bool:
    """Whether ``value`` is better than the baseline."""
    baseline = score.baseline or 0.0
    return value > baseline if score.better == "higher" else value < baseline


def _is_sure(score: Score, rows: int) -> bool:
    """Whether all of the interval is better than the baseline.

    Rows that are all right have none: then it is asked how likely the baseline would be right for all of them.
    """
    if score.low is None or score.high is None:
        return False
    if not has_bounds(score):
        return score.value == 1 and (score.baseline or 0.0) ** rows < UNLIKELY
    return _is_above(score, score.low if score.better == "higher" else score.high)
