"""The features of a row as a list of expressions, in which many columns of numbers are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from nnstudio.data.encoding.encoders import Feature, NumberFeature
from nnstudio.data.printing.columns import expressions, is_shifted_and_scaled
from nnstudio.data.printing.given import Given
from nnstudio.spec.code.lists import list_lines, names_code
from nnstudio.spec.code.text import indented, value

FEWEST_TOGETHER = 20
"""Columns that follow each other and are not written one by one any more."""


def feature_lines(given: Given) -> tuple[list[str], list[str]]:
    """What stands above the list of features, and its items, each with a comma behind it; raises `Unprintable`."""
    above, items, blocks = list[str](), list[str](), 0
    for is_simple, found in groupby(given.encoding.seen, key=partial(is_shifted_and_scaled, given=given)):
        features = list(found)
        if not is_simple or len(features) < FEWEST_TOGETHER:
            items += [f"{text}," for feature in features for text in expressions(feature, given)]
            continue
        blocks += 1
        behind = f"_{blocks}" if blocks > 1 else ""
        above += _learned([each for each in features if isinstance(each, NumberFeature)], behind)
        items.append(f"(table[columns{behind}] - centres{behind}) / spreads{behind},")
    return above, list(indented(1, *(item.splitlines() for item in items)))


def _learned(features: Sequence[NumberFeature], behind: str) -> Iterator[str]:
    """The columns, and for each what is subtracted and what divides, in their order."""
    names = [feature.name for feature in features]
    rule = names_code(names)
    yield from [f"columns{behind} = {rule}"] if rule else list_lines(f"columns{behind} = [", [*map(value, names)])
    subtracted, divides = _WORDS.get(_only_method(features), ("what is subtracted", "what divides"))
    yield f"# In the order of these columns: {subtracted}, and {divides}."
    yield from list_lines(f"centres{behind} = [", [repr(feature.offset) for feature in features])
    yield from list_lines(f"spreads{behind} = [", [repr(feature.scale) for feature in features])


_WORDS = {
    "standard": ("the mean of the training rows", "their standard deviation"),
    "minmax": ("the smallest value of the training rows", "the distance to the largest"),
    "robust": ("the median of the training rows", "the distance of their quartiles"),
}


def _only_method(features: Sequence[Feature]) -> str:
    methods = {feature.method for feature in features if isinstance(feature, NumberFeature)}
    return methods.pop() if len(methods) == 1 else ""
