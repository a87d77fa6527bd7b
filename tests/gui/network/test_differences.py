"""The changes between two orders of rows lead from one to the other, in few steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.gui.network.differences import Change, Inserted, Moved, Removed, differences, ranges

ORDERS = st.lists(st.sampled_from("abcdefghij"), unique=True)


def apply(old: list[str], new: list[str], change: Change) -> list[str]:
    match change:
        case Removed(first, last):
            return old[:first] + old[last + 1 :]
        case Inserted(first, last):
            return old[:first] + new[first : last + 1] + old[first:]
        case Moved(first, last, to):
            assert not first <= to <= last + 1, "Qt refuses a move that moves nothing"
            block, rest = old[first : last + 1], old[:first] + old[last + 1 :]
            place = to if to < first else to - len(block)
            return rest[:place] + block + rest[place:]


@given(ORDERS, ORDERS)
def test_changes_lead_from_one_order_to_the_other(old: list[str], new: list[str]) -> None:
    reached = old
    for change in differences(old, new):
        reached = apply(reached, new, change)
    assert reached == new


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("abc", "abc", []),
        ("abc", "abxc", [Inserted(2, 2)]),
        ("abc", "ac", [Removed(1, 1)]),
        ("abcdef", "adf", [Removed(4, 4), Removed(1, 2)]),
        ("adf", "abcdef", [Inserted(1, 2), Inserted(4, 4)]),
        ("abcd", "bcda", [Moved(0, 0, 4)]),
        ("abcd", "dabc", [Moved(0, 2, 4)]),
        ("abcde", "acdbe", [Moved(1, 1, 4)]),
        ("abc", "xyz", [Removed(0, 2), Inserted(0, 2)]),
    ],
)
def test_each_edit_is_as_few_changes_as_it_takes(old: str, new: str, changes: list[Change]) -> None:
    assert list(differences(list(old), list(new))) == changes


def test_ranges_are_runs() -> None:
    assert list(ranges([1, 2, 3, 7])) == [(1, 3), (7, 7)]
    assert list(ranges([])) == []
