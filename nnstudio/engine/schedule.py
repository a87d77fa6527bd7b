"""The learning rate while a network is trained: PyTorch's own schedulers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, SequentialLR

from nnstudio.engine.build import make
from nnstudio.spec.schedules import Length, Schedule


class Scheduler:
    """Changes the learning rates of ``optimizer`` after each batch or epoch of a run of ``length``.

    ``after_batch`` is None where the rate does not change within an epoch.
    """

    def __init__(self, schedule: Schedule, optimizer: Optimizer, length: Length) -> None:
        self._optimizer, self._schedule, self._length = optimizer, schedule, length
        self._follows_loss = schedule.follows_loss
        self._starts = [group["lr"] for group in optimizer.param_groups]
        self._begin()

    def _begin(self) -> None:
        """Be before the first batch."""
        schedule = self._schedule
        self._scheduler = scheduler = make_schedule(schedule, self._optimizer, self._length)
        step: Callable[..., object] | None = scheduler.step if scheduler is not None else None
        self.after_batch = step if schedule.unit == "batch" else None
        self._after_epoch = step if schedule.unit == "epoch" else None

    @property
    def rate(self) -> float:
        """The learning rate of the next step, of the first group of parameters."""
        return float(self._optimizer.param_groups[0]["lr"])

    def state(self) -> dict[str, Any]:
        """Where the schedule is; the rates themselves are the optimiser's."""
        of_torch = self._scheduler.state_dict() if self._scheduler is not None else {}
        return {"epochs": self._length.epochs, "batches": self._length.batches, "scheduler": of_torch}

    def restore(self, state: Mapping[str, Any]) -> bool:
        """Go on from a `state`; says whether the rates are those that the project begins with.

        That is so where it was laid out over a run of another length: then it goes to the same place in this one.
        """
        if self._scheduler is None:
            return False
        if not self._schedule.is_the_same(self._length, replace(self._length, epochs=state["epochs"])):
            self._begin_again()
            for _ in range(state["scheduler"]["last_epoch"]):
                self._scheduler.step()
            return True
        self._scheduler.load_state_dict(state["scheduler"])
        return False

    def follow(self, losses: Iterable[float]) -> None:
        """Go on by an epoch for each of these losses, as if it had been trained."""
        for loss in losses:
            if self.after_batch:
                for _ in range(self._length.batches):
                    self.after_batch()
            self.after_epoch(loss)

    def _begin_again(self) -> None:
        for group, start in zip(self._optimizer.param_groups, self._starts, strict=True):
            for name in STARTS.intersection(group):
                del group[name]
            group["lr"] = start
        self._begin()

    def after_epoch(self, loss: float) -> None:
        """An epoch ended with this ``loss``."""
        if self._after_epoch:
            self._after_epoch(*([loss] if self._follows_loss else []))

    def scale(self, old: float, new: float) -> None:
        """Multiply all rates by ``new / old``, those of now and those to come: every schedule is a factor on its start.

        What is ``old`` exactly becomes ``new`` exactly.
        """
        for group in self._optimizer.param_groups:
            for name in STARTS.intersection(group):
                group[name] = group[name] / old * new
        for scheduler in getattr(self._scheduler, "_schedulers", [self._scheduler]):
            if hasattr(scheduler, "base_lrs"):
                scheduler.base_lrs = [rate / old * new for rate in scheduler.base_lrs]


STARTS = {"lr", "initial_lr", "max_lr", "min_lr"}
"""Where PyTorch's schedulers keep rates in a group of parameters: that of now, and those that they calculate from."""


def make_schedule(schedule: Schedule, optimizer: Optimizer, length: Length) -> LRScheduler | None:
    """PyTorch's scheduler for ``optimizer`` and a run of ``length``; None where the learning rate stays.

    Its ``step`` is called after each epoch or batch, as `Schedule.unit` says, with the loss where it follows that.
    """
    phases = schedule.phases(length, [group["lr"] for group in optimizer.param_groups])
    if not phases:
        return None
    counted: Any = optimizer
    counted._opt_called = True  # noqa: SLF001  # training goes past the wrapper that notes it, and PyTorch would warn
    made: list[LRScheduler] = [make(phase.call, optimizer) for phase in phases]
    if len(made) == 1:
        return made[0]
    return SequentialLR(optimizer, made, [phase.steps for phase in phases if phase.steps is not None])
