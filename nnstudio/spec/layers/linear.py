"""Layers that mix every input into every output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import ShapeError
from nnstudio.spec.layers.base import LayerKind, Shape, layer, size
from nnstudio.spec.params import Param
from nnstudio.spec.words import counted

_OUTPUTS = Param("Outputs", "Number of outputs (neurons).", low=1, high=65_536, unit="units", usual=(8, 256), log=True)


@layer("linear", "Linear")
@dataclass(frozen=True, slots=True)
class Linear(LayerKind, family="linear"):
    """Every output is a weighted sum of every input, plus a bias.

    y = W · x + b: output j is w_j1 · x_1 + w_j2 · x_2 + … + b_j. Each output is a neuron that draws one straight
    line (a plane, with more inputs) through its inputs and says how far on which side of it an example lies.

    Shapes: one row of n numbers goes in, one row of m comes out. The weight has the shape m × n, a number for each
    pair of output and input, and the bias has m: m · n + m parameters.

    Use it for tables, and at the end of almost every network: one output a class, or one for each number to
    predict. Without an activation between them, two linear layers compute nothing that one could not. A wide layer
    on a large input has very many parameters: flattening a picture of 3 × 64 × 64 into 128 units makes 1.6 million,
    which a few hundred rows cannot determine.
    """

    out_features: Annotated[int, _OUTPUTS] = 64
    bias: Annotated[bool, Param("Bias", "Add a learnable baseline to each output.")] = True

    def out_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise ShapeError(
                f"Linear needs a flat list of numbers, but gets {size(shape)}.",
                "Every input has a weight of its own.",
                "Add Flatten before it.",
            )
        return (self.out_features,)

    def call(self, shape: Shape) -> Call:
        return Call("nn.Linear", (shape[-1], self.out_features), {} if self.bias else {"bias": False})

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        weight = {"weight": (self.out_features, shape[-1])}
        return weight | {"bias": (self.out_features,)} if self.bias else weight

    def summary(self) -> str:
        return f"{counted(self.out_features, 'unit')} · {'bias' if self.bias else 'no bias'}"


@layer("step_linear", "Linear on the last side")
@dataclass(frozen=True, slots=True)
class StepLinear(LayerKind, family="linear"):
    """A linear layer at every step of a sequence, or every place of a picture, with the same weights everywhere.

    y[t] = W · x[t] + b: the last side is the row of numbers that is mixed; steps and places do not see each other.

    Shapes: any shape goes in, and its last side becomes the outputs. Parameters: m · n + m for n features in and m
    out, however many steps there are.

    Use it between attention layers, and wherever features come last. What goes wrong: on a picture whose channels come
    first it mixes the columns of each line; put Permute before it, or use a convolution with a kernel of 1, which is
    the same for channels that come first.
    """

    out_features: Annotated[int, _OUTPUTS] = 64
    bias: Annotated[bool, Param("Bias", "Add a learnable baseline to each output.")] = True

    def out_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.out_features)

    def call(self, shape: Shape) -> Call:
        return Linear(self.out_features, self.bias).call(shape)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return Linear(self.out_features, self.bias).parameters(shape)

    def multiply_adds(self, shape: Shape) -> int:
        return math.prod(shape) * self.out_features

    def summary(self) -> str:
        return Linear(self.out_features, self.bias).summary()
