"""The softmax over few classes has the same bits when its rows lie as columns, whatever the values are."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded import few_classes
from nnstudio.engine.recorded.few_classes import MANY_ROWS, SHORTEST_VECTOR, turned_softmax
from nnstudio.engine.recorded.recorder import Recorder
from nnstudio.spec.training import Training
from tests.engine.recorded.test_same_bits import assert_same

LARGE = torch.tensor([0.0, 1e-30, 1.0, 30.0, 1e4, torch.inf, torch.nan])


def values(rows: int, classes: int) -> Tensor:
    """Numbers of every size, alike ones and some that are not finite."""
    return torch.randn(rows, classes).round(decimals=1) * LARGE[torch.randint(0, len(LARGE), (rows, 1))]


@pytest.mark.parametrize("classes", range(2, SHORTEST_VECTOR))
@pytest.mark.parametrize("rows", [MANY_ROWS, 1024])
def test_forward_and_backward(rows: int, classes: int) -> None:
    torch.manual_seed(0)
    x, y = values(rows, classes), torch.randint(0, classes, (rows,))
    with Recorder() as recorder:
        output = torch.ops.aten._log_softmax(x, 1, False)
        _, weight = torch.ops.aten.nll_loss_forward(output, y, None, 1, -100)
        one = torch.ones(())
        gradient = torch.ops.aten.nll_loss_backward(one, output, y, None, 1, -100, weight)
        torch.ops.aten._log_softmax_backward_data(gradient, output, 1, torch.float32)
    forward, *_, before, backward = recorder.operations
    for operation in (forward, backward):
        expected, call = operation.result.clone(), turned_softmax(operation, before)
        operation.result.fill_(7)
        assert call is not None
        call()
        assert same_bits(operation.result.isnan(), expected.isnan())
        assert same_bits(operation.result.nan_to_num(9), expected.nan_to_num(9))
    assert turned_softmax(backward, forward) is None, "other gradients are added in another order"


@pytest.mark.parametrize(
    "shape", [(112, 3), (MANY_ROWS, SHORTEST_VECTOR), (MANY_ROWS, 1), (MANY_ROWS, 3, 2), (MANY_ROWS + 1, 3)]
)
def test_other_shapes_are_left_alone(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    with Recorder() as recorder:
        torch.ops.aten._log_softmax(x, 1, False)
    assert turned_softmax(recorder.operations[0], None) is None


def test_a_step_with_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = [Mock(wraps=few_classes._forward), Mock(wraps=few_classes._backward)]
    monkeypatch.setattr(few_classes, "_forward", ways[0])
    monkeypatch.setattr(few_classes, "_backward", ways[1])
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
    batches = [(torch.randn(rows, 5), torch.randint(0, 3, (rows,))) for rows in (256, 256, 256, 130, 256, 130, 130)]
    assert few_classes._has_the_same_bits(256, 3)
    for way in ways:
        way.reset_mock()
    assert_same(module, [*batches, *batches], Training())
    assert [way.call_count for way in ways] == [1, 1], "once for the recording with 256 rows"
