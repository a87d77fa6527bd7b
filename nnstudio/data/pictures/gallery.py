"""Which rows to show of many, so that a few of them stand for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows


def balanced_sample(codes: NDArray[np.int32], per_class: int, most_classes: int, seed: int) -> Rows:
    """Some rows of each class, class by class, in the order in which they are drawn: int64 row numbers.

    ``codes`` ``(N,)`` has the class of each row by number, negative where it is unknown. At most ``per_class`` rows are
    drawn at random of each of the ``most_classes`` most frequent classes, which come in the order of their numbers.
    """
    counts = np.bincount(codes[codes >= 0])
    often = np.argsort(-counts, kind="stable")[:most_classes]
    chosen = np.sort(often[counts[often] > 0])
    chance = np.random.default_rng(seed)
    drawn = [_draw(np.flatnonzero(codes == code), per_class, chance) for code in chosen]
    return np.concatenate([np.empty(0, np.int64), *drawn])


def spread_sample(values: NDArray[np.float64], count: int, seed: int) -> Rows:
    """At most ``count`` rows from the whole range of ``values`` ``(N,)``, ascending in value; NaN is left out.

    The rows are cut into ``count`` equally large groups by value, and one is drawn of each.
    """
    order = np.argsort(values, kind="stable")[: np.count_nonzero(~np.isnan(values))].astype(np.int64)
    chance = np.random.default_rng(seed)
    groups = np.array_split(order, min(count, len(order))) if len(order) else []
    return np.array([group[chance.integers(len(group))] for group in groups], np.int64)


def random_sample(rows: int, count: int, seed: int) -> Rows:
    """At most ``count`` of so many ``rows``, ascending."""
    return np.sort(np.random.default_rng(seed).choice(rows, min(count, rows), replace=False)).astype(np.int64)


def _draw(rows: Rows, count: int, chance: np.random.Generator) -> Rows:
    """At most ``count`` of ``rows`` ``(N,)``, in random order."""
    return chance.choice(rows, min(count, len(rows)), replace=False)
