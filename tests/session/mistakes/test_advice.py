"""Advice is given where it is true, at the layer that it is about, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from nnstudio.session import edits
from nnstudio.session.blocks import KNOWN_BLOCKS, KnownBlock
from nnstudio.session.finding import Finding
from nnstudio.session.preflight import preflight
from nnstudio.session.suggest import suggest_network
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.files import project_from_json, project_to_json
from nnstudio.spec.initialisations import Constant, Kaiming, Normal, Uniform, Xavier, Zeros
from nnstudio.spec.layers import (
    GELU,
    GRU,
    LSTM,
    AdaptiveAvgPool2d,
    AlphaDropout,
    BatchNorm1d,
    BatchNorm2d,
    Branches,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Embedding,
    Flatten,
    Hardsigmoid,
    Hardtanh,
    LayerKind,
    LayerNorm,
    Linear,
    LogSoftmax,
    MaxPool1d,
    MaxPool2d,
    Permute,
    PReLU,
    ReLU,
    Repeat,
    Reshape,
    SelfAttention,
    Shape,
    Sigmoid,
    Softmax,
    Tanh,
)
from nnstudio.spec.losses import MSE, BCEWithLogits, CrossEntropy
from nnstudio.spec.model import Model, Row, Weights, block, paths, stack
from nnstudio.spec.networks.alexnet import alexnet
from nnstudio.spec.networks.mobilenet import mobilenet_v2, mobilenet_v3
from nnstudio.spec.networks.resnet import resnet
from nnstudio.spec.networks.squeezenet import squeezenet
from nnstudio.spec.networks.vgg import vgg
from nnstudio.spec.optimizers import SGD, AdamW
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.session.examples import data_of_task, facts_of, kinds_of, state_of

Kinds = list[LayerKind | Row]


def project_with(kinds: Kinds, task: Task = Task.MULTICLASS, **training: Any) -> Project:
    settings = {"loss": CrossEntropy() if task is Task.MULTICLASS else MSE()} | training
    return Project(data_of_task(task), Model(stack(kinds)), Training(**settings))


def advice(project: Project, known: DataFacts) -> list[Finding]:
    """What is said of a network that can be trained."""
    found = preflight(state_of(project, known))
    assert not [finding.problem.what for finding in found if finding.blocks]
    return list(found)


def checks(kinds: Kinds, shape: Shape = (4,), **facts: Any) -> list[str]:
    """What is looked at in the findings about a classification in three classes."""
    return [
        finding.check.split()[0] for finding in advice(project_with(kinds), facts_of(Task.MULTICLASS, shape, **facts))
    ]


def only(kinds: Kinds, shape: Shape = (4,), **facts: Any) -> tuple[Project, Finding]:
    project = project_with(kinds)
    (finding,) = advice(project, facts_of(Task.MULTICLASS, shape, **facts))
    return project, finding


def after(project: Project, finding: Finding) -> list[LayerKind]:
    assert finding.fix is not None
    return kinds_of(finding.fix.apply(project))


# activations that are missing


def test_two_linear_layers_are_one() -> None:
    project, finding = only([Linear(8), Linear(3)])
    first, second = project.model.rows
    assert str(finding.problem) == (
        "Two linear layers in a row are one. Nothing bends between them: a single one could do the same. "
        "Add an activation between them."
    )
    assert (finding.row_id, finding.level) == (second.id, "warns")
    assert after(project, finding) == [Linear(8), ReLU(), Linear(3)]
    assert first.id != second.id


@pytest.mark.parametrize(
    ("kinds", "shape", "fixed"),
    [
        ([Linear(8), Dropout(), Linear(3)], (4,), [Linear(8), ReLU(), Dropout(), Linear(3)]),
        ([Conv2d(4), Flatten(), Linear(3)], (1, 6, 6), [Conv2d(4), ReLU(), Flatten(), Linear(3)]),
    ],
)
def test_what_only_rearranges_or_drops_bends_nothing(kinds: Kinds, shape: Shape, fixed: list[LayerKind]) -> None:
    project, finding = only(kinds, shape)
    assert finding.check.startswith("one")
    assert after(project, finding) == fixed


def test_two_convolutions_are_one() -> None:
    project, finding = only([Conv2d(4), Conv2d(4), ReLU(), Flatten(), Linear(3)], (1, 6, 6))
    assert finding.problem.what == "Two convolutions in a row are one."
    assert after(project, finding)[:3] == [Conv2d(4), ReLU(), Conv2d(4)]
    named = edits.rename_layer(project, project.model.rows[0].id, "edges")
    (finding,) = advice(named, facts_of(Task.MULTICLASS, (1, 6, 6)))
    assert finding.problem.why.startswith("Nothing bends between “edges” and “Convolution 2d”:")


@pytest.mark.parametrize(
    "kinds",
    [
        [Linear(3)],
        [Linear(8), ReLU(), Linear(3)],
        [Linear(8), PReLU(), Linear(3)],
        [Linear(8), BatchNorm1d(), ReLU(), Linear(3)],
        [Linear(8), BatchNorm1d(), Linear(3)],
        [Linear(8), Dropout(0.1), GELU(), Linear(3)],
        [Linear(2), Linear(3)],
        [block(Branches(), [Linear(4), ReLU(), Linear(4)], []), ReLU(), Linear(3)],
        [block(Branches("concat"), [Linear(4)], []), Linear(3)],
    ],
)
def test_what_bends_or_narrows_between_is_fine(kinds: Kinds) -> None:
    assert checks(kinds) == []


def test_a_depthwise_and_a_pointwise_convolution_are_not_one() -> None:
    kinds: Kinds = [Conv2d(4, groups=4), Conv2d(8, 1, padding=0), ReLU(), Flatten(), Linear(3)]
    assert checks(kinds, (4, 6, 6)) == []


def test_the_ends_of_what_is_repeated_meet() -> None:
    inner = stack([Linear(4), ReLU(), Linear(4)])
    project, finding = only([block(Repeat(3), inner), ReLU(), Linear(3)])
    assert finding.row_id == inner[0].id
    assert finding.fix is not None
    fixed = finding.fix.apply(project)
    assert [row.kind for row in fixed.model.rows[0].branches[0]] == [Linear(4), ReLU(), Linear(4), ReLU()]
    assert checks([block(Repeat(1), inner), ReLU(), Linear(3)]) == []


def test_a_layer_in_a_branch_is_found_and_mended_there() -> None:
    inner = stack([Linear(4), Linear(4)])
    project, finding = only([block(Branches(), inner, []), ReLU(), Linear(3)])
    assert finding.row_id == inner[1].id
    assert finding.fix is not None
    assert len(finding.fix.apply(project).model.rows[0].branches[0]) == 3


def test_locked_layers_are_left_alone() -> None:
    project = project_with([Linear(8), Linear(3)])
    locked = edits.lock_layer(project, project.model.rows[0].id, True)
    assert advice(locked, facts_of(Task.MULTICLASS, (4,))) == []


def test_the_bottleneck_of_an_autoencoder_needs_no_activation() -> None:
    known = facts_of(Task.RECONSTRUCTION, (32,))
    suggested = suggest_network(Project(data_of_task(Task.RECONSTRUCTION)), known)
    assert advice(suggested, known) == []


# activations that saturate


@pytest.mark.parametrize(("bend", "most"), [(Sigmoid, 2), (Hardsigmoid, 2), (Tanh, 4), (Hardtanh, 4)])
def test_saturating_activations_in_deep_stacks(bend: type[LayerKind], most: int) -> None:
    def deep(count: int) -> Kinds:
        return [*(kind for _ in range(count) for kind in (Linear(4), bend())), Linear(3)]

    assert checks(deep(most)) == []
    project, finding = only(deep(most + 1))
    assert finding.check == "saturates"
    assert finding.row_id == project.model.rows[1].id
    assert after(project, finding) == [*[Linear(4), ReLU()] * (most + 1), Linear(3)]


def test_what_keeps_the_gradient_does_not_count() -> None:
    normed: Kinds = [*(kind for _ in range(6) for kind in (Linear(4), LayerNorm(), Sigmoid())), Linear(3)]
    assert checks(normed) == []
    clipped: Kinds = [*(kind for _ in range(6) for kind in (Linear(4), Hardtanh(0, 6))), Linear(3)]
    assert checks(clipped) == []
    around = [block(Branches(), [Linear(4), Tanh()], []) for _ in range(6)]
    assert checks([*around, Linear(3)]) == []


def test_repetitions_count_and_are_mended_together() -> None:
    inner = stack([Linear(4), Sigmoid()])
    project, finding = only([block(Repeat(5), inner), Linear(3)])
    assert finding.problem.what == "5 saturating activations follow each other."
    assert finding.fix is not None
    assert finding.fix.apply(project).model.rows[0].branches[0][1].kind == ReLU()


# the end


def test_more_classes_than_a_layer_can_have_outputs() -> None:
    project = project_with([Linear(8)])
    (finding,) = preflight(state_of(project, facts_of(Task.MULTICLASS, (4,), classes=70_000)))
    assert finding.problem.what == "A linear layer gives at most 65,536 numbers, but there are 70,000 classes."
    assert (finding.blocks, finding.fix) == (True, None)


@pytest.mark.parametrize("kind", [Dropout(), AlphaDropout()])
def test_dropout_on_the_output(kind: LayerKind) -> None:
    project, finding = only([Linear(8), ReLU(), Linear(3), kind])
    assert finding.problem.what == f"{kind.title} behind the last layer spoils the answers."
    assert finding.row_id == project.model.rows[-1].id
    assert after(project, finding) == [Linear(8), ReLU(), Linear(3)]
    assert checks([Linear(8), ReLU(), Dropout(), Linear(3)]) == []


def test_a_softmax_before_cross_entropy_is_found_behind_what_only_rearranges() -> None:
    project, finding = only([Linear(3), Softmax(), Flatten()])
    assert finding.check == "squeezed"
    assert after(project, finding) == [Linear(3), Flatten()]
    inner = stack([Linear(3), Softmax()])
    _, finding = only([block(Repeat(1), inner)])
    assert finding.row_id == inner[1].id


def test_a_sigmoid_before_a_loss_with_logits() -> None:
    project = project_with([Linear(1), Sigmoid()], Task.BINARY, loss=BCEWithLogits())
    (finding,) = advice(project, facts_of(Task.BINARY, (4,)))
    assert finding.problem.what == "Sigmoid before binary cross-entropy with logits slows learning down."
    fixed = finding.fix.apply(project) if finding.fix else project
    assert kinds_of(fixed) == [Linear(1)]
    assert fixed.training.loss == BCEWithLogits()


# steps and channels


@pytest.mark.parametrize("kind", [Conv1d(4), MaxPool1d()])
def test_a_convolution_that_takes_steps_for_channels(kind: LayerKind) -> None:
    project, finding = only([kind, ReLU(), Flatten(), Linear(3)], (12, 5))
    assert finding.problem.what == f"{kind.title} takes the steps of the sequence for its channels."
    assert after(project, finding) == [Permute(), kind, ReLU(), Flatten(), Linear(3)]


def test_a_remedy_after_which_nothing_would_fit_is_not_offered() -> None:
    """Behind the convolution are as many steps as it has channels: what is added to them would not fit any more."""
    around = block(Branches(), [Conv1d(4)], [])
    kinds: Kinds = [Conv1d(4), ReLU(), Permute(), around, Flatten(), Linear(3)]
    found = advice(project_with(kinds), facts_of(Task.MULTICLASS, (6, 4)))
    assert [(finding.check, finding.fix) for finding in found if finding.check == "order"] == [("order", None)]


@pytest.mark.parametrize("kind", [LSTM(4), GRU(4)])
def test_a_recurrent_layer_that_takes_channels_for_steps(kind: LayerKind) -> None:
    project, finding = only([Permute(), Conv1d(4), ReLU(), kind, Linear(3)], (12, 5))
    assert finding.problem.what == f"{kind.title} takes the channels of the sequence for its steps."
    assert after(project, finding) == [Permute(), Conv1d(4), ReLU(), Permute(), kind, Linear(3)]


def test_a_picture_whose_channels_come_last() -> None:
    kinds: Kinds = [Conv2d(4), ReLU(), AdaptiveAvgPool2d(), Flatten(), Linear(3)]
    project, finding = only(kinds, (8, 8, 3))
    assert finding.problem.what == "Convolution 2d takes the height of the picture for its channels."
    assert after(project, finding) == [Permute(), *kinds]
    project, finding = only([Reshape(8, 8), *kinds], (64,))
    assert finding.row_id == project.model.rows[1].id
    assert after(project, finding)[1] == Permute()


@pytest.mark.parametrize(
    ("kinds", "shape"),
    [
        ([Conv2d(9), ReLU(), MaxPool2d(2), Conv2d(9), ReLU(), Flatten(), Linear(3)], (3, 9, 3)),
        ([Conv2d(8), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(3)], (3, 8, 8)),
        ([LSTM(4), Linear(3)], (12, 5)),
        ([SelfAttention(1), Flatten(), Linear(3)], (12, 5)),
        ([Permute(), Conv1d(4), ReLU(), Permute(), LSTM(4), Linear(3)], (12, 5)),
        ([Embedding(9, 4), LSTM(4), Linear(3)], (12,)),
        ([Embedding(9, 4), Permute(), Conv1d(4), ReLU(), Flatten(), Linear(3)], (12,)),
    ],
)
def test_orders_that_fit_are_fine(kinds: Kinds, shape: Shape) -> None:
    assert checks(kinds, shape) == []


# where the weights start


def starting(kind: LayerKind, how: Any) -> Row:
    (row,) = stack([kind])
    return replace(row, initialisation=how)


@pytest.mark.parametrize("how", [Zeros(), Constant(0.5), Normal(1.0, 0.0), Uniform(0.2, 0.2)])
def test_weights_that_start_alike(how: Any) -> None:
    first = starting(Linear(8), how)
    project, finding = only([first, ReLU(), Linear(3)])
    assert (finding.check, finding.row_id) == ("alike", first.id)
    assert finding.fix is not None
    assert finding.fix.apply(project).model.rows[0].initialisation is None
    loaded = edits.start_from(project, Weights("w.pth", "ab"))
    assert advice(loaded, facts_of(Task.MULTICLASS, (4,))) == []


def test_the_last_weights_may_start_alike() -> None:
    """Also where something without weights stands behind them: their gradients differ all the same."""
    last = starting(Linear(3), Zeros())
    assert checks([Linear(8), ReLU(), last]) == []
    assert "alike" not in checks([Linear(8), ReLU(), last, LogSoftmax()])


@pytest.mark.parametrize("how", [Xavier(), Kaiming(), Normal()])
def test_weights_that_differ_are_fine(how: Any) -> None:
    assert checks([starting(Linear(8), how), ReLU(), Linear(3)]) == []


def test_the_last_layer_of_a_way_may_start_at_zero() -> None:
    kinds: Kinds = [Linear(4), ReLU(), starting(Linear(4), Zeros())]
    assert checks([block(Branches(), kinds, []), ReLU(), starting(Linear(3), Zeros())]) == []


# capacity


def test_a_network_far_larger_than_its_rows() -> None:
    project, finding = only([Linear(2000), ReLU(), Linear(100), ReLU(), Linear(3)], train=120)
    assert finding.problem.what == "The network has 210,403 trainable parameters for 120 training rows."
    assert finding.level == "informs"
    assert finding.row_id == project.model.rows[2].id
    assert after(project, finding)[-2:] == [Dropout(0.3), Linear(3)]
    assert finding.other_fix is not None
    assert finding.other_fix.apply(project).training.optimizer.weight_decay == 1e-4


def test_what_holds_a_large_network_back_is_enough() -> None:
    large: Kinds = [Linear(2000), ReLU(), Linear(100), ReLU(), Linear(3)]
    known = facts_of(Task.MULTICLASS, (4,), train=120)
    assert checks([*large[:-1], Dropout(0.1), large[-1]], train=120) == []
    for optimizer in (AdamW(), SGD(weight_decay=0.001)):
        assert advice(project_with(large, optimizer=optimizer), known) == []
    assert checks(large, train=5_000) == []
    locked = project_with(large)
    locked = edits.lock_layer(locked, locked.model.rows[2].id, True)
    assert advice(locked, known) == []


def test_a_single_large_layer_gets_weight_decay() -> None:
    project, finding = only([Linear(3)], (30_000,), train=120)
    assert finding.fix is not None
    assert finding.fix.title == "Weight decay"
    assert finding.other_fix is None
    assert project.training.optimizer.weight_decay == 0


# what is known to be good


@pytest.mark.parametrize("template", KNOWN_BLOCKS, ids=lambda template: template.key)
@pytest.mark.parametrize("shape", [(16, 12, 12), (16,)], ids=str)
def test_known_blocks_get_no_advice(template: KnownBlock, shape: Shape) -> None:
    if template.problem(shape):
        assert not template.takes_rows
        return
    head: Kinds = [AdaptiveAvgPool2d(), Flatten(), Linear(3)] if len(shape) == 3 else [ReLU(), Linear(3)]
    kinds: Kinds = [*template.rows(shape), *([BatchNorm2d(), ReLU()] if len(shape) == 3 else []), *head]
    assert checks(kinds, shape, train=100_000) == []


FAMILIES = {
    "resnet18": resnet(18, 3),
    "resnet50": resnet(50, 3),
    "vgg11": vgg(11, classes=3, hidden=64),
    "vgg11_bn": vgg(11, batch_norm=True, classes=3, hidden=64),
    "alexnet": alexnet(3, 64),
    "squeezenet": squeezenet("1.1", 3),
    "mobilenet_v2": mobilenet_v2(3, 0.25),
    "mobilenet_v3": mobilenet_v3("small", 3, 0.5),
}


@pytest.mark.parametrize("rows", FAMILIES.values(), ids=FAMILIES)
def test_known_networks_get_no_advice(rows: tuple[Row, ...]) -> None:
    assert checks([*rows], (3, 224, 224), train=10**9) == []


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("shape", [(2,), (4,), (40,), (1, 8, 8), (3, 32, 32), (12, 5)], ids=str)
def test_suggested_networks_get_no_advice(task: Task, shape: Shape) -> None:
    known = facts_of(task, shape, train=2_000)
    assert advice(suggest_network(Project(data_of_task(task)), known), known) == []


# everything at once

flat_layers: SearchStrategy[LayerKind] = st.sampled_from(
    [Linear(4), Linear(4), Linear(6), ReLU(), Sigmoid(), Tanh(), BatchNorm1d(), Dropout(0.2), Softmax(), PReLU()]
)
picture_layers: SearchStrategy[LayerKind] = st.sampled_from(
    [Conv2d(4), Conv2d(6, 1, padding=0), ReLU(), Sigmoid(), BatchNorm2d(), MaxPool2d(), ConvTranspose2d(4), Dropout()]
)
series_layers: SearchStrategy[LayerKind] = st.sampled_from(
    [Conv1d(4), Permute(), ReLU(), LSTM(4, gives="all"), MaxPool1d(), SelfAttention(1), Dropout()]
)
starts: SearchStrategy[Any] = st.sampled_from([None, None, None, Zeros(), Kaiming(), Constant()])


@st.composite
def rows_of(draw: st.DrawFn, kinds: SearchStrategy[LayerKind], depth: int = 2) -> tuple[Row, ...]:
    """A stack of some layers, with blocks in it."""
    found: list[Row] = []
    for kind in draw(st.lists(kinds, max_size=6)):
        (row,) = stack([kind])
        found.append(replace(row, initialisation=draw(starts), locked=draw(st.sampled_from([False, False, True]))))
        if depth and draw(st.booleans()):
            around: list[Any] = [rows_of(kinds, depth - 1), rows_of(kinds, depth - 1)]
            chosen = draw(st.sampled_from([Branches(), Branches("concat"), Repeat(2), Repeat(3)]))
            count = 1 if isinstance(chosen, Repeat) else 2
            found.append(block(chosen, *(draw(inner) for inner in around[:count])))
    return tuple(found)


@st.composite
def networks(draw: st.DrawFn) -> tuple[Project, DataFacts]:
    """Networks that look like what people build, with the mistakes that they make."""
    shape, kinds = draw(
        st.sampled_from(
            [((4,), flat_layers), ((2, 8, 8), picture_layers), ((6, 4), series_layers), ((64,), picture_layers)]
        )
    )
    end = draw(
        st.lists(st.sampled_from([Flatten(), Linear(3), Linear(3), Softmax(), LogSoftmax(), Dropout()]), max_size=4)
    )
    rows = (*draw(rows_of(kinds)), *stack(end))
    loss = draw(st.sampled_from([CrossEntropy(), CrossEntropy(), MSE()]))
    optimizer = draw(st.sampled_from([SGD(), AdamW()]))
    project = Project(
        data_of_task(Task.MULTICLASS, draw(st.sampled_from([1, 32]))),
        Model(rows),
        Training(loss=loss, optimizer=optimizer),
    )
    return project, facts_of(Task.MULTICLASS, shape, train=draw(st.sampled_from([1, 50, 5_000])))


@given(networks())
def test_every_remedy_removes_its_finding_and_keeps_the_project_valid(network: tuple[Project, DataFacts]) -> None:
    project, known = network
    before = preflight(state_of(project, known))
    identities = {row.id for _, row in paths(project.model.rows)}
    for finding in before:
        assert finding.row_id in identities | {""}
        for fix in (finding.fix, finding.other_fix):
            if fix is None:
                continue
            fixed = fix.apply(project)
            assert fixed != project
            assert project_from_json(project_to_json(fixed)) == fixed
            left = preflight(state_of(fixed, known))
            assert (finding.key, finding.problem.what) not in [(one.key, one.problem.what) for one in left]
            if not finding.blocks and walk(project.model, known.input_shape).problem is None:
                assert walk(fixed.model, known.input_shape).problem is None


@given(networks())
def test_remedies_lead_to_a_network_that_nothing_is_said_of(network: tuple[Project, DataFacts]) -> None:
    """One after the other, as somebody clicks who trusts them.

    They go in a circle only where what is repeated gets another shape each time, so that no kind of layer suits all.
    """
    project, known = network
    for _ in range(60):
        offered = [finding.fix for finding in preflight(state_of(project, known)) if finding.fix]
        if not offered:
            return
        project = offered[0].apply(project)
    assert any(isinstance(row.kind, Repeat) for _, row in paths(project.model.rows))
    assert walk(project.model, known.input_shape).problem
