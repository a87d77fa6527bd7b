"""Counting what the measures of many rows are made of."""

from __future__ import annotations

import math
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
        """The measure of each output, or what else there is of it: of right answers two shares."""

    def state(self) -> dict[str, Tensor]:
        """What was counted so far, to go on from with `restore`."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from a `state`."""


class RightAnswers:
    """The accuracy and the balanced accuracy: of scores ``(N, C)`` the highest, of chances ``(N,)`` yes above a half.

    Right and wrong answers are counted class by class, as torchmetrics' ``StatScores`` counts them, to which it is held
    by a test: those take four times as many calls, and on a small table a quarter of an epoch. Classes without rows do
    not count in the balanced accuracy.
    """

    def __init__(self, classes: int, device: str) -> None:
        self._none = torch.zeros(2 * classes, dtype=torch.int64, device=device)
        self._classes = classes
        self.reset()

    def reset(self) -> None:
        self._answers = self._none

    def update(self, scores: Tensor, targets: Tensor) -> None:
        chosen = scores.argmax(1) if scores.dim() > 1 else scores > 0.5
        told = targets.add(chosen == targets, alpha=self._classes)  # wrong ones by class, then right ones by class
        self._answers = torch.bincount(told, minlength=2 * self._classes) + self._answers

    def compute(self) -> list[float]:
        wrong, right = self._answers.reshape(2, -1).tolist()
        shares = [hits / (hits + missed) for hits, missed in zip(right, wrong, strict=True) if hits + missed]
        return [sum(right) / (sum(right) + sum(wrong)), math.fsum(shares) / len(shares)]

    def state(self) -> dict[str, Tensor]:
        return {"answers": self._answers}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        self._answers = state["answers"]


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
    if call.name.endswith("StatScores"):
        return RightAnswers(call.kwargs.get("num_classes", 2), device)
    return Counted(make_metric(call, device))


def make_metric(call: Call, device: str) -> TorchMetric:
    """The torchmetrics object that ``call`` names by its path."""
    import torchmetrics  # noqa: PLC0415  # takes as long as torch itself, and the first step does without

    found: Any = reduce(getattr, call.name.split("."), torchmetrics)
    if not (isinstance(found, type) and issubclass(found, torchmetrics.Metric)):
        raise LookupError(f"{call.name} is no class of torchmetrics.")
    metric: TorchMetric = found(*call.args, **call.kwargs)
    return metric.to(device)
