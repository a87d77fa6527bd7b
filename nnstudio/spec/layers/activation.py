"""Layers that bend: without one between them, two linear layers are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers.base import Elementwise, Shape, layer
from nnstudio.spec.params import Param


class Activation(Elementwise, family="activation"):
    """A bend that is the same for every number.

    Shapes: any shape goes in, and the same comes out; every number is bent for itself.
    """

    __slots__ = ()


@layer("relu", "ReLU")
@dataclass(frozen=True, slots=True)
class ReLU(Activation):
    """Keeps what is positive and sets the rest to zero.

    y = max(0, x). The slope is 1 where x is positive and 0 elsewhere. However simple, this bend is what makes a
    stack of layers more than one layer: each unit adds a fold, and many folds follow any curve.

    It has no parameters. Use it between all hidden layers, with Kaiming initialisation; it is cheap and does not
    saturate for large numbers. What goes wrong: a unit whose input is negative for every row has no gradient and
    never learns again (a dead unit), often after too large a learning rate; leaky ReLU cannot die. As the last
    layer it would forbid negative answers.
    """

    torch_name = "nn.ReLU"


_SLOPE = Param("Negative slope", "Share of a negative value that passes.", low=0, high=1)


@layer("leaky_relu", "Leaky ReLU")
@dataclass(frozen=True, slots=True)
class LeakyReLU(Activation):
    """Like ReLU, but lets a little of the negative through, so that no neuron dies.

    y = x where x is positive, else slope · x. The small slope keeps a gradient on the negative side.

    It has no parameters: the slope is a setting, not learned. Use it where ReLU units die, and in networks that
    make pictures. With slope 1 it would be no bend at all, with 0 it is ReLU.
    """

    torch_name = "nn.LeakyReLU"
    negative_slope: Annotated[float, _SLOPE] = 0.01

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


_OWN_SLOPES = Param("Slopes", "How many slopes are learned.", labels=("One for all", "One a channel"))
_START = Param("Starts at", "Share of a negative value that passes before training.", low=0, high=1)


@layer("prelu", "PReLU")
@dataclass(frozen=True, slots=True)
class PReLU(Activation):
    """Like leaky ReLU, but how much of the negative passes is learned.

    y = x where x is positive, else a · x, with a learned by gradient descent like any weight.

    It has 1 parameter, or one for each channel. Use it where the best slope is not known and there are rows enough
    to learn it. Weight decay pulls the slopes towards 0, which makes a ReLU of it.
    """

    slopes: Annotated[Literal["one", "channel"], _OWN_SLOPES] = "one"
    init: Annotated[float, _START] = 0.25

    def call(self, shape: Shape) -> Call:
        start = {} if self.init == 0.25 else {"init": self.init}
        return Call("nn.PReLU", (shape[0],) if self.slopes == "channel" else (), start)

    def parameters(self, shape: Shape) -> dict[str, Shape]:
        return {"weight": (shape[0] if self.slopes == "channel" else 1,)}

    def summary(self) -> str:
        return "a slope a channel" if self.slopes == "channel" else "one slope"


_ALPHA = Param("Alpha", "What a very negative number becomes, with a minus sign.", above=0, high=100)


@layer("elu", "ELU")
@dataclass(frozen=True, slots=True)
class ELU(Activation):
    """Keeps what is positive and lets the negative run smoothly into −alpha.

    y = x where x is positive, else alpha · (exp(x) − 1). Smooth at 0 for alpha 1, and its mean output is closer to
    0 than that of ReLU.

    It has no parameters. Use it in networks without normalisation. It costs an exponential for each number, and
    flattens for very negative ones, where little is learned.
    """

    torch_name = "nn.ELU"
    alpha: Annotated[float, _ALPHA] = 1.0

    def summary(self) -> str:
        return f"alpha {self.alpha:g}"


@layer("selu", "SELU")
@dataclass(frozen=True, slots=True)
class SELU(Activation):
    """An ELU scaled so that deep stacks of linear layers keep mean 0 and spread 1; goes with alpha dropout.

    y = 1.0507 · x where x is positive, else 1.0507 · 1.6733 · (exp(x) − 1). The two constants are chosen so that
    mean 0 and spread 1 reproduce themselves from layer to layer.

    It has no parameters. Use it in deep stacks of linear layers without normalisation, on standardised input. The
    promise holds only with weights of mean 0 and variance 1 / inputs (normal, as Kaiming with a linear gain gives
    it) and with alpha dropout instead of dropout.
    """

    torch_name = "nn.SELU"


_FORMULA = Param("Formula", "Exact, or the tanh formula that some published networks use.", labels=("Exact", "Tanh"))


@layer("gelu", "GELU")
@dataclass(frozen=True, slots=True)
class GELU(Activation):
    """A smooth ReLU: each number is weighed by how likely a normal number is smaller. Usual in transformers.

    y = x · P(Z ≤ x), with Z a standard normal number: large numbers pass, very negative ones become 0, and those
    near 0 pass in part. The tanh formula is y = 0.5 · x · (1 + tanh(sqrt(2 / pi) · (x + 0.044715 · x³))).

    It has no parameters. Use it in transformers and wherever a smooth bend helps. It costs more than ReLU; weights
    of a published network need the formula that they were trained with.
    """

    torch_name = "nn.GELU"
    approximate: Annotated[Literal["none", "tanh"], _FORMULA] = "none"


@layer("silu", "SiLU (swish)")
@dataclass(frozen=True, slots=True)
class SiLU(Activation):
    """A smooth ReLU: the number times its sigmoid.

    y = x · sigmoid(x), also called swish: nearly x where x is large, nearly 0 where it is very negative, with a dip
    to −0.28 between.

    It has no parameters. Use it in deep convolutional networks, such as EfficientNet, in place of ReLU. It costs an
    exponential for each number.
    """

    torch_name = "nn.SiLU"


@layer("mish", "Mish")
@dataclass(frozen=True, slots=True)
class Mish(Activation):
    """A smooth ReLU: the number times the tanh of its softplus.

    y = x · tanh(ln(1 + exp(x))): much like SiLU, with a slightly deeper dip and a smoother curve.

    It has no parameters. Use it where SiLU is used, if it scores better on the validation rows; it is the most
    costly of the smooth bends.
    """

    torch_name = "nn.Mish"


@layer("softplus", "Softplus")
@dataclass(frozen=True, slots=True)
class Softplus(Activation):
    """A rounded ReLU that is positive everywhere: for outputs that must be more than zero.

    y = ln(1 + exp(beta · x)) / beta: 0.69 / beta at x = 0, nearly 0 far to the left, nearly x far to the right.

    It has no parameters. Use it as the last layer where the answer must be positive (a price, a duration, a
    variance). As a hidden activation ReLU does the same for less.
    """

    torch_name = "nn.Softplus"
    beta: Annotated[float, Param("Beta", "How sharp the bend is.", above=0, high=100)] = 1.0

    def summary(self) -> str:
        return f"beta {self.beta:g}"


@layer("hardswish", "Hard swish")
@dataclass(frozen=True, slots=True)
class Hardswish(Activation):
    """The number times its hard sigmoid: the bend of small networks for phones.

    y = x · min(1, max(0, x / 6 + 1 / 2)): 0 below −3, x above 3, a parabola between.

    It has no parameters. Use it as a cheap SiLU, as MobileNet V3 does. Below −3 there is no gradient.
    """

    torch_name = "nn.Hardswish"
