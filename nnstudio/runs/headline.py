"""The one figure that stands for a run in a list."""

from __future__ import annotations

from nnstudio.spec.events import RunFinished


def headline(finished: RunFinished) -> tuple[str, float | None]:
    """The part and key of the score, such as ``validation accuracy``, and its value in the best epoch.

    It is the first metric of the validation rows, or their loss; where no rows validate, that of the training rows.
    """
    part, measures = ("validation", finished.validation) if finished.validation else ("train", finished.train)
    key = next((key for key in measures if key != "loss"), "loss")
    return (f"{part} {key}", measures[key]) if key in measures else ("", None)
