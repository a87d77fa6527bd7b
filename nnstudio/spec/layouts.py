"""What one example is: a row, a row read step by step, or a window over several rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.params import Declared, Param, Registry


class Layout(Declared):
    """How rows become examples."""

    __slots__ = ()


LAYOUTS: Registry[Layout] = Registry("layout")
LAYOUT = Param("Example is", "What the network sees at once.")


@LAYOUTS("row", "A row")
@dataclass(frozen=True, slots=True)
class RowLayout(Layout):
    """One row (or one picture) is one example."""


@LAYOUTS("sequence", "A row as a sequence")
@dataclass(frozen=True, slots=True)
class SequenceLayout(Layout):
    """The numbers of a row are read in equal steps, ``(steps, features)``; a picture is read line by line."""

    steps: Annotated[
        int,
        Param("Steps", "Into so many equal parts a row is cut; pictures have one for each line.", low=1, high=100_000),
    ] = 1


@LAYOUTS("window", "A window over rows")
@dataclass(frozen=True, slots=True)
class WindowLayout(Layout):
    """So many rows in order of time are one example, ``(length, features)``; the target lies ``horizon`` rows ahead.

    Windows never reach from one group into another, nor do the rows of one part of the split into another.
    """

    length: Annotated[int, Param("Length", "Rows that the network sees at once.", low=1, high=10_000, unit="rows")] = 12
    horizon: Annotated[
        int,
        Param("Horizon", "So many rows behind the window lies the value to predict.", low=0, high=10_000, unit="rows"),
    ] = 1
    order: Annotated[
        str, Param("Order", "The column that tells earlier from later; empty means the order of the file.")
    ] = ""
