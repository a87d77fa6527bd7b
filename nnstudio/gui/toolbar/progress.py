"""How far the run is: the epoch, the speed, the time that is left, and a thin bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QProgressBar, QSizePolicy, QWidget

from nnstudio.gui.evaluator import Repeater
from nnstudio.gui.panel import ElidedLabel, Still
from nnstudio.gui.theme import GRID, scaled
from nnstudio.session.live import LiveRun, Status
from nnstudio.session.sentences import duration
from nnstudio.spec.events import ComputedOnce, FoldStarted, Progress

STEPS = 1000
WIDTH, SHORT_WIDTH = 22 * GRID, 8 * GRID


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
            count = "1 epoch" if run.finished.epochs == 1 else f"{run.finished.epochs:,} epochs"
            return Where(
                f"{verb}: {count}", f"{_speed(run.finished.samples_per_second)} · {duration(run.finished.seconds)}", 1.0
            )
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


class RunProgress(Still):
    """Renders `where` a run is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__(content, parent)
        self.left, self.right = ElidedLabel(role="small"), ElidedLabel(role="small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(1)
        self.bar.setAccessibleName("Progress of the run")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.left, 0, 0)
        grid.addWidget(self.right, 0, 1)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        self.saved = 0
        """Pixels of its width that it does without."""
        self.setMinimumWidth(scaled(WIDTH))
        self.setMaximumWidth(scaled(48 * GRID))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def shorten(self, short: bool) -> None:
        """Show the bar alone, or the words over it too."""
        self.saved = scaled(WIDTH) - SHORT_WIDTH if short else 0
        self.left.setVisible(not short)
        self.right.setVisible(not short)
        self.setMinimumWidth(scaled(WIDTH) - self.saved)
        self.setMaximumWidth(scaled(48 * GRID))

    def show_run(self, run: LiveRun, repeater: Repeater) -> None:
        """Show how far a run is, or the repeats where those are what is trained."""
        repeats = repeater.is_busy and not run.status.is_busy
        now = where_repeats(repeater) if repeats else where(run)
        self.setToolTip(" · ".join(filter(None, (now.left, now.right))))
        self.left.setText(now.left)
        self.right.setText(now.right)
        self.bar.setRange(0, 0 if now.share is None else STEPS)
        self.bar.setValue(round((now.share or 0) * STEPS))
        self.setVisible(repeats or run.status is not Status.IDLE)
