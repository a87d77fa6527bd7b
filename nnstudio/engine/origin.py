"""Where numbers that are none came from: a run is learned again with every number watched, until one is not finite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

import torch
from torch import Tensor, nn

from nnstudio.engine.build import leaves_of
from nnstudio.engine.learner import Learner
from nnstudio.engine.listening import Hook, listening
from nnstudio.engine.trained import all_finite
from nnstudio.spec.model import Model

MOST_SECONDS = 20.0
"""How long is searched."""

Where = Literal["data", "forward", "loss", "backward", "step"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the first number was not finite: in the data, behind a layer, in the loss, on the way back, in weights.

    ``prefix`` is that of the layer in the ``state_dict``; ``largest`` is the largest number that went into it.
    """

    where: Where
    prefix: str = ""
    largest: float = 0.0
    steps: int = 0
    """Steps that had been made before."""


class Found(Exception):
    """The search is over; without an origin it took too long."""

    def __init__(self, origin: Origin | None) -> None:
        super().__init__(origin)
        self.origin = origin


class Watcher:
    """Stands in for `Learner.learn` behind some ``steps``; raises `Found` in front of that which spoils the weights."""

    def __init__(self, learner: Learner, model: Model, steps: int) -> None:
        self._learner = learner
        self._layers = leaves_of(learner.module, model)
        self._deadline, self._steps = perf_counter() + MOST_SECONDS, steps

    def __call__(self, *batch: Tensor) -> tuple[Tensor, ...]:
        if perf_counter() > self._deadline:
            raise Found(None)
        step, module = self._learner.eager, self._learner.module
        before = _copies(module.buffers()), torch.get_rng_state()
        loss, output = step.gradients(*batch)
        gradients = [each.grad for each in step.update.parameters if each.grad is not None]
        watched = [loss, *(gradients if step.update.scaler is None else [])]
        if not all_finite(watched):
            torch.set_rng_state(before[1])
            found = Found(self._traced(*batch))
            _put_back(module.buffers(), before[0])
            raise found
        weights = _copies(module.parameters())
        step.update()
        if spoilt := _first(module.named_parameters()):
            _put_back(module.parameters(), weights)
            _put_back(module.buffers(), before[0])
            largest = max(map(_largest, gradients), default=0.0)
            raise Found(Origin("step", spoilt.rpartition(".")[0], largest, self._steps))
        self._steps += 1
        return loss.detach(), output.detach(), *batch[2:]

    def _traced(self, *batch: Tensor) -> Origin:
        """What was first in a batch that comes to nothing."""
        if not all_finite(batch):
            return Origin("data", steps=self._steps)
        trace = _Trace()
        with listening(self._layers, trace.hook):
            loss, output = self._learner.eager.gradients(*batch)
        if trace.first:
            return Origin("forward", *trace.first, self._steps)
        if not all_finite([loss]) or not trace.backward or not trace.backward[0][1]:
            return Origin("loss", largest=_largest(output), steps=self._steps)
        behind = trace.backward[0][0]
        for prefix, finite in trace.backward:
            if not finite:
                return Origin("backward", behind, steps=self._steps)
            behind = prefix
        spoilt = next((prefix for prefix, layer in reversed(self._layers) if not all_finite(_gradients(layer))), behind)
        return Origin("backward", spoilt, steps=self._steps)


class _Trace:
    """What layers give, and which gradients come back to them."""

    def __init__(self) -> None:
        self.first: tuple[str, float] | None = None
        self.backward: list[tuple[str, bool]] = []

    def hook(self, prefix: str) -> Hook:
        def told(layer: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
            if self.first is None and not all_finite([output]):
                self.first = prefix, max(_largest(given[0]), *map(_largest, layer.parameters()), 0.0)
            hooked: Any = output
            if output.requires_grad:
                hooked.register_hook(lambda gradient: self.backward.append((prefix, all_finite([gradient]))))

        return told


def _gradients(layer: nn.Module) -> list[Tensor]:
    return [parameter.grad for parameter in layer.parameters() if parameter.grad is not None]


def _first(named: Iterable[tuple[str, Tensor]]) -> str:
    """The name of the first tensor with a number that is none; empty without one."""
    return next((name for name, tensor in named if not all_finite([tensor])), "")


def _largest(tensor: Tensor) -> float:
    """The largest size of a finite number."""
    finite = tensor.detach()[tensor.isfinite()].abs()
    return float(finite.max()) if finite.numel() else 0.0


def _copies(tensors: Iterable[Tensor]) -> list[Tensor]:
    return [tensor.detach().clone() for tensor in tensors]


def _put_back(tensors: Iterable[Tensor], copies: Iterable[Tensor]) -> None:
    with torch.no_grad():
        for tensor, kept in zip(tensors, copies, strict=True):
            tensor.copy_(kept)
