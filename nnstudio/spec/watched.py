"""One step of training in slow motion: what a batch becomes layer by layer, what comes back, and how weights move."""

from __future__ import annotations

from dataclasses import dataclass

from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.layers import Shape

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A layer that the batch went through.

    ``shape`` and ``dtype`` are those of what it gave, the batch first; ``values`` are the first numbers of it for the
    example that is watched. ``zeros`` is the share of all of its numbers that are exactly 0, ``spread`` their
    population standard deviation. ``gradient`` is the length (the 2-norm) of the gradient of all parameters of the
    layer together; None where none of them trains.
    """

    row_id: str
    prefix: str
    shape: Shape
    dtype: str
    values: Numbers
    zeros: float
    spread: float
    gradient: float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """What one input adds to a neuron: ``x * weight``."""

    name: str
    x: float
    weight: float


@dataclass(frozen=True, slots=True)
class Neuron:
    """How a unit of a linear layer comes about: the sum of its ``terms``, of the ``others``, and the ``bias``.

    The terms are those that count most, first; ``others`` is what the rest of the ``inputs`` adds up to.
    """

    unit: int
    inputs: int
    terms: tuple[Term, ...]
    others: float
    bias: float
    output: float


@dataclass(frozen=True, slots=True)
class Buffer:
    """What an optimiser remembers of a weight, by PyTorch's name for it, before and after the step."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class MovedWeight:
    """One weight in a step: ``gradient`` is the one that came back, clipped where that is asked for."""

    name: str
    before: float
    gradient: float
    buffers: tuple[Buffer, ...]
    after: float


@dataclass(frozen=True, slots=True)
class WatchedLayer:
    """The layer that is looked at: what went into it and what came out, of the example that is watched.

    ``curve`` are points of an activation, ``(x, y)``; ``moved`` are the weights with the largest gradients, and
    ``gradients`` those of each parameter at a glance.
    """

    row_id: str
    inputs: Numbers
    outputs: Numbers
    in_shape: Shape
    out_shape: Shape
    neuron: Neuron | None = None
    curve: tuple[tuple[float, float], ...] = ()
    moved: tuple[MovedWeight, ...] = ()
    gradients: tuple[SeenTensor, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerTerm:
    """One number of the network's answer: what it gave, what was right, and what that adds to the example's loss.

    ``probability`` is what the output means where it is a score; ``part`` is None where the loss is no sum of parts.
    """

    name: str
    output: float
    target: float
    probability: float | None = None
    part: float | None = None


@dataclass(frozen=True, slots=True)
class WatchedStep:
    """The step behind ``steps`` others: batch ``batch`` of ``batches`` (from 1) of an epoch.

    ``rows`` are the rows of the batch in the source, from 0; ``place`` is which of them is watched. ``row_loss`` is
    that of the watched example, ``loss`` the mean over the batch, ``loss_after`` that of the same batch behind the
    step. ``rate`` is the learning rate in force, ``gradient`` the length of the whole gradient, before it was clipped.
    ``scales`` are the units of standardised targets. ``in_training`` says in which mode the forward pass is shown.
    """

    steps: int
    epoch: int
    batch: int
    batches: int
    rows: tuple[int, ...]
    place: int
    inputs: Numbers
    input_shape: Shape
    passed: tuple[Passed, ...]
    answers: tuple[AnswerTerm, ...]
    row_loss: float
    loss: float
    loss_after: float
    rate: float
    gradient: float
    layer: WatchedLayer | None = None
    features: tuple[str, ...] = ()
    scales: Numbers = ()
    in_training: bool = True
    has_stepped: bool = True
    """The optimiser made a step; it waits where gradients of several batches are gathered first."""
