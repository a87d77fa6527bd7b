"""Layers in which every step of a sequence looks at every other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_steps
from nnstudio.spec.params import Param

_HEADS = Param("Heads", "So many ways to look, each at its share of the features.", low=1, high=1_024)
_SHARE = Param("Dropout", "Share that is set to zero while training.", low=0, high=0.99)


def _need_heads(shape: Shape, heads: int, title: str) -> None:
    need_steps(shape, title)
    if shape[1] % heads:
        raise ShapeError(
            f"{title} cannot part {shape[1]} features among {heads} heads.",
            "Each head looks at equally many features.",
            "Choose a number of heads that divides the features.",
        )


def _attention(width: int) -> Mapping[str, Shape]:
    return {
        "in_proj_weight": (3 * width, width),
        "in_proj_bias": (3 * width,),
        "out_proj.weight": (width, width),
        "out_proj.bias": (width,),
    }


def _multiply_adds(shape: Shape, tensors: Mapping[str, Shape]) -> int:
    """Every weight at every step, and every step compared with every step, once to look and once to gather."""
    steps, width = shape
    return steps * sum(math.prod(tensor) for tensor in tensors.values() if len(tensor) > 1) + 2 * steps**2 * width


@layer("self_attention", "Multi-head attention")
@dataclass(frozen=True, slots=True)
class SelfAttention(LayerKind, family="attention"):
    """Every step gathers what it needs from all steps of the sequence, in several ways at once."""

    num_heads: Annotated[int, _HEADS] = 4
    dropout: Annotated[float, _SHARE] = 0.0

    def out_shape(self, shape: Shape) -> Shape:
        _need_heads(shape, self.num_heads, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        given = {"dropout": self.dropout} if self.dropout else {}
        return Call("SelfAttention", (shape[1], self.num_heads), given | {"batch_first": True})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return _attention(shape[1])

    def multiply_adds(self, shape: Shape) -> int:
        return _multiply_adds(shape, self.parameters(shape))

    def summary(self) -> str:
        return f"{self.num_heads} head{'' if self.num_heads == 1 else 's'}"


_INNER = Param("Inner units", "Width of the two linear layers behind the attention.", low=1, high=65_536, unit="units")
_BEND = Param("Activation", "Between the two linear layers.", labels=("ReLU", "GELU"))
_FIRST = Param("Normalise first", "Normalise before each part rather than behind it: deep stacks learn more steadily.")


@layer("transformer_encoder", "Transformer encoder layer")
@dataclass(frozen=True, slots=True)
class TransformerEncoderLayer(LayerKind, family="attention"):
    """Attention, then two linear layers for every step, each with a way around it and a normalisation."""

    nhead: Annotated[int, _HEADS] = 4
    dim_feedforward: Annotated[int, _INNER] = 128
    dropout: Annotated[float, _SHARE] = 0.1
    activation: Annotated[Literal["relu", "gelu"], _BEND] = "relu"
    norm_first: Annotated[bool, _FIRST] = False

    def out_shape(self, shape: Shape) -> Shape:
        _need_heads(shape, self.nhead, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        usual = {"dim_feedforward": 2048, "dropout": 0.1, "activation": "relu", "norm_first": False}
        given = {name: getattr(self, name) for name, value in usual.items() if getattr(self, name) != value}
        return Call("nn.TransformerEncoderLayer", (shape[1], self.nhead), given | {"batch_first": True})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        width = shape[1]
        attention = {f"self_attn.{name}": tensor for name, tensor in _attention(width).items()}
        return attention | {
            "linear1.weight": (self.dim_feedforward, width),
            "linear1.bias": (self.dim_feedforward,),
            "linear2.weight": (width, self.dim_feedforward),
            "linear2.bias": (width,),
            **dict.fromkeys(("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"), (width,)),
        }

    def multiply_adds(self, shape: Shape) -> int:
        return _multiply_adds(shape, self.parameters(shape))

    def summary(self) -> str:
        return f"{self.nhead} head{'' if self.nhead == 1 else 's'} · {self.dim_feedforward} inner units"


@layer("positional_encoding", "Positional encoding")
@dataclass(frozen=True, slots=True)
class PositionalEncoding(LayerKind, family="attention"):
    """Adds a pattern of waves that tells the steps apart: attention alone does not know their order."""

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        return Call("PositionalEncoding", shape)

    def summary(self) -> str:
        return "sines and cosines"
