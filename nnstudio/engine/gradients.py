"""How long gradients are, layer by layer, while a network trains: read now and then, from what a batch has left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import perf_counter

import torch
from torch import Tensor, nn

from nnstudio.engine.build import leaves_of
from nnstudio.engine.learner import Learner
from nnstudio.spec.events import GradientsSeen
from nnstudio.spec.model import Model

PAUSE = 0.05
"""Seconds between two looks: one takes some 50 microseconds on a small network."""


class GradientWatch:
    """Looks at the end of an epoch, whose last batch has so many ``rows``, where the last look is long enough ago."""

    def __init__(self, learner: Learner, model: Model, rows: int) -> None:
        self._learner, self._rows = learner, rows
        leaves = leaves_of(learner.module, model)
        self._layers = [(prefix, layer) for prefix, layer in leaves if any(True for _ in layer.parameters())]
        self._due = 0.0

    def look(self, epoch: int) -> Iterator[GradientsSeen]:
        """Tell of the gradients of the last batch, where that is due; changes nothing."""
        if perf_counter() < self._due:
            return
        yield GradientsSeen(epoch, norms_of(self._layers, self._learner.step.gradients_of(self._rows)))
        self._due = perf_counter() + PAUSE


def norms_of(layers: list[tuple[str, nn.Module]], gradients: Mapping[Tensor, Tensor]) -> dict[str, float]:
    """The 2-norm of each layer's ``gradients``, all of its parameters together; layers without any are left out."""
    owned = [(prefix, gradients[each]) for prefix, layer in layers for each in layer.parameters() if each in gradients]
    if not owned:
        return {}
    with torch.no_grad():
        squares = torch.stack([torch.linalg.vector_norm(tensor.float()) for _, tensor in owned]).square()
    sums: dict[str, float] = {}
    for (prefix, _), square in zip(owned, squares.tolist(), strict=True):
        sums[prefix] = sums.get(prefix, 0.0) + square
    return {prefix: total**0.5 for prefix, total in sums.items()}
