"""From a data spec to the part of a script that reads, encodes and deals out its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.encoding.encode import Encoded
from nnstudio.data.encoding.encoders import DateFeature
from nnstudio.data.printing.answers import answer_lines, weights_lines
from nnstudio.data.printing.features import feature_lines
from nnstudio.data.printing.given import Given, Unprintable
from nnstudio.data.printing.pictures import picture_lines
from nnstudio.data.printing.reading import read_table
from nnstudio.data.printing.splits import split_part
from nnstudio.data.printing.windows import windows_part
from nnstudio.data.splitting.parts import open_table
from nnstudio.data.targets import read_target
from nnstudio.resources import source
from nnstudio.spec.code.beside import Beside
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.text import comment, part, value
from nnstudio.spec.columns import Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.layouts import SequenceLayout, WindowLayout
from nnstudio.spec.printed import Part
from nnstudio.spec.sources import ImageFolderSource
from nnstudio.spec.splits import ColumnSplit, TimeSplit
from nnstudio.spec.tasks import Task


@dataclass(frozen=True, slots=True)
class Printed:
    """The parts of a script up to its tensors, and a file that they read and that has to lie beside it, if any.

    The tensors are ``x``, ``y`` and perhaps ``weights``; ``train``, ``validation`` and ``test`` are row numbers.
    """

    parts: tuple[Part, ...]
    beside: Beside | None = None

    def only_named(self) -> Printed:
        """The same without the rows that the file beside it is written from, which take memory."""
        return Printed(self.parts, Beside(self.beside.path, lambda _: None) if self.beside else None)


def data_parts(data: DataSpec, encoded: Encoded, script: Path) -> Printed:
    """How ``encoded`` comes about, for a ``script`` that will lie there; nothing is written.

    Where that has no short form in pandas, the encoded rows are to lie beside it as they are, and a comment says why.
    """
    try:
        with open_table(data) as table:
            return _as_written_by_hand(Given(data, table, read_target(data, table), encoded, script))
    except Unprintable as reason:
        return _as_arrays(encoded, script, str(reason))


def _as_written_by_hand(given: Given) -> Printed:
    if isinstance(given.data.source, ImageFolderSource):
        reading, encoding = picture_lines(given, None)
        return Printed((reading, encoding, split_part(given, None)))
    read = read_table(given, tuple(_names(given)), tuple(_dates(given)))
    parts = [part("Data", read.lines, *_IMPORTS)]
    if given.encoding.image:
        loading, encoding = picture_lines(given, read)
        parts += [loading, encoding]
    else:
        parts.append(_encoding(given))
    parts.append(split_part(given, read))
    if isinstance(given.data.layout, WindowLayout):
        parts.append(windows_part(given, read, given.data.layout))
    return Printed(tuple(parts), read.beside)


_IMPORTS = ("import numpy as np", "import pandas as pd", "import torch")


def _names(given: Given) -> Iterator[str]:
    """The columns that the script uses."""
    data, encoding = given.data, given.encoding
    yield from dict.fromkeys((*encoding.origins, *encoding.target.names))
    yield from (column.name for role in (Role.WEIGHT, Role.GROUP) for column in data.with_role(role))
    yield from filter(None, _orders(data))
    if isinstance(data.split, ColumnSplit):
        yield data.split.column


def _dates(given: Given) -> Iterator[str]:
    yield from (feature.name for feature in given.encoding.seen if isinstance(feature, DateFeature))


def _orders(data: DataSpec) -> Iterator[str]:
    """The columns that tell earlier from later."""
    if isinstance(data.split, TimeSplit):
        yield data.split.column
    if isinstance(data.layout, WindowLayout):
        yield data.layout.order


# ---- numbers ----


def _encoding(given: Given) -> Part:
    above, features = feature_lines(given)
    is_window = isinstance(given.data.layout, WindowLayout)
    lines = [
        "# The numbers were learned from the training rows: what fills gaps, what is subtracted, what divides.",
        *above,
        *("features = [", *features, "]"),
        "numbers = np.column_stack(features).astype(np.float32)",
        f"x = torch.tensor(numbers{_reshaped(given)})",
        *(() if is_window and given.data.task is Task.RECONSTRUCTION else answer_lines(given)),
        *weights_lines(given),
    ]
    own = ("common_or_other",) if any("common_or_other(" in line for line in features) else ()
    carried = pasted(source("data/printing/carried.py"), own)
    return part("Encoding", lines, *_IMPORTS, *carried.imports, definitions=carried.definitions)


def _reshaped(given: Given) -> str:
    if not isinstance(given.encoding.layout, SequenceLayout):
        return ""
    steps, width = given.encoding.input_shape
    return f".reshape(-1, {steps}, {width})"


# ---- as arrays ----


def _as_arrays(encoded: Encoded, script: Path, reason: str) -> Printed:
    beside = script.with_name(f"{script.stem}-rows.npz")
    arrays: dict[str, NDArray[Any]] = {"x": encoded.x}
    arrays |= {str(name): rows for name, rows in encoded.rows.by_part.items()}
    lines = [comment(f"The rows as nnstudio encoded them: {reason}."), f"rows = np.load({value(beside.name)})"]
    lines.append('x = torch.tensor(rows["x"])')
    if encoded.facts.task is Task.RECONSTRUCTION:
        lines.append("y = x.flatten(1)  # the input itself")
    else:
        arrays["y"] = encoded.y
        lines.append('y = torch.tensor(rows["y"])')
    if encoded.weights is not None:
        arrays["weights"] = encoded.weights
        lines.append('weights = torch.tensor(rows["weights"])')
    lines.append('train, validation, test = rows["train"], rows["validation"], rows["test"]')
    return Printed(
        (part("Data", lines, "import numpy as np", "import torch"),), Beside(beside, partial(_save_arrays, arrays))
    )


def _save_arrays(arrays: dict[str, NDArray[Any]], path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's stubs take them for its own options
