"""Swin Transformers: Liu et al., “Swin Transformer” (2021) and “Swin Transformer V2” (2022).

Names are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nnstudio.spec.layers import (
    GELU,
    AdaptiveAvgPool2d,
    Branches,
    Conv2d,
    CosineWindowAttention,
    Flatten,
    LayerNorm,
    Linear,
    PatchMerge,
    Permute,
    StepLinear,
    WindowAttention,
)
from nnstudio.spec.model import Row, block, new_row


@dataclass(frozen=True, slots=True)
class Swin:
    """What tells Swin Transformers apart; ``width`` is that of the first stage, and doubles from one to the next."""

    width: int = 96
    depths: Sequence[int] = (2, 2, 6, 2)
    heads: Sequence[int] = (3, 6, 12, 24)
    window: int = 7
    patch: int = 4
    is_second: bool = False


def swin(plan: Swin, classes: int | None = 1000) -> tuple[Row, ...]:
    """A Swin Transformer for pictures; without ``classes`` it ends with the features ``(C, H, W)``."""
    rows = [
        new_row(Conv2d(plan.width, plan.patch, plan.patch, 0), "features.0.0"),
        new_row(Permute("first"), "features.0.1"),
        new_row(LayerNorm(), "features.0.2"),
    ]
    for stage, depth in enumerate(plan.depths):
        if stage:
            rows += _smaller(plan, plan.width * 2**stage, f"features.{2 * stage}")
        for number in range(depth):
            rows += _block(plan, stage, plan.window // 2 * (number % 2), f"features.{2 * stage + 1}.{number}")
    rows += [new_row(LayerNorm(), "norm"), new_row(Permute(), "permute")]
    if classes is None:
        return tuple(rows)
    head = new_row(AdaptiveAvgPool2d(), "avgpool"), new_row(Flatten(), "flatten"), new_row(Linear(classes), "head")
    return (*rows, *head)


def _smaller(plan: Swin, width: int, name: str) -> Iterator[Row]:
    """Four neighbours side by side, and half as many features of them; V2 normalises behind that."""
    norm, mix = new_row(LayerNorm(), f"{name}.norm"), new_row(StepLinear(width, bias=False), f"{name}.reduction")
    yield new_row(PatchMerge(), name)
    yield from (mix, norm) if plan.is_second else (norm, mix)


def _block(plan: Swin, stage: int, shift: int, name: str) -> Iterator[Row]:
    """Attention in windows, and two linear layers, each with a norm, and a way around both."""
    width, kind = plan.width * 2**stage, CosineWindowAttention if plan.is_second else WindowAttention
    norms = new_row(LayerNorm(), f"{name}.norm1"), new_row(LayerNorm(), f"{name}.norm2")
    attention = (new_row(kind(plan.heads[stage], plan.window, shift), f"{name}.attn"),)
    mixing = (
        new_row(StepLinear(4 * width), f"{name}.mlp.0"),
        new_row(GELU(), f"{name}.mlp.1"),
        new_row(StepLinear(width), f"{name}.mlp.3"),
    )
    for norm, steps in zip(norms, (attention, mixing), strict=True):
        yield block(Branches("add"), (*steps, norm) if plan.is_second else (norm, *steps), (), name=name)
