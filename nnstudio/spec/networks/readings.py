"""How a network needs the data: as a row of numbers, as indices of categories, step by step, or as a picture.

Each function gives the data spec that a network is made for, which is often the one that there is, and the shape of an
example then; or it raises `SpecError` with the reason why the data cannot be read so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nnstudio.spec.columns import CategoryEncoding, Column, NumberEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts, Shape
from nnstudio.spec.layers import Branches, LayerKind, Unflatten
from nnstudio.spec.layers.base import size
from nnstudio.spec.layouts import Layout, RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.sources import PictureSource
from nnstudio.spec.words import counted

SMALLEST_SIDE = 4
"""Pixels; a row of fewer columns than a picture of these sides has is no picture."""

SHORTEST = 8
"""Numbered columns that are taken for the steps of a sequence where they make no picture."""

Code = Literal["one_hot", "index"]

_NUMBERED = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Neighbouring numbers of a row: a category's index among so many ``entries``, or (0) amounts."""

    name: str
    count: int
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The data as a network is made for them.

    ``shape`` is that of an example behind the layers of ``lead``, which come first. ``parts`` make up a row that holds
    indices.
    """

    data: DataSpec
    shape: Shape
    lead: tuple[LayerKind, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def given(self) -> Shape:
        """The shape of an example in front of ``lead``, which lays a row out."""
        return (math.prod(self.shape),) if self.lead else self.shape


def as_numbers(data: DataSpec, facts: DataFacts) -> Reading:
    """Examples of any shape, in which every number is an amount: indices of categories become a number each."""
    return Reading(_coded(data, "index", "one_hot"), facts.input_shape)


def as_indices(data: DataSpec, facts: DataFacts) -> Reading:
    """Rows of a table with categories, each of them as an index."""
    if not isinstance(data.layout, RowLayout):
        raise SpecError("It reads single rows, but an example is several steps here.", "", _LAYOUT.format("A row"))
    if not facts.entries:
        what = "pictures" if _has_pictures(facts) else "numbers alone"
        raise SpecError(f"It learns a vector for each category, but the data are {what}.")
    data = _coded(data, "one_hot", "index")
    parts = tuple(_parts(data, facts))
    if not any(part.entries for part in parts):
        raise SpecError("It learns a vector for each category, but all categories are coded by their order here.")
    if len(parts) > Branches.most:
        raise SpecError(f"Its columns would make {len(parts)} branches, and a block holds at most {Branches.most}.")
    return Reading(data, (sum(part.count for part in parts),), parts=parts)


def as_sequence(data: DataSpec, facts: DataFacts) -> Reading:
    """Examples step by step, ``(steps, features)``: a picture line by line, or columns that are numbered."""
    reading = as_numbers(data, facts)
    if len(facts.input_shape) == 2:
        return reading
    if len(facts.input_shape) == 3:
        channels, height, width = facts.input_shape
        return Reading(replace(reading.data, layout=SequenceLayout()), (height, width * channels))
    series = _series(data, facts)
    steps = _side(len(series)) or (len(series) if len(series) >= SHORTEST else 0)
    if not steps:
        remedy = _LAYOUT.format("A row as a sequence” or “A window over rows")
        raise SpecError(f"It reads sequences, but the data are {_what(facts)}.", "", remedy)
    return Reading(_with_series(data, series, SequenceLayout(steps)), (steps, len(series) // steps))


def as_picture(data: DataSpec, facts: DataFacts) -> Reading:
    """Pictures ``(channels, height, width)``; a square number of numbered columns is one, pixel by pixel."""
    if len(facts.input_shape) == 3:
        return Reading(data, facts.input_shape)
    if _has_pictures(facts):
        return _not_line_by_line(data)
    series = _series(data, facts)
    side = _side(len(series))
    if not side:
        raise SpecError(f"It looks at pictures, but the data are {_what(facts)}.")
    return Reading(_with_series(data, series, RowLayout()), (1, side, side), (Unflatten(1, side),))


Read = Callable[[DataSpec, DataFacts], Reading]

FITS: Mapping[Read, str] = {
    as_numbers: "It takes examples of any shape: pictures and sequences are laid out in one row. "
    "Categories that are indices become a number each again.",
    as_indices: "It takes rows of a table with categories. These become indices, each of which stands for a row of a "
    "table of vectors that is learned.",
    as_sequence: "It takes sequences, steps × features. Pictures are read line by line for it, and columns that count "
    "on (pixel_0, pixel_1 …) step by step.",
    as_picture: "It takes pictures, and columns that count on (pixel_0 to pixel_63) laid out as one.",
}
"""What data can be read so, in a sentence or two."""

_LAYOUT = "Choose “{}” as what an example is, in the data panel."


def _not_line_by_line(data: DataSpec) -> Reading:
    """Pictures that are read line by line, as pictures again."""
    if not isinstance(data.source, PictureSource):
        raise SpecError("It looks at pictures, but these are read line by line.", "", _LAYOUT.format("A picture"))
    source = data.source
    return Reading(replace(data, layout=RowLayout()), (source.channels, source.height, source.width))


def _has_pictures(facts: DataFacts) -> bool:
    return not facts.features


def _what(facts: DataFacts) -> str:
    """What an example is, in the plural."""
    if len(facts.input_shape) == 2:
        return f"sequences of {size(facts.input_shape)}"
    numbers = math.prod(facts.input_shape)
    return f"rows of {counted(numbers, 'number')}"


def _coded(data: DataSpec, before: Code, after: Code) -> DataSpec:
    """The categories that are coded as ``before`` coded as ``after``."""

    def coded(column: Column) -> Column:
        how = column.encoded
        if not isinstance(how, CategoryEncoding) or how.code != before:
            return column
        return replace(column, encoding=replace(how, code=after))

    features = {column.name for column in data.features}
    return replace(data, columns=tuple(coded(one) if one.name in features else one for one in data.columns))


def _parts(data: DataSpec, facts: DataFacts) -> list[Part]:
    """The numbers of a row, column by column; neighbours that are amounts are one part.

    Raises `SpecError` where the facts are about other columns: those of now are found a moment later.
    """
    widths, entries = Counter(facts.origins), dict(facts.entries)
    parts: list[Part] = []
    for column in data.features:
        is_index = isinstance(column.encoded, CategoryEncoding) and column.encoded.code == "index"
        if column.name not in (entries if is_index else widths):
            raise SpecError("The data is still being read.", "", "One moment.")
        if is_index:
            parts.append(Part(column.name, 1, entries[column.name]))
        elif parts and not parts[-1].entries:
            parts[-1] = replace(parts[-1], count=parts[-1].count + widths[column.name])
        else:
            parts.append(Part("numbers", widths[column.name]))
    return parts


def _series(data: DataSpec, facts: DataFacts) -> tuple[Column, ...]:
    """The columns, where they are one word with a number that counts on, such as ``pixel_0`` to ``pixel_63``; or none.

    Those between them that are left out belong to it: the corner of a picture is, since it is the same in all of them.
    """
    each_once = facts.features == tuple(column.name for column in data.features)
    if isinstance(data.layout, WindowLayout) or not each_once or not data.features:
        return ()
    word = _counted(data.features[0])[0]
    columns = tuple(one for one in data.columns if one.role in (Role.FEATURE, Role.IGNORE) and _counted(one)[0] == word)
    first = _counted(columns[0])[1]
    counts_on = all(_counted(column) == (word, first + place) for place, column in enumerate(columns))
    is_all = {*data.features} <= {*columns}
    return columns if is_all and counts_on and all(map(_is_amount, columns)) else ()


def _counted(column: Column) -> tuple[str, int]:
    """The word and the number that a column is called by; where there is no number, it is -1."""
    found = _NUMBERED.fullmatch(column.name)
    return (found[1], int(found[2])) if found else (column.name, -1)


def _is_amount(column: Column) -> bool:
    """Whether a column is, or can be, a number in the row."""
    if column.role is Role.IGNORE:
        return column.kind in NumberEncoding.kinds
    return isinstance(column.encoded, NumberEncoding)


def _with_series(data: DataSpec, series: Sequence[Column], layout: Layout) -> DataSpec:
    """The data with all columns of the series as amounts."""
    left_out = {column.name for column in series if column.role is Role.IGNORE}
    columns = tuple(
        replace(column, role=Role.FEATURE, encoding=NumberEncoding()) if column.name in left_out else column
        for column in data.columns
    )
    return replace(data, columns=columns, layout=layout)


def _side(columns: int) -> int:
    """The side of the square picture that so many columns are, pixel by pixel; 0 where they are none."""
    side = math.isqrt(columns)
    return side if side**2 == columns and side >= SMALLEST_SIDE else 0
