"""One value describes an experiment."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import SpecError
from nnstudio.spec.model import Model
from nnstudio.spec.search import Search
from nnstudio.spec.training import Training


@dataclass(frozen=True, slots=True)
class Project:
    """Data, network and training, and what a search tries; ``data`` is None until something is opened.

    Weights and tables are never inside.
    """

    data: DataSpec | None = None
    model: Model = field(default_factory=Model)
    training: Training = field(default_factory=Training)
    search: Search = field(default_factory=Search)


def data_to_train_on(project: Project) -> DataSpec:
    """The data of ``project``; raises `SpecError` where it has none."""
    if project.data is None:
        raise SpecError("There is no data to train on.", "", "Open a table, a folder of pictures, or a sample.")
    return project.data
