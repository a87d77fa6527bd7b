"""Tensors and their numbers in words, as they stand in lists and above them."""

from __future__ import annotations

import math

from nnstudio.spec.facts import Shape
from nnstudio.spec.words import signed


def tensor_words(dtype: str, shape: Shape, name: str = "") -> str:
    """A tensor as PyTorch calls it: ``torch.float32 [32, 7]``, or ``inputs  torch.float32 [32, 7]``."""
    sizes = f"{dtype} [{', '.join(map(str, shape))}]"
    return f"{name}  {sizes}" if name else sizes


def encoded_number(value: float) -> str:
    """An encoded number, short: ``−0.883``, ``1``, ``nan``."""
    if math.isnan(value):
        return "nan"
    return signed(f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}")
