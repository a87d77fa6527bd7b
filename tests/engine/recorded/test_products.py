"""A product that is made by its transposed one has the same bits."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded import products
from nnstudio.engine.recorded.products import LONG_SUM, turned_product
from nnstudio.engine.recorded.recorder import Operation, Recorder
from nnstudio.spec.training import Training
from tests.engine.recorded.test_same_bits import Batch, assert_same


@pytest.fixture(autouse=True)
def a_quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turning takes less and less time, whatever this machine says."""
    products._pays.cache_clear()
    times = iter(range(10**6, 0, -1))

    def seconds(call: object) -> float:
        assert callable(call)
        call()
        return next(times)

    monkeypatch.setattr(products, "_seconds", seconds)


def product(a: Tensor, b: Tensor) -> Operation:
    with Recorder() as recorder:
        torch.mm(a, b)
    operation: Operation = recorder.operations[-1]
    return operation


@pytest.mark.parametrize("columns", [3, 30, 33])
def test_the_gradient_of_a_layer_on_few_columns(columns: int) -> None:
    torch.manual_seed(0)
    operation = product(torch.randn(LONG_SUM, 64).t(), torch.randn(LONG_SUM, columns))
    call, expected = turned_product(operation), operation.result.clone()
    if call is None:  # on this processor the bits are others, which is what is tried before
        pytest.skip("the transposed product has other bits on this processor")
    operation.result.fill_(7)
    call()
    assert same_bits(operation.result, expected)


@pytest.mark.parametrize("shape", [(64, LONG_SUM, 64), (64, LONG_SUM - 1, 30), (30, LONG_SUM, 30)])
def test_other_products_are_left_alone(shape: tuple[int, int, int]) -> None:
    rows, between, columns = shape
    assert turned_product(product(torch.randn(between, rows).t(), torch.randn(between, columns))) is None


def test_a_product_with_other_bits_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "same_bits", lambda _one, _other: False)
    assert turned_product(product(torch.randn(LONG_SUM, 64).t(), torch.randn(LONG_SUM, 30))) is None


def test_a_step_with_many_rows() -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 3))
    batches: list[Batch] = [(torch.randn(rows, 30), torch.randint(0, 3, (rows,))) for rows in (256, 256, 256, 256)]
    assert_same(module, batches, Training())
