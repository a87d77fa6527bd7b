"""What a run is about, before anything was learned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.build import build
from nnstudio.engine.examples import Examples
from nnstudio.engine.load import load_own_starts
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a run is about; ``plan`` is the one to follow, or None where it is to be chosen.

    Where the first ``count`` rows of the stack never change, ``features (N, …)`` are what they made of the examples,
    computed by so many ``threads``; the rest of the network learns from them.
    """

    project: Project
    examples: Examples
    walked: Walk
    device: str
    plan: NumericPlan | None = None
    features: NDArray[np.float32] | None = None
    count: int = 0
    threads: int = 0

    @property
    def fed(self) -> Examples:
        """What passes the layers that are trained."""
        return self.examples if self.features is None else replace(self.examples, x=self.features)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of an example's way through the layers that it passes in every epoch."""
        return self.walked.multiply_adds_of(slice(self.count, None))

    def module(self) -> nn.Sequential:
        """The network as training begins with it, on the device."""
        project = self.project
        module = build(project.model, self.walked.input_shape, project.training.seed)
        if project.model.starts:
            load_own_starts(module, project.model)
        return module.to(self.device)

    @property
    def classes(self) -> NDArray[np.int64] | None:
        """The class number of each training row; None where there are no classes."""
        examples = self.examples
        return examples.y[examples.train].astype(np.int64) if examples.facts.task.is_classification else None
