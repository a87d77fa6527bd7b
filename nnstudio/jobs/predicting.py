"""The job that applies a model to a new file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.apply import apply
from nnstudio.data.encoding import Encoding, decode_target
from nnstudio.data.table import MappedTable
from nnstudio.data.write import join_predictions, write_predictions, write_preview
from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.load import restore
from nnstudio.engine.predict import predict
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Inbox, Predicted
from nnstudio.spec.files import project_from_json
from nnstudio.spec.requests import PredictTable


def predict_table(request: PredictTable, inbox: Inbox) -> Iterator[Predicted]:
    """Predict every row of a table or every picture of a folder; the answers stand beside the rows."""
    del inbox
    file = load_model(Path(request.model))
    encoding = _encoding_of(file)
    applied = apply(encoding, request.source)
    added = _answers(encoding, _outputs(file, encoding, applied.x))
    with MappedTable(applied.cache) as source:
        joined = join_predictions(source, added)
        preview = write_preview(joined)
        if request.out:
            write_predictions(Path(request.out), joined)
        yield Predicted(len(applied.x), tuple(joined.column_names), str(preview), request.out, applied.warnings)


def _encoding_of(file: ModelFile) -> Encoding:
    if not file.encoding or not file.project:
        raise ModelFileError(
            f"“{Path(file.path).name}” cannot predict by itself.",
            "It holds bare weights: neither the network nor how a table becomes numbers.",
            "Save a model (not a state_dict), or train further from these weights.",
        )
    return Encoding.from_json(file.encoding)


def _outputs(file: ModelFile, encoding: Encoding, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities ``(N, classes)``, or standardised values ``(N, 1)``."""
    project = project_from_json(file.project)
    module = restore(project.model, encoding.input_shape, file)
    return predict(module, project.training.loss, x)


def _answers(encoding: Encoding, outputs: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """The columns to add: the prediction, and a probability for each class."""
    name = f"predicted_{encoding.target.name}"
    if not encoding.task.is_classification:
        return {name: decode_target(encoding, outputs)}
    classes = decode_target(encoding, np.arange(outputs.shape[1]))
    chances = {f"probability_{label}": outputs[:, index] for index, label in enumerate(classes)}
    return {name: decode_target(encoding, outputs.argmax(axis=1)), **chances}
