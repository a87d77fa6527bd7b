"""What training makes small, declared once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.layers import Hardsigmoid, LayerKind, LogSoftmax, ReLU, Sigmoid, Softplus
from nnstudio.spec.params import Declared, Param, Registry, changed_fields
from nnstudio.spec.tasks import Task

Link = Literal["softmax", "exp", "sigmoid", "identity"]
"""What turns the network's output into probabilities (or values): nothing at all for ``identity``."""


class Loss(Declared):
    """One kind of loss: which tasks it is for, what it expects of the network, and the PyTorch call."""

    __slots__ = ()
    tasks: ClassVar[frozenset[Task]]
    torch_name: ClassVar[str]
    usual_link: ClassVar[Link]
    counts_classes: ClassVar[bool]
    """Targets are class numbers, int64 ``(N,)``, where there are classes; else values, float32 ``(N, outputs)``."""
    standardises: ClassVar[bool] = True
    """Values are learned with mean 0 and deviation 1; otherwise in their own unit."""
    is_calibrated: ClassVar[bool] = True
    """What ``link`` makes of the scores of classes are probabilities; otherwise they only rank the classes."""

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
            cls.tasks, cls.usual_link, cls.torch_name, cls.counts_classes = tasks, link, torch_name, counts_classes

    @property
    def link(self) -> Link:
        """What turns the output into what is answered."""
        return self.usual_link

    @property
    def ends(self) -> tuple[type[LayerKind], ...]:
        """The layers that the network may end with, the one to add first; nothing where any will do."""
        return ()

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
SHARES = frozenset({Task.REGRESSION})
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

    @property
    def ends(self) -> tuple[type[LayerKind], ...]:
        return (Sigmoid,)


@loss("nll", "Negative log-likelihood")
@dataclass(frozen=True, slots=True)
class NLL(Loss, tasks=CLASSES, link="exp", torch_name="nn.NLLLoss", counts_classes=True):
    """How surprised the network is by the right class; takes log-probabilities, as a log-softmax gives them."""

    @property
    def ends(self) -> tuple[type[LayerKind], ...]:
        return (LogSoftmax,)


_MARGIN = Param("Margin", "How far the right answer has to be ahead before it costs nothing.", above=0, high=1_000)
_POWER = Param("Power", "What is missing to the margin counts as it is for 1, squared for 2.", low=1, high=2)


@loss("hinge", "Hinge")
@dataclass(frozen=True, slots=True)
class Hinge(Loss, tasks=BINARY, link="sigmoid", torch_name="HingeLoss"):
    """How far a yes or a no is from being sure by a margin, as in a support vector machine; takes one raw score.

    max(0, margin − t · score), where t is 1 for yes and −1 for no. Rows beyond the margin cost nothing any more. The
    scores are no probabilities: what is shown as such ranks the rows; it is above 0.5 where the score is above 0.
    """

    is_calibrated = False
    margin: Annotated[float, _MARGIN] = 1.0
    p: Annotated[int, _POWER] = 1


@loss("multi_margin", "Multi-class hinge")
@dataclass(frozen=True, slots=True)
class MultiMargin(Loss, tasks=CLASSES, link="softmax", torch_name="nn.MultiMarginLoss", counts_classes=True):
    """How far the right class is from being ahead of each other one by a margin; takes raw scores, one for each class.

    The sum over the other classes of max(0, margin − score of the right class + score of the other one), divided by the
    number of classes. The scores are no probabilities: what is shown as such only ranks the classes.
    """

    is_calibrated = False
    p: Annotated[int, _POWER] = 1
    margin: Annotated[float, _MARGIN] = 1.0


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


@loss("poisson_nll", "Poisson negative log-likelihood")
@dataclass(frozen=True, slots=True)
class PoissonNLL(Loss, tasks=frozenset({Task.REGRESSION}), link="exp", torch_name="nn.PoissonNLLLoss"):
    """How surprised the network is by a count; takes the logarithm of the expected count, or that count itself.

    exp(output) − target · output, without the part that does not depend on the network: it may be negative. The target
    is learned as it is, not standardised; it cannot be negative.
    """

    standardises = False
    log_input: Annotated[
        bool,
        Param("Log of the rate", "The network gives the logarithm of the expected count: any number will do."),
    ] = True

    @property
    def link(self) -> Link:
        return "exp" if self.log_input else "identity"

    @property
    def ends(self) -> tuple[type[LayerKind], ...]:
        return () if self.log_input else (Softplus, ReLU, Sigmoid, Hardsigmoid)


@loss("kl_div", "Kullback–Leibler divergence")
@dataclass(frozen=True, slots=True)
class KLDivergence(Loss, tasks=CLASSES | SHARES, link="exp", torch_name="KLDivergence", counts_classes=True):
    """How far the network's log-probabilities are from a distribution, as a log-softmax gives them.

    The distribution is that of the classes (all on the right one, which makes it the negative log-likelihood, unless
    some is spread), or the target columns of each row, where these are shares that add up to 1.
    """

    standardises = False
    smoothing: Annotated[
        float, Param("Smoothing", "Share of the distribution that is spread evenly first.", low=0, high=0.9)
    ] = 0.0

    @property
    def ends(self) -> tuple[type[LayerKind], ...]:
        return (LogSoftmax,)

    def outputs(self, classes: int, answers: int = 1) -> int:
        return classes or answers


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
