"""What the window and the terminal say about scores, in words."""

from __future__ import annotations

from nnstudio.session.sentences import number
from nnstudio.spec.scores import Evaluation, Score


def score_line(score: Score) -> str:
    """A score in one line: ``Accuracy 0.971 [0.914, 1.000], baseline 0.442``."""
    name = f"{score.title} of {score.target}" if score.target else score.title
    bounds = f" [{number(score.low)}, {number(score.high)}]" if score.low is not None and score.high is not None else ""
    baseline = f", baseline {number(score.baseline)}" if score.baseline is not None else ""
    return f"{name} {number(score.value)}{bounds}{baseline}"


def between(found: Evaluation) -> str:
    """What the bounds of the intervals mean."""
    return f"95 % bootstrap interval from {found.resamples:,} resamples, seed {found.seed}"


def baseline_words(found: Evaluation) -> str:
    """What the baseline always answers."""
    return f"always “{found.baseline_answer}”" if found.classes else f"always {found.baseline_answer}"
