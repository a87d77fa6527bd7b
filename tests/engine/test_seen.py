"""The weights that are looked at are those that training starts with, or those that a file holds."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import save_state_dict, sha256_of
from nnstudio.engine.seen import _network, figures_of, seen_weights
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.layers import BatchNorm1d, Linear, ReLU, Repeat
from nnstudio.spec.model import Model, Weights, block, stack
from tests.engine.experiments import rows_of

MODEL = Model(rows_of(Linear(64), BatchNorm1d(), ReLU(), Linear(3)))


def by_name(seen: tuple[SeenTensor, ...]) -> dict[str, SeenTensor]:
    return {tensor.name: tensor for tensor in seen}


def assert_same(seen: SeenTensor, tensor: Tensor) -> None:
    assert seen.shape == tuple(tensor.shape)
    wanted = tensor.min(), tensor.max(), tensor.mean(), tensor.std(correction=0)
    for got, figure in zip((seen.low, seen.high, seen.mean, seen.spread), wanted, strict=True):
        assert got == pytest.approx(figure.item(), rel=1e-5, abs=1e-6)
    assert sum(seen.counts) == tensor.numel()


@pytest.mark.parametrize("row", ["row 0", "row 3"])
def test_fresh_weights_are_those_that_a_run_starts_with(row: str) -> None:
    built = build(MODEL, (8,), 4).state_dict()
    seen = by_name(seen_weights(MODEL, (8,), row, 4))
    assert list(seen) == ["weight", "bias"]
    assert all(tensor.is_fresh for tensor in seen.values())
    for name, tensor in seen.items():
        assert_same(tensor, built[f"{row[-1]}.{name}"])


def test_running_statistics_are_seen_too() -> None:
    seen = by_name(seen_weights(MODEL, (8,), "row 1", 0))
    assert list(seen) == ["weight", "bias", "running_mean", "running_var"]
    assert (seen["running_var"].low, seen["running_var"].high) == (1.0, 1.0)
    assert seen_weights(MODEL, (8,), "row 2", 0) == ()


def test_a_file_gives_what_matches_and_the_rest_is_fresh(tmp_path: Path) -> None:
    trained = {name: tensor + 1 for name, tensor in build(MODEL, (8,), 9).state_dict().items() if name != "3.bias"}
    path = tmp_path / "trained.pth"
    save_state_dict(path, trained)
    starting = Model(MODEL.rows, Weights(str(path), sha256_of(path)))
    for seen in (seen_weights(starting, (8,), "row 3", 0), seen_weights(MODEL, (8,), "row 3", 0, str(path))):
        figures = by_name(seen)
        assert [figures[name].is_fresh for name in ("weight", "bias")] == [False, True]
        assert_same(figures["weight"], trained["3.weight"])
        assert_same(figures["bias"], build(MODEL, (8,), 0).state_dict()["3.bias"])


def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "trained.pth"
    for value in (1.0, 2.0):
        save_state_dict(
            path, {name: torch.full_like(t, value) for name, t in build(MODEL, (8,), 0).state_dict().items()}
        )
        (weight, _) = seen_weights(MODEL, (8,), "row 0", 0, str(path))
        assert (weight.low, weight.high, weight.spread) == (value, value, 0.0)


def test_a_large_network_does_not_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    seen_weights(MODEL, (8,), "row 0", 0)
    assert _network.cache_info().currsize == 1
    monkeypatch.setattr("nnstudio.engine.seen.MOST_KEPT", 10)
    seen_weights(MODEL, (8,), "row 0", 1)
    assert _network.cache_info().currsize == 0


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    save_state_dict(path, nn.Conv2d(1, 2, 3).state_dict())
    with pytest.raises(ModelFileError, match="do not fit this network"):
        seen_weights(MODEL, (8,), "row 0", 0, str(path))
    with pytest.raises(KeyError):
        seen_weights(MODEL, (8,), "no such row", 0)


def test_of_a_repeated_row_the_first_time_is_seen() -> None:
    (inner,) = stack([Linear(8)])
    model = Model((block(Repeat(3), [inner]),))
    (weight, _) = seen_weights(model, (8,), inner.id, 0)
    assert_same(weight, build(model, (8,), 0).state_dict()["0.0.0.weight"])


def test_looking_leaves_the_generator_alone() -> None:
    torch.manual_seed(1)
    wanted = torch.rand(1)
    torch.manual_seed(1)
    seen_weights(MODEL, (5,), "row 0", 77)
    assert torch.equal(torch.rand(1), wanted)


@given(st.lists(st.floats(width=32) | st.sampled_from([math.nan, math.inf, 0.0]), min_size=1, max_size=60))
def test_any_tensor_can_be_looked_at(numbers: list[float]) -> None:
    tensor = torch.tensor(numbers)
    seen = figures_of("weight", tensor, is_fresh=True)
    finite = [number for number in numbers if math.isfinite(number)]
    assert seen.other == len(numbers) - len(finite)
    assert sum(seen.counts) == len(finite)
    if finite:
        assert seen.low == min(finite)
        assert seen.high == max(finite)
        assert math.isfinite(seen.mean)


def test_a_single_value_stands_in_the_middle() -> None:
    seen = figures_of("bias", torch.zeros(9), is_fresh=True)
    assert (seen.low, seen.high, seen.mean, seen.spread) == (0.0, 0.0, 0.0, 0.0)
    assert seen.counts.index(9) == len(seen.counts) // 2
