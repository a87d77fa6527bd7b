"""The gaps between listed rows, and where in the nested stack a row comes to stand that is dropped into one."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.gui.network.items import Item
from nnstudio.spec.model import Path


def gap_paths(items: Sequence[Item], gap: int) -> list[Path]:
    """The paths that a row can get in front of the item at ``gap``, from the outermost stack to the innermost.

    There are several behind the last row of a branch: in the branch, or behind the block, and so on outwards.
    """
    path = _behind(items, gap)
    wanted = _length(items[gap], path) if gap < len(items) else 1
    found = [path]
    while len(path) > wanted:
        *outer, place = path[:-2]
        path = (*outer, place + 1)
        found.append(path)
    return found[::-1]


def _behind(items: Sequence[Item], gap: int) -> Path:
    """The innermost path behind the item above the gap."""
    if gap == 0:
        return (0,)
    above = items[gap - 1]
    if above.is_heading:
        return (*above.path, 0)
    if gap < len(items) and items[gap].is_heading and len(items[gap].path) > len(above.path):
        return (*items[gap].path, 0)
    return (*above.path[:-1], above.path[-1] + 1)


def _length(below: Item, path: Path) -> int:
    """How long the outermost path above an item is."""
    if not below.is_heading:
        return len(below.path)
    return len(below.path) + 1 if below.branch else len(path)
