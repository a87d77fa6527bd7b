"""Layers that work against overfitting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from nnstudio.spec.layers.base import Elementwise, Shape, layer, need_sides
from nnstudio.spec.params import Param

_SHARE = Param("Share", "Probability that a number is set to zero.", low=0, high=1, usual=(0.0, 0.6))


@dataclass(frozen=True, slots=True)
class Dropping(Elementwise, family="regularisation"):
    """What the dropouts share: a probability; in ``eval()`` they let everything through.

    Shapes: what goes in comes out. It has no parameters, and in use (and in a locked layer) it lets everything
    through.
    """

    p: Annotated[float, _SHARE] = 0.5

    def summary(self) -> str:
        return f"p {self.p:g}"


@layer("dropout", "Dropout")
@dataclass(frozen=True, slots=True)
class Dropout(Dropping):
    """While training, sets a random share of its input to zero, so that no neuron is relied on alone.

    While training y = x / (1 − p) with probability 1 − p, else 0: dividing keeps the expected sum as it is. Each
    batch trains another thinned network, and no unit can rely on a single other one.

    Use it between the linear layers of a network that overfits, with p from 0.1 to 0.5. What goes wrong: behind the
    last layer it makes answers wrong at random; before batch norm it changes the variance between training and use;
    in a network that does not overfit it only slows learning down.
    """

    torch_name = "nn.Dropout"


_CHANNELS = Param("Share", "Probability that a channel is set to zero.", low=0, high=1, usual=(0.0, 0.6))


@dataclass(frozen=True, slots=True)
class ChannelDropping(Dropping):
    """What the spatial dropouts share: whole channels go."""

    sides: ClassVar[int]
    p: Annotated[float, _CHANNELS] = 0.5

    def out_shape(self, shape: Shape) -> Shape:
        need_sides(shape, self.sides, self.title)
        return shape


@layer("dropout1d", "Dropout 1d (spatial)")
@dataclass(frozen=True, slots=True)
class Dropout1d(ChannelDropping):
    """While training, sets whole channels of a sequence to zero: neighbouring steps know too much of each other.

    While training all steps of a channel become 0 together with probability p, and the others are divided by 1 − p.
    Neighbouring steps are alike, so that plain dropout would leave what it hides to be read beside it.

    Shapes: channels × steps go in. Use it behind convolutions along a sequence.
    """

    sides = 1
    torch_name = "nn.Dropout1d"


@layer("dropout2d", "Dropout 2d (spatial)")
@dataclass(frozen=True, slots=True)
class Dropout2d(ChannelDropping):
    """While training, sets whole channels of a picture to zero: neighbouring pixels know too much of each other.

    While training all pixels of a channel become 0 together with probability p, and the others are divided by 1 −
    p. Neighbouring pixels are alike, so that plain dropout would leave what it hides to be read beside it.

    Shapes: channels × height × width go in. Use it between convolutions; behind Flatten use plain dropout.
    """

    sides = 2
    torch_name = "nn.Dropout2d"


@layer("alpha_dropout", "Alpha dropout")
@dataclass(frozen=True, slots=True)
class AlphaDropout(Dropping):
    """A dropout that keeps mean and spread as they are: the one that goes with SELU.

    While training a share p of the numbers is set to the value that SELU has far to the left (−1.7581), and all are
    then scaled and shifted so that mean and variance stay as they were.

    Use it with SELU, where plain dropout would break the balance of mean and spread; elsewhere it makes no sense.
    """

    torch_name = "nn.AlphaDropout"


_BRANCH = Param("Share", "Probability that an example passes without the branch.", low=0, high=0.99)


@layer("stochastic_depth", "Stochastic depth")
@dataclass(frozen=True, slots=True)
class StochasticDepth(Dropping):
    """While training, leaves a whole residual branch out for some examples: the network is shallower for them.

    While training y = x / (1 − p) for an example with probability 1 − p, else 0 for all of its numbers: at the end of a
    branch that is added to an empty one, the example passes around it.

    Use it as the last layer of residual branches in deep networks, with p that grows from 0 to 0.1 or 0.5 with depth.
    What goes wrong: in a stack without a way around it, an example that is dropped is lost altogether.
    """

    p: Annotated[float, _BRANCH] = 0.1
    torch_name = "StochasticDepth"
