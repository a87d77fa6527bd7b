"""Layers in which every step of a sequence looks at every other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_heads, need_steps
from nnstudio.spec.params import Param
from nnstudio.spec.words import counted

_HEADS = Param("Heads", "So many ways to look, each at its share of the features.", low=1, high=1_024)
_SHARE = Param("Dropout", "Share that is set to zero while training.", low=0, high=0.99, usual=(0.0, 0.6))


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
    """Every step gathers what it needs from all steps of the sequence, in several ways at once.

    For each head: Q, K, V = x times three weight matrices; y = softmax(Q · K transposed / sqrt(features of a head))
    · V. Each step asks (Q), every step offers (K), and what fits is gathered (V); the heads are put side by side
    and mixed by one more matrix.

    Shapes: steps × features go in, and the same come out. Parameters: 4 · features · features + 4 · features,
    whatever the number of heads and steps. Memory and time grow with the square of the steps.

    Use it where any step may matter to any other. The heads must divide the features. What goes wrong: it does not
    know the order of the steps; put a positional encoding before it. Alone it has no way around it and no
    normalisation; the transformer encoder layer has both.
    """

    num_heads: Annotated[int, _HEADS] = 4
    dropout: Annotated[float, _SHARE] = 0.0

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        need_heads(shape[1], self.num_heads, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        given = {"dropout": self.dropout} if self.dropout else {}
        return Call("SelfAttention", (shape[1], self.num_heads), given | {"batch_first": True})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return _attention(shape[1])

    def multiply_adds(self, shape: Shape) -> int:
        return _multiply_adds(shape, self.parameters(shape))

    def summary(self) -> str:
        return counted(self.num_heads, "head")


_INNER = Param("Inner units", "Width of the two linear layers behind the attention.", low=1, high=65_536, unit="units")
_BEND = Param("Activation", "Between the two linear layers.", labels=("ReLU", "GELU"))
_FIRST = Param("Normalise first", "Normalise before each part rather than behind it: deep stacks learn more steadily.")


@layer("transformer_encoder", "Transformer encoder layer")
@dataclass(frozen=True, slots=True)
class TransformerEncoderLayer(LayerKind, family="attention"):
    """Attention, then two linear layers for every step, each with a way around it and a normalisation.

    x = norm(x + attention(x)); y = norm(x + W2 · bend(W1 · x + b1) + b2): every step gathers from all steps, then
    passes two linear layers for itself; both times the input is added to the result.

    Shapes: steps × features go in, and the same come out. Parameters: 4 · d · d + 4 · d for the attention, 2 · d ·
    inner + inner + d for the two linear layers and 4 · d for the norms, with d features.

    Use some of them behind an embedding or a linear layer and a positional encoding, then take a mean over the
    steps or flatten. What goes wrong: without a positional encoding the order is invisible; behind each other more
    than a few need “normalise first” or a learning rate that rises slowly; few rows do not suffice.
    """

    nhead: Annotated[int, _HEADS] = 4
    dim_feedforward: Annotated[int, _INNER] = 128
    dropout: Annotated[float, _SHARE] = 0.1
    activation: Annotated[Literal["relu", "gelu"], _BEND] = "relu"
    norm_first: Annotated[bool, _FIRST] = False

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        need_heads(shape[1], self.nhead, self.title)
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
        return f"{counted(self.nhead, 'head')} · {counted(self.dim_feedforward, 'inner unit')}"


@layer("positional_encoding", "Positional encoding")
@dataclass(frozen=True, slots=True)
class PositionalEncoding(LayerKind, family="attention"):
    """Adds a pattern of waves that tells the steps apart: attention alone does not know their order.

    y[t, 2i] = x[t, 2i] + sin(t / 10000^(2i / features)) and y[t, 2i + 1] = x[t, 2i + 1] + cos(t / 10000^(2i /
    features)): every step gets a pattern of slow and fast waves that no other step has.

    Shapes: steps × features go in, and the same come out. It has no parameters: the waves are fixed.

    Use it once, between the embedding and the first attention. What goes wrong: the waves lie between −1 and 1, and
    drown features that are much smaller; with one or two features there is hardly room for them.
    """

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        return shape

    def call(self, shape: Shape) -> Call:
        return Call("PositionalEncoding", shape)

    def summary(self) -> str:
        return "sines and cosines"
