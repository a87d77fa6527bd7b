"""A function of tensors is replayed to the same bits, or called as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from nnstudio.engine.frozen import same_bits
from nnstudio.engine.recorded import function
from nnstudio.engine.recorded.function import RECORD_AT, RecordedFunction

Function = Callable[..., Sequence[Tensor]]
COUNTER = torch.zeros(1)


class Watched:
    """Calls ``function``, and counts how often."""

    def __init__(self, function: Function) -> None:
        self._function, self.calls = function, 0

    def __call__(self, *given: Tensor) -> Sequence[Tensor]:
        self.calls += 1
        return self._function(*given)


def answers(function: Function, calls: int, rows: int = 5) -> Watched:
    """Compare every call with the function itself; gives how often that was called for it."""
    torch.manual_seed(0)
    watched = Watched(function)
    recorded = RecordedFunction(watched)
    with torch.no_grad():
        for _ in range(calls):
            x = torch.randn(rows, 3)
            results, expected = recorded(x), function(x)
            kept = [result.clone() for result in results]
            recorded(torch.randn(rows, 3))
            assert all(map(same_bits, results, expected)), "results stay when it is called again"
            assert all(map(same_bits, kept, results))
    return watched


def test_a_network_is_applied_from_a_recording() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)).eval()
    assert answers(lambda x: [network(x)], 20).calls == RECORD_AT + 2  # as it is, watched, and compared with


def test_weights_may_change_between_the_calls() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).eval()
    recorded = RecordedFunction(lambda x: [network(x)])
    x = torch.randn(5, 3)
    with torch.no_grad():
        for _ in range(2 * RECORD_AT):
            for tensor in network.state_dict().values():
                tensor.add_(1)
            assert same_bits(recorded(x)[0], network(x))


def grow(x: Tensor) -> Sequence[Tensor]:
    return [x + COUNTER.add_(1)]


def choose(x: Tensor) -> Sequence[Tensor]:
    return [x * 2 if x.sum() > 0 else x]


def large(x: Tensor) -> Sequence[Tensor]:
    return [x.repeat(2, 100)]


@pytest.mark.parametrize("changing", [choose, large])
def test_what_cannot_be_replayed_is_called(changing: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "KEPT_BYTES", 1000)
    assert answers(changing, 20).calls > 2 * 20 - 1


def test_what_changes_something_is_called() -> None:
    watched = Watched(grow)
    recorded = RecordedFunction(watched)
    COUNTER.zero_()
    for number in range(1, RECORD_AT):
        assert recorded(torch.zeros(1))[0] == number
    recorded(torch.zeros(1))
    recorded(torch.zeros(1))
    assert watched.calls == RECORD_AT + 2, "it was watched once, and no recording came of it"
