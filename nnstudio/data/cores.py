"""Work that is shared out among the cores of the machine: what numpy, Arrow and pandas do there holds no lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CORES = min(4, os.cpu_count() or 1)
"""That work at once; each may hold a copy of a column."""

FEW_ROWS = 10_000
"""Work on fewer rows is done before a thread could start."""


def each(work: Callable[[Item], Result], items: Iterable[Item], rows: int) -> list[Result]:
    """What ``work`` gives for each of ``items``, in their order; in threads where there are many ``rows``.

    Raises what ``work`` raised for the first of the items for which it did.
    """
    if rows < FEW_ROWS or CORES == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(work, items))
