"""From a declared network, loss and optimiser to PyTorch's own objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from nnstudio.engine import modules, windowed
from nnstudio.engine.initial import initialise
from nnstudio.spec.calls import Call
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.layers import Shape
from nnstudio.spec.losses import Loss
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import Optimizer
from nnstudio.spec.shapes import Step, Walk, walk

_SPACES = {"nn": vars(nn), "optim": vars(torch.optim), "lr_scheduler": vars(torch.optim.lr_scheduler)}
"""Where the first part of a name is looked up."""

_OURS = {**vars(windowed), **vars(modules)}
"""Where a name without one is: a module of ours."""

LEAST_WEIGHT = torch.finfo(torch.float32).tiny
"""Below which the weights of a batch count as none: zero divided by it is zero."""


def resolve(name: str) -> Callable[..., Any]:
    """The class that a `Call` names: ``nn.Linear``, ``optim.Adam``, ``LSTM`` of ours. Raises LookupError otherwise."""
    space, _, member = name.rpartition(".")
    found = _SPACES.get(space, {} if space else _OURS).get(member)
    if not isinstance(found, type):
        raise LookupError(f"{name} is no class of PyTorch's.")
    return found


def make(call: Call, *first: object, **more: object) -> Any:
    """Carry out ``call``, with arguments before and behind its own."""
    return resolve(call.name)(*first, *call.args, **call.kwargs, **more)


def build(model: Model, input_shape: Shape, seed: int) -> nn.Sequential:
    """The network with fresh weights: ``(N, *input_shape)`` goes in.

    Seeds PyTorch's generator and then makes the layers in order, as a script of ``torch.manual_seed(seed)`` and one
    ``nn.Sequential(...)`` does; then those weights are filled that a row has an initialisation for, and dropout draws
    on from there. Raises `ShapeError` for the first layer that cannot work.
    """
    walked = passable(walk(model, input_shape))
    torch.manual_seed(seed)
    module = assemble(walked)
    initialise(module, walked)
    return module


def leaves_of(module: nn.Module, model: Model) -> list[tuple[str, nn.Module]]:
    """The layers of a network by their prefixes; those in blocks as well, but no block itself."""
    return [(prefix, module.get_submodule(prefix)) for prefix, _ in model.leaves()]


def layers_of(module: nn.Sequential, begin: int = 0, end: int | None = None) -> nn.Sequential:
    """Some layers of a network, the very ones, under their names in it."""
    if not begin and end is None:
        return module
    found = module[begin:end]
    assert isinstance(found, nn.Sequential)  # PyTorch's types leave that open
    return found


def assemble(walked: Walk) -> nn.Sequential:
    """The layers of a walk without a problem, made in order."""
    return nn.Sequential(*map(_layer, walked.steps))


def _layer(step: Step) -> nn.Module:
    """One layer; a block gets the stacks that it holds as its first arguments."""
    stacks = [nn.Sequential(*map(_layer, steps)) for steps in step.inner]
    made: nn.Module = make(step.row.kind.call(step.before or ()), *stacks)
    return made


def passable(walked: Walk) -> Walk:
    """``walked`` itself; raises the `ShapeError` of its first problem."""
    if walked.problem is not None and walked.problem.problem is not None:
        raise walked.problem.problem
    return walked


def make_loss(loss: Loss, weighted: bool = False) -> Callable[..., Tensor]:
    """The loss: ``(output, target)`` to the mean over the batch, a tensor of one number.

    ``weighted`` takes ``(output, target, weights (B,))`` and weighs the rows: ``sum(w * l) / sum(w)``, as PyTorch's
    cross-entropy does with class weights. A batch without any weight has no loss, and teaches nothing.
    """
    if not weighted:
        module: nn.Module = make(loss.call())
        return module
    each = make(loss.call(), reduction="none")

    def mean(output: Tensor, target: Tensor, weights: Tensor) -> Tensor:
        losses: Tensor = each(output, target)
        rows = losses if losses.dim() == 1 else losses.flatten(1).mean(1)
        return (rows * weights).sum() / weights.sum().clamp_min(LEAST_WEIGHT)

    return mean


Decay = Literal["all", "weights"]
"""What weight decay pulls on."""
Numbers = Mapping[nn.Parameter, float]
"""A number for each of those parameters that have one: factors on the learning rate, epochs to train from."""
NONE: Numbers = {}


def is_spared(parameter: Tensor, decay: Decay) -> bool:
    """Whether weight decay leaves ``parameter`` alone."""
    return decay == "weights" and parameter.dim() < 2


def make_optimizer(
    kind: Optimizer,
    parameters: Iterable[nn.Parameter],
    fused: bool,
    *,
    rates: Numbers = NONE,
    later: Numbers = NONE,
    decay: Decay = "all",
) -> torch.optim.Optimizer:
    """The optimiser over those of ``parameters`` that may change: frozen ones it never sees, so no decay moves them.

    ``rates`` are factors on the learning rate. Those that are frozen at first and train ``later``, from an epoch on, it
    passes over for as long as they have no gradient. With ``decay="weights"`` it spares biases and norms, which are all
    that has a single dimension. Raises `TrainingError` where nothing trains from the beginning.
    """
    free = [parameter for parameter in parameters if parameter.requires_grad or parameter in later]
    if not any(parameter.requires_grad for parameter in free):
        raise TrainingError(
            "There is nothing to train.",
            "Every weight of the network is locked, or it has none.",
            "Unlock a layer, or add one with weights, such as Linear.",
        )
    groups: dict[tuple[float, bool, float], list[nn.Parameter]] = {}
    for parameter in free:  # what begins later has groups of its own: fused SGD wants a momentum of all members or none
        alike = rates.get(parameter, 1.0), is_spared(parameter, decay), later.get(parameter, 0.0)
        groups.setdefault(alike, []).append(parameter)
    settings = [
        {"params": members, "lr": kind.lr * rate, "weight_decay": 0.0 if spared else kind.weight_decay}
        for (rate, spared, _), members in groups.items()
    ]
    is_fused = {"fused": True} if fused and kind.has_fused else {}
    made: torch.optim.Optimizer = make(kind.call(), settings, **is_fused)
    return made
