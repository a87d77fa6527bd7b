"""Scores in words, each beside what always giving one answer scores on the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nnstudio.session.live import LiveRun
from nnstudio.session.sentences import number
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import Measures, RunFinished
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.parts import Part
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

SHORT = {"r2": "R²", "mae": "MAE"}


def short(metric: Metric) -> str:
    """A metric behind another word: ``accuracy``, but ``R²`` and ``MAE``."""
    return SHORT.get(metric.key, metric.title.lower())


def always(baseline: Baseline) -> str:
    """What the baseline does: ``always “Adelie”``; empty where nothing is known."""
    return f"always {baseline.answer}" if baseline.answer else ""


def beside(baseline: Baseline, part: Part, key: str) -> str:
    """What a score is to be held against: ``always “Adelie”: 0.442``; empty where that is not known."""
    value = baseline.of(part).get(key)
    return "" if value is None or not baseline.answer else f"{always(baseline)}: {number(value)}"


def scored(measures: Measures, part: Part, baseline: Baseline, task: Task) -> str:
    """Every score of a part: ``accuracy 0.971, balanced accuracy 0.968 (always “Adelie”: 0.441, 0.333)``."""
    known = [metric for metric in metrics_for(task) if metric.key in measures]
    words = ", ".join(f"{short(metric)} {number(measures[metric.key])}" for metric in known)
    others = _figures(baseline.of(part), known)
    return f"{words} ({always(baseline)}: {others})" if others and baseline.answer else words


def _figures(measures: Mapping[str, float], metrics: Iterable[Metric]) -> str:
    return ", ".join(number(measures[metric.key]) for metric in metrics if metric.key in measures)


def outcome_sentence(finished: RunFinished, rows: int, task: Task) -> str:
    """What the ``rows`` say that training has never seen; where there are none, that nothing speaks for it."""
    measured = scored(finished.test, "test", finished.baseline, task)
    if not measured:
        return "No rows were kept for a test, so nobody knows how good this network is on new ones."
    where = f" on {counted(rows, 'row')} it has never seen" if rows else ""
    return f"Test {measured}{where}."


def outcome_of(run: LiveRun) -> str:
    """The same of a run; empty while it goes on."""
    data = run.project.data if run.project else None
    if run.finished is None or data is None:
        return ""
    return outcome_sentence(run.finished, run.started.rows.test if run.started else 0, data.task)
