"""The moving average of a network's weights, which is steadier than the weights themselves."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Average:
    """The exponential moving average of all that changes in a network; ``module`` is the network that has it.

    After step ``n`` it moves by ``1 - min(decay, (1 + n) / (10 + n))`` towards the weights: at first quickly, so that
    it forgets where training began (as TensorFlow's ExponentialMovingAverage does). The first step is taken over as it
    is; all in all it is ``torch.optim.swa_utils.AveragedModel`` with that decay. The running statistics of a batch norm
    are averaged alike, since they belong to the weights; counters are copied. What is frozen stays as it is, to the
    bit.
    """

    def __init__(self, module: nn.Sequential, decay: float) -> None:
        self.module = copy.deepcopy(module).requires_grad_(False)
        self._decay, self._steps = decay, 0
        pairs = list(zip(self.module.state_dict().values(), module.state_dict().values(), strict=True))
        moving = [pair for pair in pairs if pair[0].is_floating_point()]
        self._mine, self._theirs = [mine for mine, _ in moving], [theirs for _, theirs in moving]
        self._counters = [pair for pair in pairs if not pair[0].is_floating_point()]

    def follow(self) -> None:
        """The network made a step."""
        n = self._steps
        weight = 1 - min(self._decay, (1 + n) / (10 + n)) if n else 1.0
        torch._foreach_lerp_(self._mine, self._theirs, weight)
        for mine, theirs in self._counters:
            mine.copy_(theirs)
        self._steps += 1

    def state(self) -> dict[str, Any]:
        """The average, and how many steps went into it."""
        return {"steps": self._steps, "weights": self.module.state_dict()}

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Go on from a `state`; without one begin anew from the weights as they are."""
        if state is None:
            self._steps = 0
            torch._foreach_copy_(self._mine, self._theirs)
            return
        self._steps = state["steps"]
        weights: Mapping[str, Tensor] = state["weights"]
        self.module.load_state_dict(weights)
