"""Modules of torchvision that are more than one layer, and that no trace of their connections tells as rows.

They are at hand as objects of the installed library; what is read of them are its own fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from nnstudio.engine.rebuilding.pickled import rows_of_layer
from nnstudio.spec.layers import Branches, MultiAxisAttention, Permute, StepLinear, StochasticDepth
from nnstudio.spec.model import Row, block, new_row


def _partition_attention(module: Any, name: str) -> tuple[Row, ...]:
    """MaxViT's attention in blocks or grids and its two linear layers, each with a norm and a way around."""
    attention = module.attn_layer[1]
    places: Literal["block", "grid"] = "grid" if module.partition_type == "grid" else "block"
    looks = MultiAxisAttention(attention.n_heads, attention.size, places)
    share = float(module.stochastic_dropout.p)
    stacks = []
    for part in ("attn_layer", "mlp_layer"):
        rows: list[Row] = []
        for place, layer in getattr(module, part).named_children():
            here = f"{name}.{part}.{place}"
            rows += [new_row(looks, here)] if layer is attention else _each(layer, here)
        stacks.append([*rows, *([new_row(StochasticDepth(share))] if share else [])])
    blocks = (block(Branches("add"), rows, (), name=name) for rows in stacks)
    return new_row(Permute("first")), *blocks, new_row(Permute())


def _each(layer: Any, name: str) -> tuple[Row, ...]:
    """A layer where features come last: a linear one works on each place."""
    kind = type(layer).__name__
    if kind == "Linear":
        return (new_row(StepLinear(layer.out_features, layer.bias is not None), name),)
    return rows_of_layer(kind, vars(layer), name)


COMPOSED: Mapping[str, Callable[[Any, str], tuple[Row, ...]]] = {"PartitionAttentionLayer": _partition_attention}
"""By the class's name: the rows of a module that is called so in its network."""
