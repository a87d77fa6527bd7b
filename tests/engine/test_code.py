"""Printed code makes the very network that the engine builds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from nnstudio.engine.build import build
from nnstudio.engine.frozen import same_bits
from nnstudio.resources import source
from nnstudio.session.blocks import KNOWN_BLOCKS, KnownBlock
from nnstudio.spec.code.network import network_code
from nnstudio.spec.code.text import WIDEST
from nnstudio.spec.initialisations import INITIALISATIONS, Initialisation, Xavier
from nnstudio.spec.layers import (
    LAYERS,
    LSTM,
    BatchNorm2d,
    Branches,
    Conv2d,
    Dropout,
    Flatten,
    LayerKind,
    LeakyReLU,
    Linear,
    ReLU,
    Repeat,
    Shape,
    Tanh,
)
from nnstudio.spec.model import Model, Row, paths, stack
from nnstudio.spec.nesting import mapped
from nnstudio.spec.shapes import walk
from tests.engine.test_layers_against_torch import refuses
from tests.spec.nested import nested, nested_models

MODULES = source("engine/modules.py") + source("engine/windowed.py")
SHAPES: tuple[Shape, ...] = ((8,), (6, 8), (4, 12, 12), (4, 12, 12, 12))


def executed(code: str) -> nn.Module:
    """The ``model`` that a script leaves behind."""
    space: dict[str, Any] = {}
    exec(compile(code, "script.py", "exec"), space)  # noqa: S102  # it is what is tested
    model = space["model"]
    assert isinstance(model, nn.Module)
    return model


def assert_same(model: Model, shape: Shape, seed: int) -> None:
    printed = executed(network_code(walk(model, shape), seed, MODULES).text)
    drawn_after = torch.rand(1)
    built = build(model, shape, seed)
    assert torch.equal(drawn_after, torch.rand(1))  # dropout goes on from the same place
    one, other = printed.state_dict(), built.state_dict()
    assert list(one) == list(other)
    assert all(same_bits(one[name], other[name]) for name in one)
    assert [module.extra_repr() for module in printed.modules()] == [module.extra_repr() for module in built.modules()]
    x = torch.arange(2.0 * torch.Size(shape).numel()).reshape(2, *shape).remainder(7)
    # Blocks that multiply with themselves may leave no finite number, and NaN is not equal to NaN.
    torch.testing.assert_close(printed.eval()(x), built.eval()(x), rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("kind", LAYERS.kinds.values(), ids=LAYERS.kinds)
def test_every_kind_is_printed_as_it_is_built(kind: type[LayerKind]) -> None:
    shape = next(shape for shape in (*SHAPES, (7, 14, 8)) if not refuses(kind(), shape))
    assert_same(nested(kind()), shape, 3)


@pytest.mark.parametrize("template", KNOWN_BLOCKS, ids=lambda template: template.key)
@pytest.mark.parametrize("shape", SHAPES[::2], ids=str)
def test_every_known_block_is_printed_as_it_is_built(template: KnownBlock, shape: Shape) -> None:
    if template.problem(shape):
        assert not template.takes_rows  # it is for pictures
    else:
        assert_same(Model(template.rows(shape)), shape, 5)


@given(model=nested_models, seed=st.integers(0, 2**31))
def test_stacks_in_stacks_are_printed_as_they_are_built(model: Model, seed: int) -> None:
    assume(walk(model, (4, 6, 6)).problem is None)
    assert_same(model, (4, 6, 6), seed)


def test_repetitions_are_printed_as_they_are_built() -> None:
    changing = nested((Repeat(3), [Linear(8), (Repeat(4), [Linear(8), ReLU()]), Dropout(0.5)]), Linear(3))
    assert_same(changing, (5,), 0)
    growing = nested((Repeat(3), [(Branches("concat"), [], [Linear(4)])]))
    assert_same(growing, (5,), 0)


def test_recurrent_layers_carry_what_they_stand_on() -> None:
    assert_same(nested(LSTM(8, num_layers=2, bidirectional=True, dropout=0.25, gives="all")), (6, 8), 0)


def test_no_line_is_longer_than_a_careful_programmer_writes() -> None:
    model = Model(tuple(Row(key, kind(), "a name that is rather long " * 4) for key, kind in LAYERS.kinds.items()))
    for _, row in paths(model.rows):
        for shape in SHAPES:
            code = network_code(walk(Model((row,)), shape), 0, MODULES)
            assert max(len(line.text) for line in code.lines) <= WIDEST


def test_a_name_from_a_stranger_is_no_code() -> None:
    row = Row("a", Linear(3), "x\n)\nraise SystemExit\u2028\x0c\r\u202e\0 # (")
    assert_same(Model((row,)), (4,), 0)


def test_what_cannot_work_is_a_comment_and_the_rest_still_runs() -> None:
    model = nested(Linear(4), (Branches(), [LSTM()], []), Linear(3))
    code = network_code(walk(model, (8,)), 0, MODULES)
    assert list(executed(code.text).state_dict()) == ["0.weight", "0.bias"]


@pytest.mark.parametrize("how", INITIALISATIONS.kinds.values(), ids=INITIALISATIONS.kinds)
def test_chosen_initialisations_are_printed_as_they_are_carried_out(how: type[Initialisation]) -> None:
    model = nested(
        Conv2d(4), BatchNorm2d(), LeakyReLU(0.2), (Branches(), [Conv2d(4), Tanh()], []), Flatten(), Linear(3), Dropout()
    )
    filled = mapped(model.rows, lambda row: replace(row, initialisation=how()))
    assert_same(Model(filled), (2, 4, 4), 9)


def test_a_filled_tensor_is_printed_on_the_line_of_its_row() -> None:
    (row,) = stack([Linear(3)])
    code = network_code(walk(Model((replace(row, initialisation=Xavier()),)), (4,)), 0, MODULES)
    assert [line.text for line in code.lines if line.row_id == row.id][1:] == [
        "nn.init.xavier_uniform_(model[0].weight)",
        "nn.init.zeros_(model[0].bias)",
    ]
