"""Fresh weights are filled as asked: by PyTorch's own functions, in order, and nothing else changes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from nnstudio.engine.build import build
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.bends import bend_of
from nnstudio.spec.initialisations import (
    INITIALISATIONS,
    Constant,
    Default,
    Initialisation,
    Kaiming,
    Normal,
    Orthogonal,
    Uniform,
    Xavier,
    Zeros,
    offered,
)
from nnstudio.spec.initialised import gain_of
from nnstudio.spec.layers import (
    ELU,
    LAYERS,
    LSTM,
    SELU,
    BatchNorm1d,
    BatchNorm2d,
    Branches,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Hardtanh,
    LayerKind,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool2d,
    PReLU,
    ReLU,
    Repeat,
    Shape,
    Sigmoid,
    Softmax,
    Tanh,
    TransformerEncoderLayer,
)
from nnstudio.spec.model import Model, Row, block, stack
from nnstudio.spec.nesting import mapped
from nnstudio.spec.shapes import walk
from tests.engine.test_layers_against_torch import refuses, settings_of
from tests.spec.nested import nested

SHAPES: tuple[Shape, ...] = ((8,), (6, 8), (4, 12, 12), (14, 14, 32), (4, 12, 12, 12))


def filled(row: Row | LayerKind, how: Initialisation) -> Row:
    """A row whose weights start as ``how`` says."""
    (made,) = stack([row])
    return replace(made, initialisation=how)


def weights(*rows: Row | LayerKind, shape: Shape = (8,), seed: int = 0) -> dict[str, Tensor]:
    return build(Model(stack(rows)), shape, seed).state_dict()


# which numbers


def test_the_numbers_are_those_of_a_script_with_the_same_seed() -> None:
    got = weights(filled(Linear(16), Kaiming()), ReLU(), filled(Linear(5), Xavier("normal")), Tanh(), Linear(3), seed=7)
    torch.manual_seed(7)
    first, second = nn.Linear(8, 16), nn.Linear(16, 5)
    wanted = nn.Sequential(first, nn.ReLU(), second, nn.Tanh(), nn.Linear(5, 3)).state_dict()
    nn.init.kaiming_normal_(first.weight, mode="fan_in", nonlinearity="relu")
    nn.init.zeros_(first.bias)
    nn.init.xavier_normal_(second.weight, gain=nn.init.calculate_gain("tanh"))
    nn.init.zeros_(second.bias)
    assert all(same_bits(got[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize(
    ("how", "check"),
    [
        (Uniform(0.5, 0.25), lambda w: 0.25 <= w.min() < 0.3 and 0.45 < w.max() <= 0.5),
        (Uniform(0.5, 0.5), lambda w: bool((w == 0.5).all())),
        (Normal(3.0, 0.5), lambda w: abs(w.mean() - 3) < 0.02 and abs(w.std() - 0.5) < 0.02),
        (Xavier(), lambda w: abs(w).max() <= math.sqrt(6 / (64 + 64)) and abs(w.mean()) < 0.01),
        (Xavier("normal"), lambda w: abs(w.std() - math.sqrt(2 / (64 + 64))) < 0.01),
        (Kaiming(), lambda w: abs(w.std() - math.sqrt(1 / 64)) < 0.01),
        (Kaiming("uniform"), lambda w: abs(w).max() <= math.sqrt(3 / 64)),
        (Orthogonal(), lambda w: torch.allclose(w @ w.T, torch.eye(64), atol=1e-5)),
        (Zeros(), lambda w: not w.any()),
        (Constant(-2.5), lambda w: bool((w == -2.5).all())),
    ],
    ids=lambda value: str(value) if isinstance(value, Initialisation) else "",
)
def test_each_kind_gives_the_numbers_that_it_declares(how: Initialisation, check: object) -> None:
    assert callable(check)
    assert check(weights(filled(Linear(64), how), shape=(64,))["0.weight"])


def test_the_fan_out_is_that_of_the_outputs() -> None:
    out = weights(filled(Conv2d(32, 3), Kaiming(fan="out")), shape=(2, 8, 8))["0.weight"]
    assert abs(out.std() - math.sqrt(1 / (32 * 9))) < 0.005


def test_biases_are_zero_or_as_pytorch_has_them() -> None:
    plain = weights(Linear(4))["0.bias"]
    assert same_bits(weights(filled(Linear(4), Xavier(biases="default")))["0.bias"], plain)
    assert not weights(filled(Linear(4), Xavier()))["0.bias"].any()
    assert plain.any()


# what stays


def test_other_layers_keep_their_bits() -> None:
    plain = weights(Linear(16), ReLU(), Linear(3))
    got = weights(filled(Linear(16), Zeros()), ReLU(), Linear(3))
    assert same_bits(plain["2.weight"], got["2.weight"])
    assert same_bits(plain["2.bias"], got["2.bias"])


def test_a_network_without_initialisations_draws_nothing() -> None:
    build(Model(stack([Linear(4), ReLU(), Linear(3)])), (8,), 5)
    after = torch.rand(1)
    torch.manual_seed(5)
    nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 3))
    assert torch.equal(after, torch.rand(1))


# every kind


@pytest.mark.parametrize("key", LAYERS.kinds)
@pytest.mark.parametrize("how", INITIALISATIONS.kinds.values(), ids=INITIALISATIONS.kinds)
def test_every_kind_of_layer_takes_every_initialisation(key: str, how: type[Initialisation]) -> None:
    """What is offered fills something; what is not leaves all as it is."""
    kind = LAYERS.kinds[key]()
    shape = next(shape for shape in SHAPES if not refuses(kind, shape))
    before, after = weights(kind, shape=shape), weights(filled(kind, how()), shape=shape)
    changed = {name.removeprefix("0.") for name in before if not same_bits(before[name], after[name])}
    tensors = kind.parameters(shape)
    assert changed <= tensors.keys()
    if how not in offered(tensors):
        assert not changed
    elif how is not Default:
        assert how.weights(tensors) <= changed | _kept(how)


def _kept(how: type[Initialisation]) -> set[str]:
    """A norm's weights are ones already, and a class token zeros."""
    return {Constant: {"weight"}, Zeros: {"class_token"}}.get(how, set())


@given(data=st.data(), key=st.sampled_from(sorted(INITIALISATIONS.kinds)))
def test_any_settings_give_finite_numbers(data: st.DataObject, key: str) -> None:
    how = data.draw(settings_of(INITIALISATIONS.kinds[key]))
    assert all(tensor.isfinite().all() for tensor in weights(filled(Linear(3), how), ReLU()).values())


def test_only_weights_of_two_sides_are_weights_where_there_are_any() -> None:
    got = weights(filled(TransformerEncoderLayer(), Constant(2.0)), shape=(6, 8))
    assert {name for name in got if (got[name] == 2).all()} == {
        f"0.{name}.weight" for name in ("self_attn.out_proj", "linear1", "linear2")
    } | {"0.self_attn.in_proj_weight"}
    assert (weights(filled(BatchNorm1d(), Constant(2.0)))["0.weight"] == 2).all()
    assert offered({}) == ()
    assert Kaiming not in offered(BatchNorm1d().parameters((8,)))


# the gain


@pytest.mark.parametrize("kind", [ReLU(), LeakyReLU(0.3), PReLU(init=0.1), Tanh(), Sigmoid(), ELU(), Hardtanh(0, 6)])
def test_a_gain_is_that_of_pytorch(kind: LayerKind) -> None:
    bend = bend_of(kind)
    assert bend.gain == nn.init.calculate_gain(bend.name, bend.slope if bend.name == "leaky_relu" else None)


@pytest.mark.parametrize("kind", [None, SELU(), Softmax(), LogSoftmax(), Linear()])
def test_what_does_not_bend_has_a_gain_of_one(kind: LayerKind | None) -> None:
    assert bend_of(kind).gain == nn.init.calculate_gain("linear") == 1.0


def std_of_first(model: Model, shape: Shape) -> float:
    """The spread of the first weight, times the root of its inputs: the gain that it was drawn with."""
    weight = next(tensor for name, tensor in build(model, shape, 0).state_dict().items() if "weight" in name)
    return float(weight.std()) * math.sqrt(weight[0].numel())


@pytest.mark.parametrize(
    ("behind", "gain"),
    [
        ([ReLU()], math.sqrt(2)),
        ([BatchNorm2d(), Dropout(), MaxPool2d(), ReLU()], math.sqrt(2)),
        ([BatchNorm2d(), Tanh()], 5 / 3),
        ([Conv2d(4), ReLU()], 1.0),
        ([Flatten(), Linear(3)], 1.0),
        ([BatchNorm2d()], 1.0),
    ],
)
def test_the_gain_is_that_of_the_next_activation(behind: list[LayerKind], gain: float) -> None:
    model = Model(stack([filled(Conv2d(256, bias=False), Kaiming()), *behind]))
    assert std_of_first(model, (16, 8, 8)) == pytest.approx(gain, rel=0.03)


def test_the_activation_behind_a_block_counts_for_what_ends_it() -> None:
    inside = filled(Conv2d(256, bias=False), Kaiming())
    around = Model(stack([block(Branches("concat"), [inside, BatchNorm2d()], []), ReLU()]))
    assert std_of_first(around, (16, 8, 8)) == pytest.approx(math.sqrt(2), rel=0.03)
    once_more = Model(stack([block(Repeat(2), [Tanh(), filled(Linear(64, bias=False), Kaiming())]), ReLU()]))
    state = build(once_more, (64,), 0).state_dict()
    first, second = (float(tensor.std()) * 8 for tensor in state.values())
    assert first == pytest.approx(5 / 3, rel=0.03)
    assert second == pytest.approx(math.sqrt(2), rel=0.03)


@pytest.mark.parametrize(
    ("how", "gain"),
    [(Kaiming(), 5 / 3), (Xavier(), 5 / 3), (Orthogonal(), 5 / 3), (Normal(), None), (None, None)],
)
def test_the_gain_that_is_used_can_be_told(how: Initialisation | None, gain: float | None) -> None:
    row = replace(stack([Linear(4)])[0], initialisation=how)
    assert gain_of(walk(Model((row, *stack([Tanh(), Linear(3)]))), (4,)), row.id) == gain
    alone = gain_of(walk(Model((row,)), (4,)), row.id)
    assert alone == (1.0 if gain else None)


def test_each_repetition_draws_numbers_of_its_own() -> None:
    state = build(Model((block(Repeat(3), [filled(Linear(8, bias=False), Normal())]),)), (8,), 0).state_dict()
    assert len({tensor.sum().item() for tensor in state.values()}) == 3


def test_layers_that_bend_by_themselves_have_a_gain_of_one() -> None:
    assert std_of_first(Model(stack([filled(LSTM(64), Kaiming()), ReLU()])), (4, 64)) == pytest.approx(1.0, rel=0.03)
    table = weights(filled(Embedding(50, 4), Normal(std=1.0)), shape=(3,))["0.weight"]
    assert abs(float(table.std()) - 1) < 0.1


def test_the_same_project_gives_the_same_bits() -> None:
    model = nested(Linear(8), ReLU(), (Repeat(2), [Linear(8), Tanh()]), Linear(3))
    model = replace(model, rows=mapped(model.rows, lambda row: replace(row, initialisation=Orthogonal())))
    one, other = (build(model, (4,), 3).state_dict() for _ in range(2))
    assert all(same_bits(one[name], other[name]) for name in one)
