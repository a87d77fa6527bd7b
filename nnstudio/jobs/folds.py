"""Cross-validation: a network for each fold of the data, trained quietly, judged on the rows that it was not shown."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from nnstudio.engine.examples import Examples
from nnstudio.engine.train import train
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.spec.data import DataSpec
from nnstudio.spec.events import (
    Event,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    Inbox,
    NumericPlan,
    Paused,
    Progress,
    Resumed,
    RunFinished,
)
from nnstudio.spec.project import Project


def cross_validate(
    project: Project, data: DataSpec, plan: NumericPlan | None, inbox: Inbox
) -> Generator[Event, None, tuple[FoldDone, ...] | None]:
    """Train and judge a network for each fold of ``data``; gives what each scored in its best epoch, or None.

    Every fold begins as the project says, so that none depends on another, and keeps no weights. Yields FoldStarted,
    Progress (whose seconds count all folds and the run behind them), Paused, Resumed and FoldDone of each. A Stop ends
    it with FoldsStopped, and None is given.
    """
    results: list[FoldDone] = []
    folds = data.split.folds
    for fold in range(1, folds + 1):
        yield FoldStarted(fold, folds)
        left = folds - fold + 1
        finished = yield from _train(project, examples_of(encoded_for(project, fold)), plan, inbox, left=left)
        if finished.outcome == "stopped":
            yield FoldsStopped(fold, folds)
            return None
        results.append(FoldDone(fold, folds, finished.validation, finished.baseline.validation))
        yield results[-1]
    return tuple(results)


def _train(
    project: Project, examples: Examples, plan: NumericPlan | None, inbox: Inbox, *, left: int
) -> Generator[Event, None, RunFinished]:
    """One network; ``left`` others of about the same length follow."""
    events = train(project, examples, inbox=inbox, run="", plan=plan)
    finished: RunFinished | None = None
    for event in _audible(events, project.training.epochs, left):
        if isinstance(event, RunFinished):
            finished = event
        else:
            yield event
    if finished is None:
        raise RuntimeError("a run always ends with RunFinished")
    return finished


def _audible(events: Iterator[Event], epochs: int, left: int) -> Iterator[Event]:
    """What is told of a fold: that it lives, and how long everything takes."""
    for event in events:
        match event:
            case Progress():
                yield replace(event, seconds_left=event.seconds_left + left * _whole(event, epochs))
            case Paused() | Resumed() | RunFinished():
                yield event


def _whole(progress: Progress, epochs: int) -> float:
    """Seconds that all of a run takes, from what is left of it and the epochs that are over."""
    share_left = 1 - (progress.epoch - 1) / epochs
    return progress.seconds_left / max(share_left, 1 / epochs)
