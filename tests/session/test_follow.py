"""What follows from an edit: the loss suits task and last layer, the output the target, a network the data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.session import edits
from nnstudio.session.preflight import preflight
from nnstudio.session.suggest import suggest, suggest_network, suggest_settings
from nnstudio.spec.columns import Kind
from nnstudio.spec.data import Batches
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Conv2d, Flatten, LayerKind, Linear, LogSoftmax, MaxPool2d, ReLU, Sigmoid, Softmax
from nnstudio.spec.losses import BCE, L1, MSE, NLL, BCEWithLogits, CrossEntropy, Loss
from nnstudio.spec.model import Weights
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import output_problem, walk
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, facts_of, found_in, kinds_of, project_of, state_of
from tests.spec.strategies import facts, projects

each_task = pytest.mark.parametrize("task", Task)


def loss_of(project: Project) -> Loss:
    return project.training.loss


# the loss


@pytest.mark.parametrize(
    ("task", "before", "added", "loss"),
    [
        (Task.BINARY, [Linear(1)], Sigmoid(), BCE()),
        (Task.BINARY, [Linear(1)], ReLU(), BCEWithLogits()),
        (Task.BINARY, [Linear(1)], Linear(2), CrossEntropy()),
        (Task.BINARY, [Linear(1)], LogSoftmax(), NLL()),
        (Task.MULTICLASS, [Linear(3)], LogSoftmax(), NLL()),
        (Task.MULTICLASS, [Linear(3)], Softmax(), CrossEntropy()),
        (Task.REGRESSION, [Linear(1)], LogSoftmax(), MSE()),
    ],
)
def test_the_loss_follows_the_last_layer_and_back(
    task: Task, before: list[LayerKind], added: LayerKind, loss: Loss
) -> None:
    project = project_of(task, *before)
    after, row_id = edits.add_layer(project, added)
    assert loss_of(after) == loss
    assert edits.remove_layers(after, {row_id}) == project


def test_the_loss_follows_a_row_that_changes_or_moves() -> None:
    project = project_of(Task.BINARY, Sigmoid(), Linear(1))
    assert loss_of(project) == BCEWithLogits()
    assert loss_of(edits.change_layer(project, "b", Linear(2))) == CrossEntropy()
    assert loss_of(edits.move_layers(project, {"a"}, (2,))) == BCE()


@pytest.mark.parametrize(
    ("task", "chosen", "added"),
    [
        (Task.BINARY, CrossEntropy(), Sigmoid()),
        (Task.BINARY, NLL(), Linear(2)),
        (Task.MULTICLASS, NLL(), ReLU()),
        (Task.REGRESSION, L1(), ReLU()),
    ],
)
def test_a_loss_that_was_chosen_stays(task: Task, chosen: Loss, added: LayerKind) -> None:
    project = edits.set_loss(project_of(task, Linear(1)), chosen)
    assert loss_of(edits.add_layer(project, added)[0]) == chosen
    assert loss_of(edits.remove_layers(project, {"a"})) == chosen
    assert loss_of(edits.set_kind(project, {"id"}, Kind.CATEGORY)) == chosen


@pytest.mark.parametrize(
    ("old", "chosen", "new", "loss"),
    [
        (Task.REGRESSION, MSE(), Task.MULTICLASS, CrossEntropy()),
        (Task.REGRESSION, L1(), Task.BINARY, BCEWithLogits()),
        (Task.MULTICLASS, CrossEntropy(), Task.REGRESSION, MSE()),
        (Task.MULTICLASS, CrossEntropy(), Task.BINARY, BCEWithLogits()),
        (Task.MULTICLASS, NLL(), Task.BINARY, NLL()),
        (Task.BINARY, BCE(), Task.MULTICLASS, CrossEntropy()),
    ],
)
def test_the_loss_follows_the_task_also_a_chosen_one_that_no_longer_fits(
    old: Task, chosen: Loss, new: Task, loss: Loss
) -> None:
    project = edits.set_loss(project_of(old, Linear(1)), chosen)
    assert loss_of(edits.set_task(project, new)) == loss


@pytest.mark.parametrize(
    ("task", "loss"),
    [(Task.BINARY, BCEWithLogits()), (Task.MULTICLASS, CrossEntropy()), (Task.REGRESSION, MSE())],
)
def test_the_first_data_bring_their_loss(task: Task, loss: Loss) -> None:
    found = found_in(data_of_task(task))
    assert loss_of(edits.open_source(Project(), found)) == loss
    chosen = Project(training=Training(loss=NLL()))
    assert loss_of(edits.open_source(chosen, found)) == (MSE() if task is Task.REGRESSION else NLL())


def test_without_data_every_loss_stays() -> None:
    for loss in (CrossEntropy(), MSE(), NLL()):
        assert loss_of(edits.add_layer(Project(training=Training(loss=loss)), LogSoftmax())[0]) == loss


@given(project=projects, task=st.sampled_from(Task))
def test_after_a_change_of_task_the_loss_suits_it(project: Project, task: Task) -> None:
    if project.data is not None:
        assert task in loss_of(edits.set_task(project, task)).tasks


# the output


@pytest.mark.parametrize(
    ("task", "kinds", "loss", "fitting", "fitting_loss"),
    [
        (
            Task.MULTICLASS,
            [Linear(8), ReLU(), Linear(9)],
            CrossEntropy(),
            [Linear(8), ReLU(), Linear(3)],
            CrossEntropy(),
        ),
        (Task.MULTICLASS, [Linear(9, bias=False), LogSoftmax()], NLL(), [Linear(3, bias=False), LogSoftmax()], NLL()),
        (Task.MULTICLASS, [Linear(1)], MSE(), [Linear(3)], CrossEntropy()),
        (Task.BINARY, [Linear(2)], BCEWithLogits(), [Linear(1)], BCEWithLogits()),
        (Task.BINARY, [Linear(1)], CrossEntropy(), [Linear(2)], CrossEntropy()),
        (Task.BINARY, [Linear(9), Sigmoid()], MSE(), [Linear(1), Sigmoid()], BCE()),
        (Task.BINARY, [Linear(9), LogSoftmax()], L1(), [Linear(2), LogSoftmax()], NLL()),
        (Task.REGRESSION, [Linear(3)], CrossEntropy(), [Linear(1)], MSE()),
        (Task.REGRESSION, [Linear(3)], L1(), [Linear(1)], L1()),
        (Task.REGRESSION, [Flatten()], MSE(), [Flatten()], MSE()),
        (Task.REGRESSION, [], CrossEntropy(), [], MSE()),
        (Task.RECONSTRUCTION, [Linear(9), ReLU()], CrossEntropy(), [Linear(2), ReLU()], MSE()),
    ],
)
def test_the_last_linear_layer_and_the_loss_fit_the_target(
    task: Task, kinds: list[LayerKind], loss: Loss, fitting: list[LayerKind], fitting_loss: Loss
) -> None:
    project = edits.fit_output(project_of(task, *kinds, loss=loss), facts_of(task))
    assert kinds_of(project) == fitting
    assert loss_of(project) == fitting_loss


def test_several_targets_need_a_number_each() -> None:
    asked = replace(facts_of(Task.REGRESSION), answers=3)
    project = project_of(Task.REGRESSION, Linear(8), ReLU(), Linear(1))
    assert kinds_of(edits.fit_output(project, asked)) == [Linear(8), ReLU(), Linear(3)]
    assert kinds_of(suggest_network(project, asked))[-1] == Linear(3)


def test_fitting_keeps_identities_locks_and_other_rows() -> None:
    project = edits.lock_layer(project_of(Task.MULTICLASS, Linear(8), Linear(9)), "b", True)
    fitting = edits.fit_output(project, facts_of(Task.MULTICLASS))
    assert [(row.id, row.locked) for row in fitting.model.rows] == [("a", False), ("b", True)]
    assert edits.fit_output(fitting, facts_of(Task.MULTICLASS)) == fitting


# a network that fits the data


def project_for(asked: DataFacts) -> Project:
    return Project(data_of_task(asked.task))


@given(asked=facts())
def test_a_suggested_network_works_and_fits_and_nothing_speaks_against_it(asked: DataFacts) -> None:
    project = suggest(project_for(asked), asked)
    walked = walk(project.model, asked.input_shape)
    assert walked.problem is None
    assert output_problem(walked, loss_of(project), asked) is None
    assert asked.task in loss_of(project).tasks
    assert walked.trainable == walked.count > 0
    assert len({row.id for row in project.model.rows}) == len(project.model.rows)
    said = preflight(state_of(project, asked))  # of a few large pictures it can be said that they are few
    assert {finding.level for finding in said} <= {"informs"}
    assert edits.fit_output(project, asked) == project


@given(asked=facts())
def test_a_suggestion_touches_neither_data_nor_seed(asked: DataFacts) -> None:
    project = replace(project_for(asked), training=Training(epochs=7, seed=3))
    suggested = suggest_network(edits.start_from(project, Weights("w.pth", "ab")), asked)
    assert suggested.data == project.data
    assert suggested.model.start is None
    assert replace(suggested.training, loss=loss_of(project)) == project.training


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        (facts_of(Task.MULTICLASS), [Linear(32), ReLU(), Linear(16), ReLU(), Linear(3)]),
        (facts_of(Task.BINARY, train=5_000), [Linear(64), ReLU(), Linear(32), ReLU(), Linear(1)]),
        (facts_of(Task.REGRESSION, train=50_000), [Linear(128), ReLU(), Linear(64), ReLU(), Linear(1)]),
        (
            facts_of(Task.MULTICLASS, (1, 8, 8), classes=10),
            [
                *[Conv2d(16), ReLU(), MaxPool2d(), Conv2d(32), ReLU(), MaxPool2d(), Flatten()],
                *[Linear(64), ReLU(), Linear(10)],
            ],
        ),
        (
            facts_of(Task.BINARY, (3, 6, 40)),
            [Conv2d(16), ReLU(), MaxPool2d(), Conv2d(32), ReLU(), Flatten(), Linear(64), ReLU(), Linear(1)],
        ),
        (
            facts_of(Task.REGRESSION, (3, 1, 1)),
            [Conv2d(16), ReLU(), Conv2d(32), ReLU(), Flatten(), Linear(64), ReLU(), Linear(1)],
        ),
        (facts_of(Task.MULTICLASS, (12, 4)), [Flatten(), Linear(32), ReLU(), Linear(16), ReLU(), Linear(3)]),
        (
            facts_of(Task.RECONSTRUCTION, (64,)),
            [
                *[Linear(32), ReLU(), Linear(16), ReLU(), Linear(8)],
                *[Linear(16), ReLU(), Linear(32), ReLU(), Linear(64)],
            ],
        ),
        (facts_of(Task.RECONSTRUCTION, (5,)), [Linear(2), Linear(5)]),
        (facts_of(Task.RECONSTRUCTION, (1,)), [Linear(1), Linear(1)]),
        (
            facts_of(Task.RECONSTRUCTION, (3, 32, 32)),
            [
                *[Flatten(), Linear(256), ReLU(), Linear(128), ReLU(), Linear(64)],
                *[Linear(128), ReLU(), Linear(256), ReLU(), Linear(3_072)],
            ],
        ),
    ],
)
def test_networks_that_are_suggested(asked: DataFacts, kinds: list[LayerKind]) -> None:
    assert kinds_of(suggest_network(project_for(asked), asked)) == kinds


def test_the_narrowest_layer_of_an_autoencoder_has_a_name() -> None:
    rows = suggest_network(project_of(Task.RECONSTRUCTION), facts_of(Task.RECONSTRUCTION, (64,))).model.rows
    assert [row.kind for row in rows if row.name == "bottleneck"] == [Linear(8)]


def test_a_network_is_suggested_also_where_no_layer_can_give_back_so_much() -> None:
    asked = facts_of(Task.RECONSTRUCTION, (3, 256, 256))
    project = suggest_network(project_of(Task.RECONSTRUCTION), asked)
    (finding,) = preflight(state_of(project, asked))
    assert finding.problem.what == "A linear layer gives at most 65,536 numbers, but the input has 196,608."
    assert (finding.blocks, finding.fix) == (True, None)


@pytest.mark.parametrize(
    ("rows", "size", "rate"),
    [(120, 16, 0.003), (1_999, 16, 0.003), (2_000, 64, 0.001), (49_999, 64, 0.001), (50_000, 256, 0.001)],
)
def test_settings_grow_with_the_rows(rows: int, size: int, rate: float) -> None:
    project = edits.set_batches(project_of(Task.BINARY), Batches(7, shuffle=False))
    suggested = suggest_settings(project, facts_of(Task.BINARY, train=rows))
    assert edits.data_of(suggested).batches == Batches(size, shuffle=False)
    assert suggested.training.optimizer == Adam(lr=rate)


@pytest.mark.parametrize(
    ("rows", "widths"), [(999, (32, 16)), (1_000, (64, 32)), (19_999, (64, 32)), (20_000, (128, 64))]
)
def test_hidden_layers_grow_with_the_rows(rows: int, widths: tuple[int, int]) -> None:
    asked = facts_of(Task.REGRESSION, train=rows)
    kinds = kinds_of(suggest_network(project_for(asked), asked))
    assert tuple(kind.out_features for kind in kinds if isinstance(kind, Linear)) == (*widths, 1)


@each_task
def test_a_network_is_suggested_again_the_same(task: Task) -> None:
    once = suggest_network(project_of(task), facts_of(task))
    assert kinds_of(suggest_network(once, facts_of(task))) == kinds_of(once)
