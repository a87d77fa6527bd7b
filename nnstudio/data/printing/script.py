"""From a data spec to the part of a script that reads, encodes and deals out its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, ValueTarget
from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.printing.columns import Unprintable, expression, key_of
from nnstudio.data.printing.pictures import picture_parts
from nnstudio.data.printing.reading import reading
from nnstudio.data.splitting.parts import open_table
from nnstudio.data.table import MappedTable
from nnstudio.resources import source
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import WIDEST, Part, call_lines, comment, part, settings_of, value
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.files import write_atomically
from nnstudio.spec.layouts import SequenceLayout, WindowLayout
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, slots=True)
class Printed:
    """The parts of a script up to its tensors, and a file that they read and that was written for them, if any.

    The tensors are ``x``, ``y`` and perhaps ``weights``; ``train``, ``validation`` and ``test`` are row numbers.
    """

    parts: tuple[Part, ...]
    beside: Path | None = None


def data_parts(data: DataSpec, encoded: Encoded, script: Path) -> Printed:
    """How ``encoded`` comes about.

    Where that has no short form in pandas (windows over time, dates, odd pictures, other splits than by lot), the
    encoded rows are written beside ``script`` as they are, and a comment says why.
    """
    try:
        with open_table(data) as table:
            return _with_pandas(data, encoded, table, script)
    except Unprintable as reason:
        return _as_arrays(encoded, script, str(reason))


# ---- with pandas ----


def _with_pandas(data: DataSpec, encoded: Encoded, table: MappedTable, script: Path) -> Printed:
    _require_plain(data, encoded, table)
    if encoded.encoding.image:
        return Printed((*picture_parts(data, encoded, table, script), _split(data)))
    features = [line for feature in encoded.encoding.features for line in expression(feature, table)]
    answer = list(_answer(data, encoded, table))
    weights = [column.name for column in data.with_role(Role.WEIGHT)]
    names = dict.fromkeys((*encoded.encoding.origins, *encoded.encoding.target.names, *weights))
    call, beside = reading(data.source, table, tuple(names), script)
    lines = [comment(f"“{Path(data.source.path).name}” as nnstudio read it.")] if beside else []
    lines += call_lines(f"table = {call.name}", settings_of(call))
    if data.targets:
        lines.append(f"table = table.dropna(subset={value(list(encoded.encoding.target.names))})")
    encode = ["# What the encoders learned from the training rows stands here as it is."] if features else []
    encode += ["features = [", *(f"    {line}," for line in features), "]"]
    encode.append("numbers = np.column_stack(features).astype(np.float32)")
    encode.append(f"x = torch.tensor(numbers{_reshaped(encoded)})")
    encode += answer
    if weights:
        encode.append(f"weights = torch.tensor(table[{value(weights[0])}].to_numpy(np.float32))")
    imports = ("import numpy as np", "import pandas as pd", "import torch")
    parts = (part("Data", lines, *imports), part("Encoding", encode, *imports), _split(data))
    return Printed(parts, beside)


def _require_plain(data: DataSpec, encoded: Encoded, table: MappedTable) -> None:
    encoding = encoded.encoding
    if isinstance(encoding.layout, WindowLayout):
        raise Unprintable("each example is a window over several rows")
    if not isinstance(data.split, RandomSplit):
        raise Unprintable("they are not dealt out by lot")
    known = np.ones(table.rows, np.bool_)
    for name in encoding.target.names:
        found = table.labels(name, None).codes >= 0 if encoding.target.classes else ~np.isnan(table.numbers(name))
        known &= found
    if not np.array_equal(np.flatnonzero(known), encoded.source_rows):
        raise Unprintable("repeated rows are left out")


def _answer(data: DataSpec, encoded: Encoded, table: MappedTable) -> Iterator[str]:
    """The target as the loss takes it, or as near to it as the data alone can say."""
    target = encoded.encoding.target
    if isinstance(target, ClassTarget):
        if any(column.encoding is not None and getattr(column.encoding, "most", 0) for column in data.targets):
            raise Unprintable(f"the rare classes of “{target.name}” are one")
        key = key_of(table, target.name)
        numbers = [f"{key(label)}: {number}" for number, label in enumerate(target.classes)]
        yield from _dictionary("classes", numbers)
        yield f"y = torch.tensor(table[{value(target.name)}].map(classes).to_numpy(np.int64))"
    elif isinstance(target, ValueTarget):
        if any(target.offsets) or set(target.scales) != {1.0}:
            yield "# Targets are standardised for training: mean and deviation of the training rows."
        yield f"offsets, scales = {list(target.offsets)!r}, {list(target.scales)!r}"
        yield f"targets = table[{value(list(target.names))}].to_numpy(np.float64)"
        yield "y = torch.tensor(((targets - offsets) / scales).astype(np.float32))"
    else:
        yield "y = x.flatten(1)  # the input itself"


def _dictionary(name: str, items: list[str]) -> list[str]:
    whole = f"{name} = {{{', '.join(items)}}}"
    return [whole] if len(whole) <= WIDEST else [f"{name} = {{", *(f"    {item}," for item in items), "}"]


def _reshaped(encoded: Encoded) -> str:
    if not isinstance(encoded.encoding.layout, SequenceLayout):
        return ""
    steps, width = encoded.encoding.input_shape
    return f".reshape(-1, {steps}, {width})"


def _split(data: DataSpec) -> Part:
    split = data.split
    assert isinstance(split, RandomSplit)
    carried = pasted(source("data/splitting/lots.py"), ("by_share",))
    labels = "y.numpy()" if split.stratify and data.task.is_classification else "None"
    settings = ["len(x)", repr(split.validation), repr(split.test), repr(split.seed), labels]
    lines = list(call_lines("train, validation, test = by_share", settings))
    return part("Training, validation and test rows", lines, *carried.imports, definitions=carried.definitions)


# ---- as arrays ----


def _as_arrays(encoded: Encoded, script: Path, reason: str) -> Printed:
    beside = script.with_name(f"{script.stem}-rows.npz")
    rows = encoded.rows
    arrays: dict[str, NDArray[Any]] = {
        "x": encoded.x,
        "train": rows.train,
        "validation": rows.validation,
        "test": rows.test,
    }
    if encoded.facts.task is not Task.RECONSTRUCTION:
        arrays["y"] = encoded.y
    if encoded.weights is not None:
        arrays["weights"] = encoded.weights

    def write(partial: Path) -> None:
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take them for its own options

    write_atomically(beside, write)
    lines = [comment(f"The rows as nnstudio encoded them: {reason}."), f"rows = np.load({value(beside.name)})"]
    lines.append('x = torch.tensor(rows["x"])')
    lines.append('y = torch.tensor(rows["y"])' if "y" in arrays else "y = x.flatten(1)  # the input itself")
    if encoded.weights is not None:
        lines.append('weights = torch.tensor(rows["weights"])')
    lines.append('train, validation, test = rows["train"], rows["validation"], rows["test"]')
    return Printed((part("Data", lines, "import numpy as np", "import torch"),), beside)
