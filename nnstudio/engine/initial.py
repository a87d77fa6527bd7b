"""Filling fresh weights as their rows ask for it."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from nnstudio.spec.calls import Call
from nnstudio.spec.initialised import fillings
from nnstudio.spec.shapes import Walk


def initialise(module: nn.Sequential, walked: Walk) -> None:
    """Fill the tensors of ``module``, which was assembled for ``walked``, drawing on from PyTorch's generator."""
    for filling in fillings(walked):
        _fill(module.get_parameter(filling.tensor), filling.call)


def _fill(tensor: Tensor, call: Call) -> None:
    fill: Callable[..., Tensor] = getattr(nn.init, call.name.removeprefix("nn.init."))
    fill(tensor, *call.args, **call.kwargs)
