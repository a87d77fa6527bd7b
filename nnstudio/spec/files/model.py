"""The network of a project as JSON: its rows, and the weights that it starts from."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from nnstudio.spec.errors import SpecError
from nnstudio.spec.files.members import member
from nnstudio.spec.files.paths import absolute, relative
from nnstudio.spec.initialisations import INITIALISATIONS, Default, Initialisation
from nnstudio.spec.layers import LAYERS
from nnstudio.spec.model import RATE, THAW, MatchBy, Model, Pair, Row, Weights, paths
from nnstudio.spec.nesting import DEEPEST

SELDOM = (RATE, THAW)
"""Fields of a row that are written where they are not what they usually are."""


def write_model(model: Model, folder: Path | None) -> dict[str, Any]:
    start = None if model.start is None else _write_start(model.start, folder)
    written = {"start": start, "rows": [write_row(row) for row in model.rows]}
    grafts = [_write_start(graft, folder) for graft in model.grafts]
    return written | {"grafts": grafts} if grafts else written


def read_model(data: Mapping[str, Any], folder: Path | None) -> Model:
    rows = tuple(map(read_row, member(data, "rows", list)))
    identities = [row.id for _, row in paths(rows)]
    if len(set(identities)) < len(identities):
        raise SpecError("Two layers of this project have the same identity.")
    start = None if data.get("start") is None else _read_start(member(data, "start", dict), folder)
    grafts = member(data, "grafts", list) if "grafts" in data else []
    return Model(rows, start, tuple(_read_start(graft, folder) for graft in grafts))


def _write_start(start: Weights, folder: Path | None) -> dict[str, Any]:
    written: dict[str, Any] = {"path": relative(start.path, folder), "sha256": start.sha256}
    pairs = [asdict(pair) for pair in start.pairs]
    return written | ({} if start.by == "name" else {"by": start.by}) | ({"pairs": pairs} if pairs else {})


def _read_start(data: object, folder: Path | None) -> Weights:
    path, sha256 = absolute(member(data, "path", str), folder), member(data, "sha256", str)
    assert isinstance(data, dict)  # its members were found
    by: MatchBy = data.get("by", "name")
    if by not in get_args(MatchBy):
        raise SpecError("This project is damaged.", f"Weights match by name, order or hand, not {reprlib.repr(by)}.")
    return Weights(path, sha256, by, tuple(map(_read_pair, member(data, "pairs", list) if "pairs" in data else [])))


def _read_pair(data: object) -> Pair:
    row, tensor, source = (member(data, name, str) for name in ("row", "tensor", "source"))
    return Pair(row, tensor, source, member(data, "repetition", int))


def write_row(row: Row) -> dict[str, Any]:
    written = {
        "id": row.id,
        "name": row.name,
        "locked": row.locked,
        "locked_parameters": list(row.locked_parameters),
        "layer": LAYERS.write(row.kind),
    }
    guess = {"guess": row.guess} if row.guess else {}
    start = {"initialisation": INITIALISATIONS.write(row.initialisation)} if row.initialisation else {}
    inner = [[write_row(one) for one in branch] for branch in row.branches]
    seldom = {"branches": inner} if inner else {}
    return (
        written
        | guess
        | start
        | seldom
        | {field.name: value for field in SELDOM if (value := getattr(row, field.name)) != field.default}
    )


def read_row(data: object, depth: int = 0) -> Row:
    if depth > DEEPEST:
        raise SpecError(f"This project has blocks in blocks, more than {DEEPEST} deep.")
    stacks = member(data, "branches", list) if isinstance(data, dict) and "branches" in data else []
    if not all(isinstance(stack, list) for stack in stacks):
        raise SpecError("This project is damaged.", "A branch must be a list of layers.")
    seldom = {field.name: data[field.name] for field in SELDOM if isinstance(data, dict) and field.name in data}
    return Row(
        member(data, "id", str),
        LAYERS.read(member(data, "layer", dict)),
        member(data, "name", str),
        member(data, "locked", bool),
        tuple(str(name) for name in member(data, "locked_parameters", list)),
        tuple(tuple(read_row(one, depth + 1) for one in stack) for stack in stacks),
        member(data, "guess", str) if isinstance(data, dict) and "guess" in data else "",
        initialisation=_read_initialisation(data),
        **seldom,
    )


def _read_initialisation(data: object) -> Initialisation | None:
    """How the weights of a row start; None where it is not said, or said to be PyTorch's way."""
    if not isinstance(data, dict) or "initialisation" not in data:
        return None
    read = INITIALISATIONS.read(data["initialisation"])
    return None if isinstance(read, Default) else read
