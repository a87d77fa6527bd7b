"""What a cross-validation says: the mean over its folds, and how far they lie apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nnstudio.session.sentences import number
from nnstudio.spec.events import FoldDone, FoldsStopped, RepeatsStopped
from nnstudio.spec.metrics import metrics_for
from nnstudio.spec.tasks import Task

Spread = tuple[float, float]
"""Mean and sample standard deviation (that with ``n - 1``)."""


def spreads(folds: Sequence[FoldDone]) -> Mapping[str, Spread]:
    """The mean of every measure and its deviation, over all folds that have it; 0 where only one has."""
    keys = dict.fromkeys(key for done in folds for key in done.measures)
    columns = {key: [done.measures[key] for done in folds if key in done.measures] for key in keys}
    return {key: spread(values) for key, values in columns.items()}


def spread(values: Sequence[float]) -> Spread:
    """Mean and deviation as ``statistics`` finds them; importing that takes 20 ms, which the window starts without."""
    mean = math.fsum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return mean, math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else 0.0


def stopped_sentence(stopped: FoldsStopped) -> str:
    """What a stop within the cross-validation means."""
    return f"Training was stopped in fold {stopped.fold} of {stopped.folds}. Nothing was kept."


def repeats_stopped_sentence(stopped: RepeatsStopped, done: int) -> str:
    """What a stop of runs from several seeds means."""
    kept = "" if not done else " The run before it is kept." if done == 1 else f" The {done} runs before it are kept."
    return f"Training was stopped in run {stopped.number} of {stopped.count}.{kept}"


def folds_sentence(folds: Sequence[FoldDone], task: Task) -> str:
    """Such as “5-fold cross-validation: loss 0.121 ± 0.030, accuracy 0.967 ± 0.010 (mean ± deviation …)”."""
    titles = {"loss": "loss"} | {metric.key: metric.title.lower() for metric in metrics_for(task)}
    words = [
        f"{titles.get(key, key)} {number(mean)} ± {number(deviation)}"
        for key, (mean, deviation) in spreads(folds).items()
    ]
    means = f"{len(folds)}-fold cross-validation: {', '.join(words)} (mean ± deviation over the folds)."
    return f"{means} {_always(folds, titles)}".strip()


def _always(folds: Sequence[FoldDone], titles: Mapping[str, str]) -> str:
    """What always giving one answer scores, on the mean over the folds; empty where that is not known."""
    keys = [key for key in titles if all(key in done.baseline for done in folds)]
    means = {key: spread([done.baseline[key] for done in folds])[0] for key in keys}
    words = ", ".join(f"{titles[key]} {number(mean)}" for key, mean in means.items())
    return f"Always giving one answer: {words}." if words else ""
