"""What a list of runs can be sorted by."""

from __future__ import annotations

from typing import Literal, get_args

SortKey = Literal[
    "started",
    "name",
    "data",
    "status",
    "score",
    "baseline",
    "balanced",
    "epochs",
    "parameters",
    "seconds",
    "tags",
    "notes",
]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)
