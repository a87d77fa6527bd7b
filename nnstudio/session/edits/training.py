"""Edits of how a network is trained, and the loss that follows from the others."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.spec.layers import Linear
from nnstudio.spec.losses import Loss, suggest_loss
from nnstudio.spec.optimizers import Optimizer
from nnstudio.spec.project import Project
from nnstudio.spec.training import Training


def set_training(project: Project, training: Training) -> Project:
    return replace(project, training=training)


def set_loss(project: Project, loss: Loss) -> Project:
    return replace(project, training=replace(project.training, loss=loss))


def set_optimizer(project: Project, optimizer: Optimizer) -> Project:
    """Choose an optimiser; the learning rate and weight decay start at that optimiser's defaults."""
    return replace(project, training=replace(project.training, optimizer=optimizer))


def follow_loss(before: Project, after: Project) -> Project:
    """Let the loss follow the task and the last layer, unless it was chosen otherwise before the edit."""
    old, new = _suggested_loss(before), _suggested_loss(after)
    fits = after.data is None or after.data.task in after.training.loss.tasks
    return after if fits and before.training.loss != old else set_loss(after, new)


def _suggested_loss(project: Project) -> Loss:
    """The loss that follows from the task and the last layer; without data, that of a new project."""
    if project.data is None:
        return Training().loss
    rows = project.model.rows
    widths = [row.kind.out_features for row in rows if isinstance(row.kind, Linear)]
    return suggest_loss(project.data.task, rows[-1].kind if rows else None, widths[-1] if widths else None)
