"""Stacks of rows that nest, changed by path or by identity; every function gives a new stack.

Rows that stay as they are stay the same objects, so that what is known of them need not be found anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache

from nnstudio.spec.layers.base import LAYERS
from nnstudio.spec.model import Path, Row, paths

Stack = tuple[Row, ...]

DEEPEST = 64
"""So many blocks may stand in each other: more could not be read back from a file."""

_MARK = ""
"""The identity of a row that holds a place for a moment: no row of a project has it."""


def mapped(rows: Stack, change: Callable[[Row], Row]) -> Stack:
    """Every row at every depth as ``change`` gives it."""
    return tuple(_mapped(row, change) for row in rows)


def _mapped(row: Row, change: Callable[[Row], Row]) -> Row:
    return change(_with(row, lambda branch: mapped(branch, change)))


def without(rows: Stack, row_ids: Collection[str]) -> Stack:
    """The stack without some rows and what they hold; their branches stay, if empty."""
    return tuple(_with(row, lambda branch: without(branch, row_ids)) for row in rows if row.id not in row_ids)


def _with(row: Row, change: Callable[[Stack], Stack]) -> Row:
    """A row whose branches are changed; the row itself where none is another."""
    branches = tuple(map(change, row.branches))
    return row if branches == row.branches else replace(row, branches=branches)


def inserted(rows: Stack, path: Path, new: Sequence[Row]) -> Stack:
    """The stack with ``new`` in front of what is at ``path``, or at the end behind it; raises IndexError elsewhere."""
    place, *rest = path
    if not rest:
        return (*rows[:place], *new, *rows[place:])
    number, *inner = rest
    row = rows[place]
    branches = list(row.branches)
    branches[number] = inserted(branches[number], tuple(inner), new)
    return (*rows[:place], replace(row, branches=tuple(branches)), *rows[place + 1 :])


def replaced(rows: Stack, row_id: str, new: Sequence[Row]) -> Stack:
    """The stack with other rows where one was."""
    done: list[Row] = []
    for row in rows:
        if row.id == row_id:
            done += new
        else:
            done.append(_with(row, lambda branch: replaced(branch, row_id, new)))
    return tuple(done)


def outermost(rows: Stack, row_ids: Collection[str]) -> list[Row]:
    """Those of the named rows that are in none of the others, in the order of the stack."""
    found: list[Row] = []
    for row in rows:
        if row.id in row_ids:
            found.append(row)
        else:
            found += [inner for branch in row.branches for inner in outermost(branch, row_ids)]
    return found


def moved(rows: Stack, row_ids: Collection[str], path: Path) -> Stack:
    """The stack with some rows gathered in front of what is at ``path`` now; the same when that is in one of them."""
    chosen = outermost(rows, row_ids)
    if not chosen:
        return rows
    marked = without(inserted(rows, path, [replace(chosen[0], id=_MARK, branches=())]), row_ids)
    if not any(row.id == _MARK for _, row in paths(marked)):
        return rows
    return replaced(marked, _MARK, chosen)


def nudged(rows: Stack, row_ids: Collection[str], down: bool, closed: Collection[str] = ()) -> Stack:
    """The stack with some rows gathered one place further up or down, into and out of blocks but ``closed`` ones."""
    chosen = outermost(rows, row_ids)
    if not chosen:
        return rows
    start = chosen[-1] if down else chosen[0]
    others = {row.id for row in chosen} - {start.id}
    alone = without(rows, others)
    here = next(path for path, row in paths(alone) if row.id == start.id)
    rest = without(alone, {start.id})
    open_places = list(places(rest, closed))
    at = open_places.index(here)
    to = open_places[min(max(at + (1 if down else -1), 0), len(open_places) - 1)]
    return inserted(rest, to, chosen)


def places(rows: Stack, closed: Collection[str] = (), before: Path = ()) -> Iterator[Path]:
    """Every path at which rows can be put in, from the top to the bottom, but for those in ``closed`` blocks."""
    for place, row in enumerate(rows):
        yield (*before, place)
        if row.id not in closed:
            for number, branch in enumerate(row.branches):
                yield from places(branch, closed, (*before, place, number))
    yield (*before, len(rows))


@cache
def has_tensors(key: str) -> bool:
    """Whether layers of this kind keep anything that training changes, whatever their input."""
    probe, kind = (1, 1, 1), LAYERS.kinds[key]()
    return bool(kind.parameters(probe) or kind.buffers(probe))


def holds_tensors(row: Row) -> bool:
    """The same for a row; of a block, whether any layer in it does."""
    if not row.is_block:
        return has_tensors(row.kind.key)
    return any(holds_tensors(inner) for branch in row.branches for inner in branch)


def depth(rows: Stack) -> int:
    """How many blocks stand in each other at most, around the innermost row."""
    return max((1 + depth(branch) if branch else 0 for row in rows for branch in row.branches), default=0)


def copied(row: Row, identity: Callable[[], str]) -> Row:
    """An unlocked copy of a row and of all that it holds, each with a new identity."""
    branches = tuple(tuple(copied(inner, identity) for inner in branch) for branch in row.branches)
    return replace(row, id=identity(), locked=False, locked_parameters=(), thaw=0, branches=branches)
