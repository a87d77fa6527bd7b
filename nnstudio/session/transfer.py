"""Verbs that make a network out of a trained one: its head, where it ends, what is frozen, and how fast it learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nnstudio.session.edits import with_rows
from nnstudio.session.patterns import Named, named_by
from nnstudio.spec import nesting
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.losses import suggest_loss
from nnstudio.spec.model import Model, Pair, Path, Row, new_identity, paths
from nnstudio.spec.nesting import holds_tensors
from nnstudio.spec.params import fields_of
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk

OUTPUTS = ("out_features", "out_channels")
"""The fields that say how many numbers a layer gives."""
SLOWEST = 0.1
"""The factor on the learning rate of the first layer, where rates get lower towards the input."""


# the head


def head_of(model: Model) -> Row | None:
    """The last layer with weights, at whatever depth."""
    layers = (row for _, row in paths(model.rows) if not row.is_block and holds_tensors(row))
    return next(reversed(tuple(layers)), None)


def replace_head(project: Project, outputs: int) -> Project:
    """Let the last layer with weights give so many outputs, and start fresh; everything else keeps its weights.

    Raises `SpecError` where the number of its outputs cannot be set, or not to that.
    """
    head = head_of(project.model)
    field = next((field.name for field in fields_of(type(head.kind)) if field.name in OUTPUTS), "") if head else ""
    if head is None or not field:
        raise SpecError(
            "There is no head to replace.",
            f"The last layer with weights is {head.title}." if head else "No layer has weights.",
            "Add a linear layer at the end.",
        )
    kind: Any = head.kind  # every kind of layer is a dataclass
    new = Row(new_identity(), replace(kind, **{field: outputs}), head.name)
    changed = with_rows(project, nesting.replaced(project.model.rows, head.id, [new]))
    return _kept_fresh(changed, new.id)


def _kept_fresh(project: Project, row_id: str) -> Project:
    """Let a row start fresh, although the weights file may have tensors of its names."""
    start = project.model.start
    if start is None:
        return project
    start = replace(start, pairs=(*start.pairs, Pair(row_id, "", "")))
    return replace(project, model=replace(project.model, start=start))


def fit_head(project: Project, facts: DataFacts) -> Project:
    """Give the head as many outputs as the data need, and the loss that goes with it."""
    training, rows = project.training, project.model.rows
    if facts.task not in training.loss.tasks:
        training = replace(training, loss=suggest_loss(facts.task, rows[-1].kind if rows else None, None))
    fitting = replace(project, training=training)
    return replace_head(fitting, training.loss.outputs(len(facts.classes), facts.answers))


def cut_after(project: Project, row_id: str) -> Project:
    """Remove everything behind a row: in its branch, and behind the blocks around it."""
    return with_rows(project, _up_to(project.model.rows, project.model.path(row_id)))


def _up_to(rows: tuple[Row, ...], path: Path) -> tuple[Row, ...]:
    place, *rest = path
    if not rest:
        return rows[: place + 1]
    number, *inner = rest
    branches = list(rows[place].branches)
    branches[number] = _up_to(branches[number], tuple(inner))
    return (*rows[:place], replace(rows[place], branches=tuple(branches)))


# freezing


def freeze_up_to(project: Project, row_id: str) -> Project:
    """Lock a row and all that stands before it, and let train what stands behind it."""
    until = project.model.path(row_id)
    frozen = {row.id for path, row in paths(project.model.rows) if path <= until and until[: len(path)] != path}
    frozen.add(row_id)
    return _locked(project, lambda row: row.id in frozen)


def freeze_all_but_head(project: Project) -> Project:
    """Lock every layer with weights but the last one."""
    head = head_of(project.model)
    return _locked(project, lambda row: head is not None and row.id != head.id and not row.is_block)


def unfreeze_all(project: Project) -> Project:
    """Let every layer train."""
    return _locked(project, lambda _: False)


def _locked(project: Project, is_locked: Callable[[Row], bool]) -> Project:
    """Lock rows with tensors and unlock all others; one that is locked already keeps the epoch in which it thaws."""

    def change(row: Row) -> Row:
        if not (is_locked(row) and holds_tensors(row)):
            return replace(row, locked=False, locked_parameters=(), thaw=0)
        return row if row.locked else replace(row, locked=True, locked_parameters=())

    return with_rows(project, nesting.mapped(project.model.rows, change))


def freeze_matching(project: Project, walked: Walk, patterns: Sequence[str]) -> Project:
    """Lock what the patterns name, beside what is locked; `named_by` says how. One that names nothing raises."""
    rows = project.model.rows
    for pattern in patterns:
        named = named_by(project.model, walked, pattern)
        rows = nesting.mapped(rows, lambda row, named=named: _frozen(row, named))  # type: ignore[misc]
    return with_rows(project, rows)


def _frozen(row: Row, named: Named) -> Row:
    if row.locked:
        return row
    if row.id in named.layers:
        return replace(row, locked=True, locked_parameters=())
    more = named.parameters.get(row.id, ())
    return replace(row, locked_parameters=tuple(dict.fromkeys((*row.locked_parameters, *more)))) if more else row


# how fast


def set_pace(project: Project, row_id: str, **changes: object) -> Project:
    """Let a layer learn at a multiple of the learning rate (``rate``), or train from an epoch on (``thaw``).

    The epoch counts while the layer is locked; 0 keeps it so.
    """
    changed = replace(project.model.row(row_id), **changes)  # type: ignore[arg-type]  # the fields check their values
    return with_rows(project, nesting.replaced(project.model.rows, row_id, [changed]))


def lower_rates(project: Project, slowest: float = SLOWEST) -> Project:
    """Let rates fall by equal ratios from 1 at the last layer that trains to ``slowest`` at the first one.

    Blocks count as one layer, and those that are locked for good do not count. Raises `SpecError` for fewer than two.
    """
    training = [row.id for row in project.model.rows if holds_tensors(row) and not (row.locked and not row.thaw)]
    if len(training) < 2:
        raise SpecError(
            "Rates can only be lowered where two layers train.",
            f"{len(training)} does now." if training else "None does now.",
            "Unlock more layers, or let them train from a later epoch on.",
        )
    steps = len(training) - 1
    rates = {row_id: float(f"{slowest ** (1 - place / steps):.2g}") for place, row_id in enumerate(training)}
    return with_rows(project, nesting.mapped(project.model.rows, lambda row: replace(row, rate=rates.get(row.id, 1.0))))


def same_rates(project: Project) -> Project:
    """Let every layer learn at the learning rate itself."""
    return with_rows(project, nesting.mapped(project.model.rows, lambda row: replace(row, rate=1.0)))


def smaller_rate(project: Project) -> Project:
    """Take a tenth of the optimiser's usual learning rate, so that what the weights know is not lost in a few steps."""
    optimizer: Any = project.training.optimizer  # every kind of optimiser is a dataclass
    usual = type(optimizer)().lr
    return replace(project, training=replace(project.training, optimizer=replace(optimizer, lr=usual / 10)))


def is_slowed(project: Project) -> bool:
    """Whether the learning rate, or that of a layer, is below what the optimiser usually learns at."""
    optimizer = project.training.optimizer
    return optimizer.lr < type(optimizer)().lr or any(row.rate < 1 for _, row in paths(project.model.rows))


# without the weights


def from_scratch(project: Project) -> Project:
    """The same experiment without what was brought along: fresh weights, every layer trains, at the usual rate.

    A learning rate above the usual one stays.
    """
    optimizer: Any = project.training.optimizer  # every kind of optimiser is a dataclass
    faster = replace(optimizer, lr=max(optimizer.lr, type(optimizer)().lr))
    free = same_rates(unfreeze_all(project))
    model = replace(free.model, start=None, grafts=())
    return replace(free, model=model, training=replace(free.training, optimizer=faster))
