"""Whole modules of `torch.nn`: their classes and plain fields say every layer, and nothing has to be guessed.

The objects are `Record`, which hold what lay in the file and can do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnstudio.engine.foreign.records import Record, class_name
from nnstudio.engine.rebuilding.fields import Fields, Inexpressible
from nnstudio.engine.rebuilding.kinds import LAYER
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import LogSoftmax, Softmax
from nnstudio.spec.model import Row, new_row

LAST_SIDE = "It was made for the last side, and works on the first one here: the same where there is just one."


def rows_of_module(record: Record, name: str = "") -> tuple[Row, ...]:
    """The rows of a whole module, called by their paths in it; raises `Inexpressible` where there is no such layer."""
    kind, fields = class_name(record), Fields.of(record)
    if kind == "Sequential":
        return _children(fields, name)
    if kind == "TransformerEncoder":
        layers = fields.child("layers")
        norm = fields.optional_child("norm")
        inner = _children(Fields.of(layers), _joined(name, "layers"))
        return (*inner, *rows_of_module(norm, _joined(name, "norm"))) if norm else inner
    return rows_of_layer(kind, vars(record), name)


def rows_of_layer(kind: str, values: Mapping[str, object], name: str) -> tuple[Row, ...]:
    """The row of one layer of PyTorch's class ``kind`` with these fields; raises `Inexpressible`."""
    if kind == "Identity":
        return ()
    if kind not in LAYER:
        raise Inexpressible(f"{kind} is not among the layers here")
    fields = Fields(kind, values)
    try:
        made = new_row(LAYER[kind](fields), name)
    except SpecError as error:
        raise Inexpressible(error.what.rstrip(".")) from error
    is_last = isinstance(made.kind, Softmax | LogSoftmax) and fields.sides("dim") == (-1,)
    return (replace(made, guess=LAST_SIDE if is_last else ""),)


def _children(fields: Fields, name: str) -> tuple[Row, ...]:
    children = fields.children.items()
    return tuple(row for part, child in children for row in rows_of_module(child, _joined(name, part)))


def _joined(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part
