"""Sources in use that are not in the cache yet: writing a table takes as long as encoding it, and can wait."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.data import cache
from nnstudio.data.cache import Cached, write_arrow
from nnstudio.data.memory import give_back
from nnstudio.data.table import MappedTable


@dataclass(eq=False, slots=True)
class _Held:
    """A pyarrow Table in memory, None as soon as it is written, and the writing of it once that has begun."""

    cached: Cached
    table: Any
    writing: Future[None] | None = None


_HELD: dict[Path, _Held] = {}
"""What is not written yet, by its entry; what could not be written stays until another table comes."""

_WRITER = ThreadPoolExecutor(1, "cache")


def hold(cached: Cached, table: Any) -> None:
    """Keep ``table``, the rows of ``cached``, in memory until it is written."""
    for path, held in tuple(_HELD.items()):
        if held.writing is not None and held.writing.done():
            _HELD.pop(path, None)
    _HELD[cached.path] = _Held(cached, table.combine_chunks())
    _WRITER.submit(give_back)  # what reading it needed


def find(path: Path, written: bool = True) -> Cached | None:
    """What the entry ``path`` holds, or None where it is missing or damaged.

    Where it is to be ``written``, and is only held, that is done first; raises what went wrong with it.
    """
    held = _HELD.get(path)
    if held is None:
        return cache.find(path)
    if written:
        _begin(held).result()
    return held.cached


def open_cached(cached: Cached) -> MappedTable:
    """The rows of ``cached``, written or not; raises OSError where the entry is gone."""
    held = _HELD.get(cached.path)
    table = held.table if held else None
    return MappedTable(cached.path) if table is None else MappedTable.of(table)


def write_held() -> None:
    """Let a thread write what is held; where it cannot be written, it is read again next time."""
    for held in tuple(_HELD.values()):
        _begin(held)


def _begin(held: _Held) -> Future[None]:
    """The writing of what is held, begun again where it failed before: there may be room by now."""
    if held.writing is None or (held.writing.done() and held.writing.exception()):
        held.writing = _WRITER.submit(_write, held)
    return held.writing


def _write(held: _Held) -> None:
    held.cached.digest()  # raises where the rows are not those of the file any more

    def write(out: Path) -> Cached:
        write_arrow(held.table, out)
        return held.cached

    cache.keep(held.cached.path, write)
    _HELD.pop(held.cached.path, None)
    held.table = None
    give_back()
