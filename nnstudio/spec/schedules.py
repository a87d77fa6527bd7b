"""How the learning rate changes while a network is trained, declared once each.

A schedule is one or more phases of PyTorch's own schedulers. `Schedule.factor` says the same in plain numbers, so that
the curve can be drawn before anything is trained; a test holds the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from nnstudio.spec.calls import Call
from nnstudio.spec.params import Declared, Param, Registry

_GAMMA = Param("Factor", "What the learning rate is multiplied by each time.", above=0, high=1)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is planned to be: so many ``epochs``, each of so many ``batches``."""

    epochs: int
    batches: int

    @property
    def steps(self) -> int:
        return self.epochs * self.batches


@dataclass(frozen=True, slots=True)
class Phase:
    """A scheduler, and the number of steps after which the next phase begins (None: the last one)."""

    call: Call
    steps: int | None = None


class Schedule(Declared):
    """One way in which the learning rate changes; ``unit`` says after what its scheduler makes a step."""

    __slots__ = ()
    unit: ClassVar[Literal["epoch", "batch"]] = "epoch"
    follows_loss: ClassVar[bool] = False
    """The scheduler is told the validation loss (the training loss where nothing is validated)."""

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        """The schedulers to make for an optimiser, one after the other; none for a rate that stays.

        ``rates`` are the learning rates of the optimiser's groups of parameters.
        """
        raise NotImplementedError

    def is_the_same(self, length: Length, other: Length) -> bool:
        """Whether a run of ``other`` length has the same rates, as far as both go; else it is laid out over the run."""
        return self.phases(length, (1.0,)) == self.phases(other, (1.0,))

    def factor(self, at: int, length: Length) -> float:
        """What the learning rate is multiplied by in an epoch or batch, from 0; at most, where it follows the loss."""
        raise NotImplementedError

    def steps(self, length: Length) -> int:
        """How many epochs or batches there are."""
        return length.epochs if self.unit == "epoch" else length.steps


SCHEDULES: Registry[Schedule] = Registry("schedule")
schedule = SCHEDULES


@schedule("constant", "Constant")
@dataclass(frozen=True, slots=True)
class ConstantRate(Schedule):
    """The learning rate stays as it is."""

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del length, rates
        return ()

    def factor(self, at: int, length: Length) -> float:
        del at, length
        return 1.0


@schedule("step", "Steps")
@dataclass(frozen=True, slots=True)
class Steps(Schedule):
    """Every so many epochs the learning rate falls by a factor."""

    every: Annotated[int, Param("Every", "Epochs from one fall to the next.", low=1, high=10**6, unit="epochs")] = 30
    gamma: Annotated[float, _GAMMA] = 0.1

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del length, rates
        return (Phase(Call("lr_scheduler.StepLR", (), {"step_size": self.every, "gamma": self.gamma})),)

    def factor(self, at: int, length: Length) -> float:
        del length
        return self.gamma ** (at // self.every)


@schedule("exponential", "Exponential")
@dataclass(frozen=True, slots=True)
class Exponential(Schedule):
    """After each epoch the learning rate falls by the same small factor."""

    gamma: Annotated[float, _GAMMA] = 0.97

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del length, rates
        return (Phase(Call("lr_scheduler.ExponentialLR", (), {"gamma": self.gamma})),)

    def factor(self, at: int, length: Length) -> float:
        del length
        return self.gamma**at


@schedule("cosine", "Cosine")
@dataclass(frozen=True, slots=True)
class Cosine(Schedule):
    """From the full learning rate down to almost nothing along half a cosine wave: slow, fast, slow."""

    unit = "batch"

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del rates
        return (Phase(Call("lr_scheduler.CosineAnnealingLR", (), {"T_max": length.steps})),)

    def factor(self, at: int, length: Length) -> float:
        return half_cosine(at / length.steps)


@schedule("warm_up", "Warm-up, then cosine")
@dataclass(frozen=True, slots=True)
class WarmUp(Schedule):
    """The learning rate rises in a straight line for a few epochs, then falls along half a cosine wave."""

    unit = "batch"
    epochs: Annotated[float, Param("Warm-up", "How long the rate rises.", above=0, high=10**6, unit="epochs")] = 2.0

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del rates
        rise = self._rise(length)
        warm = Call("lr_scheduler.LinearLR", (), {"start_factor": 1 / rise, "total_iters": rise - 1})
        fall = Call("lr_scheduler.CosineAnnealingLR", (), {"T_max": max(1, length.steps - rise)})
        return Phase(warm, rise), Phase(fall)

    def factor(self, at: int, length: Length) -> float:
        rise = self._rise(length)
        return (at + 1) / rise if at < rise else half_cosine((at - rise) / (length.steps - rise))

    def _rise(self, length: Length) -> int:
        """Batches that the rate rises for: at least two, so that there is a line."""
        return max(2, round(self.epochs * length.batches))


@schedule("one_cycle", "One cycle")
@dataclass(frozen=True, slots=True)
class OneCycle(Schedule):
    """The learning rate rises from a small share to its full height and falls again to almost nothing (Smith, 2018)."""

    unit = "batch"
    rising: Annotated[float, Param("Rising part", "Share of the run that the rate rises in.", low=0.01, high=0.99)] = (
        0.3
    )

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        settings = {
            "max_lr": list(rates) if len(rates) > 1 else rates[0],
            "total_steps": max(length.steps, LEAST_CYCLE),
            "pct_start": self._rising(length),
            "cycle_momentum": False,
        }
        return (Phase(Call("lr_scheduler.OneCycleLR", (), settings)),)

    def factor(self, at: int, length: Length) -> float:
        total = max(length.steps, LEAST_CYCLE)
        top = self._rising(length) * total - 1
        if at <= top:
            return _between(1 / FIRST, 1.0, at / top)
        return _between(1.0, 1 / (FIRST * LAST), (at - top) / (total - 1 - top))

    def _rising(self, length: Length) -> float:
        """The share of the run that the rate rises in: two batches at least."""
        return max(self.rising, 2 / max(length.steps, LEAST_CYCLE))


FIRST, LAST = 25.0, 1e4
"""How far below its full height one cycle begins, and how far below that it ends: PyTorch's defaults."""
LEAST_CYCLE = 4
"""Batches."""


@schedule("plateau", "Plateau")
@dataclass(frozen=True, slots=True)
class Plateau(Schedule):
    """Whenever the validation loss has not fallen for some epochs, the learning rate falls by a factor."""

    follows_loss = True
    gamma: Annotated[float, _GAMMA] = 0.3
    patience: Annotated[int, Param("Patience", "Epochs to wait for a better loss.", 0, 10**6, unit="epochs")] = 5

    def phases(self, length: Length, rates: Sequence[float]) -> tuple[Phase, ...]:
        del length, rates
        settings = {"factor": self.gamma, "patience": self.patience}
        return (Phase(Call("lr_scheduler.ReduceLROnPlateau", (), settings)),)

    def factor(self, at: int, length: Length) -> float:
        del at, length
        return 1.0


def _between(first: float, last: float, share: float) -> float:
    """From ``first`` to ``last`` along half a cosine wave."""
    return last + (first - last) * half_cosine(share)


def half_cosine(share: float) -> float:
    """From 1 at the start to 0 at the end."""
    return (1 + math.cos(math.pi * share)) / 2
