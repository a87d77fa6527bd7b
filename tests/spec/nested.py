"""Stacks in stacks, written briefly and drawn by Hypothesis so that most of them work."""

from __future__ import annotations

from itertools import count

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nnstudio.spec.layers import (
    BatchNorm2d,
    Block,
    Branches,
    Conv2d,
    Dropout,
    GroupNorm,
    LayerKind,
    MaxPool2d,
    ReLU,
    Repeat,
    Sigmoid,
)
from nnstudio.spec.model import Model, Row

Nested = LayerKind | tuple["Block", list["Nested"]] | tuple["Block", list[list["Nested"]]]


def rows(*kinds: object) -> tuple[Row, ...]:
    """Rows called a, b, c … in the order in which they are listed; a block is a pair of its kind and its stacks."""
    names = (chr(ord("a") + number) if number < 26 else f"row {number}" for number in count())

    def stack(inner: object) -> tuple[Row, ...]:
        assert isinstance(inner, (list, tuple))
        return tuple(row(kind) for kind in inner)

    def row(kind: object) -> Row:
        if isinstance(kind, tuple):
            name = next(names)
            return Row(name, kind[0], branches=tuple(map(stack, kind[1:])))
        assert isinstance(kind, LayerKind)
        return Row(next(names), kind)

    return stack(kinds)


def nested(*kinds: object) -> Model:
    """A model of `rows`."""
    return Model(rows(*kinds))


_plain = st.sampled_from(
    [Conv2d(4), Conv2d(4, 1, padding=0), ReLU(), BatchNorm2d(), GroupNorm(1), Dropout(), MaxPool2d(3, 1, 1), Sigmoid()]
)


def _blocks(inner: SearchStrategy[object]) -> SearchStrategy[object]:
    stack = st.lists(inner, max_size=3)
    join = st.sampled_from([Branches("add"), Branches("concat"), Branches("concat", "last"), Branches("multiply")])
    return st.builds(lambda kind, stacks: (kind, *stacks), join, st.lists(stack, min_size=1, max_size=3)) | st.builds(
        lambda times, stack: (Repeat(times), stack), st.integers(1, 3), stack
    )


nested_models: SearchStrategy[Model] = st.lists(st.recursive(_plain, _blocks, max_leaves=6), max_size=4).map(
    lambda kinds: nested(*kinds)
)
"""Networks for pictures of 4 channels; a few of them have branches that do not fit each other."""
