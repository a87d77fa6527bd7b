"""What the window and the terminal say about scores, in words."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.session.folds import spread
from nnstudio.session.sentences import number
from nnstudio.spec.scores import Evaluation, Score
from nnstudio.spec.words import counted


def score_title(score: Score, found: Evaluation) -> str:
    """What a score is called beside the others: with its target where there are several."""
    return f"{score.title} of {score.target}" if len(found.targets) > 1 else score.title


def score_line(score: Score) -> str:
    """A score in one line: ``Accuracy 0.971 [0.914, 1.000], baseline 0.442``."""
    name = f"{score.title} of {score.target}" if score.target else score.title
    bounds = f" [{_bound(score.low)}, {_bound(score.high)}]" if has_bounds(score) else ""
    baseline = f", baseline {number(score.baseline)}" if score.baseline is not None else ""
    return f"{name} {number(score.value)}{bounds}{baseline}"


def _bound(value: float | None) -> str:
    return "–" if value is None else number(value)


def between(found: Evaluation) -> str:
    """What the bounds of the intervals mean."""
    return f"95 % bootstrap interval from {found.resamples:,} resamples, seed {found.seed}"


def baseline_words(found: Evaluation) -> str:
    """What the baseline always answers."""
    return f"always “{found.baseline_answer}”" if found.classes else f"always {found.baseline_answer}"


def score_caption(score: Score) -> str:
    """What a score is to be held against: ``0.91–1.00 · baseline 0.442``."""
    bounds = f"{_short(score, score.low)}–{_short(score, score.high)}" if has_bounds(score) else ""
    baseline = f"baseline {figure(score, score.baseline)}" if score.baseline is not None else ""
    return " · ".join(part for part in (bounds, baseline) if part)


def has_bounds(score: Score) -> bool:
    """Whether the rows can tell how sure a score is: where all are right, resampling them says nothing."""
    return score.low is not None and score.low != score.high


def _short(score: Score, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.3g}" if score.in_target_unit and abs(value) < 1_000 else _decimals(value)


def _decimals(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 1_000 else f"{value:,.0f}"


def figure(score: Score, value: float | None) -> str:
    """A figure of a score; one in the target's unit is written with as many digits as a person would."""
    if value is None:
        return "–"
    if abs(value) < NOTHING:
        value = 0.0
    return f"{value:,.4g}" if score.in_target_unit and abs(value) < BIG else number(value)


BIG = 1e6
NOTHING = 1e-12
"""What rounding leaves of a 0."""


def score_help(score: Score, found: Evaluation) -> str:
    """What a score means, what its bounds are, and what the baseline answers."""
    bounds = f" The bounds are a {between(found)}." if has_bounds(score) else ""
    if _is_all_right(score):
        bounds = f" {_no_interval(found)}"
    baseline = f" The baseline is {baseline_words(found)}." if score.baseline is not None else ""
    return f"{score.help}{bounds}{baseline}"


def bounds_line(found: Evaluation) -> str:
    """What the brackets in `score_line` are, or why there are none; empty where nothing was resampled."""
    if any(map(has_bounds, found.scores)):
        return f"In brackets: {between(found)}."
    return _no_interval(found) if any(map(_is_all_right, found.scores)) else ""


def _is_all_right(score: Score) -> bool:
    return score.low is not None and not has_bounds(score) and score.value == 1


def _no_interval(found: Evaluation) -> str:
    return f"No interval can be told from rows that are all right; {rule_of_three(found)}."


def rule_of_three(found: Evaluation) -> str:
    """What not having seen a single mistake leaves open: with 95 % confidence at most three in as many rows."""
    percent = min(100.0, 300 / found.rows)
    return f"without a mistake in {found.rows:,} rows, up to {percent:.1f} % of new ones may still fail"


def threshold_sentence(threshold: float, positive: str, matrix: Sequence[Sequence[int]]) -> str:
    """What a threshold of a yes-or-no network comes to; ``matrix`` has the no before the yes, true down."""
    (_, false_alarms), (missed, found) = matrix
    recall = found / (found + missed) if found + missed else 0.0
    precision = found / (found + false_alarms) if found + false_alarms else 0.0
    return (
        f"“{positive}” from {threshold:.3f} on: {found:,} of {found + missed:,} found (recall {recall:.3f}), "
        f"{counted(false_alarms, 'false alarm')} (precision {precision:.3f})"
    )


def spread_words(values: Sequence[float]) -> str:
    """The mean of some figures and their sample standard deviation: ``0.967 ± 0.010``."""
    mean, deviation = spread(values)
    return f"{number(mean)} ± {number(deviation)}"
