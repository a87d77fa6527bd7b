"""A model file, ready to answer: its network with its weights, and how rows become numbers and answers words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget
from nnstudio.data.encoding.fitted import Encoding, decode_target
from nnstudio.data.fingerprint import require_file, state
from nnstudio.engine.checkpoint import ModelFile, load_model
from nnstudio.engine.load import restore
from nnstudio.engine.predict import MANY_AT_ONCE, batch_rows, one_thread, predict
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.files import project_from_json
from nnstudio.spec.predicted import ERROR_COLUMN, chance_column, predicted_column

Numbers = NDArray[np.float32]


class Predictor:
    """Answers encoded rows. Raises `ModelFileError` or `ShapeError` where the file holds no network that can."""

    def __init__(self, file: ModelFile) -> None:
        self.file, self.encoding = file, encoding_of(file)
        self.project = project_from_json(file.project)
        self._module = restore(self.project.model, self.encoding.input_shape, file)

    @cached_property
    def at_once(self) -> int:
        """How many rows pass through the network together."""
        return batch_rows(self._module, self.encoding.input_shape)

    def outputs(self, x: Numbers) -> Numbers:
        """Probabilities ``(N, classes)``, or standardised values ``(N, answers)``, for ``x (N, *input_shape)``."""
        with one_thread() if self.at_once >= MANY_AT_ONCE else nullcontext():
            return predict(self._module, self.project.training.loss, x, self.at_once)

    def columns(self, x: Numbers, probabilities: bool = True) -> Mapping[str, Any]:
        """The Arrow columns to add to the rows ``x (N, *input_shape)``, as `names` calls them.

        The predicted class, and where ``probabilities`` are wanted one for each; a value for each target; or how far
        the network is from giving its input again: the mean squared error of a row, as encoded.
        """
        return dict(zip(self.names(probabilities), self._columns(x), strict=False))

    def names(self, probabilities: bool = True) -> tuple[str, ...]:
        """What the columns are called that are added to a table."""
        target = self.encoding.target
        match target:
            case ClassTarget(name, classes):
                chances = tuple(map(chance_column, classes)) if probabilities else ()
                return (predicted_column(name), *chances)
            case InputTarget():
                return (ERROR_COLUMN,)
        return tuple(map(predicted_column, target.names))

    def _columns(self, x: Numbers) -> Iterator[Any]:
        outputs, target = self.outputs(x), self.encoding.target
        match target:
            case ClassTarget():
                said = pa.array(outputs.argmax(1).astype(np.int32))
                yield pa.DictionaryArray.from_arrays(said, list(target.classes)).cast(pa.string())
                yield from (pa.array(chance) for chance in outputs.T)
            case InputTarget():
                yield pa.array(mean_squares(outputs - x.reshape(outputs.shape)))
            case _:
                values = decode_target(self.encoding, outputs).reshape(len(outputs), -1)
                yield from (pa.array(value) for value in values.T)


def mean_squares(errors: Numbers) -> NDArray[np.float64]:
    """The mean square of each row ``(N,)``."""
    means: NDArray[np.float64] = np.einsum("ij,ij->i", errors, errors, dtype=np.float64) / errors.shape[1]
    return means


def encoding_of(file: ModelFile) -> Encoding:
    """How a model takes a table; raises `ModelFileError` for bare weights, which do not say."""
    if not file.encoding or not file.project:
        raise ModelFileError(
            f"“{Path(file.path).name}” cannot predict by itself.",
            "It holds bare weights: neither the network nor how a table becomes numbers.",
            "Save a model (not a state_dict), or train further from these weights.",
        )
    return Encoding.from_json(file.encoding)


_kept: dict[tuple[str, tuple[int, int]], Predictor] = {}


def predictor_of(path: str) -> Predictor:
    """The model file at ``path``, read now unless it was the last one that was asked for and is the same still."""
    require_file(Path(path))
    key = path, state(Path(path))
    if key not in _kept:
        predictor = Predictor(load_model(Path(path)))
        _kept.clear()
        _kept[key] = predictor
    return _kept[key]
