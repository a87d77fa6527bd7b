"""Columns to predict that the loss cannot learn from are named before training, with a loss that can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.document import State
from nnstudio.session.mistakes.targets import unfit_targets
from nnstudio.session.preflight import preflight
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.layers import Linear, LogSoftmax
from nnstudio.spec.losses import L1, MSE, KLDivergence, Loss, PoissonNLL
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.session.examples import facts_of, project_of, state_of


def profile(name: str, low: float, high: float, *, is_whole: bool = False, missing: int = 0) -> ColumnProfile:
    return ColumnProfile(
        name, Kind.NUMBER, missing, 50, low, high, (low + high) / 2, is_whole=is_whole, is_numeric=True
    )


def state(loss: Loss, *targets: ColumnProfile) -> State:
    columns = (Column("x", Kind.NUMBER), *(Column(one.name, Kind.NUMBER, Role.TARGET) for one in targets))
    layers = [Linear(len(targets)), *([LogSoftmax()] if isinstance(loss, KLDivergence) else [])]
    project = project_of(Task.REGRESSION, *layers, loss=loss)
    assert project.data is not None
    data = replace(project.data, columns=columns)
    profiles = (profile("x", 0, 1), *targets)
    source = SourceFacts(data.source, "f1", "c.arrow", 150, profiles, columns, Task.REGRESSION)
    facts = replace(facts_of(Task.REGRESSION), answers=len(targets))
    return replace(state_of(Project(data, project.model, project.training), facts), source=source)


COUNT = profile("calls", 0, 12, is_whole=True)


def test_counts_are_what_a_poisson_loss_is_for() -> None:
    assert list(unfit_targets(state(PoissonNLL(), COUNT))) == []


def test_negative_numbers_are_no_counts() -> None:
    before = state(PoissonNLL(), COUNT, profile("change", -3, 4, is_whole=True))
    (finding,) = preflight(before)
    assert finding.problem.why == "“change” goes down to -3."
    assert (finding.blocks, finding.column) == (True, "change")
    assert finding.fix is not None
    assert finding.fix.apply(before.project).training.loss == MSE()


def test_amounts_are_let_through_with_a_note() -> None:
    (finding,) = preflight(state(PoissonNLL(), profile("litres", 0, 4.5)))
    assert (finding.level, finding.problem.what) == ("informs", "“litres” does not hold counts.")


@pytest.mark.parametrize(
    ("targets", "why"),
    [
        ([profile("red", 0, 1)], "“red” alone is none."),
        ([profile("red", 0, 70), profile("blue", 0, 100)], "“red” lies between 0 and 70, not between 0 and 1."),
        ([profile("red", -1, 1), profile("blue", 0, 1)], "“red” lies between -1 and 1, not between 0 and 1."),
        ([profile("red", 0, 0.5), profile("blue", 0, 1)], "On average the columns add up to 0.75, not to 1."),
    ],
)
def test_columns_that_are_no_distribution(targets: list[ColumnProfile], why: str) -> None:
    before = state(KLDivergence(), *targets)
    finding = next(unfit_targets(before))
    assert (finding.problem.why, finding.blocks) == (why, True)
    assert finding.fix is not None
    assert finding.other_fix is not None
    assert finding.fix.apply(before.project).training.loss == MSE()
    assert finding.other_fix.apply(before.project).training.loss == L1()


@pytest.mark.parametrize("missing", [0, 9])
def test_columns_that_may_be_shares(missing: int) -> None:
    blue = profile("blue", 0, 0.4 if missing else 1, missing=missing)
    assert list(unfit_targets(state(KLDivergence(), profile("red", 0, 1), blue))) == []


def test_classes_are_a_distribution_of_their_own() -> None:
    project = project_of(Task.MULTICLASS, Linear(3), LogSoftmax(), loss=KLDivergence())
    assert preflight(state_of(project, facts_of(Task.MULTICLASS))) == ()
