"""The loss of every batch of a run, thinned: each point stands for ever more batches, so that it stays small."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import reduce
from math import inf
from operator import add
from typing import Any

import numpy as np
import torch

from nnstudio.spec.events import BatchLosses

MOST_POINTS = 8_192
"""Where there are as many points, every two become one: a run of any length takes some 200 kB."""


class Thinned:
    """Points of ``width`` batches each: the mean of their losses, the least and the largest.

    A point begins with one batch; the width doubles when there are `MOST_POINTS`. What comes of the losses does not
    depend on how many are added at a time, nor on whether the run was interrupted.
    """

    def __init__(self) -> None:
        self._width, self._told = 1, 0
        self._columns = array("d"), array("d"), array("d")
        self._begin_point()

    def _begin_point(self) -> None:
        self._sum, self._low, self._high, self._count = 0.0, inf, -inf, 0

    def add(self, losses: Sequence[float]) -> None:
        """Take in the mean losses of the batches that follow."""
        place = 0
        while place < len(losses):
            part = losses[place : place + self._width - self._count]
            place += len(part)
            self._sum = reduce(add, part, self._sum)  # in order: `sum` would depend on where the parts begin
            self._low, self._high = min(self._low, *part), max(self._high, *part)
            self._count += len(part)
            if self._count == self._width:
                self._close_point()

    def _close_point(self) -> None:
        for column, value in zip(self._columns, self._point(), strict=True):
            column.append(value)
        self._begin_point()
        if len(self._columns[0]) == MOST_POINTS:
            self._double()

    def _point(self) -> tuple[float, float, float]:
        return self._sum / self._count, self._low, self._high

    def _double(self) -> None:
        """Make one point of every two."""
        means, lows, highs = self._columns
        means[:] = array("d", [(one + other) / 2 for one, other in zip(means[::2], means[1::2], strict=True)])
        lows[:] = array("d", map(min, lows[::2], lows[1::2]))
        highs[:] = array("d", map(max, highs[::2], highs[1::2]))
        self._width *= 2
        self._told = 0

    def news(self, is_over: bool = False) -> BatchLosses | None:
        """The points that were finished since the last news, or None; at the end of a run, the unfinished one, too."""
        means, lows, highs = (column[self._told :] for column in self._columns)
        first, self._told = self._told, len(self._columns[0])
        batches = self._told * self._width
        if is_over and self._count:
            for column, value in zip((means, lows, highs), self._point(), strict=True):
                column.append(value)
            batches += self._count
        if not means:
            return None
        return BatchLosses(self._width, first, batches, tuple(means), tuple(lows), tuple(highs))

    def state(self) -> dict[str, Any]:
        """Everything, to go on from with `restore`."""
        point = [self._sum, self._low, self._high]
        columns = torch.from_numpy(np.array(self._columns))
        return {"width": self._width, "columns": columns, "point": point, "count": self._count}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`; all of it is news."""
        means, lows, highs = (array("d", column) for column in state["columns"].tolist())
        self._columns, self._width, self._told = (means, lows, highs), state["width"], 0
        self._sum, self._low, self._high = state["point"]
        self._count = state["count"]


def cut(state: Mapping[str, Any], batches: int) -> dict[str, Any]:
    """The `Thinned.state` behind so many batches, where there were more: a point that ends later stands for fewer."""
    width, columns = state["width"], state["columns"]
    points = min(batches // width, columns.size(1))
    count = batches - points * width
    if points == columns.size(1):
        return {**state, "count": min(count, state["count"])}
    mean, low, high = columns[:, points].tolist()
    point = [mean * count, low, high] if count else [0.0, inf, -inf]
    return {"width": width, "columns": columns[:, :points].clone(), "point": point, "count": count}
