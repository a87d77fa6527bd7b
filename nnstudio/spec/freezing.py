"""How long each layer keeps its weights, and how fast it learns: its own settings and those of the blocks around it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers.nesting import Repeat
from nnstudio.spec.model import Model, Row
from nnstudio.spec.nesting import holds_tensors

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


def front(model: Model) -> int:
    """How many rows at the front never change while the network is trained, and do the same then as in use.

    Those are locked for good, or have no weights and draw nothing at random; the last of them has all before it done.
    0 where none of them has weights.
    """
    kept = dict.fromkeys(range(len(model.rows)), True)
    for rule in rules(model):
        rests = rule.until == ALWAYS or not (holds_tensors(rule.row) or rule.row.kind.family == RANDOM)
        kept[int(rule.prefix.partition(".")[0])] &= rests
    count = next((place for place, rests in kept.items() if not rests), len(model.rows))
    return count if any(holds_tensors(row) for row in model.rows[:count]) else 0


RANDOM = "regularisation"
"""The family of layers that do something else while the network is trained."""


def until_epoch(row: Row) -> float:
    """The epoch in which a row begins to train by its own lock."""
    return (row.thaw or ALWAYS) if row.locked else 0.0
