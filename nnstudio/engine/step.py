"""One step of training: the one place that a faster one would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from nnstudio.engine.build import make_loss, make_optimizer
from nnstudio.spec.training import Training


class TrainingStep(Protocol):
    """Learns from a batch: ``x (B, *shape)``, ``y (B,)`` or ``(B, K)`` give loss and output ``(B, K)``.

    Where rows are weighed, their weights ``(B,)`` come as a third and are given back as a third.
    """

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]: ...


class EagerStep:
    """Forward, loss, backward, update, as PyTorch users write them."""

    def __init__(self, module: nn.Module, loss: Callable[..., Tensor], optimizer: torch.optim.Optimizer) -> None:
        self._module, self._loss = module, loss
        self._parameters = list(_parameters_of(optimizer))
        self._update = _update_of(optimizer)

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        for parameter in self._parameters:  # what zero_grad() does, which on a small network is 5 % of the step
            parameter.grad = None
        output = self._module(x)
        loss = self._loss(output, y, *weights)
        torch.autograd.backward(loss)
        self._update()
        return loss.detach(), output.detach(), *weights


def _update_of(optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """``optimizer.step`` without the profiler's label around it, which on a small network is 8 % of the step."""
    step: Any = type(optimizer).step
    return partial(step.__wrapped__ if hasattr(step, "hooked") else step, optimizer)


def _parameters_of(optimizer: torch.optim.Optimizer) -> Iterable[Tensor]:
    return (parameter for group in optimizer.param_groups for parameter in group["params"])


def make_step(module: nn.Module, training: Training, fused: bool, weighted: bool = False) -> EagerStep:
    """The step that trains what requires a gradient in ``module``; raises `TrainingError` if nothing does."""
    optimizer = make_optimizer(training.optimizer, module.parameters(), fused)
    return EagerStep(module, make_loss(training.loss, weighted), optimizer)
