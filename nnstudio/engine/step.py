"""One step of training: the one place that a faster one would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from nnstudio.engine.build import Rates, make_loss, make_optimizer, parameter_groups
from nnstudio.spec.freezing import rules
from nnstudio.spec.model import Model
from nnstudio.spec.training import Training

SAME_RATES: Mapping[str, float] = {}


class TrainingStep(Protocol):
    """Learns from a batch: ``x (B, *shape)``, ``y (B,)`` or ``(B, K)`` give loss and output ``(B, K)``.

    Where rows are weighed, their weights ``(B,)`` come as a third and are given back as a third.
    """

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]: ...


class EagerStep:
    """Forward, loss, backward, update, as PyTorch users write them."""

    def __init__(self, module: nn.Module, loss: Callable[..., Tensor], optimizer: torch.optim.Optimizer) -> None:
        self._module, self._loss, self._optimizer = module, loss, optimizer
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

    def take_in(self, groups: Iterable[dict[str, Any]]) -> None:
        """Train more parameters from now on; what the optimiser knows of the others stays."""
        for group in groups:
            self._optimizer.add_param_group(group)
        self._parameters = list(_parameters_of(self._optimizer))


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
    weighted: bool = False,
    rates: Mapping[str, float] = SAME_RATES,
) -> EagerStep:
    """The step that trains what requires a gradient in ``module``; raises `TrainingError` if nothing does.

    ``rates`` are factors on the learning rate by the names of parameters, where they are not 1.
    """
    optimizer = make_optimizer(training.optimizer, module.parameters(), fused, _rates_in(module, rates))
    return EagerStep(module, make_loss(training.loss, weighted), optimizer)


def more_groups(
    module: nn.Module, training: Training, names: Sequence[str], rates: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The groups for parameters that training takes in later, for `EagerStep.take_in`."""
    parameters = dict(module.named_parameters())
    return parameter_groups(training.optimizer, [parameters[name] for name in names], _rates_in(module, rates))


def _rates_in(module: nn.Module, rates: Mapping[str, float]) -> Rates:
    return {parameter: rates[name] for name, parameter in module.named_parameters() if name in rates}


def rates_of(module: nn.Module, model: Model) -> dict[str, float]:
    """The factors on the learning rate by the names of parameters, where they are not 1."""
    slowed = [rule for rule in rules(model) if rule.rate != 1]
    layers = ((rule, module.get_submodule(rule.prefix)) for rule in slowed)
    return {f"{rule.prefix}.{name}": rule.rate for rule, layer in layers for name, _ in layer.named_parameters()}
