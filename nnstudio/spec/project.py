"""One value describes an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.model import Model
from nnstudio.spec.training import Training


@dataclass(frozen=True, slots=True)
class Project:
    """Data, network and training; ``data`` is None until something is opened. Weights and tables are never inside."""

    data: DataSpec | None = None
    model: Model = field(default_factory=Model)
    training: Training = field(default_factory=Training)


def data_to_train_on(project: Project) -> DataSpec:
    """The data of ``project``; raises `SpecError` where it has none."""
    if project.data is None:
        raise SpecError("There is no data to train on.", "", "Open a table, a folder of pictures, or a sample.")
    return project.data
