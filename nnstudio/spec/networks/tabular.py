"""A network for tables: a learned vector for each category, beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnstudio.spec.layers import Branches, Embedding, Flatten, Linear, Slice
from nnstudio.spec.model import Row, block, new_row
from nnstudio.spec.networks.dense import hidden
from nnstudio.spec.networks.readings import Part

WIDEST = 50
"""Numbers that stand for a category at most."""


def tabular(parts: Sequence[Part], widths: Sequence[int], outputs: int) -> tuple[Row, ...]:
    """An embedding for each column of indices beside the amounts, then an MLP.

    After Guo and Berkhahn, “Entity Embeddings of Categorical Variables” (2016).
    """
    return (
        block(Branches("concat"), *_branches(parts), name="columns"),
        *hidden(widths),
        new_row(Linear(outputs)),
    )


def _branches(parts: Sequence[Part]) -> Iterator[tuple[Row, ...]]:
    """A branch for each part, that takes its numbers out of the row."""
    first = 0
    for part in parts:
        taken = new_row(Slice(first, part.count))
        if part.entries:
            table = Embedding(part.entries, embedding_width(part.entries))
            yield taken, new_row(table, part.name), new_row(Flatten())
        else:
            yield (taken,)
        first += part.count


def embedding_width(entries: int) -> int:
    """How many numbers stand for each of so many categories: half as many as there are."""
    return min(WIDEST, (entries + 1) // 2)
