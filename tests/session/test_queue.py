"""Runs wait in an order that can be changed."""

from __future__ import annotations

import pytest

from nnstudio.session.queue import RunQueue
from nnstudio.spec.project import Project


@pytest.fixture
def queue() -> RunQueue:
    """Three runs, numbered from 1."""
    queue = RunQueue()
    for name in "abc":
        queue.add(name, Project())
    return queue


def names(queue: RunQueue) -> str:
    return "".join(run.name for run in queue.waiting)


def test_the_first_that_came_is_the_first_that_goes(queue: RunQueue) -> None:
    taken = [queue.take() for _ in range(4)]
    assert [run.name if run else None for run in taken] == ["a", "b", "c", None]


@pytest.mark.parametrize(
    ("number", "by", "order"), [(3, -1, "acb"), (3, -5, "cab"), (1, 1, "bac"), (1, 9, "bca"), (9, 1, "abc")]
)
def test_a_run_is_moved(queue: RunQueue, number: int, by: int, order: str) -> None:
    queue.move(number, by)
    assert names(queue) == order


def test_runs_are_removed_and_numbers_never_used_again(queue: RunQueue) -> None:
    queue.remove(2)
    assert names(queue) == "ac"
    queue.clear()
    queue.add("d", Project())
    assert [run.number for run in queue.waiting] == [4]


def test_every_change_is_told_once(queue: RunQueue) -> None:
    told: list[str] = []
    queue.changed.listen(lambda: told.append(names(queue)))
    queue.remove(9)
    queue.move(1, -1)
    queue.move(1, 1)
    queue.take()
    queue.clear()
    queue.clear()
    assert told == ["bac", "ac", ""]
