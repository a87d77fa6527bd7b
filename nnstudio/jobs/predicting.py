"""The job that applies a model to a new file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget
from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.fitted import Encoding, decode_target
from nnstudio.data.pictures.picture_source import read_like
from nnstudio.data.table import MappedTable
from nnstudio.data.write import join_predictions, write_predictions, write_preview
from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.load import restore
from nnstudio.engine.predict import predict
from nnstudio.jobs.opening import found_out
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import Inbox, Predicted
from nnstudio.spec.files import project_from_json
from nnstudio.spec.requests import PredictTable


def predict_table(request: PredictTable, inbox: Inbox) -> Iterator[Predicted]:
    """Predict every row of a table or every picture of a folder; the answers stand beside the rows."""
    del inbox
    file = load_model(Path(request.model))
    encoding = encoding_of(file)
    trained = project_from_json(file.project).data
    source = found_out(Path(request.source.path))[0] if request.detect else request.source
    applied = apply(encoding, read_like(source, trained.source) if trained else source)
    added = _answers(encoding, applied.x, _outputs(file, encoding, applied.x))
    with MappedTable(applied.cache) as table:
        joined = join_predictions(table, added, applied.places)
        preview = write_preview(joined)
        if request.out:
            write_predictions(Path(request.out), joined)
        yield Predicted(len(applied.x), tuple(joined.column_names), str(preview), request.out, applied.warnings)


def encoding_of(file: ModelFile) -> Encoding:
    """How a model takes a table; raises `ModelFileError` for bare weights, which do not say."""
    if not file.encoding or not file.project:
        raise ModelFileError(
            f"“{Path(file.path).name}” cannot predict by itself.",
            "It holds bare weights: neither the network nor how a table becomes numbers.",
            "Save a model (not a state_dict), or train further from these weights.",
        )
    return Encoding.from_json(file.encoding)


def _outputs(file: ModelFile, encoding: Encoding, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities ``(N, classes)``, or standardised values ``(N, answers)``."""
    project = project_from_json(file.project)
    module = restore(project.model, encoding.input_shape, file)
    return predict(module, project.training.loss, x)


def _answers(
    encoding: Encoding, x: NDArray[np.float32], outputs: NDArray[np.float32]
) -> dict[str, NDArray[np.generic]]:
    """The columns to add.

    The predicted class and a probability for each; a value for each target; or how far the network is from giving its
    input ``x`` again: the mean squared error of a row, as encoded.
    """
    target = encoding.target
    match target:
        case ClassTarget():
            classes = decode_target(encoding, np.arange(outputs.shape[1]))
            chances = {f"probability_{label}": outputs[:, index] for index, label in enumerate(classes)}
            return {f"predicted_{target.name}": decode_target(encoding, outputs.argmax(axis=1)), **chances}
        case InputTarget():
            return {"reconstruction_error": _mean_squares(outputs - x.reshape(outputs.shape))}
    values = decode_target(encoding, outputs).reshape(len(outputs), -1)
    return {f"predicted_{name}": values[:, place] for place, name in enumerate(target.names)}


def _mean_squares(errors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean square of each row ``(N,)``."""
    means: NDArray[np.float64] = np.einsum("ij,ij->i", errors, errors, dtype=np.float64) / errors.shape[1]
    return means
