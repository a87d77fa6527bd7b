"""What a run is about, before anything was learned."""

from __future__ import annotations

from dataclasses import dataclass

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
    """What a run is about; ``plan`` is the one to follow, or None where it is to be chosen."""

    project: Project
    examples: Examples
    walked: Walk
    device: str
    plan: NumericPlan | None = None

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
