"""``nnstudio train``: train a project with a progress bar, and say how good the result is."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Any

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from nnstudio.cli.answers import events_of, the
from nnstudio.cli.bar import Bar
from nnstudio.cli.fine_tuning import fine_tuned, loaded_sentence
from nnstudio.cli.output import print_json, tell
from nnstudio.cli.project import suggested, with_split
from nnstudio.cli.threads import threads_of
from nnstudio.session.baselines import beside, scored
from nnstudio.session.folds import folds_sentence, spreads, stopped_sentence
from nnstudio.session.live import History
from nnstudio.session.sentences import finished_sentence, number, parts_notice
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import SpecError, TrainingError
from nnstudio.spec.events import (
    ComputedOnce,
    DataDescribed,
    DiskFull,
    EpochDone,
    Event,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    Inbox,
    Measures,
    NumericPlan,
    PlanChanged,
    Resumed,
    RunFinished,
    RunStarted,
    Saved,
    Stop,
    WeightsLoaded,
)
from nnstudio.spec.events import Progress as ProgressEvent
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.files import SUFFIX, Needed, load_project, need_place, needed_by
from nnstudio.spec.params import write_fields
from nnstudio.spec.parts import Part
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, Request, SaveModel, TrainProject

STOPPING = b"nnstudio: Stopping; what was learned is kept. Ctrl+C again gives it up.\n"
RESUMES = "What was learned up to the last checkpoint is kept: nnstudio resume goes on from there."
"""Said after a second Ctrl+C, which gives a run up."""


def train(options: argparse.Namespace) -> None:
    """Train ``project`` and write its best weights to ``--out``."""
    project = _project(options)
    threads, precision = threads_of(options), project.training.precision
    plan = NumericPlan(threads=threads, precision=precision, once=threads) if threads else None
    follow(TrainProject(project, plan, options.project.stem), project, options)


def follow(request: Request, project: Project, options: argparse.Namespace) -> None:
    """Ask for a run of ``project``, show how it goes, and say what came of it, as ``--out`` and ``--json`` want it."""
    if options.out:
        given = [Needed(options.project)] if "project" in options else []
        need_place(options.out.absolute(), *given, *needed_by(project))
    inbox: Inbox = SimpleQueue()
    with stops_gently(inbox), _ProgressBar(project) as bar:
        told = _Told()
        for event in events_of(request, inbox):
            bar.show(event)
            told.hear(event)
            if isinstance(event, RunStarted):
                options.interrupted = RESUMES
    if options.out:
        the(Saved, SaveModel(told.finished.best_weights, str(options.out.absolute())))
    facts = _facts(project)
    _tell_result(told, project, facts, options.out)
    if options.json:
        print_json(_result(told, options.out))


def opened(options: argparse.Namespace) -> Project:
    """The project that was given, or the one that is suggested for the data that were given."""
    path: Path = options.project.absolute()
    if path.suffix.casefold() != SUFFIX:
        return suggested(options, path)[0]
    if options.target or options.task or options.read or options.template:
        raise SpecError(
            f"“{path.name}” is a project.",
            "It says itself what is predicted, how its file is read, and by which network.",
            "Leave out --target, --task, --read and --template, or give the data themselves.",
        )
    return with_split(load_project(path), options)


def _project(options: argparse.Namespace) -> Project:
    project = opened(options)
    changes = {name: value for name in ("epochs", "seed") if (value := getattr(options, name)) is not None}
    training = replace(project.training, **changes)
    if options.learning_rate is not None:
        optimizer = training.optimizer
        faster = type(optimizer)(**write_fields(optimizer) | {"lr": options.learning_rate})
        training = replace(training, optimizer=faster)
    return fine_tuned(replace(project, training=training), options)


def _facts(project: Project) -> DataFacts | None:
    return the(DataDescribed, DescribeData(project.data)).facts if project.data else None


class _Told:
    """What the run said that the result needs."""

    started: RunStarted
    finished: RunFinished

    def __init__(self) -> None:
        self.history = History()
        self.weights: WeightsLoaded | None = None
        self.folds: list[FoldDone] = []

    def hear(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started = event
            case EpochDone():
                self.history.add(event)
            case WeightsLoaded():
                self.weights = event
                tell(loaded_sentence(event))
            case FoldDone():
                self.folds.append(event)
            case FoldsStopped():
                raise TrainingError(stopped_sentence(event))
            case RunFinished():
                self.finished = event


class _ProgressBar(Bar):
    """Epochs, loss and time left, on standard error; nothing where that is not a terminal."""

    def __init__(self, project: Project) -> None:
        self._epochs, self._baseline = project.training.epochs, Baseline()
        self._size = project.data.batches.size if project.data else Batches().size
        super().__init__(
            TextColumn("{task.description}{task.fields[unit]} {task.completed:.0f} of {task.total:.0f}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
        )
        self._task = self._bar.add_task("", total=1, figures="", unit="Epoch")

    def show(self, event: Event) -> None:
        match event:
            case FoldStarted():
                stage = f"Fold {event.fold} of {event.folds} · "
                self._bar.reset(self._task, total=self._epochs, description=stage)
            case RunStarted():
                self._baseline = event.baseline
                self._bar.reset(self._task, total=event.epochs, description="", figures="", unit="Epoch")
            case EpochDone():
                self._bar.update(self._task, completed=event.epoch, figures=self._figures(event))
            case DiskFull():
                tell(f"nnstudio: The disk is full. {event.reason} Training goes on when there is room.")
            case Resumed():
                tell("nnstudio: The disk has room again: training goes on.")
            case PlanChanged(plan=plan) if plan.parts > 1:
                tell(f"nnstudio: {' '.join(parts_notice(plan, self._size))}")
            case ComputedOnce(done, rows):
                stage = "Frozen layers, once · "
                self._bar.reset(self._task, total=rows, completed=done, description=stage, figures="", unit="row")
            case ProgressEvent():
                self._bar.update(self._task, completed=event.epoch - 1)

    def _figures(self, done: EpochDone) -> str:
        """The loss, and the first metric beside what always giving one answer scores."""
        part: Part = "validation" if done.validation else "train"
        measures = done.validation or done.train
        key = next((key for key in measures if key != "loss"), "")
        told = [f"loss {number(measures['loss'])}", f"{key} {number(measures[key])}" if key else ""]
        return " · ".join(filter(None, (*told, beside(self._baseline, part, key))))


@contextmanager
def stops_gently(inbox: Inbox) -> Iterator[None]:
    """The first Ctrl+C stops and keeps what was learned; the second one gives up."""

    def interrupted(number: int, frame: FrameType | None) -> None:
        del number, frame
        inbox.put(Stop())
        signal.signal(signal.SIGINT, before)
        with suppress(OSError):  # past what buffers a stream, which may be in the middle of something
            os.write(2, STOPPING)

    before: Any = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_result(told: _Told, project: Project, facts: DataFacts | None, out: Path | None) -> None:
    tell(finished_sentence(told.finished, project))
    if facts is None:
        return
    finished = told.finished
    parts: dict[Part, Measures] = {"train": finished.train, "validation": finished.validation, "test": finished.test}
    for part, measures in parts.items():
        if measures:
            figures = scored(measures, part, finished.baseline, facts.task)
            tell(f"{part:>10}: loss {number(measures['loss'])}, {figures}, {getattr(facts.rows, part):,} rows")
    for done in told.folds:
        baseline = replace(finished.baseline, validation=done.baseline)
        figures = scored(done.measures, "validation", baseline, facts.task)
        tell(f"{f'fold {done.fold}':>10}: loss {number(done.measures['loss'])}, {figures}")
    if told.folds:
        tell(folds_sentence(told.folds, facts.task))
    if out:
        tell(f"The best weights are in “{out}”.")


def _result(told: _Told, out: Path | None) -> dict[str, object]:
    finished, spread = told.finished, spreads(told.folds)
    return {
        "run": finished.run,
        "outcome": finished.outcome,
        "epochs": finished.epochs,
        "best_epoch": finished.best_epoch,
        "losses": {
            "train": list(told.history.train.get("loss", ())),
            "validation": list(told.history.validation.get("loss", ())),
        },
        "metrics": {split: dict(getattr(finished, split)) for split in ("train", "validation", "test")},
        "baseline": asdict(finished.baseline),
        "folds": [dict(done.measures) for done in told.folds],
        "folds_baseline": [dict(done.baseline) for done in told.folds],
        "folds_mean": {key: mean for key, (mean, _) in spread.items()},
        "folds_deviation": {key: deviation for key, (_, deviation) in spread.items()},
        "seconds": finished.seconds,
        "samples_per_second": finished.samples_per_second,
        "threads": told.started.plan.threads,
        "device": told.started.plan.device,
        "frozen": list(finished.frozen),
        "frozen_verified": finished.frozen_unchanged,
        "thawed": list(finished.thawed),
        "start": told.weights
        and {
            "file": told.weights.path,
            "matched": list(told.weights.matched),
            "fresh": list(told.weights.fresh),
            "unused": list(told.weights.unused),
        },
        "weights": finished.best_weights,
        "model": str(out) if out else None,
    }
