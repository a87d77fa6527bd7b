"""Loss and metrics over many batches: plain sums and torchmetrics objects, read as seldom as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import mul
from typing import Any

import torch
from torch import Tensor

from nnstudio.engine.counting import counter
from nnstudio.spec.events import Measures
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.losses import Loss
from nnstudio.spec.metrics import R2, metrics_for
from nnstudio.spec.tasks import Task


def probabilities(loss: Loss, output: Tensor) -> Tensor:
    """What the network means by ``output (N, K)``: probabilities, or for regression the values that it answers."""
    match loss.link:
        case "softmax":
            return output.softmax(1)
        case "exp":
            return output.exp()
        case "sigmoid":
            return output.sigmoid()
        case "identity":
            return output


class Tally:
    """The measures of one part of the rows, batch by batch.

    ``add`` takes what a step gives and only remembers it; ``close_chunk`` hands a whole chunk to torchmetrics; ``read``
    gives the measures and begins anew. The loss is the mean over the rows: batch means are weighed by their rows (or by
    the weights of those), in double precision and in order, so that it does not depend on when it was looked at. The
    metrics count every row alike. ``target_scales`` are the units of the targets, one each. ``told`` is given the
    losses of the batches one by one, in order, whenever they are looked at.
    """

    def __init__(self, loss: Loss, facts: DataFacts, target_scales: tuple[float, ...], device: str) -> None:
        self.told: Callable[[list[float]], object] = len
        self._loss, self._task = loss, facts.task
        calls = [metric.call(len(facts.classes), len(target_scales)) for metric in metrics_for(facts.task)]
        self._counters = {str(call): counter(call, device) for call in calls}
        self._metrics = [
            (metric, str(call), target_scales if metric.in_target_unit else (1.0,))
            for metric, call in zip(metrics_for(facts.task), calls, strict=True)
        ]
        self._losses: list[Tensor] = []
        self._weights: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._begin()

    def _begin(self) -> None:
        self._sum, self._weight, self._rows = 0.0, 0.0, 0
        self._losses.clear()
        self._weights.clear()
        self._outputs.clear()
        self._counted = 0
        for counted in self._counters.values():
            counted.reset()

    def add(self, loss: Tensor, output: Tensor, *weights: Tensor) -> None:
        """Remember a batch: its mean loss (one number) and the network's output ``(B, K)``, both detached.

        Where its rows were weighed, ``weights`` are the one tensor of them, ``(B,)``.
        """
        self._losses.append(loss)
        self._outputs.append(output)
        self._weights.extend(weights)

    def mean_loss(self) -> float:
        """The mean over the rows so far; waits for the batches under way. Not a number before the first batch.

        Rows without any weight have no loss: 0.
        """
        if self._losses:
            rows = [output.size(0) for output in self._outputs[self._counted :]]
            weights = torch.stack([each.sum() for each in self._weights]).tolist() if self._weights else rows
            losses = torch.stack(self._losses).tolist()
            for mean, weight in zip(losses, weights, strict=True):
                self._sum += mean * weight
                self._weight += weight
            self.told(losses)
            self._rows += sum(rows)
            self._losses.clear()
            self._weights.clear()
            self._counted = len(self._outputs)
        if not self._rows:
            return float("nan")
        return self._sum / self._weight if self._weight else 0.0

    def state(self) -> dict[str, Any]:
        """Everything that was added since the last `read`, to go on from with `restore`."""
        self.mean_loss()
        return {
            "sums": [self._sum, self._weight, self._rows],
            "outputs": torch.cat(self._outputs) if self._outputs else None,
            "metrics": [counted.state() for counted in self._counters.values()],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        self._begin()
        self._sum, self._weight, self._rows = state["sums"]
        if state["outputs"] is not None:
            self._outputs.append(state["outputs"])
            self._counted = 1
        for counted, kept in zip(self._counters.values(), state["metrics"], strict=True):
            counted.restore(kept)

    def close_chunk(self, y: Tensor) -> None:
        """Count the chunk's metrics: ``y`` holds the targets of every output since the last chunk, in order."""
        self.mean_loss()
        scores, targets = self._judged(torch.cat(self._outputs), y)
        for counted in self._counters.values():
            counted.update(scores, targets)
        self._outputs.clear()
        self._counted = 0

    def _judged(self, output: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """What torchmetrics takes: scores ``(N, C)``, chances ``(N,)`` or values ``(N,)``, ``(N, T)``; and targets."""
        if self._task is Task.MULTICLASS:
            return output, y
        output = probabilities(self._loss, output)
        if not self._task.is_classification:
            return (output, y) if output.shape[1] > 1 else (output.squeeze(1), y.squeeze(1))
        return output[:, -1], y.reshape(-1).to(torch.int64)

    def read(self) -> Measures:
        """Loss and metrics of all closed chunks; empty without rows. The next `add` begins anew."""
        if not self._rows:
            return {}
        figures = {"loss": self.mean_loss()}
        unknown = R2.torch_name if self._rows == 1 else None  # the variance of one row is undefined
        told = {call: counted.compute() for call, counted in self._counters.items() if call.split("(")[0] != unknown}
        for metric, call, scales in self._metrics:
            if call in told:
                whole = sum(map(mul, told[call], scales)) / len(scales)
                figures[metric.key] = whole if metric.place is None else told[call][metric.place]
        self._begin()
        return figures
