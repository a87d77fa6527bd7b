"""The numbers that a layer's weights start with, declared once each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from nnstudio.spec.bends import Bend
from nnstudio.spec.calls import Call
from nnstudio.spec.layers import Shape
from nnstudio.spec.params import Declared, Param, Registry

Biases = Literal["default", "zeros"]

_BIASES = Param("Biases", "What the biases start with.", labels=("PyTorch’s default", "Zeros"))
_SHAPE = Param("Distribution", "Where the numbers are drawn from.", labels=("Uniform", "Normal"))
_FAN = Param(
    "Fan",
    "What the spread is made for: signals of the same size forward, or gradients of the same size backward.",
    labels=("In (forward)", "Out (backward)"),
)


class Initialisation(Declared):
    """How the weights of a layer are filled before training; knows nothing of the layer.

    Weights are the tensors of two sides and more. Of a layer that has none (a norm, a PReLU) they are the one that is
    called ``weight``, unless the kind ``needs_sides``.
    """

    __slots__ = ()
    needs_sides: ClassVar[bool] = False
    """The spread is computed from the sides of a tensor, so that it needs two at least."""
    biases: Biases

    def call(self, bend: Bend) -> Call | None:
        """What fills a weight, but for the tensor itself; None leaves it as PyTorch makes it."""
        raise NotImplementedError

    def fills(self, tensors: Mapping[str, Shape], bend: Bend) -> Iterator[tuple[str, Call]]:
        """The parameters of a layer that are filled, in their order, each with its call; ``bend`` is what follows."""
        weights, call = self.weights(tensors), self.call(bend)
        for name in tensors:
            if call and name in weights:
                yield name, call
            elif call and self.biases == "zeros" and "bias" in name.rpartition(".")[2]:
                yield name, Call("nn.init.zeros_")

    @classmethod
    def weights(cls, tensors: Mapping[str, Shape]) -> frozenset[str]:
        """Which of a layer's parameters this kind fills as weights."""
        sided = frozenset(name for name, shape in tensors.items() if len(shape) > 1)
        return sided or frozenset({"weight"} & tensors.keys() if not cls.needs_sides else ())


INITIALISATIONS: Registry[Initialisation] = Registry("initialisation")
INITIALISE = Param("Initialise", "What fresh weights start with.")
initialisation = INITIALISATIONS


@initialisation("default", "PyTorch’s default")
@dataclass(frozen=True, slots=True)
class Default(Initialisation):
    """As PyTorch makes the layer: for linear layers and convolutions uniform within 1 / sqrt(inputs)."""

    biases = "default"

    def call(self, bend: Bend) -> Call | None:
        del bend
        return None


@initialisation("uniform", "Uniform")
@dataclass(frozen=True, slots=True)
class Uniform(Initialisation):
    """Every number between two bounds is equally likely."""

    low: Annotated[float, Param("From", "One bound.", low=-100, high=100)] = -0.1
    high: Annotated[float, Param("To", "The other bound.", low=-100, high=100)] = 0.1
    biases: Annotated[Biases, _BIASES] = "default"

    def call(self, bend: Bend) -> Call:
        del bend
        return Call("nn.init.uniform_", (), {"a": min(self.low, self.high), "b": max(self.low, self.high)})


@initialisation("normal", "Normal")
@dataclass(frozen=True, slots=True)
class Normal(Initialisation):
    """Numbers around a mean, most of them within one spread of it."""

    mean: Annotated[float, Param("Mean", "Around which number they lie.", low=-100, high=100)] = 0.0
    std: Annotated[float, Param("Spread", "Standard deviation.", low=0, high=100)] = 0.02
    biases: Annotated[Biases, _BIASES] = "default"

    def call(self, bend: Bend) -> Call:
        del bend
        return Call("nn.init.normal_", (), {"mean": self.mean, "std": self.std})


@initialisation("xavier", "Xavier (Glorot)")
@dataclass(frozen=True, slots=True)
class Xavier(Initialisation):
    """Spread sqrt(2 / (inputs + outputs)), times a gain for the activation behind it: goes with tanh and sigmoid."""

    needs_sides = True
    distribution: Annotated[Literal["uniform", "normal"], _SHAPE] = "uniform"
    biases: Annotated[Biases, _BIASES] = "zeros"

    def call(self, bend: Bend) -> Call:
        gain = {} if bend.gain == 1.0 else {"gain": bend.gain}
        return Call(f"nn.init.xavier_{self.distribution}_", (), gain)


@initialisation("kaiming", "Kaiming (He)")
@dataclass(frozen=True, slots=True)
class Kaiming(Initialisation):
    """Spread 1 / sqrt(inputs), times a gain for the activation behind it: goes with ReLU and its kin."""

    needs_sides = True
    distribution: Annotated[Literal["uniform", "normal"], _SHAPE] = "normal"
    fan: Annotated[Literal["in", "out"], _FAN] = "in"
    biases: Annotated[Biases, _BIASES] = "zeros"

    def call(self, bend: Bend) -> Call:
        slope = {"a": bend.slope} if bend.name == "leaky_relu" else {}
        rest: dict[str, Any] = {"mode": f"fan_{self.fan}", "nonlinearity": bend.name}
        return Call(f"nn.init.kaiming_{self.distribution}_", (), slope | rest)


@initialisation("orthogonal", "Orthogonal")
@dataclass(frozen=True, slots=True)
class Orthogonal(Initialisation):
    """Rows at right angles to each other, times a gain: keeps lengths as they are, also over many steps or layers."""

    needs_sides = True
    biases: Annotated[Biases, _BIASES] = "zeros"

    def call(self, bend: Bend) -> Call:
        return Call("nn.init.orthogonal_", (), {} if bend.gain == 1.0 else {"gain": bend.gain})


@initialisation("zeros", "Zeros")
@dataclass(frozen=True, slots=True)
class Zeros(Initialisation):
    """Nothing passes at first: for the last layer of a way around, or of the network; elsewhere nothing would learn."""

    biases: Annotated[Biases, _BIASES] = "zeros"

    def call(self, bend: Bend) -> Call:
        del bend
        return Call("nn.init.zeros_")


@initialisation("constant", "Constant")
@dataclass(frozen=True, slots=True)
class Constant(Initialisation):
    """One number for all weights: units that start alike stay alike, unless the inputs of each differ."""

    value: Annotated[float, Param("Value", "Every weight is this number.", low=-100, high=100)] = 1.0
    biases: Annotated[Biases, _BIASES] = "default"

    def call(self, bend: Bend) -> Call:
        del bend
        return Call("nn.init.constant_", (), {"val": self.value})


def offered(tensors: Mapping[str, Shape]) -> tuple[type[Initialisation], ...]:
    """The kinds that do something to a layer with these parameters; none where it has no weights."""
    return tuple(kind for kind in INITIALISATIONS.kinds.values() if kind.weights(tensors))


def is_alike(value: Initialisation | None) -> bool:
    """Whether all weights of a layer start as the same number."""
    match value:
        case Normal():
            return value.std == 0
        case Uniform():
            return value.low == value.high
        case _:
            return isinstance(value, (Zeros, Constant))
