"""How the kernels of convolutions lie in memory: what comes out of them lies likewise."""

from __future__ import annotations

import torch
from torch import nn

from nnstudio.spec.events import Layout

KERNEL_SIDES = 4
"""Sides of a kernel over pictures: outputs, inputs, height, width; PyTorch calls the layout of those channels-last."""


def has_kernels(module: nn.Module) -> bool:
    """Whether there are convolutions over pictures, for which the layout matters."""
    return any(parameter.dim() == KERNEL_SIDES for parameter in module.parameters())


def lay_out(module: nn.Module, layout: Layout) -> None:
    """Lay the kernels of ``module`` out anew; other parameters stay where they are."""
    if layout == "channels_last":
        with torch.no_grad():
            for parameter in module.parameters():
                if parameter.dim() == KERNEL_SIDES:
                    parameter.data = parameter.data.to(memory_format=torch.channels_last)
