"""The figures that stand for a run in a list."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.events import RunFinished
from nnstudio.spec.metrics import BALANCED_ACCURACY
from nnstudio.spec.parts import Part


@dataclass(frozen=True, slots=True)
class Headline:
    """The part and key of the score, such as ``validation accuracy``, and what it was in the best epoch.

    ``always`` is one answer, and ``baseline`` what always giving it scores on the same rows. ``balanced`` is the
    balanced accuracy on them, and ``balanced_baseline`` that of the one answer; None where there are no classes.
    """

    measure: str = ""
    score: float | None = None
    baseline: float | None = None
    balanced: float | None = None
    balanced_baseline: float | None = None
    always: str = ""


def headline(finished: RunFinished) -> Headline:
    """The first metric of the validation rows, or their loss; where no rows validate, that of the training rows."""
    part: Part = "validation" if finished.validation else "train"
    measures, baseline = finished.validation or finished.train, finished.baseline.of(part)
    key, balanced = next((key for key in measures if key != "loss"), "loss"), BALANCED_ACCURACY.key
    if key not in measures:
        return Headline()
    return Headline(
        f"{part} {key}",
        measures[key],
        baseline.get(key),
        measures.get(balanced),
        baseline.get(balanced),
        finished.baseline.answer,
    )
