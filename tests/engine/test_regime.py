"""What a printed training loop has to know is what the run does."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any, Literal

import numpy as np
import pytest

from nnstudio.engine.examples import Examples
from nnstudio.engine.regime import regime_of
from nnstudio.spec.code.regime import Group, Regime
from nnstudio.spec.layers import BatchNorm1d, LayerKind, Linear, ReLU
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.engine.experiments import examples, experiment


def regime(project: Project, given: Examples | None = None, **changes: Any) -> Regime:
    return regime_of(project, replace(given or examples(), **changes))[1]


def with_rows(project: Project, **changes: dict[str, Any]) -> Project:
    """The project with fields of some rows changed, by their ids (``row_1``)."""
    rows = [replace(row, **changes.get(row.id.replace(" ", "_"), {})) for row in project.model.rows]
    return replace(project, model=replace(project.model, rows=tuple(rows)))


def test_the_batches_of_an_epoch() -> None:
    assert regime(experiment(size=8)).batches == 5
    assert regime(experiment(size=7)).batches == 6


@pytest.mark.parametrize(("layers", "batches"), [((Linear(4), BatchNorm1d(), Linear(3)), 3), ((Linear(3),), 4)])
def test_a_single_row_is_left_out_where_a_batch_norm_cannot_take_it(
    layers: tuple[LayerKind, ...], batches: int
) -> None:
    found = regime(experiment(*layers, size=13))
    assert (found.drops_last, found.batches) == (batches == 3, batches)


def test_what_is_frozen_and_for_how_long() -> None:
    project = experiment(Linear(4), BatchNorm1d(), ReLU(), Linear(4), ReLU(), Linear(3))
    project = with_rows(project, row_1={"locked": True}, row_3={"locked": True, "thaw": 2})
    found = regime(project)
    assert found.locked == {"1.weight": inf, "1.bias": inf, "3.weight": 2, "3.bias": 2}
    assert found.resting == {"1": inf, "3": 2}


def test_parameters_that_learn_alike_are_a_group() -> None:
    sgd = SGD(lr=0.1, weight_decay=0.01)
    alike, slower = experiment(optimizer=sgd), with_rows(experiment(optimizer=sgd), row_0={"rate": 0.5})
    assert regime(alike).groups == (Group((), 0.1, 0.01),)
    assert set(regime(slower).groups) == {
        Group(("0.weight", "0.bias"), 0.05, 0.01),
        Group(("2.weight", "2.bias"), 0.1, 0.01),
    }


@pytest.mark.parametrize("balance", ["none", "weights", "sampling"])
@pytest.mark.parametrize("has_weights", [False, True])
def test_rows_count_by_weights_of_their_own_or_by_those_of_their_class(
    balance: Literal["none", "weights", "sampling"], has_weights: bool
) -> None:
    project = experiment()
    assert project.data is not None
    batches = replace(project.data.batches, balance=balance)
    weights = np.ones(60, np.float32) if has_weights else None
    found = regime(replace(project, data=replace(project.data, batches=batches)), weights=weights)
    assert (found.weighted, found.has_weights) == (has_weights or balance == "weights", has_weights)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_without_a_class_is_noticed(part: str) -> None:
    given = examples()
    whole = np.concatenate([given.validation, given.test])
    assert set(given.y[whole]) == {0, 1, 2}
    both: dict[str, Any] = {"validation": whole, "test": whole}
    assert not regime(experiment(), **both).absent
    assert regime(experiment(), **both | {part: whole[given.y[whole] != 1]}).absent
    found = regime(experiment(), **both | {part: whole[:0]})
    assert (found.absent, found.validated, found.tested) == (False, part != "validation", part != "test")


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_of_a_single_row_is_noticed(part: str) -> None:
    given = examples(Task.REGRESSION)
    assert not regime(experiment(task=Task.REGRESSION), given).lone
    assert regime(experiment(task=Task.REGRESSION), given, **{part: given.test[:1]}).lone


def test_numbers_have_no_classes_to_lack() -> None:
    assert not regime(experiment(task=Task.REGRESSION), examples(Task.REGRESSION)).absent
