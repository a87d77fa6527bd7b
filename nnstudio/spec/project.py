"""One value describes an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnstudio.spec.data import DataSpec
from nnstudio.spec.model import Model
from nnstudio.spec.training import Training


@dataclass(frozen=True, slots=True)
class Project:
    """Data, network and training; ``data`` is None until something is opened. Weights and tables are never inside."""

    data: DataSpec | None = None
    model: Model = field(default_factory=Model)
    training: Training = field(default_factory=Training)
