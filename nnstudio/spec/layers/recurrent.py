"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import LayerKind, Shape, layer, need_steps
from nnstudio.spec.params import Param
from nnstudio.spec.words import counted

_HIDDEN = Param(
    "Hidden units",
    "Numbers that are remembered from step to step.",
    low=1,
    high=65_536,
    unit="units",
    usual=(8, 256),
    log=True,
)
_LAYERS = Param("Layers", "So many are stacked: each reads the steps of the one before.", low=1, high=64, usual=(1, 4))
_BOTH = Param("Both directions", "Read the sequence backward, too; twice as many numbers come out.")
_GIVES = Param("Gives", "What comes out.", labels=("The last step", "Every step"))
_DROPOUT = Param(
    "Dropout", "Share that is set to zero between stacked layers while training.", low=0, high=0.99, usual=(0.0, 0.6)
)
_BIAS = Param("Bias", "Add a learnable baseline to what each unit hears.")
_BEND = Param("Activation", "What bends the memory at each step.", labels=("Tanh", "ReLU"))


@dataclass(frozen=True, slots=True)
class Recurrent(LayerKind, family="recurrent"):
    """What recurrent layers share; ``gates`` is how many sets of weights they have.

    Shapes: steps × features go in. The last step gives one row of hidden units, every step gives steps × hidden
    units; reading in both directions doubles the units.

    Use it for sequences in which order matters and which are not very long. Give the last step to a linear layer,
    or every step to another recurrent layer. Standardise the input; dropout acts between stacked layers only. What
    goes wrong: each step waits for the one before, so that long sequences train slowly; and the gradient over many
    steps fades, or explodes with a large learning rate.
    """

    torch_name: ClassVar[str]
    gates: ClassVar[int]
    hidden_size: Annotated[int, _HIDDEN] = 64
    num_layers: Annotated[int, _LAYERS] = 1
    bidirectional: Annotated[bool, _BOTH] = False
    gives: Annotated[Literal["last", "all"], _GIVES] = "last"
    dropout: Annotated[float, _DROPOUT] = 0.0
    bias: Annotated[bool, _BIAS] = True

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def out_shape(self, shape: Shape) -> Shape:
        need_steps(shape, self.title)
        width = self.hidden_size * self.directions
        return (width,) if self.gives == "last" else (shape[0], width)

    def call(self, shape: Shape) -> Call:
        given = {
            "num_layers": (self.num_layers, 1),
            "bidirectional": (self.bidirectional, False),
            "dropout": (self.dropout if self.num_layers > 1 else 0.0, 0.0),
            "bias": (self.bias, True),
            "last": (self.gives == "last", True),
        }
        changed = {name: value for name, (value, usual) in given.items() if value != usual}
        return Call(self.torch_name, (shape[1], self.hidden_size), changed)

    def parameters(self, shape: Shape) -> Mapping[str, Shape]:
        return dict(self._tensors(shape[1]))

    def multiply_adds(self, shape: Shape) -> int:
        weights = (tensor for tensor in self.parameters(shape).values() if len(tensor) > 1)
        return shape[0] * sum(map(math.prod, weights))

    def _tensors(self, width: int) -> Iterator[tuple[str, Shape]]:
        rows = self.gates * self.hidden_size
        for number in range(self.num_layers):
            for direction in ("", "_reverse")[: self.directions]:
                yield f"weight_ih_l{number}{direction}", (rows, width)
                yield f"weight_hh_l{number}{direction}", (rows, self.hidden_size)
                if self.bias:
                    yield f"bias_ih_l{number}{direction}", (rows,)
                    yield f"bias_hh_l{number}{direction}", (rows,)
            width = self.hidden_size * self.directions

    def summary(self) -> str:
        words = [counted(self.hidden_size, "unit")]
        words += [f"{self.num_layers} layers"] if self.num_layers > 1 else []
        words += ["both directions"] if self.bidirectional else []
        return " · ".join([*words, "last step" if self.gives == "last" else "every step"])


@layer("rnn", "RNN")
@dataclass(frozen=True, slots=True)
class RNN(Recurrent):
    """Reads step by step; what it remembers is a tanh of the new step and of what it remembered. Forgets soon.

    h[t] = tanh(W_ih · x[t] + b_ih + W_hh · h[t − 1] + b_hh), with h = 0 before the first step: what is remembered
    is mixed anew with every step.

    Parameters for each layer and direction: hidden · features + hidden · hidden + 2 · hidden. It is the smallest of
    the three and forgets soonest: beyond some ten steps use LSTM or GRU.
    """

    torch_name = "RNN"
    gates = 1
    nonlinearity: Annotated[Literal["tanh", "relu"], _BEND] = "tanh"

    def call(self, shape: Shape) -> Call:
        usual = super(RNN, self).call(shape)
        return usual if self.nonlinearity == "tanh" else usual.with_settings(nonlinearity=self.nonlinearity)


@layer("lstm", "LSTM")
@dataclass(frozen=True, slots=True)
class LSTM(Recurrent):
    """Reads step by step, with gates that decide what to keep, what to forget and what to tell: remembers long.

    i, f, o = sigmoid and g = tanh of W_ih · x[t] + b_ih + W_hh · h[t − 1] + b_hh; c[t] = f · c[t − 1] + i · g; h[t]
    = o · tanh(c[t]). The cell c is a conveyor belt: the gate f says what to keep, i what to add, o what to tell.

    Parameters for each layer and direction: 4 · (hidden · features + hidden · hidden + 2 · hidden), a set for each
    of the three gates and for g. It remembers over hundreds of steps.
    """

    torch_name = "LSTM"
    gates = 4


@layer("gru", "GRU")
@dataclass(frozen=True, slots=True)
class GRU(Recurrent):
    """A lighter LSTM: two gates instead of three, and nearly as long a memory.

    r, z = sigmoid of W_ih · x[t] + b_ih + W_hh · h[t − 1] + b_hh; n = tanh(W_in · x[t] + b_in + r · (W_hn · h[t −
    1] + b_hn)); h[t] = (1 − z) · n + z · h[t − 1]: z says how much of the memory stays.

    Parameters for each layer and direction: 3 · (hidden · features + hidden · hidden + 2 · hidden), three quarters
    of an LSTM. It is often as good and faster; try both.
    """

    torch_name = "GRU"
    gates = 3
