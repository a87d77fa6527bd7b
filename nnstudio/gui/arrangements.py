"""Which panels stand beside each other in windows of which size, and which share a place as tabs there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize

Place = tuple[str, ...]
"""The panels that share a place as tabs; a single one has no tab."""


@dataclass(frozen=True, slots=True)
class Column:
    """Places one above the other, the share of the width that they get, and the most pixels of it that make sense."""

    places: tuple[Place, ...]
    share: float = 0.0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Columns from left to right, of which the last takes the width that is left; the ``least`` size it is made for.

    ``key`` is what it is stored under.
    """

    key: str
    columns: tuple[Column, ...]
    least: QSize


COLUMNS = Arrangement(
    "workspace",
    (
        Column((("Data",),), 0.243, 480),
        Column((("Network",), ("Training",)), 0.267, 560),
        Column((("Results",),)),
    ),
    QSize(1120, 440),
)
PAIR = Arrangement(
    "workspace-pair",
    (Column((("Data", "Network", "Training"),), 0.4, 400), Column((("Results",),))),
    QSize(760, 0),
)
TABS = Arrangement("workspace-tabs", (Column((("Data", "Network", "Training", "Results"),)),), QSize(0, 0))
ARRANGEMENTS = (COLUMNS, PAIR, TABS)
"""From the roomiest to the one that fits everywhere."""
