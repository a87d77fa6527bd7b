"""What every form of a trained network needs: the network that answers, what it says of itself, and rows to try."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoding.drawn import drawn
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.held_out import held_out
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.exporting.answering import Answering
from nnstudio.engine.exporting.compared import Compared, Expected, Run, compare, expected, most_at_once
from nnstudio.engine.exporting.metadata import metadata
from nnstudio.engine.exporting.traced import Program, traced
from nnstudio.engine.load import restore
from nnstudio.jobs.predicting.predictor import encoding_of
from nnstudio.spec.errors import StudioError
from nnstudio.spec.files import as_text, project_from_json
from nnstudio.spec.project import Project

MOST_ROWS, FEWEST_ROWS = 1_000, 16
"""Real rows that are tried; few of large pictures, of which each takes long."""

DRAWN, FEWEST_DRAWN = 32, 4
"""Random examples that are tried beside them; few where each has many numbers."""
MOST_NUMBERS = 2**24
"""Numbers of all random examples together."""


@dataclass(frozen=True, eq=False)
class Exportable:
    """The network of a model ``file``, ready to be written; what takes long is made once."""

    file: ModelFile
    project: Project
    encoding: Encoding
    module: Answering

    @classmethod
    def of(cls, file: ModelFile) -> Exportable:
        """Raises `ModelFileError` for bare weights, which say neither what they take nor what they mean."""
        encoding, project = encoding_of(file), project_from_json(file.project)
        network = restore(project.model, encoding.input_shape, file)
        return cls(file, project, encoding, Answering(network, project.training.loss, encoding))

    @cached_property
    def program(self) -> Program:
        """Its way through its layers, as ONNX and .pt2 are written from it; raises `ExportError`."""
        return traced(self.module, self.drawn)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file is to say of itself."""
        return metadata(self.file, self.project, self.encoding, self.module.outputs)

    @property
    def about(self) -> str:
        """What it is, in a sentence."""
        data = as_text(Path(self.project.data.source.path).name) if self.project.data else "data"
        return f"A network that nnstudio trained on {data} to predict {self.encoding.target.name}."

    @cached_property
    def drawn(self) -> NDArray[np.float32]:
        """Random examples, as encoded."""
        fitting = MOST_NUMBERS // prod(self.encoding.input_shape)
        return drawn(self.encoding, max(FEWEST_DRAWN, min(DRAWN, fitting)))

    def compare(self, run: Run) -> tuple[Compared, str]:
        """Hold another program against PyTorch over random and real rows; says in words which those were."""
        found = compare(self._random, run)
        random = f"{found.rows:,} random examples"
        if self._real is None:
            return found, f"{random} (the data that it was trained on are gone or others now)"
        real = compare(self._real, run)
        return found | real, f"{real.rows:,} rows and {random}"

    @cached_property
    def _random(self) -> Expected:
        return expected(self.module, self.drawn)

    @cached_property
    def _real(self) -> Expected | None:
        rows = self._real_rows()
        return None if rows is None else expected(self.module, rows)

    def _real_rows(self) -> NDArray[np.float32] | None:
        """Encoded rows that it was not trained on; None where the data are gone, or others."""
        if self.project.data is None:
            return None
        most = max(FEWEST_ROWS, min(MOST_ROWS, FEWEST_ROWS * most_at_once(self.module, self.drawn)))
        try:
            return held_out(self.project.data, self.encoding, most)
        except (StudioError, OSError):
            return None
