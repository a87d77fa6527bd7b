"""Dealing rows out by lot: alike for the same seed, in fair shares, today and tomorrow.

Every order comes from the raw 64-bit stream of PCG64, which numpy never changes, unlike what its `Generator` makes of
it: a project is split alike tomorrow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.columns import Rows


def by_share(
    n: int, validation: float, test: float, seed: int, labels: NDArray[np.integer] | None = None
) -> tuple[Rows, Rows, Rows]:
    """``n`` rows by lot into training, validation and test, ascending.

    ``labels`` are class numbers ``(n,)``: with them every part has the same share of each class, by largest remainder,
    and every class has a training row.
    """
    stream = np.random.PCG64(seed)
    shuffled = in_order(stream.random_raw(n))
    dealt = shuffled if labels is None else _by_class(shuffled, labels)
    sizes = np.array([n]) if labels is None else np.bincount(labels)
    lots = stream.random_raw(len(sizes))
    room = np.maximum(sizes - 1, 0)  # one row of each class is left to train on
    validating = _apportion(validation, sizes, room, lots)
    testing = _apportion(test, sizes, room - validating, lots[::-1])
    counts = np.column_stack([validating, testing, sizes - validating - testing])
    part = np.empty(n, np.int8)
    part[dealt] = np.repeat(np.tile(np.arange(3, dtype=np.int8), len(sizes)), counts.ravel())
    validation_rows, test_rows, train_rows = (np.flatnonzero(part == number) for number in range(3))
    return train_rows, validation_rows, test_rows


def in_order(lots: NDArray[np.uint64]) -> Rows:
    """Where the smallest of ``lots`` is, the next one, and so on; of equal ones the first comes first.

    As a stable sort finds them, in a fifth of its time, for which no two may be equal: that is rare.
    """
    order = np.argsort(lots)
    ascending = lots[order]
    return np.argsort(lots, kind="stable") if (ascending[1:] == ascending[:-1]).any() else order


def into_folds(n: int, folds: int, seed: int, labels: NDArray[np.integer] | None = None) -> NDArray[np.int64]:
    """The fold of each of ``n`` rows by lot, from 0, ``(n,)``; the sizes differ by one row at most.

    With ``labels`` so do the counts of each class.
    """
    shuffled = in_order(_stream(seed, folds).random_raw(n))
    order = shuffled if labels is None else _by_class(shuffled, labels)
    fold = np.empty(n, np.int64)
    fold[order] = np.arange(n) % folds
    return fold


def groups_by_share(
    groups: NDArray[np.integer],
    validation: float,
    test: float,
    seed: int,
    labels: NDArray[np.integer] | None = None,
) -> tuple[Rows, Rows, Rows]:
    """Rows of ``groups`` ``(n,)`` (numbers from 0) into training, validation and test, no group in two of them.

    The groups are asked in an order by lot whether they bring the test, then the validation, closer to its share; the
    rest trains. With ``labels`` one group of each class is kept for training.
    """
    sizes = np.bincount(groups)
    order = in_order(_stream(seed).random_raw(len(sizes)))
    free = np.ones(len(sizes), np.bool_)
    free[_kept(groups, order, labels)] = False
    part = np.zeros(len(sizes), np.int8)
    for number, share, left in ((2, test, validation > 0), (1, validation, False)):
        open_ones = order[free[order]]
        chosen = _nearest(sizes, open_ones, share * len(groups), most=len(open_ones) - left)
        part[chosen], free[chosen] = number, False
    of_row = part[groups]
    train, validating, testing = (np.flatnonzero(of_row == number) for number in range(3))
    return train, validating, testing


def groups_into_folds(groups: NDArray[np.integer], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each row of ``groups`` ``(n,)``, from 0: the largest group first, each into the smallest fold."""
    sizes = np.bincount(groups)
    lots = _stream(seed, folds).random_raw(len(sizes))
    filled = np.zeros(folds, np.int64)
    fold = np.empty(len(sizes), np.int64)
    for group in np.lexsort((lots, -sizes)):
        fold[group] = filled.argmin()
        filled[fold[group]] += sizes[group]
    folds_of_rows: NDArray[np.int64] = fold[groups]
    return folds_of_rows


def _stream(seed: int, folds: int = 0) -> np.random.PCG64:
    """The lots of a seed; those of the folds are others than those of the ordinary split."""
    return np.random.PCG64(np.random.SeedSequence((seed, folds)) if folds else seed)


def _by_class(shuffled: Rows, classes: NDArray[np.integer]) -> Rows:
    """The rows by class, within each in the order in which they were shuffled."""
    small = classes.astype(np.min_scalar_type(int(classes.max(initial=0))))  # its stable sort is a quick radix sort
    return shuffled[np.argsort(small[shuffled], kind="stable")]


def _apportion(
    share: float, sizes: NDArray[np.int64], room: NDArray[np.int64], lots: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """How many rows of each class make up ``share`` of all: Hamilton's method.

    Whole quotas first, then one row each where the remainder is largest; ``lots`` decide between equals. No class gives
    more than its ``room``, so that where most classes have a single row the sum is less than its share.
    """
    quotas = share * sizes
    counts = np.minimum(quotas.astype(np.int64), room)
    left = int(quotas.sum() + 0.5) - int(counts.sum())
    by_remainder = np.lexsort((lots, counts - quotas))
    counts[by_remainder[(counts < room)[by_remainder]][:left]] += 1
    return counts


def _kept(groups: NDArray[np.integer], order: Rows, labels: NDArray[np.integer] | None) -> Rows:
    """The groups that training keeps: the last in ``order`` with a row of each class, or just the last."""
    if labels is None:
        return order[-1:]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    last = np.full(int(labels.max()) + 1, -1)
    np.maximum.at(last, labels, place[groups])
    kept: Rows = order[np.unique(last[last >= 0])]
    return kept


def _nearest(sizes: NDArray[np.int64], order: Rows, wanted: float, most: int) -> Rows:
    """At most ``most`` groups of ``order`` that bring their rows closer to ``wanted``; the smallest if none does."""
    chosen: list[int] = []
    have = 0
    for group in order.tolist():
        if have >= wanted or len(chosen) >= most:
            break
        if have + sizes[group] / 2 < wanted:
            chosen.append(group)
            have += int(sizes[group])
    if not chosen and wanted > 0 and most > 0:
        chosen.append(int(order[sizes[order].argmin()]))
    return np.array(chosen, np.int64)
