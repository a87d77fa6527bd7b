"""Gradients of any run make a small curve: a column a layer, thinned evenly where there are many."""

from __future__ import annotations

from itertools import pairwise

from nnstudio.session.gradient_history import MOST, GradientHistory
from nnstudio.session.live import LiveRun
from nnstudio.spec.events import GradientsSeen
from nnstudio.spec.project import Project


def test_a_column_for_each_layer() -> None:
    history = GradientHistory()
    history.take(GradientsSeen(1, {"0": 0.5, "2": 0.1}))
    history.take(GradientsSeen(3, {"0": 0.25, "2": 0.2}))
    assert {prefix: list(column) for prefix, column in history.columns.items()} == {"0": [0.5, 0.25], "2": [0.1, 0.2]}


def test_a_long_run_is_thinned_evenly() -> None:
    history = GradientHistory()
    for epoch in range(5 * MOST):
        history.take(GradientsSeen(epoch, {"0": float(epoch)}))
    column = history.columns["0"]
    assert MOST // 2 <= len(column) < MOST
    steps = {after - before for before, after in pairwise(column)}
    assert len(steps) == 1


def test_another_run_begins_anew() -> None:
    run = LiveRun()
    run.start(Project())
    run.receive([GradientsSeen(1, {"0": 0.5})])
    assert list(run.gradients.columns) == ["0"]
    run.start(Project())
    assert run.gradients.columns == {}
