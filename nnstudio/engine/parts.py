"""Some layers of a network with their weights, for use in another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from torch import Tensor

from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.load import stored
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.layers import Shape
from nnstudio.spec.mapping import Match, mapping, places, prefixes
from nnstudio.spec.model import Model, Row, Weights
from nnstudio.spec.nesting import mapped, outermost
from nnstudio.spec.shapes import walk


def layers_of(
    model: Model, input_shape: Shape, row_ids: Collection[str], files: Sequence[tuple[Weights, ModelFile]]
) -> tuple[tuple[Row, ...], dict[str, Tensor]]:
    """The rows, unlocked, and their tensors by the names that they have in a network of these rows alone.

    Raises `ModelFileError` where ``files`` do not give every tensor of them.
    """
    rows = mapped(tuple(outermost(model.rows, row_ids)), _free)
    names = prefixes(Model(rows))
    state: dict[str, Tensor] = {}
    for line in mapping(model, places(walk(model, input_shape)), [(weights, stored(file)) for weights, file in files]):
        place = line.place
        if place is None or place.row not in names:
            continue
        if line.match is not Match.MATCHED:
            raise _untrained(model.row(place.row))
        state[f"{names[place.row][place.repetition]}.{place.tensor}"] = files[line.file][1].state[line.source]
    if not state:
        raise ModelFileError("There is nothing to save.", "The chosen layers have no weights.", "Choose others.")
    return rows, state


def _free(row: Row) -> Row:
    return replace(row, locked=False, locked_parameters=(), rate=1.0, thaw=0)


def _untrained(row: Row) -> ModelFileError:
    return ModelFileError(
        f"“{row.title}” has no trained weights yet.",
        "It starts fresh.",
        "Train first, then save its layers.",
    )
