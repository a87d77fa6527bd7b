"""Tab goes where the eye goes: block by block, from above to below and from left to right.

Qt's own order is that in which widgets were made, which says nothing where they are made as they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from nnstudio.gui.pointing import bring_into_view


def move_focus(window: QWidget, forward: bool) -> bool:
    """Give the keyboard to the next control of ``window``, or to the one before; says whether there is one."""
    controls = list(in_reading_order(window))
    if not controls:
        return False
    now = window.focusWidget()
    if now in controls:
        chosen = controls[(controls.index(now) + (1 if forward else -1)) % len(controls)]
    else:
        chosen = controls[0 if forward else -1]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    chosen.setFocus(reason)
    bring_into_view(chosen)
    return True


def in_reading_order(above: QWidget) -> Iterator[QWidget]:
    """The controls below ``above`` that Tab can come to."""
    children = [child for child in above.children() if isinstance(child, QWidget)]
    seen = [child for child in children if child.isVisible() and not child.isWindow() and child.isEnabled()]
    for place in _ordered([child.geometry() for child in seen]):
        child = seen[place]
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None:
            yield child
        yield from in_reading_order(child)


def _ordered(areas: Sequence[QRect]) -> list[int]:
    """The places of ``areas`` as they are read: cut into rows, those into columns, and so on."""
    return _cut(areas, list(range(len(areas))), by_rows=True, tried=False)


def _cut(areas: Sequence[QRect], places: list[int], *, by_rows: bool, tried: bool) -> list[int]:
    """``places`` in order; ``tried`` says that they cannot be cut in the other direction."""
    if len(places) < 2:
        return places
    groups = _groups(areas, places, by_rows)
    if len(groups) > 1:
        return [place for group in groups for place in _cut(areas, group, by_rows=not by_rows, tried=False)]
    if tried:  # they lie over each other
        return sorted(places, key=lambda place: (areas[place].top(), areas[place].left()))
    return _cut(areas, places, by_rows=not by_rows, tried=True)


def _groups(areas: Sequence[QRect], places: Sequence[int], by_rows: bool) -> list[list[int]]:
    """Those that share no line, or no column, with others apart; where areas overlap a little, their middles count."""

    def ends(place: int) -> tuple[int, int]:
        area = areas[place]
        middle = area.adjusted(area.width() // 4, area.height() // 4, -area.width() // 4, -area.height() // 4)
        return (middle.top(), middle.bottom()) if by_rows else (middle.left(), middle.right())

    groups: list[list[int]] = []
    reach = 0
    for place in sorted(places, key=ends):
        start, end = ends(place)
        if groups and start <= reach:
            groups[-1].append(place)
        else:
            groups.append([place])
            reach = end
        reach = max(reach, end)
    return groups
