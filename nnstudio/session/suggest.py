"""A network and settings that fit the data: what a practitioner would try first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from nnstudio.session.edits import data_of, use_network
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Conv2d, Flatten, LayerKind, Linear, MaxPool2d, ReLU
from nnstudio.spec.losses import suggest_loss
from nnstudio.spec.model import Model, Row, new_row
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.params import fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task

MOST_OUTPUTS = max(int(field.param.high or 0) for field in fields_of(Linear) if field.name == "out_features")
"""Of one layer; what gives back larger pictures has to be built by hand."""

WIDEST = 256
HALVINGS = 3
"""So many layers lead from the input of an autoencoder to its bottleneck, each half as wide as the one before."""

NARROWEST = 2

SMALLEST_PICTURE_TO_POOL = 4
"""Pixels a side; pooling halves it."""


def suggest_network(project: Project, facts: DataFacts) -> Project:
    """Replace the stack by one that fits the data, with the loss that belongs to it and fresh weights."""
    loss = suggest_loss(facts.task, None, None)
    outputs = min(MOST_OUTPUTS, loss.outputs(len(facts.classes), facts.answers))
    hidden = _narrowing(facts) if facts.task is Task.RECONSTRUCTION else map(new_row, _hidden(facts))
    return use_network(project, Model((*hidden, new_row(Linear(outputs)))), loss)


def suggest_settings(project: Project, facts: DataFacts) -> Project:
    """Batch size and learning rate for the number of rows: small tables need more steps an epoch and larger ones."""
    small = facts.rows.train < 2_000
    size = 16 if small else 64 if facts.rows.train < 50_000 else 256
    data = data_of(project)
    training = replace(project.training, optimizer=Adam(lr=0.003 if small else 0.001))
    return replace(project, data=replace(data, batches=replace(data.batches, size=size)), training=training)


def _hidden(facts: DataFacts) -> Iterator[LayerKind]:
    if len(facts.input_shape) == 3:
        yield from _convolutions(facts.input_shape[1:])
    elif len(facts.input_shape) > 1:
        yield Flatten()
    for width in _widths(facts):
        yield Linear(width)
        yield ReLU()


def _narrowing(facts: DataFacts) -> Iterator[Row]:
    """All but the output of an autoencoder: layers that get narrower up to a bottleneck, and wider again behind it."""
    if len(facts.input_shape) > 1:
        yield new_row(Flatten())
    *narrower, bottleneck = _halved(math.prod(facts.input_shape))
    for width in narrower:
        yield from (new_row(Linear(width)), new_row(ReLU()))
    yield new_row(Linear(bottleneck), "bottleneck")
    for width in reversed(narrower):
        yield from (new_row(Linear(width)), new_row(ReLU()))


def _halved(inputs: int) -> list[int]:
    """Half as many as ``inputs``, half as many again …, as long as there is something to halve."""
    first = max(1, min(WIDEST, inputs // 2))
    return [first, *(width for half in range(1, HALVINGS) if (width := first >> half) >= NARROWEST)]


def _convolutions(sides: tuple[int, ...]) -> Iterator[LayerKind]:
    side = min(sides)
    for channels in (16, 32):
        yield Conv2d(channels)
        yield ReLU()
        if side >= SMALLEST_PICTURE_TO_POOL:
            yield MaxPool2d()
            side //= 2
    yield Flatten()


def _widths(facts: DataFacts) -> tuple[int, ...]:
    """Hidden sizes that grow with the rows: about a parameter for every few rows, never more than two layers."""
    if len(facts.input_shape) == 3:
        return (64,)
    if facts.rows.train < 1_000:
        return (32, 16)
    return (64, 32) if facts.rows.train < 20_000 else (128, 64)
