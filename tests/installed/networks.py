"""Projects that together train a layer of every kind, for a program that nothing can be imported from.

Only those for volumes are not among them: no data that can be opened has that shape.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnstudio.data.source import open_source
from nnstudio.session import edits
from nnstudio.spec.columns import NumberEncoding
from nnstudio.spec.errors import ShapeError, SpecError
from nnstudio.spec.files import save_project
from nnstudio.spec.layers import LAYERS, Block, Branches, Flatten, LayerKind, Linear, ReLU, Repeat, Reshape, Shape
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.sources import ArraySource

SHAPES: dict[str, Shape] = {
    "numbers": (16,),
    "sequence": (6, 8),
    "series": (4, 32),
    "picture": (4, 16, 16),
    "windows": (14, 14, 12),
}
ROWS = 24
"""With fractions of a tenth to validate and test."""


def kinds_for(shape: Shape) -> list[type[LayerKind]]:
    """The kinds of layer that take inputs of ``shape`` as they are by default."""
    return [kind for kind in LAYERS.kinds.values() if not issubclass(kind, Block) and _takes(kind, shape)]


def _takes(kind: type[LayerKind], shape: Shape) -> bool:
    try:
        return 0 not in kind().out_shape(shape)
    except (ShapeError, SpecError):
        return False


def write_projects(folder: Path) -> list[Path]:
    """Write a project for each shape into ``folder``, with the data beside it."""
    return [_write(folder, name, shape) for name, shape in SHAPES.items()]


def _write(folder: Path, name: str, shape: Shape) -> Path:
    draw = np.random.default_rng(0)
    x = draw.integers(0, 2, (ROWS, math.prod(shape))).astype(np.float32)  # indices for embeddings, too
    np.savez(folder / f"{name}.npz", x=x, y=x[:, 0] > 0)
    found = open_source(ArraySource(str(folder / f"{name}.npz"), "x", "y"))
    project = edits.open_source(Project(), found)
    columns = [column.name for column in edits.data_of(project).columns]
    project = edits.set_encoding(project, columns, NumberEncoding("none"))
    again = Row("again", Repeat(), branches=((Row("unit", ReLU()),),))
    model = Model((*_shaped(shape), _side_by_side(shape), again, Row("out", Linear(1))))
    training = replace(project.training, epochs=1, device="cpu")
    path = folder / f"{name}.nnstudio"
    save_project(replace(project, model=model, training=training), path)
    return path


def _shaped(shape: Shape) -> tuple[Row, ...]:
    """Layers that make ``shape`` of the columns of a table."""
    match shape:
        case (_,):
            return ()
        case (first, second):
            return (Row("shape", Reshape(first, 0, second)),)
        case (first, second, third):
            return (Row("shape", Reshape(first, second, third)),)
    raise ValueError(f"no layers make {shape}")


def _side_by_side(shape: Shape) -> Row:
    """A layer of each kind, their results in a row."""
    return Row("all", Branches("concat"), branches=tuple(_flat(kind(), shape) for kind in kinds_for(shape)))


def _flat(layer: LayerKind, shape: Shape) -> tuple[Row, ...]:
    row = Row(layer.key, layer)
    return (row,) if len(layer.out_shape(shape)) == 1 else (row, Row(f"{layer.key} flat", Flatten()))
