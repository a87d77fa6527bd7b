"""What the trials of a search are judged by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from nnstudio.spec.metrics import metrics_for
from nnstudio.spec.project import Project, data_to_train_on


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure of the validation rows, by its ``key`` in the measures, its name in words, and which way is better."""

    key: str
    name: str
    better: Literal["higher", "lower"]

    def is_better(self, one: float, other: float | None) -> bool:
        """Whether ``one`` is better than ``other``, or there is no other."""
        if other is None:
            return math.isfinite(one)
        return one > other if self.better == "higher" else one < other


def objective_of(project: Project) -> Judged:
    """The validation loss, which early stopping watches, or the first measure of the task, as in the list of runs.

    Both are those of the epoch with the lowest validation loss, whose weights are kept. Raises
    `SpecError` without data.
    """
    if project.search.objective == "loss":
        return Judged("loss", "validation loss", "lower")
    metric = metrics_for(data_to_train_on(project).task)[0]
    title = metric.title.lower() if len(metric.title) > 2 else metric.title  # R² is a sign, not a word
    return Judged(metric.key, f"validation {title}", metric.better)
