"""How far what is trained is: the epoch, the speed and the time that is left, in words, and the share that is done."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.gui.studio.evaluator import Repeater
from nnstudio.session.live import LiveRun, Status
from nnstudio.session.sentences import duration
from nnstudio.spec.events import ComputedOnce, FoldStarted, Progress
from nnstudio.spec.words import counted


@dataclass(frozen=True, slots=True)
class Where:
    """What the bar shows: words left and right of it, and the share that is done (None: nobody knows)."""

    left: str = ""
    right: str = ""
    share: float | None = 0.0


def where(run: LiveRun) -> Where:
    """How far ``run`` is, in words and as a share."""
    match run.status:
        case Status.IDLE:
            return Where()
        case Status.STARTING if run.passed:
            return _passing(run.passed)
        case Status.STARTING:
            return Where("Starting…", "", None)
        case Status.FAILED:
            return Where(f"Failed in epoch {run.progress.epoch}" if run.progress else "Failed", "", 0.0)
        case Status.FINISHED if run.finished:
            verb = "Stopped" if run.finished.outcome == "stopped" else "Done"
            epochs = counted(run.finished.epochs, "epoch")
            speed = _speed(run.finished.samples_per_second)
            return Where(f"{verb}: {epochs}", f"{speed} · {duration(run.finished.seconds)}", 1.0)
        case _:
            return _under_way(run)


def _passing(passed: ComputedOnce) -> Where:
    """How far the rows have passed what is frozen, which is done once."""
    words = f"Frozen layers, once: {passed.done:,} of {passed.rows:,} rows"
    return Where(words, f"{duration(passed.seconds_left)} left", passed.done / passed.rows)


def _in_fold(run: LiveRun, fold: FoldStarted) -> Where:
    """How far the cross-validation is; the run behind it counts as one fold more."""
    place = f"Fold {fold.fold} of {fold.folds}"
    if run.progress is None or run.project is None:
        return Where(place, "", (fold.fold - 1) / (fold.folds + 1))
    progress = run.progress
    share = (fold.fold - 1 + (progress.epoch - 1) / run.project.training.epochs) / (fold.folds + 1)
    return _at(run.status, f"{place} · epoch {progress.epoch:,}", progress, share)


def _under_way(run: LiveRun) -> Where:
    if run.fold is not None:
        return _in_fold(run, run.fold)
    if run.started is None or run.progress is None:
        return Where("Stopping…" if run.status is Status.STOPPING else "Starting…", "", None)
    progress, started = run.progress, run.started
    share = (progress.epoch - 1 + progress.batch / max(started.batches, 1)) / started.epochs
    return _at(run.status, f"Epoch {progress.epoch:,} of {started.epochs:,}", progress, share)


def _at(status: Status, epoch: str, progress: Progress, share: float) -> Where:
    """An ``epoch`` under way, whether it rests or ends, else how fast it is."""
    if status is Status.PAUSED:
        return Where(f"{epoch} · paused", "", share)
    if status is Status.STOPPING:
        return Where(f"{epoch} · stopping…", "", share)
    return Where(epoch, f"{_speed(progress.samples_per_second)} · {duration(progress.seconds_left)} left", share)


def where_repeats(repeater: Repeater) -> Where:
    """How far the runs from several seeds are."""
    started, progress = repeater.started, repeater.progress
    if started is None or repeater.project is None:
        return Where("Starting…", "", None) if repeater.is_busy else Where()
    run = f"Run {started.number} of {started.count}, seed {started.seed}"
    if progress is None:
        return Where(run, "", (started.number - 1) / started.count)
    share = (started.number - 1 + (progress.epoch - 1) / repeater.project.training.epochs) / started.count
    left = "stopping…" if repeater.is_stopping else f"{duration(progress.seconds_left)} left in this run"
    return Where(f"{run} · epoch {progress.epoch:,}", left, share)


def _speed(samples: float) -> str:
    return f"{samples:,.0f} samples/s"
