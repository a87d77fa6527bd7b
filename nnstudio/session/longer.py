"""What training a run that has ended for longer comes to, in words."""

from __future__ import annotations

from nnstudio.spec.events import RunFinished
from nnstudio.spec.project import Project
from nnstudio.spec.requests import Weights
from nnstudio.spec.schedules import ConstantRate, Length, Schedule

USUAL = 10
"""Epochs that are proposed where the run had all that were planned and they say nothing."""


def more_epochs(project: Project, finished: RunFinished) -> int:
    """How many more epochs to propose: those that are left of the plan, else as many again."""
    return project.training.epochs - finished.epochs or finished.epochs or USUAL


def longer_sentence(project: Project, finished: RunFinished, more: int, weights: Weights) -> str:
    """From where it goes on, to which epoch, and what becomes of optimiser and schedule."""
    at = finished.epochs if weights == "last" else finished.best_epoch
    waits = " Early stopping waits anew." if finished.outcome == "early" else ""
    return f"{_where(finished, weights)} to epoch {at + more:,}.{_schedule(project, at + more, weights)}{waits}"


def _where(finished: RunFinished, weights: Weights) -> str:
    if weights == "last":
        return f"It goes on after epoch {finished.epochs:,} as if it had not ended there,"
    best = f"the best weights, those of epoch {finished.best_epoch:,}"
    return f"It goes on from {best}, with an optimiser that begins anew,"


def _schedule(project: Project, epochs: int, weights: Weights) -> str:
    """What becomes of the learning rate; nothing is said where it stays."""
    schedule = project.training.schedule
    if isinstance(schedule, ConstantRate):
        return ""
    planned = project.training.epochs
    if not _is_over_the_run(schedule) or (epochs == planned and weights == "last"):
        return " The schedule goes on where it was."
    return f" The schedule is laid out over all {epochs:,} epochs, and goes on where it would be in such a run."


def _is_over_the_run(schedule: Schedule) -> bool:
    return not schedule.is_the_same(Length(10, 10), Length(20, 10))
