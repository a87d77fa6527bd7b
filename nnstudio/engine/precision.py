"""Mixed precision: which numbers a layer calculates in, and whether a device can.

Tested on the CPU alone: bfloat16 as it is used there, and float16 with its scaler step by step, though training refuses
that on the CPU. On graphics cards neither was tried; what they are asked for is proven by a small product first.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Precision

DTYPES: dict[Precision, torch.dtype] = {"bfloat16": torch.bfloat16, "float16": torch.float16}

Forward = Callable[[Tensor], Tensor]


def forward_in(module: nn.Module, precision: Precision, device: str) -> Forward:
    """The forward pass in ``precision``; what comes out is float32, so that the loss has all its digits.

    The weights stay float32: autocast calculates matrix products and convolutions in the smaller type, and what needs
    many digits (norms, softmax, sums) in float32. Only training uses it: a network is judged in float32, as it is used.
    """
    if precision == "float32":
        return module
    dtype = DTYPES[precision]

    def forward(x: Tensor) -> Tensor:
        with torch.autocast(device, dtype):
            output: Tensor = module(x)
        return output.float()

    return forward


def scaler_for(precision: Precision, device: str) -> torch.amp.GradScaler | None:
    """What keeps small gradients from vanishing in float16, which bfloat16 need not fear; else None."""
    return torch.amp.GradScaler(device) if precision == "float16" else None


def check_precision(precision: Precision, device: str) -> None:
    """Raise `TrainingError` where ``device`` cannot train in ``precision``, or is not known to gain from it."""
    if precision == "float16" and device != "cuda":
        raise TrainingError(
            "Mixed precision with float16 needs a CUDA graphics card.",
            f"Training runs on the {'CPU' if device == 'cpu' else 'Apple graphics (MPS)'}.",
            "Set the precision to bfloat16 or to full, or choose another device.",
        )
    if precision != "float32" and not works_in(precision, device):
        raise TrainingError(
            f"This device cannot calculate in {precision}.",
            "PyTorch could not multiply two matrices in it.",
            "Set the precision to full.",
        )


def works_in(precision: Precision, device: str) -> bool:
    """Whether a small product in ``precision`` on ``device`` is right, and of that type."""
    try:
        ones = torch.ones(2, 2, device=device)
        with torch.autocast(device, DTYPES[precision]):
            product = ones @ ones
        return product.dtype is DTYPES[precision] and float(product.sum()) == 8.0
    except (RuntimeError, AssertionError):  # what PyTorch raises for a device or a type that it cannot use
        return False
