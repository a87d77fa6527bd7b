"""How a run goes, in a sentence with its own figures, and what helps: overfitting, bursting, hardly learning."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nnstudio.session import edits
from nnstudio.session.finding import Fix
from nnstudio.session.live import LiveRun, Status
from nnstudio.session.mistakes.learning import add_dropout
from nnstudio.session.mistakes.settings import TOO_FAST, with_optimizer
from nnstudio.session.sentences import number
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.metrics import metrics_for
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.parts import Part
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk
from nnstudio.spec.words import counted

FEWEST_EPOCHS = 5
RECENT = 3
"""Epochs whose mean stands for how it is now."""
RISE, FALL = 0.05, 0.05
"""Shares by which the validation loss has risen, and the training loss fallen, where a network overfits."""
LEAST_RISE = 0.02
"""Of the first validation loss: less is noise of losses that are nearly 0."""
BURST = 1.2
LONG_ENOUGH, HARDLY = 10, 0.03
USUAL_DECAY, MOST_DECAY = 0.01, 0.1
CLIP = 1.0

Manner = Literal["overfits", "bursts", "stalls", "no better", "still falls"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said of a run; ``fixes`` are edits that count from the next run on."""

    manner: Manner
    what: str
    why: str
    fixes: tuple[Fix, ...] = ()


def reading(run: LiveRun, walked: Walk | None) -> Reading | None:
    """What stands out in the curves so far; None where nothing does."""
    project, train = run.project, run.history.train.get("loss")
    if isinstance(run.error, NotFiniteError) and project is not None:
        return _went_to_pieces(run.error, project)
    if project is None or train is None or run.error is not None or len(train) < FEWEST_EPOCHS:
        return None
    if found := _no_better(run, project):
        return found
    validation = run.history.validation.get("loss")
    if _mean(train[-RECENT:]) > BURST * train[0]:
        return _bursts(train, project)
    if validation is not None and (found := _overfits(run, train, validation, project, walked)):
        return found
    if len(train) >= LONG_ENOUGH and train[0] - _mean(train[-RECENT:]) < HARDLY * abs(train[0]):
        return _stalls(train, project)
    return _still_falls(run, train if validation is None else validation)


# nothing learned


def _no_better(run: LiveRun, project: Project) -> Reading | None:
    """A run that is over, and whose best weights answer no better than always the same would."""
    if run.finished is None or run.started is None or project.data is None:
        return None
    task, baseline = project.data.task, run.started.baseline
    metric = metrics_for(task)[1 if task.is_classification else 0]  # balanced, so that rare classes are seen
    best = bisect_left(run.history.epochs, run.history.best_epoch)
    part: Part = "validation" if run.history.validation else "train"
    columns = run.history.validation or run.history.train
    known, column = baseline.of(part).get(metric.key), columns.get(metric.key)
    if known is None or column is None or best >= len(column) or column[best] > known:
        return None
    optimizer = project.training.optimizer
    usual = OPTIMIZERS.kinds[optimizer.key]().lr
    why = (
        f"{metric.title} {number(column[best])}, and always answering {baseline.answer} gives {number(known)}. "
        "The range test finds a learning rate; Fit one batch says what else prevents it from learning."
    )
    fixes = () if optimizer.lr == usual else (_rate(usual),)
    return Reading("no better", "It learned nothing yet.", why, fixes)


# overfitting


def _overfits(
    run: LiveRun, train: Sequence[float], validation: Sequence[float], project: Project, walked: Walk | None
) -> Reading | None:
    best = bisect_left(run.history.epochs, run.history.best_epoch)
    if len(train) - best <= RECENT or best >= len(train):
        return None
    now, then, learned = _mean(validation[-RECENT:]), validation[best], _mean(train[-RECENT:])
    rise, fall = now / then - 1 if then > 0 else 0.0, 1 - learned / train[best] if train[best] > 0 else 0.0
    if rise < RISE or fall < FALL or now - then < LEAST_RISE * abs(validation[0]):
        return None
    since = counted(len(train) - 1 - best, "epoch")
    why = (
        f"In the last {since} the training loss fell by {fall:.0%} while the validation loss rose by {rise:.0%}: "
        "it learns the training rows by heart."
    )
    return Reading("overfits", "The network overfits.", why, tuple(_against_overfitting(project, walked)))


def _against_overfitting(project: Project, walked: Walk | None) -> Iterator[Fix]:
    dropout = add_dropout(walked) if walked else None
    if dropout:
        yield dropout
    decay = project.training.optimizer.weight_decay
    if decay < MOST_DECAY:
        wanted = min(MOST_DECAY, max(USUAL_DECAY, 10 * decay))
        yield Fix(f"Weight decay {wanted:g}", with_optimizer("weight_decay", wanted))


# steps of the wrong size


def _bursts(train: Sequence[float], project: Project) -> Reading:
    slower = project.training.optimizer.lr / 10
    why = f"It began at {train[0]:.3g} and is at {train[-1]:.3g}: the steps are too large, and go past their aim."
    return Reading("bursts", "The training loss rises.", why, (_rate(slower),))


def _went_to_pieces(error: NotFiniteError, project: Project) -> Reading | None:
    """The loss is no number any more; None where steps are not to blame."""
    optimizer = project.training.optimizer
    if "learning rate" not in error.remedy:
        return None
    usual = OPTIMIZERS.kinds[optimizer.key]().lr
    slower = usual if optimizer.lr > TOO_FAST * usual else optimizer.lr / 10
    fixes = [_rate(slower)]
    if not project.training.clip:
        fixes.append(Fix(f"Clip gradients to {CLIP:g}", _clipped))
    why = f"With a learning rate of {optimizer.lr:g} each step went past its aim, and the next one further still."
    return Reading("bursts", "The steps were too large.", why, tuple(fixes))


def _clipped(project: Project) -> Project:
    return edits.set_training(project, replace(project.training, clip=CLIP))


def _stalls(train: Sequence[float], project: Project) -> Reading:
    faster = project.training.optimizer.lr * 10
    why = (
        f"In {counted(len(train), 'epoch')} the training loss went from {train[0]:.3g} to {train[-1]:.3g}. "
        "The steps may be too small (the range test says so), or the inputs say nothing about the target."
    )
    return Reading("stalls", "The network hardly learns.", why, (_rate(faster),) if faster <= 1 else ())


def _rate(value: float) -> Fix:
    value = float(f"{value:.3g}")
    return Fix(f"Learning rate {value:g}", with_optimizer("lr", value))


# not at its end


def _still_falls(run: LiveRun, watched: Sequence[float]) -> Reading | None:
    """The run came to its last epoch while the loss that decides was still falling."""
    if run.status is not Status.FINISHED or run.finished is None or run.finished.outcome != "completed":
        return None
    back = max(RECENT, len(watched) // 5)
    before, now = watched[-1 - back] if len(watched) > back else watched[0], watched[-1]
    if run.history.best_epoch != run.finished.epochs or before - now < HARDLY * abs(before):
        return None
    more = 2 * run.finished.epochs
    why = f"In the last {counted(back, 'epoch')} it still fell from {before:.3g} to {now:.3g}. Train longer goes on."
    fix = Fix(
        f"{more:,} epochs",
        lambda project: edits.set_training(project, replace(project.training, epochs=more)),
    )
    return Reading("still falls", "It was still learning when it ended.", why, (fix,))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
