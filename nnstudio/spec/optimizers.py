"""How a gradient becomes a step, declared once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from nnstudio.spec.calls import Call
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Declared, Param, Registry, write_fields

_LEARNING_RATE = Param(
    "Learning rate", "How far one step goes along the gradient.", above=0, high=100, usual=(1e-5, 0.1), log=True
)
_WEIGHT_DECAY = Param(
    "Weight decay", "Pulls every weight towards zero, against overfitting.", low=0, high=10, usual=(1e-6, 0.1), log=True
)
_DECAY = Param("Memory", "Share of the old average that each step keeps.", low=0, high=0.9999, usual=(0.8, 0.999))
_MOMENTUM = Param("Momentum", "Share of the last step that is kept.", low=0, high=0.9999, usual=(0.0, 0.99))


class Optimizer(Declared):
    """One kind of optimiser; the names of its fields are those of PyTorch's arguments."""

    __slots__ = ()
    torch_name: ClassVar[str]
    has_fused: ClassVar[bool]
    lr: float
    weight_decay: float

    def __init_subclass__(cls, torch_name: str = "", has_fused: bool = True, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if torch_name:  # a dataclass with slots is made a second time, and then without these words
            cls.torch_name, cls.has_fused = torch_name, has_fused

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the PyTorch call."""
        return write_fields(self)

    def call(self) -> Call:
        """The constructor call, without the parameters to train."""
        return Call(self.torch_name, (), self.arguments())


OPTIMIZERS: Registry[Optimizer] = Registry("optimiser")
optimizer = OPTIMIZERS


@optimizer("sgd", "SGD with momentum")
@dataclass(frozen=True, slots=True)
class SGD(Optimizer, torch_name="optim.SGD"):
    """Steps down the gradient; momentum keeps a part of the last step, as a rolling ball does."""

    lr: Annotated[float, _LEARNING_RATE] = 0.01
    momentum: Annotated[float, _MOMENTUM] = 0.9
    nesterov: Annotated[
        bool, Param("Nesterov", "Look at the gradient where momentum is about to lead; needs momentum.")
    ] = False
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0

    def __post_init__(self) -> None:
        Optimizer.__post_init__(self)
        if self.nesterov and not self.momentum:
            raise SpecError(f"{self.title}: Nesterov needs momentum, and it is 0.")


@optimizer("adam", "Adam")
@dataclass(frozen=True, slots=True)
class Adam(Optimizer, torch_name="optim.Adam"):
    """Gives every weight a step size of its own, from the mean and the spread of its gradients."""

    lr: Annotated[float, _LEARNING_RATE] = 0.001
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0


@optimizer("adamw", "AdamW")
@dataclass(frozen=True, slots=True)
class AdamW(Optimizer, torch_name="optim.AdamW"):
    """Adam whose weight decay acts on the weights themselves, not on the gradient."""

    lr: Annotated[float, _LEARNING_RATE] = 0.001
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.01


@optimizer("nadam", "NAdam")
@dataclass(frozen=True, slots=True)
class NAdam(Optimizer, torch_name="optim.NAdam", has_fused=False):
    """Adam that looks ahead along its momentum, as Nesterov's does: often a little faster at first."""

    lr: Annotated[float, _LEARNING_RATE] = 0.002
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0


@optimizer("radam", "RAdam")
@dataclass(frozen=True, slots=True)
class RAdam(Optimizer, torch_name="optim.RAdam", has_fused=False):
    """Adam that begins carefully, while it has seen too few gradients to know their spread: needs no warm-up."""

    lr: Annotated[float, _LEARNING_RATE] = 0.001
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0


@optimizer("rmsprop", "RMSprop")
@dataclass(frozen=True, slots=True)
class RMSprop(Optimizer, torch_name="optim.RMSprop", has_fused=False):
    """Divides each step by the recent size of the gradient."""

    lr: Annotated[float, _LEARNING_RATE] = 0.001
    alpha: Annotated[float, _DECAY] = 0.99
    momentum: Annotated[float, _MOMENTUM] = 0.0
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0


@optimizer("adagrad", "Adagrad")
@dataclass(frozen=True, slots=True)
class Adagrad(Optimizer, torch_name="optim.Adagrad"):
    """Divides each step by the size of all gradients so far: for rare inputs; it gets slower and slower."""

    lr: Annotated[float, _LEARNING_RATE] = 0.01
    lr_decay: Annotated[float, Param("Slow-down", "How much each step lowers the learning rate.", low=0, high=1)] = 0.0
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0


@optimizer("adadelta", "Adadelta")
@dataclass(frozen=True, slots=True)
class Adadelta(Optimizer, torch_name="optim.Adadelta", has_fused=False):
    """Makes steps as large as the recent ones were, whatever the unit of the gradient: needs little tuning."""

    lr: Annotated[float, _LEARNING_RATE] = 1.0
    rho: Annotated[float, _DECAY] = 0.9
    weight_decay: Annotated[float, _WEIGHT_DECAY] = 0.0
