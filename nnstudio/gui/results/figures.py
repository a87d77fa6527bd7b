"""The figures that matter of a run, in words: derived from the live run and the facts alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.gui.data.words import amount
from nnstudio.session.live import LiveRun
from nnstudio.session.sentences import number
from nnstudio.spec.events import RunFinished, RunStarted
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.tasks import Task

NOTHING = "–"
LOSS = "loss"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with what it is and what it is to be held against."""

    title: str
    value: str
    caption: str = ""
    help: str = ""


def figures(run: LiveRun, facts: DataFacts | None) -> list[Figure]:
    """Metrics and losses of the newest epoch while a run goes on, of the epoch whose weights were kept after it."""
    return [*_metrics(run, facts), *_losses(run)]


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


def _metrics(run: LiveRun, facts: DataFacts | None) -> Iterator[Figure]:
    task = task_of(run)
    validated = has_validation(run)
    rows = "Validation" if validated else "Training"
    for metric in metrics_for(task) if task else ():
        caption = _caption(metric, facts) if validated else "no validation rows: taken while it learned"
        value = _written(_figure(run, metric.key, validated), metric)
        yield Figure(f"{rows} {_short(metric)}", value, caption, f"{metric.title}. {metric.help}")


def _losses(run: LiveRun) -> Iterator[Figure]:
    batches = run.started.batches if run.started else 0
    over = f"mean over {batches:,} {'batch' if batches == 1 else 'batches'}" if batches else ""
    if has_validation(run):
        help_text = "The mean loss of the validation rows after the epoch."
        yield Figure("Validation loss", _written(_figure(run, LOSS, validation=True)), _best(run), help_text)
        caption = f"of epoch {run.history.best_epoch:,}" if run.finished and run.history.best_epoch else over
    else:
        caption = _best(run) or over
    loss = _figure(run, LOSS, validation=False)
    if loss is None and run.progress:
        loss, caption = run.progress.loss, f"batch {run.progress.batch:,} of {batches:,}" if batches else ""
    yield Figure(
        "Training loss", _written(loss), caption, "The mean loss of the training rows, taken while it learned."
    )


def _figure(run: LiveRun, key: str, validation: bool) -> float | None:
    place = shown_epoch(run)
    column = (run.history.validation if validation else run.history.train).get(key)
    return column[place] if column and place is not None else None


def _best(run: LiveRun) -> str:
    best = run.history.best_epoch
    if not best:
        return ""
    return f"best at epoch {best:,}"


def _caption(metric: Metric, facts: DataFacts | None) -> str:
    """What the figure is to be held against."""
    if metric.key == "r2":
        return "0 is always the mean"
    if facts is None or not facts.baseline_answer:
        return ""
    if metric.in_target_unit:
        return f"always {facts.baseline_answer} misses by {amount(facts.baseline)}"
    return f"always “{facts.baseline_answer}” would score {number(facts.baseline)}"


def _short(metric: Metric) -> str:
    """A metric behind another word: ``accuracy``, but ``R²`` and ``MAE``."""
    return SHORT.get(metric.key, metric.title.lower())


SHORT = {"r2": "R²", "mae": "MAE"}


def _written(value: float | None, metric: Metric | None = None) -> str:
    if value is None:
        return NOTHING
    if not math.isfinite(value):
        return "not finite"
    return amount(value) if metric and metric.in_target_unit else number(value)


def outcome(finished: RunFinished, started: RunStarted | None, task: Task) -> str:
    """What the rows say that chose nothing; where there are none, that nothing does."""
    measured = [
        f"{_short(metric)} {_written(finished.test[metric.key], metric)}"
        for metric in metrics_for(task)
        if metric.key in finished.test
    ]
    if not measured:
        return "No rows were kept for a test, so nothing that chose no weights speaks for this network."
    rows = started.rows.test if started else 0
    where = f" on {rows:,} {'row' if rows == 1 else 'rows'} that chose nothing" if rows else ""
    return f"Test {', '.join(measured)}{where}."
