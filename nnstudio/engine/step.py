"""One step of training: the one place that a faster one would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from nnstudio.engine.build import LEAST_WEIGHT, make_loss, make_optimizer
from nnstudio.engine.precision import Forward, forward_in, scaler_for
from nnstudio.spec.events import Precision
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

    reason: str | None = None
    """Why steps are not recorded, where that was to be tried."""
    parts = 1
    """A batch goes through in so many parts, whose gradients are added up: the same step with less memory."""
    fewest = 1
    """Rows of a part: two where a batch norm compares them."""

    def __init__(
        self, module: nn.Module, loss: Callable[..., Tensor], update: Update, forward: Forward | None = None
    ) -> None:
        self.module, self._loss, self.update = module, loss, update
        self._forward = forward or module

    def __call__(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        loss, output = self.gradients(x, y, *weights)
        self.update()
        return loss.detach(), output.detach(), *weights

    def gradients(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """Loss and output of a batch; the gradients lie in the parameters, which stay as they are."""
        self.update.begin()
        if self.parts > 1:
            return self._in_parts(x, y, *weights)
        output = self._forward(x)
        loss = self._loss(output, y, *weights)
        torch.autograd.backward(self.update.scaled(loss))
        return loss, output

    def gradients_of(self, rows: int) -> Mapping[Tensor, Tensor]:
        """The gradients that the last batch, one of so many ``rows``, has left, by their parameters."""
        del rows
        return {each: each.grad for each in self.update.parameters if each.grad is not None}

    def _in_parts(self, x: Tensor, y: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """The same, part by part; each counts by its rows, or by the weights of these."""
        counts = weights[0] if weights else torch.ones(len(x), device=x.device)
        parts = max(1, min(self.parts, len(x) // self.fewest))
        whole, losses, outputs = counts.sum().clamp_min(LEAST_WEIGHT), [], []
        for rows in torch.tensor_split(torch.arange(len(x), device=x.device), parts):
            output = self._forward(x[rows])
            loss = self._loss(output, y[rows], *(each[rows] for each in weights)) * (counts[rows].sum() / whole)
            torch.autograd.backward(self.update.scaled(loss))
            losses.append(loss.detach())
            outputs.append(output.detach())
        return torch.stack(losses).sum(), torch.cat(outputs)

    def forget(self) -> None:
        """Other parameters train from now on: nothing has to be forgotten here."""


class Update:
    """From the gradients of a batch to new weights.

    With ``accumulate`` the gradients of so many batches are averaged for one update. With ``clip`` a gradient that is
    longer, over all parameters together, is shortened to it. A ``scaler`` enlarges losses, so that small gradients do
    not vanish in float16; it passes over steps in which they became too large.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        accumulate: int = 1,
        clip: float = 0.0,
        scaler: torch.amp.GradScaler | None = None,
    ) -> None:
        self.optimizer, self.scaler = optimizer, scaler
        self.parameters = list(_parameters_of(optimizer))
        self._step = _update_of(optimizer)
        self._accumulate, self._clip = accumulate, clip
        self.gathered = 0

    @property
    def is_the_optimizers_alone(self) -> bool:
        """Whether every batch is one step of the optimiser, by its gradient as it is."""
        return self._accumulate == 1 and not self._clip and self.scaler is None

    def scaled(self, loss: Tensor) -> Tensor:
        """The loss to go back from."""
        scaled: Tensor = loss if self.scaler is None else self.scaler.scale(loss)
        return scaled

    def forget(self) -> None:
        """Drop the gradients of a batch that failed, and what was gathered before it."""
        self.gathered = 0
        self.begin()

    def take(self, gradients: Mapping[Tensor, Tensor]) -> None:
        """A batch has its gradients elsewhere: in memory that the next batch writes to."""
        for parameter, gradient in gradients.items():
            if parameter.grad is not None and self.gathered:
                parameter.grad.add_(gradient)
            else:
                parameter.grad = gradient if self._accumulate == 1 else gradient.clone()
        self()

    def state(self) -> dict[str, Any]:
        """What the optimiser knows, and the gradients that are gathered for its next step."""
        gradients = [parameter.grad for parameter in self.parameters] if self.gathered else []
        scaler = {} if self.scaler is None else {"scaler": self.scaler.state_dict()}
        return {"optimizer": self.optimizer.state_dict(), "gathered": self.gathered, "gradients": gradients} | scaler

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        self.optimizer.load_state_dict(state["optimizer"])
        self.gathered = state["gathered"]
        if self.scaler is not None:
            self.scaler.load_state_dict(state["scaler"])
        for parameter, gradient in zip(self.parameters, state["gradients"], strict=False):
            parameter.grad = gradient

    def begin(self) -> None:
        """Forget the gradients of the batches before, unless more are to be added to them."""
        if not self.gathered:
            for parameter in self.parameters:  # what zero_grad() does, which on a small network is 5 % of the step
                parameter.grad = None

    def __call__(self) -> None:
        """A batch has left its gradients."""
        self.gathered += 1
        if self.gathered >= self._accumulate:
            self.finish()

    def finish(self) -> None:
        """Make the step for what was gathered, if anything was: an epoch ends."""
        if not self.gathered:
            return
        if self.scaler is not None:
            self.scaler.unscale_(self.optimizer)
        if self.gathered > 1:
            gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
            torch._foreach_div_(gradients, self.gathered)
        if self._clip:
            nn.utils.clip_grad_norm_(self.parameters, self._clip)
        if self.scaler is None:
            self._step()
        else:
            self.scaler.step(self.optimizer)
            self.scaler.update()
        self.gathered = 0


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
    precision: Precision = "float32",
    passed: int = 0,
) -> EagerStep:
    """The step that trains what requires a gradient in ``module``; raises `TrainingError` if nothing does.

    ``rates`` are factors on the learning rate by the names of parameters, where they are not 1; ``later`` are the
    epochs from which on the others train that are frozen at first. Batches have ``passed`` so many layers already.
    """
    parameters = dict(module.named_parameters())
    factors = {parameters[name]: rate for name, rate in rates.items()}
    waiting = {parameters[name]: epoch for name, epoch in later.items()}
    optimizer = make_optimizer(
        training.optimizer, parameters.values(), fused, rates=factors, later=waiting, decay=training.decay
    )
    device = optimizer.param_groups[0]["params"][0].device.type
    update = Update(optimizer, training.accumulate, training.clip, scaler_for(precision, device))
    layers = module[passed:] if passed and isinstance(module, nn.Sequential) else module
    return EagerStep(layers, make_loss(training.loss, weighted), update, forward_in(layers, precision, device))


def rates_of(module: nn.Module, model: Model) -> dict[str, float]:
    """The factors on the learning rate by the names of parameters, where they are not 1."""
    slowed = [rule for rule in rules(model) if rule.rate != 1]
    layers = ((rule, module.get_submodule(rule.prefix)) for rule in slowed)
    return {f"{rule.prefix}.{name}": rule.rate for rule, layer in layers for name, _ in layer.named_parameters()}
