"""Which rows train, which choose (validation), and which judge at the end (test)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.spec.data import Split
from nnstudio.spec.errors import DataError


@dataclass(frozen=True, eq=False, slots=True)
class SplitRows:
    """Row numbers of each part, int64, ascending; together they are all rows, each once."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split_rows(n: int, split: Split, labels: NDArray[np.integer] | None = None) -> SplitRows:
    """Deal ``n`` rows out at random, by ``split.seed`` alone; raises `DataError` where there are none.

    ``labels`` are class numbers ``(n,)``: with them every part has the same share of each class, by largest remainder,
    and every class has a training row. The order comes from the raw 64-bit stream of PCG64, which numpy never changes,
    unlike what its `Generator` makes of it: a project is split alike tomorrow.
    """
    if n == 0:
        raise DataError("There are no rows to learn from.")
    stream = np.random.PCG64(split.seed)
    shuffled = np.argsort(stream.random_raw(n), kind="stable")
    classes = np.zeros(n, np.intp) if labels is None else labels.astype(np.intp)
    sizes = np.bincount(classes)
    small = classes.astype(np.min_scalar_type(len(sizes)))  # of which the stable sort is a quick radix sort
    dealt = shuffled[np.argsort(small[shuffled], kind="stable")]  # by class, at random within each
    lots = stream.random_raw(len(sizes))
    room = np.maximum(sizes - 1, 0)  # one row of each class is left to train on
    validation = _apportion(split.validation, sizes, room, lots)
    test = _apportion(split.test, sizes, room - validation, lots[::-1])
    place = np.arange(n) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    until_validation = np.repeat(validation, sizes)
    until_test = until_validation + np.repeat(test, sizes)
    return SplitRows(
        np.sort(dealt[place >= until_test]),
        np.sort(dealt[place < until_validation]),
        np.sort(dealt[(place >= until_validation) & (place < until_test)]),
    )


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
