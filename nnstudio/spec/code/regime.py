"""What a printed training loop has to know that neither the project nor its network says by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from nnstudio.spec.tasks import Task


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that learn alike: their names, learning rate and weight decay; no names for all that ever learn."""

    names: tuple[str, ...]
    lr: float
    weight_decay: float


@dataclass(frozen=True, slots=True)
class Regime:
    """How the rows are fed to a network, and what of it is frozen.

    ``scales`` are the units of the targets. ``weighted`` where the rows do not count alike in the loss, and
    ``has_weights`` where the data itself has a weight for each of them. While the network is judged, ``at_once`` rows
    pass in a batch. A last batch of a single row is left out where ``drops_last``. ``locked`` are parameters by the
    epoch in which they begin to train (infinity: never), and ``resting`` layers, by their place, that stay in
    ``eval()`` until then. ``start`` is the weights file to start from, beside the script. A class is
    ``absent`` where some part that is judged has no row of it, and a row is ``lone`` that is the whole of such a part.
    The first ``passed`` layers never change: what they make of the rows, ``passed_at_once`` in a batch, is computed
    once.
    """

    task: Task
    classes: int
    scales: tuple[float, ...]
    groups: tuple[Group, ...]
    at_once: int
    weighted: bool = False
    has_weights: bool = False
    validated: bool = True
    tested: bool = True
    drops_last: bool = False
    absent: bool = False
    lone: bool = False
    batches: int = 1
    locked: Mapping[str, float] = field(default_factory=dict)
    resting: Mapping[str, float] = field(default_factory=dict)
    start: str = ""
    passed: int = 0
    passed_at_once: int = 1

    @property
    def rest(self) -> str:
        """Which layers of a network learn from what comes in: a slice to stand behind it, or nothing."""
        return f"[{self.passed}:]" if self.passed else ""

    @property
    def frozen(self) -> tuple[str, ...]:
        """The parameters that never train."""
        return tuple(name for name, epoch in self.locked.items() if epoch == inf)

    @property
    def thawing(self) -> Mapping[str, float]:
        """The parameters that begin to train later, by the epoch in which they do."""
        return {name: epoch for name, epoch in self.locked.items() if epoch != inf}

    @property
    def resting_for_ever(self) -> tuple[str, ...]:
        """The layers that stay in ``eval()``."""
        return tuple(place for place, epoch in self.resting.items() if epoch == inf)

    @property
    def resting_at_first(self) -> Mapping[str, float]:
        """The layers that stay in ``eval()`` until an epoch."""
        return {place: epoch for place, epoch in self.resting.items() if epoch != inf}
