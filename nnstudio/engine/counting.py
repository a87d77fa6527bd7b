"""Counting what the measures of many rows are made of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from nnstudio.spec.calls import Call

if TYPE_CHECKING:
    from torchmetrics import Metric as TorchMetric


class Counter(Protocol):
    """Is told of rows, a chunk at a time, and gives a measure of them."""

    def reset(self) -> None:
        """Begin anew."""

    def update(self, scores: Tensor, targets: Tensor) -> None:
        """Count these rows, too."""

    def compute(self) -> list[float]:
        """The measure of each output."""

    def state(self) -> dict[str, Tensor]:
        """What was counted so far, to go on from with `restore`."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a `state`."""


class RightAnswers:
    """The accuracy: of scores ``(N, C)`` the highest, of chances ``(N,)`` yes above a half.

    The same as torchmetrics' accuracy, to which it is held by a test: that takes 20 calls for these three, and on a
    small table a quarter of an epoch.
    """

    def __init__(self, device: str) -> None:
        self._none = torch.zeros(2, dtype=torch.int64, device=device)
        self.reset()

    def reset(self) -> None:
        self._right, self._rows = self._none[0], 0

    def update(self, scores: Tensor, targets: Tensor) -> None:
        chosen = scores.argmax(1) if scores.dim() > 1 else scores > 0.5
        self._right = (chosen == targets).sum() + self._right
        self._rows += len(targets)

    def compute(self) -> list[float]:
        return [int(self._right) / self._rows]

    def state(self) -> dict[str, Tensor]:
        return {"right": self._right, "rows": self._none.new_tensor(self._rows)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        self._right, self._rows = state["right"], int(state["rows"])


class Counted:
    """A torchmetrics object.

    Its ``update`` and ``compute`` are called past the wrappers that torchmetrics puts around them on every object, for
    other processes and for results kept: on a small table those take 5 % of an epoch.
    """

    def __init__(self, metric: TorchMetric) -> None:
        self._metric = metric

    def reset(self) -> None:
        self._metric.reset()

    def update(self, scores: Tensor, targets: Tensor) -> None:
        type(self._metric).update(self._metric, scores, targets)

    def compute(self) -> list[float]:
        values: list[float] = type(self._metric).compute(self._metric).reshape(-1).tolist()
        return values

    def state(self) -> dict[str, Tensor]:
        state: dict[str, Any] = self._metric.metric_state
        return state

    def restore(self, state: Mapping[str, Tensor]) -> None:
        for name, value in state.items():
            setattr(self._metric, name, value)


def counter(call: Call, device: str) -> Counter:
    """What counts for the torchmetrics class that ``call`` names."""
    if call.name.endswith("Accuracy") and call.kwargs.get("average", "micro") == "micro":
        return RightAnswers(device)
    return Counted(make_metric(call, device))


def make_metric(call: Call, device: str) -> TorchMetric:
    """The torchmetrics object that ``call`` names by its path."""
    import torchmetrics  # noqa: PLC0415  # takes as long as torch itself, and the first step does without

    found: Any = reduce(getattr, call.name.split("."), torchmetrics)
    if not (isinstance(found, type) and issubclass(found, torchmetrics.Metric)):
        raise LookupError(f"{call.name} is no class of torchmetrics.")
    metric: TorchMetric = found(*call.args, **call.kwargs)
    return metric.to(device)
