"""How a network came to be: its curves, its run, its numeric plan, and what it was made with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from nnstudio.report.content import Course, Report
from nnstudio.report.plots import Axis, Mark, Numbers, Plot, Series, array, axis
from nnstudio.session.folds import spreads
from nnstudio.session.sentences import finished_sentence, number, took
from nnstudio.session.tuning import place_words, rates_words
from nnstudio.spec.events import EpochDone, NumericPlan
from nnstudio.spec.metrics import LOSS, Metric, metrics_for
from nnstudio.spec.tasks import Task
from nnstudio.spec.words import counted

Facts = list[tuple[str, str]]


def curves(report: Report) -> list[Plot]:
    """Loss, metrics and learning rate over the epochs, the best epoch marked."""
    course = report.course
    if course is None or not course.epochs or report.project.data is None:
        return []
    epochs = course.epochs
    x = array(done.epoch for done in epochs)
    along = Axis("Epoch", float(x[0]), float(x[-1]), whole=True)
    marks = _marks(course, along)
    measured = (LOSS, *metrics_for(report.project.data.task))
    plots = [_measured(metric, epochs, x, along, marks) for metric in measured if metric.key in epochs[0].train]
    return [*plots, _rates(epochs, x, along)]


def _measured(metric: Metric, epochs: Sequence[EpochDone], x: Numbers, along: Axis, marks: tuple[Mark, ...]) -> Plot:
    train = array(done.train.get(metric.key) for done in epochs)
    series = [Series("training", x, train)]
    if any(metric.key in done.validation for done in epochs):
        validation = array(done.validation.get(metric.key) for done in epochs)
        series.append(Series("validation", x, validation, "validation"))
    log = metric.better == "lower"
    up = axis(metric.title, [one.y for one in series], log=log)
    return Plot(metric.title, along, up, tuple(series), marks)


def _rates(epochs: Sequence[EpochDone], x: Numbers, along: Axis) -> Plot:
    rates = array(done.learning_rate for done in epochs)
    return Plot("Learning rate", along, axis("Learning rate", [rates], zero=True), (Series("", x, rates, "muted"),))


def _marks(course: Course, along: Axis) -> tuple[Mark, ...]:
    best = course.finished.best_epoch if course.finished else 0
    if not best:
        return ()
    return (Mark(round(100 * float(along.place(array([best]))[0]), 2), f"best: {best:,}"),)


def course_sentences(report: Report) -> list[str]:
    """How the run ended, and what cross-validation found before it."""
    course = report.course
    if course is None:
        return []
    unfinished = f"The run came to no end of its own. {course.error}".strip()
    sentences = [finished_sentence(course.finished, report.project) if course.finished else unfinished]
    if course.folds and report.project.data:
        sentences.append(_folded(course, report.project.data.task))
    return [*sentences, *(f"{place_words(change)}: {rates_words(change)}." for change in course.changes)]


def _folded(course: Course, task: Task) -> str:
    found = spreads(course.folds)
    told = [
        f"{metric.title} {number(found[metric.key][0])} ± {number(found[metric.key][1])}"
        for metric in metrics_for(task)
        if metric.key in found
    ]
    return f"Cross-validation over {len(course.folds)} folds: {', '.join(told)} (mean ± standard deviation)."


# ---- what it was made with ----


def run_facts(report: Report) -> Facts:
    """The run, and the file that it left."""
    course, facts = report.course, list[tuple[str, str]]()
    if course:
        facts += [("Run", course.id), ("Started", f"{moment_of(course.started)} UTC")]
        if course.finished:
            facts.append(("Took", took(course.finished.seconds)))
    starts = [Path(weights.path).name for weights in report.project.model.starts]
    facts.append(("First weights", ", ".join(f"of {name}" for name in starts) or "fresh, from the seed"))
    facts += [("Model file", report.file), ("SHA-256", report.sha256)]
    return facts


def moment_of(seconds: float) -> str:
    """A moment, in seconds since 1970, as people write it."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def plan_facts(plan: NumericPlan) -> Facts:
    """What else than the seed decides the bits."""
    step = "recorded once and replayed" if plan.step == "recorded" else "eager"
    facts = [
        ("Device", plan.device),
        ("Threads", str(plan.threads)),
        ("Step", f"{step} ({plan.eager_because})" if plan.eager_because else step),
        ("Optimiser", "fused" if plan.fused else "not fused"),
        ("Memory layout", plan.layout.replace("_", " ")),
        ("Precision", plan.precision),
    ]
    if plan.parts > 1:
        facts.append(("Parts of a batch", str(plan.parts)))
    if plan.once:
        facts.append(("Frozen front", f"passed once, with {counted(plan.once, 'thread')}"))
    return facts


def environment_facts(report: Report) -> Facts:
    """Versions and machine; what the model file and the run both say comes once."""
    environment = dict(report.versions)
    if report.course:
        environment |= {"nnstudio": report.course.version} | dict(report.course.environment)
    return list(_titled(environment))


def _titled(environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    first = ("nnstudio", "python", "torch")
    for name in (*first, *(name for name in environment if name not in first)):
        if name in environment:
            yield {"python": "Python", "torch": "PyTorch"}.get(name, name), environment[name]
