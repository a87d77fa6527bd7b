"""Vision transformers: Dosovitskiy et al., “An Image Is Worth 16x16 Words” (2021).

Names and the epsilon of the norms are those of the networks that are published for PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nnstudio.spec.layers import (
    GELU,
    Branches,
    ClassToken,
    Conv2d,
    Flatten,
    LayerNorm,
    LearnedPositions,
    Linear,
    Permute,
    Reshape,
    SelfAttention,
    Slice,
    StepLinear,
)
from nnstudio.spec.model import Row, block, new_row

EPSILON = 1e-6

NAMED: Mapping[int, tuple[str, int]] = {192: ("Ti", 3), 384: ("S", 6), 768: ("B", 12), 1024: ("L", 16), 1280: ("H", 16)}
"""What the sizes are called, and their heads, by their width."""


@dataclass(frozen=True, slots=True)
class VisionTransformer:
    """What tells vision transformers apart: pixels of a patch, width, layers, hidden units of each, and heads.

    ``linear`` are the names of the linear layers in a layer, which were others before 2022.
    """

    patch: int = 16
    width: int = 768
    layers: int = 12
    hidden: int = 3072
    heads: int = 12
    linear: tuple[str, str] = ("mlp.0", "mlp.3")


def vision_transformer(plan: VisionTransformer, classes: int | None = 1000) -> tuple[Row, ...]:
    """A vision transformer for pictures whose sides are multiples of a patch; without ``classes`` it gives a vector."""
    patches = (
        new_row(Conv2d(plan.width, plan.patch, plan.patch, 0), "conv_proj"),
        new_row(Reshape(plan.width)),
        new_row(Permute()),
        new_row(ClassToken(), "class_token"),
        new_row(LearnedPositions(), "encoder"),
    )
    layers = (row for number in range(plan.layers) for row in _layer(plan, f"encoder.layers.encoder_layer_{number}"))
    answer = (
        new_row(LayerNorm(eps=EPSILON), "encoder.ln"),
        new_row(Slice(0, 1, "first"), "the class token"),
        new_row(Flatten()),
    )
    head = () if classes is None else (new_row(Linear(classes), "heads.head"),)
    return (*patches, *layers, *answer, *head)


def _layer(plan: VisionTransformer, name: str) -> Iterator[Row]:
    """Attention with a way around it, and two linear layers with one around them; each begins with a norm."""
    first, second = plan.linear
    attention = (
        new_row(LayerNorm(eps=EPSILON), f"{name}.ln_1"),
        new_row(SelfAttention(plan.heads), f"{name}.self_attention"),
    )
    mixing = (
        new_row(LayerNorm(eps=EPSILON), f"{name}.ln_2"),
        new_row(StepLinear(plan.hidden), f"{name}.{first}"),
        new_row(GELU()),
        new_row(StepLinear(plan.width), f"{name}.{second}"),
    )
    yield from (block(Branches("add"), steps, (), name=name) for steps in (attention, mixing))
