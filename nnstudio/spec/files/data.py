"""The data of a project as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnstudio.spec.columns import ENCODINGS, Column, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.files.members import choice, member
from nnstudio.spec.files.paths import read_kind, write_kind
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.params import read_fields, write_fields
from nnstudio.spec.sources import SOURCES
from nnstudio.spec.splits import SPLITS
from nnstudio.spec.tasks import Task


def write_data(data: DataSpec, folder: Path | None) -> dict[str, Any]:
    return {
        "source": write_kind(SOURCES, data.source, folder),
        "fingerprint": data.fingerprint,
        "task": data.task,
        "columns": list(map(_write_column, data.columns)),
        "split": write_kind(SPLITS, data.split, folder),
        "layout": LAYOUTS.write(data.layout),
        "batches": write_fields(data.batches),
        "keep_repeats": data.keep_repeats,
    }


def read_data(data: Mapping[str, Any], folder: Path | None) -> DataSpec:
    return DataSpec(
        read_kind(SOURCES, member(data, "source", dict), folder),
        tuple(map(_read_column, member(data, "columns", list))),
        choice(data, "task", Task),
        read_kind(SPLITS, member(data, "split", dict), folder),
        read_fields(Batches, member(data, "batches", dict)),
        member(data, "fingerprint", str),
        LAYOUTS.read(member(data, "layout", dict)),
        member(data, "keep_repeats", bool) if "keep_repeats" in data else True,  # older files do not say it
    )


def _write_column(column: Column) -> dict[str, Any]:
    written = {"name": column.name, "kind": column.kind, "role": column.role}
    return written if column.encoding is None else written | {"encoding": ENCODINGS.write(column.encoding)}


def _read_column(data: object) -> Column:
    column = Column(member(data, "name", str), choice(data, "kind", Kind), choice(data, "role", Role))
    encoding = data.get("encoding") if isinstance(data, dict) else None
    return column if encoding is None else replace(column, encoding=ENCODINGS.read(encoding))
