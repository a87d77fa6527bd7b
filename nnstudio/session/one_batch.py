"""Fitting one batch first: what is left out for it, when rows are known by heart, and what may prevent it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nnstudio.session import edits
from nnstudio.spec.layers.regularisation import Dropping
from nnstudio.spec.losses import CrossEntropy, KLDivergence
from nnstudio.spec.model import Row
from nnstudio.spec.nesting import mapped
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import ConstantRate
from nnstudio.spec.tasks import Task

LOSS = 0.05
"""Mean loss of classes, in nats, that counts as about 0: the right class has a probability of 95 %."""
SHARE = 0.99
"""R² of values that counts as known by heart."""
STILL_FALLING = 0.9
"""Of the loss in the middle of the attempts: when the last one is below, more epochs would have helped."""


def unregularised(project: Project, epochs: int, size: int) -> Project:
    """The project without what works against learning by heart, in batches of ``size`` at one learning rate."""
    training = project.training
    optimizer: Any = training.optimizer  # every kind is a dataclass
    loss = type(training.loss)() if isinstance(training.loss, CrossEntropy | KLDivergence) else training.loss
    plain = replace(
        training,
        loss=loss,
        optimizer=replace(optimizer, weight_decay=0.0),
        schedule=ConstantRate(),
        epochs=epochs,
        patience=0,
        accumulate=1,
        ema=0.0,
    )
    rows = mapped(project.model.rows, _without_dropout)
    whole = replace(project, model=replace(project.model, rows=rows), training=plain)
    return edits.set_batches(whole, replace(edits.data_of(project).batches, size=size, balance="none"))


def _without_dropout(row: Row) -> Row:
    kind: Any = row.kind
    return replace(row, kind=replace(kind, p=0.0)) if isinstance(kind, Dropping) else row


def is_fitted(task: Task, loss: float, score: float) -> bool:
    """Whether every answer is right and the loss about 0; for values, whether next to nothing is left to explain."""
    return score >= 1.0 and loss <= LOSS if task.is_classification else score >= SHARE


def contradiction(rows: int) -> tuple[str, str]:
    """Why ``rows`` that are alike but have different answers cannot be learned, and what to do."""
    return (
        f"{rows:,} rows look the same to the network as others that have another answer.",
        "No network can learn both. Let it see a column that tells them apart, or accept that some answers are noise.",
    )


def hindrance(losses: list[float], trainable: int, parameters: int, answers: int) -> tuple[str, str]:
    """What seems to prevent learning by heart, from the ``losses`` of the epochs, and what to do about it.

    ``answers`` are the numbers to be known: rows times outputs.
    """
    middle, last = losses[len(losses) // 2], losses[-1]
    if last > losses[0]:
        return "The loss rises: the steps are too large.", "Choose a smaller learning rate."
    if last < STILL_FALLING * middle:
        return "The loss is still falling: time ran out.", "Choose a larger learning rate, or train longer."
    if trainable < parameters:
        return (
            f"Only {trainable:,} of {parameters:,} parameters may change.",
            "Unlock more layers; what is locked cannot adapt.",
        )
    if trainable < answers:
        return (
            f"The network has {trainable:,} parameters for {answers:,} answers.",
            "Use wider layers, or more of them with activations between.",
        )
    return (
        f"The loss stays at {last:.3g}.",
        "Look at the hints in the list of layers; where there are none, the learning rate may be too small.",
    )
