"""How a file is read, and how far reading is, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nnstudio.gui.studio.reader import ReadingNow
from nnstudio.session.sentences import duration
from nnstudio.spec.events import Reading
from nnstudio.spec.params import Field, fields_of
from nnstudio.spec.sources import (
    ArraySource,
    ColumnarSource,
    ExcelSource,
    ImageFolderSource,
    ImageIndexSource,
    JsonSource,
    PictureSource,
    Source,
    SqliteSource,
    TableSource,
)
from nnstudio.spec.words import counted

PACKED = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".zip": "zip"}
KINDS: dict[type[Source], str] = {
    TableSource: "text",
    ExcelSource: "Excel",
    ColumnarSource: "columns",
    JsonSource: "JSON",
    ArraySource: "arrays",
    SqliteSource: "SQLite",
    ImageFolderSource: "pictures by folder",
    ImageIndexSource: "pictures by table",
}
CHOSEN = {
    "sheet": "sheet",
    "table": "table",
    "records": "records at",
    "inputs": "inputs",
    "targets": "targets",
    "member": "file",
}
"""What stands before the name of a part of the file that was chosen."""


ALWAYS = frozenset({"delimiter", "encoding"})
BEFORE = {"decimal": "decimal", "thousands": "thousands", "comment": "comments after"}
"""What stands before a choice, so that it is understood alone."""
PASSED = {"skip": "skipped", "below": "below the names skipped"}
"""What became of so many lines."""

OTHERWISE = {
    "header": "no names in the first row",
    "missing_words": "NA is a word",
    "signs": "percent and currency are words",
    "day_first": "day before month",
}
"""What is said of a switch that does not stand as usual."""


def how_read(source: Source, choices: Sequence[str] = ()) -> str:
    """How a source is read: ``Read as text · semicolon · decimal comma · cp1252``."""
    parts = [KINDS.get(type(source), source.title.lower()), *_packed(source)]
    if isinstance(source, PictureSource):
        parts += _picture_parts(source)
    else:
        fields = sorted(fields_of(type(source)), key=lambda field: field.name == "encoding")  # it matters least
        parts += [words for field in fields if (words := _part(source, field, choices))]
    return "Read as " + " · ".join(parts)


def _packed(source: Source) -> list[str]:
    ending = source.path[source.path.rfind(".") :].lower()
    return [PACKED[ending]] if ending in PACKED and isinstance(source, TableSource | JsonSource) else []


def _picture_parts(source: PictureSource) -> list[str]:
    colour = {"grey": "grey", "rgb": "RGB", "rgba": "RGB and transparency"}[source.colour]
    depth = ["16 bits"] if source.depth == "16" else []
    return [f"{source.width} × {source.height}", colour, *depth]


def _part(source: Source, field: Field, choices: Sequence[str]) -> str:
    """What one option contributes; empty where it is as usual."""
    value = getattr(source, field.name)
    if field.name in CHOSEN:
        return _chosen(field.name, str(value), choices)
    if field.name in ALWAYS or (field.choices and value != field.default):
        before = BEFORE.get(field.name, "")
        return f"{before} {_label(field, value)}".strip()
    if field.name in PASSED and value:
        return f"{counted(int(value), 'line')} {PASSED[field.name]}"
    return OTHERWISE.get(field.name, "") if value != field.default else ""


def _chosen(name: str, value: str, choices: Sequence[str]) -> str:
    place = f" ({choices.index(value) + 1} of {len(choices)})" if value in choices and len(choices) > 1 else ""
    return f"{CHOSEN[name]} “{value}”{place}" if value else ""


def _label(field: Field, value: object) -> str:
    """A choice in the middle of a sentence."""
    if not field.choices:
        return str(value).upper() if str(value).startswith("utf") else str(value)
    label = field.param.labels[field.choices.index(str(value))]
    return label[0].lower() + label[1:]


def how_far(now: ReadingNow) -> str:
    """How much of a file is read: ``34 of 120 MB · 0:12 left``; empty before that is known."""
    progress = now.progress
    if progress is None or progress.total <= 0:
        return ""
    left = progress.seconds_left
    rest = f" · {duration(left)} left" if math.isfinite(left) and left >= 1 else ""
    return f"{_amounts(progress)}{rest}"


def _amounts(progress: Reading) -> str:
    if progress.unit != "bytes":
        return f"{progress.done:,} of {progress.total:,} {progress.unit}"
    size, unit = next(
        (size, unit) for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "bytes")) if progress.total >= size
    )
    digits = 1 if size == 1e9 else 0
    return f"{progress.done / size:,.{digits}f} of {progress.total / size:,.{digits}f} {unit}"
