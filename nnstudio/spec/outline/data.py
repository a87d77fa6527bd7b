"""What a project says of its data."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.spec.columns import ENCODING, KIND, ROLE, Column
from nnstudio.spec.data import REPEATS, TASK, DataSpec
from nnstudio.spec.layouts import LAYOUT
from nnstudio.spec.outline.entry import Entry, entry, fields_in, kind_in
from nnstudio.spec.sources import SOURCE
from nnstudio.spec.splits import SPLIT
from nnstudio.spec.words import NOTHING


def data_entries(data: DataSpec) -> Iterator[Entry]:
    """Source, question, columns, split, and how rows are handed out."""
    yield Entry("data", "", "Data", True, data.source.path)
    for each in _parts(data):
        yield each if each.of else each.within("data")


def _parts(data: DataSpec) -> Iterator[Entry]:
    yield from kind_in("source", "", SOURCE, data.source)
    prints = data.fingerprint or NOTHING
    yield Entry("fingerprint", "", "Data fingerprint", prints, prints, "What the bytes of the data come to.")
    yield entry("task", "", TASK, data.task)
    for column in data.columns:
        yield from _column(column)
    yield from kind_in("split", "", SPLIT, data.split)
    yield from kind_in("layout", "", LAYOUT, data.layout)
    yield from fields_in("batches", data.batches.title, data.batches)
    yield entry("repeats", "", REPEATS, data.keep_repeats)


def _column(column: Column) -> Iterator[Entry]:
    path, owner = f"column.{column.name}", f"Column {column.name}"
    yield Entry(path, "", owner, True, f"{column.kind.label.capitalize()}, {column.role.label.lower()}", of="data")
    for each in (
        entry(f"{path}.kind", owner, KIND, column.kind),
        entry(f"{path}.role", owner, ROLE, column.role),
        *kind_in(f"{path}.encoding", owner, ENCODING, column.encoded),
    ):
        yield each.within(path)
