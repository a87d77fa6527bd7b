"""Settings that no network learns with, or that a beginner rarely means: rates, decay, dropout, batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import change
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers.regularisation import Dropping
from nnstudio.spec.optimizers import OPTIMIZERS, Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk
from nnstudio.spec.words import counted

TOO_FAST = 100
"""Times the usual step of an optimiser, beyond which a network only bursts."""
MOST_DECAY = 1.0
USUAL_DECAY = 1e-4
MOST_DROPPED, USUAL_DROPPED = 0.8, 0.5
USUAL_BATCH = 16


def unusual_settings(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    """What speaks against the numbers that were set; every network that is suggested is free of it."""
    yield from _rate(project)
    yield from _decay(project)
    yield from _dropouts(walked)
    yield from _batches(project, facts)


def _rate(project: Project) -> Iterator[Finding]:
    """A learning rate, or a momentum, with which every step is far too long."""
    optimizer = project.training.optimizer
    usual = OPTIMIZERS.kinds[optimizer.key]()
    if _reach(optimizer) <= TOO_FAST * _reach(usual):
        return
    is_rate = optimizer.lr > TOO_FAST * usual.lr
    name, value = ("learning rate", optimizer.lr) if is_rate else ("momentum", _momentum(optimizer))
    why = (
        "The loss will burst, and soon it is no number (nan)."
        if is_rate
        else "It hardly forgets the steps before, so that they add up and the weights fly past their aim."
    )
    field, good = ("lr", usual.lr) if is_rate else ("momentum", 0.9)
    problem = SpecError(
        f"A {name} of {value:g} is far too large for {optimizer.title}.",
        why,
        f"Begin with {good:g}; the range test finds one that suits the data.",
    )
    yield Finding(problem, False, fix=Fix(f"Use {good:g}", with_optimizer(field, good)), check="rate")


def _reach(optimizer: Optimizer) -> float:
    """How far a weight goes where the gradient stays: each step keeps a share of those before."""
    return optimizer.lr / (1 - _momentum(optimizer))


def _momentum(optimizer: Optimizer) -> float:
    return cast(float, getattr(optimizer, "momentum", 0.0))


def _decay(project: Project) -> Iterator[Finding]:
    decay = project.training.optimizer.weight_decay
    if decay < MOST_DECAY:
        return
    problem = SpecError(
        f"A weight decay of {decay:g} pulls every weight to zero.",
        "It outweighs what the data say, so that all rows get nearly the same answer.",
        f"Use {USUAL_DECAY:g}, or as little as helps against overfitting.",
    )
    fix = Fix(f"Use {USUAL_DECAY:g}", with_optimizer("weight_decay", USUAL_DECAY))
    yield Finding(problem, False, fix=fix, check="decay")


def with_optimizer(field: str, value: float) -> Callable[[Project], Project]:
    """The edit of giving the optimiser another learning rate, momentum or decay."""

    def change_it(project: Project) -> Project:
        optimizer = replace(project.training.optimizer, **{field: value})  # type: ignore[type-var]  # all are dataclasses
        return edits.set_training(project, replace(project.training, optimizer=optimizer))

    return change_it


def _dropouts(walked: Walk) -> Iterator[Finding]:
    for step in walked.leaves():
        kind = step.row.kind
        if not isinstance(kind, Dropping) or kind.p <= MOST_DROPPED:
            continue
        problem = SpecError(
            f"{kind.title} sets {kind.p:.0%} of the numbers to zero.",
            "Hardly anything of what was learned passes, and most rows look the same behind it.",
            f"Use {USUAL_DROPPED:g} or less.",
        )
        fix = change(f"Drop {USUAL_DROPPED:.0%}", step.row.id, replace(kind, p=USUAL_DROPPED))
        yield Finding(problem, False, step.row.id, fix, check="dropping")


def _batches(project: Project, facts: DataFacts) -> Iterator[Finding]:
    """A batch that holds all rows, where they are enough for many."""
    data, rows = edits.data_of(project), facts.rows.train
    if data.batches.size < rows or rows <= 2 * USUAL_BATCH:
        return

    def smaller(project: Project) -> Project:
        return edits.set_batches(project, replace(edits.data_of(project).batches, size=USUAL_BATCH))

    problem = SpecError(
        f"All {counted(rows, 'training row')} are one batch.",
        "An epoch makes a single step, so that learning takes many epochs.",
        f"Batches of {USUAL_BATCH} make {-(-rows // USUAL_BATCH)} steps of it.",
    )
    fix = Fix(f"Batches of {USUAL_BATCH}", smaller)
    yield Finding(problem, False, fix=fix, check="one batch", is_note=True)
