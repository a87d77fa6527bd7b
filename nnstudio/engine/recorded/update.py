"""The optimiser's step as one call for all parameters of a group, without looking anything up anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

Group = dict[str, Any]
"""A parameter group of an optimiser: its ``params``, and its settings, which may change from step to step."""

Move = Callable[[], tuple[()]]
"""Moves parameters by gradients that lie ready."""


def fused_update(optimizer: torch.optim.Optimizer, gradients: Mapping[Tensor, Tensor]) -> Move | None:
    """What ``optimizer.step()`` does, with its own state; None where it has no fused kernel, or is not to use it.

    ``gradients`` gives for a parameter the tensor in which its gradient lies at every step; parameters without one stay
    as they are. The optimiser must have made a step before. A group's settings are read at every step, so that a
    schedule acts as ever.
    """
    kind = {torch.optim.Adam: _adam, torch.optim.AdamW: _adam, torch.optim.SGD: _sgd}.get(type(optimizer))
    groups = optimizer.param_groups
    if kind is None or not all(group.get("fused") and isinstance(group["lr"], float) for group in groups):
        return None
    updates = []
    for group in groups:
        moved = [parameter for parameter in group["params"] if parameter in gradients]
        if moved:
            state = [optimizer.state[parameter] for parameter in moved]
            parameters = [parameter.detach() for parameter in moved]
            updates.append(kind(group, parameters, [gradients[parameter] for parameter in moved], state))
    if len(updates) == 1:
        return updates[0]

    def every() -> tuple[()]:
        for update in updates:
            update()
        return ()

    return every


def _adam(group: Group, parameters: list[Tensor], gradients: list[Tensor], state: Sequence[dict[str, Any]]) -> Move:
    """Adam and AdamW, which differ in what the weight decay acts on."""
    step: Any = torch._fused_adamw_ if group.get("decoupled_weight_decay") else torch._fused_adam_
    means, squares = [each["exp_avg"] for each in state], [each["exp_avg_sq"] for each in state]
    largest = [each["max_exp_avg_sq"] for each in state] if group["amsgrad"] else []
    counter, one = _common_counter(state), torch.ones(())
    steps = [each["step"] for each in state]

    def update() -> tuple[()]:
        torch.add(counter, one, out=counter)
        beta1, beta2 = group["betas"]
        step(
            parameters,
            gradients,
            means,
            squares,
            largest,
            steps,
            lr=group["lr"],
            beta1=beta1,
            beta2=beta2,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=group["amsgrad"],
            maximize=group["maximize"],
        )
        return ()

    return update


def _common_counter(state: Sequence[dict[str, Any]]) -> Tensor:
    """One tensor of which every counter of steps is a number: counting costs one call, not one for each parameter."""
    common = state[0]["step"]._base
    if common is None or any(each["step"]._base is not common for each in state) or len(common) != len(state):
        common = torch.stack([each["step"] for each in state])
        for each, counter in zip(state, common.unbind(), strict=True):
            each["step"] = counter
    counted: Tensor = common
    return counted


def _sgd(group: Group, parameters: list[Tensor], gradients: list[Tensor], state: Sequence[dict[str, Any]]) -> Move:
    """Gradient descent, with momentum or without."""
    step: Any = torch._fused_sgd_
    last_steps = [each["momentum_buffer"] for each in state] if group["momentum"] else []

    def update() -> tuple[()]:
        step(
            parameters,
            gradients,
            last_steps,
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            lr=group["lr"],
            dampening=group["dampening"],
            nesterov=group["nesterov"],
            maximize=group["maximize"],
            is_first_step=False,
        )
        return ()

    return update
