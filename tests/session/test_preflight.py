"""What is found before training: each finding with its words, its row, and a fix that removes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.preflight import Finding, preflight
from nnstudio.session.suggest import suggest_network
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import DataFacts, Rows
from nnstudio.spec.layers import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    InstanceNorm2d,
    LayerKind,
    Linear,
    LogSoftmax,
    MaxPool2d,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from nnstudio.spec.losses import (
    BCE,
    L1,
    MSE,
    NLL,
    BCEWithLogits,
    CrossEntropy,
    Hinge,
    KLDivergence,
    Loss,
    MultiMargin,
    PoissonNLL,
)
from nnstudio.spec.model import Model, paths
from nnstudio.spec.project import Project
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, facts_of, kinds_of, project_of, state_of
from tests.spec.strategies import facts, models, trainings

GOOD = project_of(Task.MULTICLASS, Linear(8), ReLU(), Linear(3))
KNOWN = facts_of(Task.MULTICLASS)


def found(project: Project, known: DataFacts) -> list[str]:
    """The first sentence of every finding."""
    return [finding.problem.what for finding in preflight(state_of(project, known))]


def only(project: Project, known: DataFacts) -> Finding:
    """The one finding that there is."""
    (finding,) = preflight(state_of(project, known))
    return finding


def fixed(project: Project, finding: Finding) -> Project:
    """The project after the one-click remedy."""
    assert finding.fix is not None
    return finding.fix.apply(project)


# before the network is looked at


def test_nothing_speaks_against_a_good_project() -> None:
    assert preflight(state_of(GOOD, KNOWN)) == ()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State(), "There is no data yet. Open a table, a folder of pictures, or a sample."),
        (State(GOOD), "The data is still being read. One moment."),
        (State(GOOD, described=GOOD.data), "The data is still being read. One moment."),
        (State(GOOD, described=GOOD.data, data_problem=DataError("No target.")), "No target."),
    ],
)
def test_without_data_there_is_one_finding(state: State, sentence: str) -> None:
    (finding,) = preflight(state)
    assert str(finding.problem) == sentence
    assert finding.blocks
    assert finding.fix is None


@pytest.mark.parametrize("known", [{"facts": KNOWN}, {"data_problem": DataError("No target.")}])
def test_facts_of_the_data_before_do_not_count(known: dict[str, object]) -> None:
    stale = State(edits.set_split(GOOD, RandomSplit(0.3)), described=GOOD.data, **known)  # type: ignore[arg-type]  # of State
    assert [str(finding.problem) for finding in preflight(stale)] == ["The data is still being read. One moment."]


def test_a_network_without_layers_blocks() -> None:
    finding = only(project_of(Task.BINARY), facts_of(Task.BINARY))
    assert str(finding.problem) == "The network has no layers yet. Press Suggest, or add a layer."
    assert finding.blocks


# shapes


def test_a_linear_layer_on_a_picture_gets_a_flatten() -> None:
    project = project_of(Task.MULTICLASS, Conv2d(4), ReLU(), Linear(3))
    known = facts_of(Task.MULTICLASS, (1, 8, 8))
    finding = only(project, known)
    assert finding.problem.what == "Linear needs a flat list of numbers, but gets 4 × 8 × 8."
    assert (finding.row_id, finding.blocks, finding.fix and finding.fix.title) == ("c", True, "Add Flatten")
    after = fixed(project, finding)
    assert kinds_of(after) == [Conv2d(4), ReLU(), Flatten(), Linear(3)]
    assert preflight(state_of(after, known)) == ()


@pytest.mark.parametrize("kind", [Conv2d(), MaxPool2d(), InstanceNorm2d()])
def test_a_layer_for_pictures_on_a_table_blocks_and_hides_what_comes_later(kind: LayerKind) -> None:
    finding = only(project_of(Task.MULTICLASS, Linear(8), kind, Softmax(), loss=MSE()), KNOWN)
    assert finding.problem.what.startswith(f"{kind.title} needs pictures")
    assert (finding.row_id, finding.blocks, finding.fix) == ("b", True, None)


# the output and the loss


@pytest.mark.parametrize(
    ("task", "kinds", "loss", "what", "after"),
    [
        (
            Task.MULTICLASS,
            [Linear(5)],
            CrossEntropy(),
            "The network gives 5 numbers for each row, but cross-entropy needs 3 (one a class).",
            [Linear(3)],
        ),
        (
            Task.REGRESSION,
            [Linear(8), ReLU(), Linear(2), PReLU()],
            L1(),
            "The network gives 2 numbers for each row, but mean absolute error (L1) needs 1.",
            [Linear(8), ReLU(), Linear(1), PReLU()],
        ),
        (Task.REGRESSION, [Linear(3)], CrossEntropy(), "Cross-entropy is not for regression.", [Linear(1)]),
        (Task.MULTICLASS, [Linear(1)], MSE(), "Mean squared error is not for classification.", [Linear(3)]),
        (
            Task.BINARY,
            [Linear(2), Sigmoid()],
            L1(),
            "Mean absolute error (L1) is not for yes or no (binary).",
            [Linear(1), Sigmoid()],
        ),
    ],
)
def test_an_output_that_does_not_fit_is_fitted(
    task: Task, kinds: list[LayerKind], loss: Loss, what: str, after: list[LayerKind]
) -> None:
    project = project_of(task, *kinds, loss=loss)
    finding = only(project, facts_of(task))
    assert finding.problem.what == what
    assert finding.blocks
    assert finding.row_id == project.model.rows[-1].id
    repaired = fixed(project, finding)
    assert kinds_of(repaired) == after
    assert preflight(state_of(repaired, facts_of(task))) == ()


@pytest.mark.parametrize(
    ("kinds", "shape", "added"),
    [
        ([BatchNorm1d()], (2,), [Linear(3)]),
        ([Conv2d(2)], (1, 4, 4), [Flatten(), Linear(3)]),
        ([Conv2d(2), Flatten()], (1, 4, 4), [Linear(3)]),
    ],
)
def test_an_output_without_a_linear_layer_gets_one(
    kinds: list[LayerKind], shape: tuple[int, ...], added: list[LayerKind]
) -> None:
    project = project_of(Task.MULTICLASS, *kinds)
    finding = only(project, facts_of(Task.MULTICLASS, shape))
    assert finding.blocks
    assert kinds_of(fixed(project, finding)) == [*kinds, *added]


# the last layer


@pytest.mark.parametrize(
    ("task", "last", "loss"),
    [
        (Task.MULTICLASS, Softmax(), CrossEntropy()),
        (Task.MULTICLASS, Sigmoid(), CrossEntropy()),
        (Task.BINARY, Sigmoid(), BCEWithLogits()),
        (Task.BINARY, Softmax(), BCEWithLogits()),
    ],
)
def test_squeezing_twice_warns(task: Task, last: LayerKind, loss: Loss) -> None:
    outputs = Linear(loss.outputs(3))
    project = project_of(task, outputs, last, loss=loss)
    finding = only(project, facts_of(task))
    assert finding.problem.what == f"{last.title} before {loss.title.lower()} slows learning down."
    assert finding.problem.why == f"The loss already contains a {loss.link}."
    assert (finding.blocks, finding.row_id) == (False, "b")
    assert finding.fix is not None
    assert finding.fix.title == f"Remove {last.title.lower()}"
    after = fixed(project, finding)
    assert kinds_of(after) == [outputs]
    assert after.training.loss == loss
    assert preflight(state_of(after, facts_of(task))) == ()


@pytest.mark.parametrize(
    ("loss", "last", "why", "title"),
    [
        (BCE(), Linear(1), "It ends with linear.", "Add sigmoid"),
        (BCE(), Softmax(), "It ends with softmax.", "Use sigmoid"),
        (NLL(), Tanh(), "It ends with tanh.", "Add log-softmax"),
        (NLL(), ReLU(), "It ends with ReLU.", "Add log-softmax"),
        (NLL(), Softmax(), "It ends with softmax.", "Use log-softmax"),
        (KLDivergence(), Linear(2), "It ends with linear.", "Add log-softmax"),
        (KLDivergence(0.1), Softmax(), "It ends with softmax.", "Use log-softmax"),
    ],
)
def test_a_loss_on_probabilities_needs_its_last_layer(loss: Loss, last: LayerKind, why: str, title: str) -> None:
    known, needed = facts_of(Task.BINARY), loss.ends[0]()
    project = project_of(Task.BINARY, Linear(loss.outputs(2)), last, loss=loss)
    finding = preflight(state_of(project, known))[0]
    assert finding.problem.what == f"{loss.title} needs a network that ends with {needed.title.lower()}."
    assert (finding.problem.why, finding.blocks, finding.row_id) == (why, True, "b")
    assert finding.fix is not None
    assert finding.fix.title == title
    after = fixed(project, finding)
    kept = [] if title.startswith("Use") else [last]
    assert kinds_of(after) == [Linear(loss.outputs(2)), *kept, needed]
    assert after.training.loss == loss
    assert not any(left.blocks for left in preflight(state_of(after, known)))


@pytest.mark.parametrize(
    ("task", "outputs", "last", "loss"),
    [
        (Task.BINARY, 1, Sigmoid(), BCE()),
        (Task.MULTICLASS, 3, LogSoftmax(), NLL()),
        (Task.MULTICLASS, 3, LogSoftmax(), CrossEntropy()),
        (Task.MULTICLASS, 3, LogSoftmax(), KLDivergence()),
        (Task.BINARY, 1, Tanh(), Hinge()),
        (Task.REGRESSION, 1, Tanh(), PoissonNLL()),
        (Task.REGRESSION, 1, Softplus(), PoissonNLL(log_input=False)),
        (Task.RECONSTRUCTION, 2, Sigmoid(), MSE()),
    ],
)
def test_a_last_layer_that_suits_the_loss_is_fine(task: Task, outputs: int, last: LayerKind, loss: Loss) -> None:
    assert found(project_of(task, Linear(outputs), last, loss=loss), facts_of(task)) == []


@pytest.mark.parametrize(
    ("task", "outputs", "last", "loss", "what"),
    [
        (Task.BINARY, 1, Sigmoid(), Hinge(), "Sigmoid before hinge keeps the margin out of reach."),
        (Task.MULTICLASS, 3, LogSoftmax(), MultiMargin(), "Log-softmax before multi-class hinge keeps the margin out"),
        (Task.REGRESSION, 1, ReLU(), PoissonNLL(), "ReLU at the end keeps every answer at 1 or more."),
    ],
)
def test_an_end_that_holds_the_scores_back_can_be_taken_out(
    task: Task, outputs: int, last: LayerKind, loss: Loss, what: str
) -> None:
    project = project_of(task, Linear(outputs), last, loss=loss)
    finding = only(project, facts_of(task))
    assert finding.problem.what.startswith(what)
    assert (finding.blocks, finding.row_id) == (False, "b")
    after = fixed(project, finding)
    assert (kinds_of(after), after.training.loss) == ([Linear(outputs)], loss)
    assert preflight(state_of(after, facts_of(task))) == ()


def test_a_network_that_cannot_go_below_zero_can_give_the_count_itself() -> None:
    project = project_of(Task.REGRESSION, Linear(1), Softplus(), loss=PoissonNLL())
    finding = only(project, facts_of(Task.REGRESSION))
    assert finding.other_fix is not None
    after = finding.other_fix.apply(project)
    assert after.training.loss == PoissonNLL(log_input=False)
    assert preflight(state_of(after, facts_of(Task.REGRESSION))) == ()


# precision


@pytest.mark.parametrize(("device", "found"), [("cpu", True), ("mps", True), ("auto", False), ("cuda", False)])
def test_float16_on_a_device_that_is_no_cuda_card_blocks(device: Any, found: bool) -> None:
    project = project_of(Task.MULTICLASS, Linear(3))
    project = replace(project, training=replace(project.training, precision="float16", device=device))
    findings = preflight(state_of(project, KNOWN))
    assert len(findings) == found
    for finding in findings:
        assert finding.blocks
        assert finding.fix is not None
        assert finding.other_fix is not None
        assert finding.fix.apply(project).training.precision == "float32"
        assert finding.other_fix.apply(project).training.precision == "bfloat16"


# batches of one


@pytest.mark.parametrize(
    ("kinds", "shape"),
    [
        ([BatchNorm1d(), Linear(3)], (2,)),
        ([Linear(8), ReLU(), BatchNorm1d(), Linear(3)], (2,)),
        ([BatchNorm2d(), Flatten(), Linear(3)], (3, 1, 1)),
    ],
)
def test_batch_norm_needs_more_than_one_row(kinds: list[LayerKind], shape: tuple[int, ...]) -> None:
    project = project_of(Task.MULTICLASS, *kinds, batch=1)
    known = facts_of(Task.MULTICLASS, shape)
    finding = only(project, known)
    assert finding.problem.what == "Batch norm cannot learn from batches of one row."
    assert finding.blocks
    assert isinstance(project.model.row(finding.row_id).kind, (BatchNorm1d, BatchNorm2d))
    after = fixed(project, finding)
    assert edits.data_of(after).batches.size == 16
    assert preflight(state_of(after, known)) == ()


def test_a_single_row_cannot_be_helped() -> None:
    finding = only(project_of(Task.MULTICLASS, BatchNorm1d(), Linear(3)), replace(KNOWN, rows=Rows(1, 5, 5)))
    assert finding.blocks
    assert finding.fix is None


@pytest.mark.parametrize("batch", [2, 32])
def test_batch_norm_on_larger_batches_is_fine(batch: int) -> None:
    assert found(project_of(Task.MULTICLASS, BatchNorm1d(), Linear(3), batch=batch), KNOWN) == []


def test_batch_norm_over_a_picture_or_locked_may_see_single_rows() -> None:
    picture = project_of(Task.MULTICLASS, BatchNorm2d(), Flatten(), Linear(3), batch=1)
    assert found(picture, facts_of(Task.MULTICLASS, (1, 8, 8))) == []
    locked = edits.lock_layer(project_of(Task.MULTICLASS, BatchNorm1d(), Linear(3), batch=1), "a", True)
    assert found(locked, KNOWN) == []


# nothing to learn


def test_a_network_that_is_locked_throughout_is_unlocked() -> None:
    project = edits.lock_layer(edits.lock_layer(GOOD, "a", True), "c", True)
    finding = only(project, KNOWN)
    assert str(finding.problem) == "There is nothing to learn. Every layer is locked. Unlock at least one layer."
    assert finding.blocks
    assert fixed(project, finding) == GOOD


def test_single_locks_are_undone_too() -> None:
    project = project_of(Task.MULTICLASS, Linear(3))
    for parameter in ("weight", "bias"):
        project = edits.lock_parameter(project, "a", parameter, True)
    assert fixed(project, only(project, KNOWN)) == project_of(Task.MULTICLASS, Linear(3))


def test_a_network_without_weights_cannot_be_unlocked() -> None:
    finding = only(project_of(Task.MULTICLASS, ReLU()), facts_of(Task.MULTICLASS, (3,)))
    assert str(finding.problem) == "There is nothing to learn. No layer has any weights. Add a linear layer."
    assert finding.blocks
    assert finding.fix is None


# all of it


def test_what_blocks_comes_first() -> None:
    project = project_of(Task.MULTICLASS, BatchNorm1d(), Linear(3), Softmax(), batch=1)
    findings = preflight(state_of(edits.lock_layer(project, "b", True), KNOWN))
    assert [(finding.blocks, finding.row_id) for finding in findings] == [(True, "a"), (False, "c")]


@given(model=models, training=trainings, asked=facts(), batch=st.sampled_from([1, 32]))
def test_every_fix_removes_its_finding(model: Model, training: Training, asked: DataFacts, batch: int) -> None:
    project = Project(data_of_task(asked.task, batch), model, training)
    for finding in preflight(state_of(project, asked)):
        assert finding.problem.what.endswith(".")
        assert finding.row_id in {"", *(row.id for _, row in paths(project.model.rows))}
        if finding.fix:
            after = fixed(project, finding)
            assert after != project
            left = [(left.problem.what, left.row_id) for left in preflight(state_of(after, asked))]
            assert (finding.problem.what, finding.row_id) not in left


@given(asked=facts(), loss=st.sampled_from([CrossEntropy(), BCEWithLogits(), BCE(), NLL(), MSE(), L1()]))
def test_fixes_lead_from_any_loss_to_a_project_that_can_be_trained(asked: DataFacts, loss: Loss) -> None:
    project = edits.set_loss(suggest_network(Project(data_of_task(asked.task)), asked), loss)
    for _ in range(4):
        fixes = [finding for finding in preflight(state_of(project, asked)) if finding.fix]
        project = fixed(project, fixes[0]) if fixes else project
    assert preflight(state_of(project, asked)) == ()
