"""A fine-tuned run beside one of the same experiment from scratch, in figures."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.session.baselines import beside
from nnstudio.session.live import LiveRun
from nnstudio.session.sentences import number, took
from nnstudio.session.transfer import from_scratch
from nnstudio.spec.events import Measures, RunFinished
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.parts import PART_WORDS, Part
from nnstudio.spec.tasks import Task

COMPARED: tuple[Part, ...] = ("validation", "test")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both runs; ``better`` is 0 where the first is better, 1 for the second, -1 for neither."""

    title: str
    tuned: str
    scratch: str
    better: int = -1


def is_rival(rival: LiveRun, run: LiveRun) -> bool:
    """Whether ``rival`` is the same experiment as ``run``, from scratch."""
    return run.project is not None and rival.project == from_scratch(run.project)


def task_of(run: LiveRun) -> Task | None:
    return run.project.data.task if run.project and run.project.data else None


def main_measure(run: LiveRun, *, with_baseline: bool = True) -> str:
    """The figure that matters most of a run that has ended: ``Test accuracy 0.94 (always “5”: 0.20)``."""
    if run.finished is None:
        return ""
    judged, measures = _judged(run.finished)
    part = PART_WORDS[judged].capitalize()
    metrics = metrics_for(task) if (task := task_of(run)) else ()
    metric = next((metric for metric in metrics if metric.key in measures), None)
    if metric is None:
        return f"{part} loss {number(measures['loss'])}" if "loss" in measures else "Done"
    against = beside(run.finished.baseline, judged, metric.key) if with_baseline else ""
    told = f"{part} {metric.title.lower()} {number(measures[metric.key])}"
    return f"{told} ({against})" if against else told


def _judged(finished: RunFinished) -> tuple[Part, Measures]:
    if finished.test:
        return "test", finished.test
    return ("validation", finished.validation) if finished.validation else ("train", finished.train)


def compared(run: LiveRun, rival: LiveRun) -> tuple[Row, ...]:
    """Every figure of both runs side by side; empty unless both have ended."""
    if run.finished is None or rival.finished is None:
        return ()
    metrics = metrics_for(task) if (task := task_of(run)) else ()
    rows = [row for part in COMPARED for row in _measures(part, run.finished, rival.finished, metrics)]
    one, other = run.finished, rival.finished
    rows.append(Row("Best epoch", f"{one.best_epoch:,}", f"{other.best_epoch:,}"))
    rows.append(Row("Epochs", f"{one.epochs:,}", f"{other.epochs:,}"))
    rows.append(Row("Time", took(one.seconds), took(other.seconds), _less(one.seconds, other.seconds)))
    return tuple(rows)


def _measures(part: Part, one: RunFinished, other: RunFinished, metrics: tuple[Metric, ...]) -> list[Row]:
    first, second = getattr(one, part), getattr(other, part)
    rows = []
    for metric in metrics:
        if metric.key in first and metric.key in second:
            values = first[metric.key], second[metric.key]
            better = _less(*values) if metric.better == "lower" else _less(-values[0], -values[1])
            against = beside(one.baseline, part, metric.key)
            title = f"{PART_WORDS[part].capitalize()} {metric.title.lower()}{f' ({against})' if against else ''}"
            rows.append(Row(title, number(values[0]), number(values[1]), better))
    if "loss" in first and "loss" in second:
        values = first["loss"], second["loss"]
        rows.append(Row(f"{PART_WORDS[part].capitalize()} loss", number(values[0]), number(values[1]), _less(*values)))
    return rows


def _less(one: float, other: float) -> int:
    """Which of two figures is the smaller one."""
    return -1 if one == other else int(other < one)
