"""The learning rate and weight decay of the run that is going on, held against those of the project."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.session.live import LiveRun, Status
from nnstudio.spec.events import ChangeRates, RatesChanged
from nnstudio.spec.params import write_fields
from nnstudio.spec.project import Project


def in_force(run: LiveRun) -> ChangeRates | None:
    """What the run goes by now: what it began with, or was changed to; None where there is no run."""
    if run.project is None:
        return None
    if run.changes:
        return ChangeRates(run.changes[-1].learning_rate, run.changes[-1].weight_decay)
    optimizer = run.project.training.optimizer
    return ChangeRates(optimizer.lr, optimizer.weight_decay)


def wish(run: LiveRun, project: Project) -> ChangeRates | None:
    """What the run could take over from the project; None where it goes by that already, or cannot.

    A run can while it trains or is paused, but not in a fold of a cross-validation: all folds are trained alike.
    """
    if run.status not in (Status.TRAINING, Status.PAUSED) or run.fold is not None or run.project is None:
        return None
    optimizer = project.training.optimizer
    if type(optimizer) is not type(run.project.training.optimizer):
        return None
    wanted = ChangeRates(optimizer.lr, optimizer.weight_decay)
    return None if wanted == in_force(run) else wanted


def rates_words(rates: ChangeRates | RatesChanged) -> str:
    """``learning rate 0.01, weight decay 0``."""
    return f"learning rate {rates.learning_rate:.4g}, weight decay {rates.weight_decay:.4g}"


def place_words(change: RatesChanged) -> str:
    """Where a change was made."""
    return f"From epoch {change.epoch:,}, batch {change.batch + 1:,}"


def differs(run: LiveRun, project: Project) -> bool:
    """Whether the training settings of the project are others than those that the run goes by."""
    rates, running, now = in_force(run), run.project, project.training
    if running is None or rates is None:
        return False
    if type(now.optimizer) is type(running.training.optimizer):
        settings = write_fields(running.training.optimizer)
        given = settings | {"lr": rates.learning_rate, "weight_decay": rates.weight_decay}
        return replace(running.training, optimizer=type(now.optimizer)(**given)) != now
    return True
