"""One step of training: the one place that a faster one would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from nnstudio.engine.build import make_loss, make_optimizer
from nnstudio.spec.freezing import rules
from nnstudio.spec.model import Model
from nnstudio.spec.training import Training

NONE: Mapping[str, float] = {}


class TrainingStep(Protocol):
    """Learns from a batch: ``x (B, *shape)``, ``y (B,)`` or ``(B, K)`` give loss and output ``(B, K)``.

    Where rows are weighed, their weights ``(B,)`` come as a third and are given back as a third.
    """

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]: ...


class EagerStep:
    """Forward, loss, backward, update, as PyTorch users write them."""

    def __init__(self, module: nn.Module, loss: Callable[..., Tensor], update: Update) -> None:
        self._module, self._loss, self.update = module, loss, update

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        self.update.begin()
        output = self._module(x)
        loss = self._loss(output, y, *weights)
        torch.autograd.backward(loss)
        self.update()
        return loss.detach(), output.detach(), *weights


class Update:
    """From the gradients of a batch to new weights.

    With ``accumulate`` the gradients of so many batches are averaged for one update. With ``clip`` a gradient that is
    longer, over all parameters together, is shortened to it.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, accumulate: int = 1, clip: float = 0.0) -> None:
        self.optimizer = optimizer
        self._parameters = list(_parameters_of(optimizer))
        self._step = _update_of(optimizer)
        self._accumulate, self._clip = accumulate, clip
        self._gathered = 0

    def begin(self) -> None:
        """Forget the gradients of the batches before, unless more are to be added to them."""
        if not self._gathered:
            for parameter in self._parameters:  # what zero_grad() does, which on a small network is 5 % of the step
                parameter.grad = None

    def __call__(self) -> None:
        """A batch has left its gradients."""
        self._gathered += 1
        if self._gathered >= self._accumulate:
            self.finish()

    def finish(self) -> None:
        """Make the step for what was gathered, if anything was: an epoch ends."""
        if not self._gathered:
            return
        if self._gathered > 1:
            gradients = [parameter.grad for parameter in self._parameters if parameter.grad is not None]
            torch._foreach_div_(gradients, self._gathered)
        if self._clip:
            nn.utils.clip_grad_norm_(self._parameters, self._clip)
        self._step()
        self._gathered = 0


def _update_of(optimizer: torch.optim.Optimizer) -> Callable[[], object]:
    """``optimizer.step`` without the profiler's label around it, which on a small network is 8 % of the step."""
    step: Any = type(optimizer).step
    return partial(step.__wrapped__ if hasattr(step, "hooked") else step, optimizer)


def _parameters_of(optimizer: torch.optim.Optimizer) -> Iterable[Tensor]:
    return (parameter for group in optimizer.param_groups for parameter in group["params"])


def make_step(
    module: nn.Module,
    training: Training,
    fused: bool,
    *,
    weighted: bool = False,
    rates: Mapping[str, float] = NONE,
    later: Mapping[str, float] = NONE,
) -> EagerStep:
    """The step that trains what requires a gradient in ``module``; raises `TrainingError` if nothing does.

    ``rates`` are factors on the learning rate by the names of parameters, where they are not 1; ``later`` are the
    epochs from which on the others train that are frozen at first.
    """
    parameters = dict(module.named_parameters())
    factors = {parameters[name]: rate for name, rate in rates.items()}
    waiting = {parameters[name]: epoch for name, epoch in later.items()}
    optimizer = make_optimizer(
        training.optimizer, parameters.values(), fused, rates=factors, later=waiting, decay=training.decay
    )
    update = Update(optimizer, training.accumulate, training.clip)
    return EagerStep(module, make_loss(training.loss, weighted), update)


def rates_of(module: nn.Module, model: Model) -> dict[str, float]:
    """The factors on the learning rate by the names of parameters, where they are not 1."""
    slowed = [rule for rule in rules(model) if rule.rate != 1]
    layers = ((rule, module.get_submodule(rule.prefix)) for rule in slowed)
    return {f"{rule.prefix}.{name}": rule.rate for rule, layer in layers for name, _ in layer.named_parameters()}
