"""How long each layer keeps its weights, and how fast it learns: its own settings and those of the blocks around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers.nesting import Repeat
from nnstudio.spec.model import Model, Row

ALWAYS = math.inf


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one layer that is no block; ``prefix`` stands before the names of its tensors.

    Every tensor of it keeps its bits before the epoch ``until``: 0 where it trains, `ALWAYS` where it never does.
    ``rate`` is the factor on the learning rate.
    """

    prefix: str
    row: Row
    until: float
    rate: float


def rules(model: Model) -> Iterator[Rule]:
    """The rule for each layer in the order of the network; a row that is repeated has one for each repetition."""
    return _rules(model.rows, "", 0.0, 1.0)


def _rules(rows: Sequence[Row], before: str, held: float, rate: float) -> Iterator[Rule]:
    for place, row in enumerate(rows):
        prefix, until, own = f"{before}{place}", max(held, until_epoch(row)), rate * row.rate
        if not row.is_block:
            yield Rule(prefix, row, until, own)
        branches = row.branches * row.kind.count if isinstance(row.kind, Repeat) else row.branches
        for number, branch in enumerate(branches):
            yield from _rules(branch, f"{prefix}.{number}.", until, own)


def until_epoch(row: Row) -> float:
    """The epoch in which a row begins to train by its own lock."""
    return (row.thaw or ALWAYS) if row.locked else 0.0
