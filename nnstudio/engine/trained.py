"""The weights of a run: those of its best epoch, and the last ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nnstudio.spec.errors import NotFiniteError

State = dict[str, Tensor]
"""Tensors by the names of a ``state_dict``."""


def all_finite(tensors: Iterable[Tensor]) -> bool:
    """Whether every number is finite; whole numbers always are."""
    return all(bool(tensor.isfinite().all()) for tensor in tensors if tensor.is_floating_point())


def need_finite(loss: float, epoch: int) -> float:
    """The ``loss`` in an epoch; raises `NotFiniteError` where it is none."""
    if math.isfinite(loss):
        return loss
    kind = "not a number" if math.isnan(loss) else "infinite"
    raise NotFiniteError(f"The loss became {kind} in epoch {epoch}.")


class Trained:
    """The weights of a run, for its caller to take whatever becomes of it: pass one to `train` and look into it later.

    ``best`` holds the weights of ``best_epoch`` (0: no epoch has ended, and they are those that training began with),
    ``last`` the current ones; both are a ``state_dict``. Where an average of the weights is judged, ``best`` holds
    that, and ``last`` the weights that training goes on with. Take them between events: they change while it goes on.
    ``ending`` is what training could go on from (`nnstudio.engine.recovery`) when it has come to its end, else None.
    """

    def __init__(self) -> None:
        self.best: State = {}
        self.last: State = {}
        self._judged: State = {}
        self.best_epoch = 0
        self.ending: Mapping[str, Any] | None = None

    def follow(self, module: nn.Module, judged: nn.Module | None = None) -> None:
        """Take ``module``'s weights for the last ones from now on, and for the best until `keep`.

        The best are to be those of ``judged``, where that is another network.
        """
        self.last = dict(module.state_dict())
        self._judged = self.last if judged is None else dict(judged.state_dict())
        self.best = {name: tensor.clone() for name, tensor in self.last.items()}
        self.best_epoch = 0

    @property
    def is_finite(self) -> bool:
        """Whether every one of the last weights is a number."""
        return all_finite(self.last.values())

    def need_finite(self, epoch: int) -> None:
        """Raise `NotFiniteError` unless it is."""
        if not self.is_finite:
            raise NotFiniteError(f"The weights became infinite, or not a number, in epoch {epoch}.")

    def restore(self, best: State, epoch: int) -> None:
        """Take ``best`` for the weights of the best ``epoch``."""
        self.best = {name: best[name].to(tensor.device) for name, tensor in self.last.items()}
        self.best_epoch = epoch

    def keep(self, epoch: int) -> None:
        """Take the current weights for the best: one call into tensors that are there already, two microseconds."""
        torch._foreach_copy_(list(self.best.values()), list(self._judged.values()))
        self.best_epoch = epoch
