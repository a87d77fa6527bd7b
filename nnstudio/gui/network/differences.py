"""From one order of rows to the next in few steps, so that a view keeps its selection and its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows ``first`` to ``last`` go."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Inserted:
    """New rows come to stand at ``first`` to ``last``."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows ``first`` to ``last`` move in front of the row that is at ``to`` before the move."""

    first: int
    last: int
    to: int


Change = Removed | Inserted | Moved


def differences(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """The changes that lead from ``old`` to ``new``, each in the numbering that those before it have left."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    wanted, known = set(after), set(before)
    gone = [start + index for index, name in enumerate(before) if name not in wanted]
    come = [start + index for index, name in enumerate(after) if name not in known]
    yield from (Removed(first, last) for first, last in reversed(list(ranges(gone))))
    kept, sorted_ = [name for name in before if name in wanted], [name for name in after if name in known]
    yield from _moves(kept, sorted_, start)
    yield from (Inserted(first, last) for first, last in ranges(come))


def ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The runs in ascending numbers: 1, 2, 3, 7 gives (1, 3) and (7, 7)."""
    first = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            yield numbers[first], numbers[place - 1]
            first = place


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many names at the beginning are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def _moves(old: list[str], new: list[str], start: int) -> Iterator[Moved]:
    """The moves from one order of the same names to another: a single one where a block was moved."""
    lead = _common(old, new)
    tail = _common(old[lead:][::-1], new[lead:][::-1])
    old, new, start = old[lead : len(old) - tail], new[lead : len(new) - tail], start + lead
    if not old:
        return
    turn = new.index(old[0])
    if new[turn:] + new[:turn] == old:
        yield Moved(start, start + len(old) - turn - 1, start + len(old))
        return
    for index, name in enumerate(new):
        if old[index] != name:
            place = old.index(name, index)
            yield Moved(start + place, start + place, start + index)
            old.insert(index, old.pop(place))
