"""What training makes small, declared once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers import LayerKind, LogSoftmax, Sigmoid
from nnstudio.spec.params import Declared, Param, Registry, changed_fields
from nnstudio.spec.tasks import Task

Link = Literal["softmax", "exp", "sigmoid", "identity"]
"""What turns the network's output into probabilities (or values): nothing at all for ``identity``."""


class Loss(Declared):
    """One kind of loss: which tasks it is for, what it expects of the network, and the PyTorch call."""

    __slots__ = ()
    tasks: ClassVar[frozenset[Task]]
    link: ClassVar[Link]
    torch_name: ClassVar[str]
    counts_classes: ClassVar[bool]
    """Targets are class numbers, int64 ``(N,)``; otherwise values, float32 ``(N, outputs)``."""
    last_layer: ClassVar[type[LayerKind] | None] = None
    """The layer that the network has to end with, where the loss needs one."""

    def __init_subclass__(
        cls,
        tasks: frozenset[Task] = frozenset(),
        link: Link = "identity",
        torch_name: str = "",
        counts_classes: bool = False,
        **kwargs: object,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if torch_name:  # a dataclass with slots is made a second time, and then without these words
            cls.tasks, cls.link, cls.torch_name, cls.counts_classes = tasks, link, torch_name, counts_classes

    def outputs(self, classes: int, answers: int = 1) -> int:
        """How many numbers the network has to give: one a class, or one for each of the target's ``answers``."""
        return classes if self.counts_classes else answers

    def call(self) -> Call:
        """The PyTorch loss; it returns the mean over the batch."""
        return Call(self.torch_name, (), changed_fields(self))


LOSSES: Registry[Loss] = Registry("loss")
loss = LOSSES

CLASSES = frozenset({Task.BINARY, Task.MULTICLASS})
BINARY = frozenset({Task.BINARY})
VALUES = frozenset({Task.REGRESSION, Task.RECONSTRUCTION})


@loss("cross_entropy", "Cross-entropy")
@dataclass(frozen=True, slots=True)
class CrossEntropy(Loss, tasks=CLASSES, link="softmax", torch_name="nn.CrossEntropyLoss", counts_classes=True):
    """How surprised the network is by the right class; takes raw scores (logits), one for each class."""

    label_smoothing: Annotated[
        float,
        Param(
            "Smoothing", "Share of certainty that is spread over all classes, against overconfidence.", low=0, high=0.9
        ),
    ] = 0.0


@loss("bce_with_logits", "Binary cross-entropy with logits")
@dataclass(frozen=True, slots=True)
class BCEWithLogits(Loss, tasks=BINARY, link="sigmoid", torch_name="nn.BCEWithLogitsLoss"):
    """How surprised the network is by a yes or a no; takes one raw score (logit)."""


@loss("bce", "Binary cross-entropy on probabilities")
@dataclass(frozen=True, slots=True)
class BCE(Loss, tasks=BINARY, link="identity", torch_name="nn.BCELoss"):
    """How surprised the network is by a yes or a no; takes one probability, as a sigmoid gives it."""

    last_layer = Sigmoid


@loss("nll", "Negative log-likelihood")
@dataclass(frozen=True, slots=True)
class NLL(Loss, tasks=CLASSES, link="exp", torch_name="nn.NLLLoss", counts_classes=True):
    """How surprised the network is by the right class; takes log-probabilities, as a log-softmax gives them."""

    last_layer = LogSoftmax


@loss("mse", "Mean squared error")
@dataclass(frozen=True, slots=True)
class MSE(Loss, tasks=VALUES, torch_name="nn.MSELoss"):
    """The mean of the squared differences: large mistakes weigh most."""


@loss("l1", "Mean absolute error (L1)")
@dataclass(frozen=True, slots=True)
class L1(Loss, tasks=VALUES, torch_name="nn.L1Loss"):
    """The mean of the absolute differences: outliers weigh no more than the rest."""


_BORDER = Param("Border", "Difference from which on it is no longer squared (standardised).", above=0, high=1_000)


@loss("smooth_l1", "Smooth L1")
@dataclass(frozen=True, slots=True)
class SmoothL1(Loss, tasks=VALUES, torch_name="nn.SmoothL1Loss"):
    """The absolute difference, rounded off where it is small: outliers weigh no more than the rest."""

    beta: Annotated[float, _BORDER] = 1.0


@loss("huber", "Huber")
@dataclass(frozen=True, slots=True)
class Huber(Loss, tasks=VALUES, torch_name="nn.HuberLoss"):
    """Half the square of a small difference; a large one grows in a straight line, so that outliers weigh less."""

    delta: Annotated[float, _BORDER] = 1.0


def losses_for(task: Task) -> tuple[type[Loss], ...]:
    """The losses that make sense for ``task``."""
    return tuple(kind for kind in LOSSES.kinds.values() if task in kind.tasks)


def suggest_loss(task: Task, last: LayerKind | None, outputs: int | None) -> Loss:
    """The loss for ``task`` behind a network that ends with ``last`` and gives ``outputs`` numbers (None: unknown)."""
    if not task.is_classification:
        return MSE()
    if isinstance(last, LogSoftmax):
        return NLL()
    if task is Task.MULTICLASS or outputs == 2:
        return CrossEntropy()
    return BCE() if isinstance(last, Sigmoid) else BCEWithLogits()
