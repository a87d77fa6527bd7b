"""A product that is made in another way has the same bits."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded import products
from nnstudio.engine.recorded.products import LONG_SUM, Product, quicker_product
from nnstudio.engine.recorded.recorder import Operation, Recorder
from nnstudio.spec.training import Training
from tests.engine.recorded.test_same_bits import Batch, assert_same


@pytest.fixture(autouse=True)
def a_quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call takes less time than the one before, so that PyTorch's own is never the quickest."""
    products._quickest.cache_clear()
    times = iter(range(10**6, 0, -1))

    def seconds(call: object) -> float:
        assert callable(call)
        call()
        return next(times)

    monkeypatch.setattr(products, "_seconds", seconds)
    monkeypatch.setattr(products, "LARGE", 2**12)


def product(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Operation:
    with Recorder() as recorder:
        if bias is None:
            torch.mm(a, b)
        else:
            torch.addmm(bias, a, b)
    operation: Operation = recorder.operations[-1]
    return operation


def assert_has_the_same_bits(operation: Operation, way: str) -> None:
    """Whether a quicker way was found: ``way``, where this processor's has the same bits."""
    expected = operation.result.clone()
    call = quicker_product(operation)
    if call is None:
        pytest.skip(f"the product has other bits on this processor when it is {way}")
    operation.result.fill_(7)
    call()
    assert same_bits(operation.result, expected)


@pytest.mark.parametrize("columns", [3, 30, 33])
def test_the_gradient_of_a_layer_on_few_columns(columns: int) -> None:
    torch.manual_seed(0)
    operation = product(torch.randn(LONG_SUM, 64).t(), torch.randn(LONG_SUM, columns))
    assert_has_the_same_bits(operation, "turned")


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_the_way_through_a_layer_and_back(turned: bool, bias: bool) -> None:
    torch.manual_seed(0)
    weight = torch.randn(64, 64)
    operation = product(
        torch.randn(100, 64).relu(), weight.t() if turned else weight, torch.randn(64) if bias else None
    )
    assert_has_the_same_bits(operation, "made by oneDNN")


def test_what_is_tried_on_holds_sums_of_zeros_only() -> None:
    tried = Product(None, torch.empty(6, 4), torch.empty(4, 5), torch.empty(6, 5))
    tried.fill(torch.Generator().manual_seed(0))
    assert bool(((tried.a[::3, :] == 0) & (tried.b[:, 0] < 0)).all())
    assert bool((tried.a[1] != 0).all())


@pytest.mark.parametrize(
    "operation",
    [
        product(torch.randn(64, LONG_SUM), torch.randn(LONG_SUM, 64).double().float()[:, :30]),
        product(torch.randn(64, 64).double(), torch.randn(64, 64).double()),
        product(torch.randn(LONG_SUM - 1, 30).t(), torch.randn(LONG_SUM - 1, 30)),
        product(torch.ones(1).expand(64, LONG_SUM), torch.randn(LONG_SUM, 30)),
    ],
    ids=["with gaps", "in double precision", "small, by columns", "of one number"],
)
def test_other_products_are_left_alone(operation: Operation) -> None:
    assert quicker_product(operation) is None


def test_a_product_with_other_bits_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "same_bits", lambda _one, _other: False)
    assert quicker_product(product(torch.randn(LONG_SUM, 64).t(), torch.randn(LONG_SUM, 30))) is None


def test_without_onednn_a_product_is_pytorchs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_onednn", lambda: None)
    assert quicker_product(product(torch.randn(64, 64), torch.randn(64, 64))) is None


def test_a_slow_trial_is_soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    monkeypatch.setattr(products, "LONGEST_TRIAL", 0.0)
    monkeypatch.setattr(Product, "fill", lambda _, generator: tried.append(generator))
    quicker_product(product(torch.randn(64, 64), torch.randn(64, 64)))
    assert len(tried) == 2


def test_a_step_with_many_rows() -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))
    batches: list[Batch] = [(torch.randn(rows, 30), torch.randint(0, 3, (rows,))) for rows in (256, 256, 256, 256)]
    assert_same(module, batches, Training())
