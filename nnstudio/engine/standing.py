"""How a run stands: its best epoch so far, and whether a better one is still waited for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nnstudio.engine.trained import Trained
from nnstudio.spec.events import Measures


class Standing:
    """Keeps the weights of the best epoch in ``trained``; ``measures`` are its figures: training and validation."""

    def __init__(self, trained: Trained, patience: int) -> None:
        self._trained, self._patience = trained, patience
        self.measures: tuple[Measures, Measures] = {}, {}
        self._lowest, self._waits_since = math.inf, 0

    def is_settled(self, epochs: int) -> bool:
        """Whether there was no better epoch for as long as is waited for one."""
        return 0 < self._patience <= epochs - max(self._trained.best_epoch, self._waits_since)

    def take(self, epoch: int, train: Measures, validation: Measures) -> bool:
        """An epoch ended with these measures; keep its weights if they are the best so far."""
        loss = (validation or train)["loss"]
        if loss >= self._lowest:
            return False
        self._lowest, self.measures = loss, (train, validation)
        self._trained.keep(epoch)
        return True

    def state(self) -> dict[str, Any]:
        """The best epoch with its weights and measures."""
        return {
            "best": self._trained.best,
            "best_epoch": self._trained.best_epoch,
            "best_measures": [dict(measures) for measures in self.measures],
            "lowest": self._lowest,
            "waits_since": self._waits_since,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        self._trained.restore(state["best"], state["best_epoch"])
        train, validation = state["best_measures"]
        self.measures, self._lowest, self._waits_since = (train, validation), state["lowest"], state["waits_since"]
