"""Numbers that no network learns with are said, each with a remedy that removes what was said; others are let alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session import edits
from nnstudio.session.finding import Finding
from nnstudio.session.findings import findings
from nnstudio.session.preflight import preflight
from nnstudio.spec.data import Batches
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import AlphaDropout, Dropout, Dropout2d, LayerKind, Linear, ReLU, Sigmoid, Tanh
from nnstudio.spec.losses import MSE, CrossEntropy
from nnstudio.spec.model import Model, stack
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adadelta, Adam, AdamW, Optimizer, RMSprop
from nnstudio.spec.project import Project
from nnstudio.spec.splits import ColumnSplit, RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, facts_of, state_of

FACTS = facts_of(Task.MULTICLASS)
FITTING = (Linear(8), ReLU(), Linear(3))


def project_of(*kinds: LayerKind, task: Task = Task.MULTICLASS, **training: object) -> Project:
    settings = {"loss": CrossEntropy() if task is Task.MULTICLASS else MSE()} | training
    return Project(data_of_task(task), Model(stack(kinds or FITTING)), Training(**settings))  # type: ignore[arg-type]


def said(project: Project, facts: DataFacts = FACTS) -> tuple[Finding, ...]:
    return preflight(state_of(project, facts))


def only(project: Project, facts: DataFacts = FACTS) -> Finding:
    """What is said; the remedy that is offered removes it."""
    (finding,) = said(project, facts)
    assert not finding.blocks
    if finding.fix:
        assert said(finding.fix.apply(project), facts) == ()
    return finding


@pytest.mark.parametrize("optimizer", [SGD(lr=100), SGD(lr=1.5), Adam(lr=1), AdamW(lr=0.2), RMSprop(lr=0.5)])
def test_a_learning_rate_that_bursts(optimizer: Optimizer) -> None:
    finding = only(project_of(optimizer=optimizer))
    assert finding.problem.what.startswith(f"A learning rate of {optimizer.lr:g} is far too large for")
    assert finding.fix is not None
    assert finding.fix.title == f"Use {type(optimizer)().lr:g}"


def test_a_momentum_that_never_forgets() -> None:
    finding = only(project_of(optimizer=SGD(lr=0.1, momentum=0.9999)))
    assert finding.problem.what == "A momentum of 0.9999 is far too large for SGD with momentum."
    assert finding.fix is not None
    assert finding.fix.title == "Use 0.9"


@pytest.mark.parametrize("kind", OPTIMIZERS.kinds.values(), ids=OPTIMIZERS.kinds)
def test_usual_settings_are_let_alone(kind: type[Optimizer]) -> None:
    assert said(project_of(optimizer=kind())) == ()


@pytest.mark.parametrize(
    "optimizer", [SGD(lr=1, momentum=0.9), SGD(lr=1, momentum=0), Adam(lr=0.1), Adadelta(lr=10), SGD(weight_decay=0.1)]
)
def test_bold_settings_are_let_alone(optimizer: Optimizer) -> None:
    assert said(project_of(optimizer=optimizer)) == ()


def test_a_weight_decay_that_outweighs_the_data() -> None:
    finding = only(project_of(optimizer=SGD(weight_decay=10)))
    assert finding.problem.what == "A weight decay of 10 pulls every weight to zero."


@pytest.mark.parametrize("kind", [Dropout(0.99), Dropout(0.85), AlphaDropout(1.0)])
def test_a_dropout_that_lets_nothing_pass(kind: Dropout | AlphaDropout) -> None:
    project = project_of(Linear(8), ReLU(), kind, Linear(3))
    finding = only(project)
    assert finding.problem.what == f"{kind.title} sets {kind.p:.0%} of the numbers to zero."
    assert finding.row_id == project.model.rows[2].id


def test_a_usual_dropout_is_let_alone() -> None:
    assert said(project_of(Linear(8), ReLU(), Dropout(0.8), Linear(3))) == ()
    assert Dropout2d(0.5).p == Dropout().p


def test_a_batch_of_all_rows() -> None:
    project = edits.set_batches(project_of(), Batches(5_000))
    rows = FACTS.rows.train
    finding = only(project)
    assert finding.level == "informs"
    assert finding.problem.what == f"All {rows:,} training rows are one batch."
    few = replace(FACTS, rows=Rows(32, 4, 4))
    assert said(project, few) == ()  # so few are one batch without harm


@pytest.mark.parametrize("last", [ReLU(), Sigmoid(), Tanh()])
def test_an_end_that_bounds_what_is_not_bounded(last: LayerKind) -> None:
    facts = facts_of(Task.REGRESSION)
    finding = only(project_of(Linear(8), ReLU(), Linear(1), last, task=Task.REGRESSION), facts)
    assert finding.problem.what == f"{last.title} at the end lets only some answers through."
    assert "standardised" in finding.problem.why


def test_scores_that_are_cut_off() -> None:
    finding = only(project_of(Linear(8), ReLU(), Linear(3), ReLU()))
    assert "Scores may be negative" in finding.problem.why


def data_said(project: Project, facts: DataFacts) -> list[Finding]:
    return [each for each in findings(state_of(project, facts)) if each.check in ("few rows", "no validation")]


@pytest.mark.parametrize(("rows", "words"), [(1, "Only 1 row is there"), (2, "Only 2 rows are there")])
def test_too_few_rows_to_learn_from(rows: int, words: str) -> None:
    (finding,) = data_said(project_of(), replace(FACTS, rows=Rows(rows, 0, 0)))
    assert finding.problem.what == f"{words} to train on."
    assert finding.level == "warns"


@pytest.mark.parametrize("split", [RandomSplit(validation=0), TimeSplit(validation=0)])
def test_no_rows_that_watch(split: RandomSplit | TimeSplit) -> None:
    project = edits.set_split(project_of(), split)
    (finding,) = data_said(project, replace(FACTS, rows=Rows(100, 0, 10)))
    assert finding.fix is not None
    assert edits.data_of(finding.fix.apply(project)).split == replace(split, validation=0.1)
    assert finding.fix.title == "Hold out 10%"


def test_a_split_by_a_column_cannot_be_helped_by_a_click() -> None:
    project = edits.set_split(project_of(), ColumnSplit(column="part"))
    (finding,) = data_said(project, replace(FACTS, rows=Rows(100, 0, 10)))
    assert finding.fix is None
    assert data_said(project, FACTS) == []
