"""The learning rate and weight decay that a run goes by, which may be changed while it goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch.optim import Optimizer

from nnstudio.engine.build import is_spared
from nnstudio.engine.schedule import Scheduler
from nnstudio.spec.events import ChangeRates, RatesChanged
from nnstudio.spec.training import Training


class Tuning:
    """The rates in force: at first those of the project, then what was asked for."""

    def __init__(self, training: Training, optimizer: Optimizer, scheduler: Scheduler) -> None:
        self.learning_rate, self.weight_decay = training.optimizer.lr, training.optimizer.weight_decay
        self._decay, self._optimizer, self._scheduler = training.decay, optimizer, scheduler
        self._recorded: deque[RatesChanged] = deque()

    def due(self, epoch: int) -> int:
        """The batch of ``epoch`` behind which the next recorded change is made; 0 when there is none."""
        return self._recorded[0].batch if self._recorded and self._recorded[0].epoch == epoch else 0

    def repeat(self, epoch: int, batch: int) -> Iterator[RatesChanged]:
        """Make the changes that were made here before."""
        while self._recorded and (self._recorded[0].epoch, self._recorded[0].batch) == (epoch, batch):
            change = self._recorded.popleft()
            self._set(change.learning_rate, change.weight_decay)
            yield change

    def change(self, wish: ChangeRates, epoch: int, batch: int) -> Iterator[RatesChanged]:
        """Do as is asked behind ``batch`` batches of ``epoch``; what changes nothing is passed over."""
        if (wish.learning_rate, wish.weight_decay) == (self.learning_rate, self.weight_decay):
            return
        self._recorded.clear()
        self._set(wish.learning_rate, wish.weight_decay)
        yield RatesChanged(epoch, batch, wish.learning_rate, wish.weight_decay)

    def state(self) -> dict[str, Any]:
        """What is in force; the groups of the optimiser have it, too."""
        return {"learning_rate": self.learning_rate, "weight_decay": self.weight_decay}

    def restore(self, state: Mapping[str, Any], recorded: Iterable[RatesChanged], *, anew: bool = False) -> None:
        """Go on from a `state`, with the optimiser and the schedule of that time, or, ``anew``, with the project's.

        ``recorded`` are changes that an earlier process made behind it: each is made again where it was made then,
        unless something else is asked for before.
        """
        if anew:
            self._set(state["learning_rate"], state["weight_decay"])
        self.learning_rate, self.weight_decay = state["learning_rate"], state["weight_decay"]
        self._recorded.extend(recorded)

    def _set(self, learning_rate: float, weight_decay: float) -> None:
        if learning_rate != self.learning_rate:
            self._scheduler.scale(self.learning_rate, learning_rate)
        for group in self._optimizer.param_groups:
            if not is_spared(group["params"][0], self._decay):
                group["weight_decay"] = weight_decay
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
