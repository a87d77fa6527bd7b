"""How fast rows go by, and how long the rest will take."""

from __future__ import annotations

from time import perf_counter

INTERVAL = 1 / 30
"""Seconds between two words about progress."""


class Pace:
    """A clock that stands still while training rests."""

    def __init__(self, rows_in_all: int) -> None:
        self._in_all = rows_in_all
        self._started = perf_counter()
        self._rested = 0.0
        self._last_rows, self._last_seconds, self._late_rate = 0, 0.0, 0.0
        self.due = self._started + INTERVAL

    def seconds(self) -> float:
        """Seconds since the start, rests excepted."""
        return perf_counter() - self._started - self._rested

    def go_on_from(self, seconds: float) -> None:
        """Count ``seconds`` of an earlier process, in which training came as far as it is now."""
        self._started -= seconds

    def rest(self, since: float) -> None:
        """Leave out the time from ``since`` (of `perf_counter`) till now."""
        self._rested += perf_counter() - since

    def rate(self, rows: int) -> float:
        """Rows a second of late, when ``rows`` have gone by in all; each look weighs as much as all before it."""
        seconds = self.seconds()
        now = (rows - self._last_rows) / max(seconds - self._last_seconds, 1e-9)
        self._late_rate = (self._late_rate + now) / 2 if self._late_rate else now
        self._last_rows, self._last_seconds = rows, seconds
        self.due = perf_counter() + INTERVAL
        return self._late_rate

    def seconds_left(self, rows: int) -> float:
        """How long the rest takes if it goes on as it went on the whole."""
        return self.seconds() * (self._in_all - rows) / max(rows, 1)
