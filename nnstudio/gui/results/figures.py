"""The figures that matter of a run, in words: derived from the live run alone."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nnstudio.gui.panel import Figure
from nnstudio.session.baselines import always, beside, short
from nnstudio.session.live import LiveRun
from nnstudio.session.sentences import number
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.parts import PART_WORDS, Part
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import amount

NOTHING = "–"
LOSS = "loss"


def figures(run: LiveRun) -> list[Figure]:
    """Metrics and losses of the newest epoch while a run goes on, of the epoch whose weights were kept after it."""
    return [*_metrics(run), *_losses(run)]


def task_of(run: LiveRun) -> Task | None:
    """The kind of question that the run is about."""
    return run.project.data.task if run.project and run.project.data else None


def has_validation(run: LiveRun) -> bool:
    """Whether rows watch the training; before it has started, that they do is assumed."""
    return run.started is None or run.started.rows.validation > 0


def shown_epoch(run: LiveRun) -> int | None:
    """The place in the history whose figures are shown: the newest, after the run that of the best epoch."""
    history = run.history
    if not history.epochs:
        return None
    if run.finished and history.best_epoch in history.epochs:
        return history.epochs.index(history.best_epoch)
    return len(history.epochs) - 1


def _metrics(run: LiveRun) -> Iterator[Figure]:
    task, validated = task_of(run), has_validation(run)
    part: Part = "validation" if validated else "train"
    rows = PART_WORDS[part].capitalize()
    taken = "" if validated else " There are no validation rows: it was taken while the network learned."
    for metric in metrics_for(task) if task else ():
        value = _written(_figure(run, metric.key, validated), metric)
        said = f"{metric.title} of the {rows.lower()} rows. {metric.help} {_as_torchmetrics(metric)}{taken}"
        yield Figure(_title(metric, rows), value, _caption(metric, run, part), said)


def _as_torchmetrics(metric: Metric) -> str:
    """The object of torchmetrics that gives this measure by itself."""
    call = metric.alone(classes=2)
    average = f"(average={call.kwargs['average']!r})" if "average" in call.kwargs else ""
    return f"As torchmetrics.{call.name}{average} gives it."


def _losses(run: LiveRun) -> Iterator[Figure]:
    """The loss that chooses the best epoch; that of the training rows stands below where others watch."""
    batches = run.started.batches if run.started else 0
    loss, far = _figure(run, LOSS, validation=False), ""
    if loss is None and run.progress:
        loss, far = run.progress.loss, f"batch {run.progress.batch:,} of {batches:,}" if batches else ""
    best = f"best at epoch {run.history.best_epoch:,}" if run.history.best_epoch else ""
    if has_validation(run):
        learned = f"training {_written(loss)}" if loss is not None else ""
        help_ = "The mean loss of the validation rows after the epoch; that of the training rows was taken meanwhile."
        caption = " · ".join(filter(None, (learned, far))) or best
        yield Figure("Validation loss", _written(_figure(run, LOSS, validation=True)), caption, f"{help_}{_said(best)}")
        return
    help_ = "The mean loss of the training rows, taken while it learned."
    yield Figure("Training loss", _written(loss), best or far, help_)


def _said(best: str) -> str:
    """The epoch with the lowest loss as a sentence."""
    return f" It was {best}." if best else ""


def _figure(run: LiveRun, key: str, validation: bool) -> float | None:
    place = shown_epoch(run)
    column = (run.history.validation if validation else run.history.train).get(key)
    return column[place] if column and place is not None else None


def _caption(metric: Metric, run: LiveRun, part: Part) -> str:
    """What the figure is to be held against."""
    baseline = run.started.baseline if run.started else Baseline()
    if metric.in_target_unit and metric.key in baseline.of(part):
        return f"{always(baseline)}: {amount(baseline.of(part)[metric.key])}"
    return beside(baseline, part, metric.key)


def _title(metric: Metric, rows: str) -> str:
    return f"{rows} {short(metric)}" if len(short(metric)) <= LONGEST else metric.title


LONGEST = len("accuracy")
"""A longer name stands alone on its card: which rows it is of, its neighbour says."""


def _written(value: float | None, metric: Metric | None = None) -> str:
    if value is None:
        return NOTHING
    if not math.isfinite(value):
        return "not finite"
    return amount(value) if metric and metric.in_target_unit else number(value)
