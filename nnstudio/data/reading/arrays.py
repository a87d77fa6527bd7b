"""Arrays as tables: NumPy's .npy and .npz, PyTorch's .pt; which of them are examples, and which say what they are."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from errno import EINVAL
from math import prod
from pathlib import Path

import pyarrow as pa

from nnstudio.data.reading.array_columns import Named, example_columns, plain_columns, target_columns
from nnstudio.data.reading.array_files import Stored, objects, opened_npy, opened_npz
from nnstudio.data.reading.head import ROWS, preview_of
from nnstudio.data.reading.limits import require_room
from nnstudio.data.reading.names import clean_names
from nnstudio.data.reading.readers import Read, Report
from nnstudio.data.reading.tensor_file import opened_pt
from nnstudio.data.reading.tidy import require_few_columns, tidy
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview
from nnstudio.spec.sources import ArraySource

INPUTS = frozenset(
    {"x", "xs", "data", "image", "images", "imgs", "feature", "features", "input", "inputs", "samples", "pixels"}
)
TARGETS = frozenset({"y", "ys", "label", "labels", "target", "targets", "class", "classes", "output", "outputs"})
OTHER_PARTS = frozenset({"test", "val", "valid", "validation", "dev"})
"""Words in the names of arrays: examples, what to predict, and rows that are not for training."""

Arrays = Mapping[str, Stored]


def identity(source: ArraySource) -> tuple[object, ...]:
    """Which arrays are taken."""
    return source.inputs, source.targets


def read(source: ArraySource, report: Report | None = None) -> Read:
    """All rows of the chosen arrays; raises `DataError` where there are none, or where more than values would load."""
    path = Path(source.path)
    with _opened(path) as arrays:
        inputs = _inputs(source, arrays)
        require_room(path, 2 * arrays[inputs].size)
        require_few_columns(1 if arrays[inputs].shape[2:] else prod(arrays[inputs].shape[1:]))
        return _read(source, arrays, arrays[inputs].rows, report)


def preview(source: ArraySource, detect: bool = False) -> Preview:
    """The first rows; with ``detect`` the arrays are chosen by their names and shapes."""
    with _opened(Path(source.path)) as arrays:
        source = _detected(source, arrays) if detect else source
        is_whole = arrays[_inputs(source, arrays)].rows <= ROWS
        return preview_of(source, _read(source, arrays, ROWS), is_whole=is_whole)


def _read(source: ArraySource, arrays: Arrays, rows: int, report: Report | None = None) -> Read:
    """The table of the first ``rows`` of the chosen arrays and of those that have a number or word for each example."""
    inputs = _inputs(source, arrays)
    count = arrays[inputs].rows
    _require_targets(source, arrays, count)
    beside = [name for name in _beside(arrays, count) if name not in {inputs, source.targets}]
    total = sum(arrays[name].size for name in {inputs, source.targets, *beside} if name)
    columns, notes = example_columns("column 1" if inputs == "array" else inputs, arrays[inputs].read(rows))
    if report:
        report(arrays[inputs].size, total, "bytes")
    is_picture = columns[0][0] == "image"
    for name in beside:
        columns += plain_columns(name, arrays[name].read(rows))
    if source.targets:
        own = source.targets if arrays[inputs].shape[1:] == () else "target"
        target, said = target_columns("class" if is_picture else own, arrays[source.targets].read(rows))
        columns, notes = columns + target, notes + said
    if report:
        report(total, total, "bytes")
    unused = tuple(name for name in arrays if name not in {inputs, source.targets, *beside})
    return _as_read(arrays, columns, notes, unused)


def _as_read(arrays: Arrays, columns: list[Named], notes: tuple[str, ...], unused: tuple[str, ...]) -> Read:
    names, values = zip(*columns, strict=True)
    tidied = tidy(pa.Table.from_arrays(list(values), clean_names(names)))
    shapes = tuple(f"“{name}”: {_shape(array)}." for name, array in arrays.items())
    left_out = (f"Not used: {', '.join(f'“{name}”' for name in unused)}.",) if unused else ()
    return Read(tidied.table, (*shapes, *notes, *tidied.notes), (*tidied.left_out, *left_out), tuple(arrays))


def _shape(array: Stored) -> str:
    kind = "records" if array.dtype.names else str(array.dtype)
    return f"{' × '.join(f'{length:,}' for length in array.shape) or '1'}, {kind}"


def _beside(arrays: Arrays, count: int) -> list[str]:
    """The arrays with one value for each of ``count`` examples."""
    return [name for name, array in arrays.items() if array.shape == (count,) and not array.dtype.names]


def _inputs(source: ArraySource, arrays: Arrays) -> str:
    """The array with the examples: the chosen one, else the largest."""
    path = Path(source.path)
    if source.inputs and source.inputs not in arrays:
        raise _unknown(path, source.inputs, arrays)
    usable = [name for name, array in arrays.items() if array.rows]
    if not usable:
        raise DataError(f"“{path.name}” holds no arrays with rows.", "", "Choose another file.")
    name = source.inputs or max(usable, key=lambda name: arrays[name].size)
    if not arrays[name].rows:
        raise DataError(f"The array “{name}” is empty.", "", "Choose another array or file.")
    return name


def _require_targets(source: ArraySource, arrays: Arrays, count: int) -> None:
    if source.targets and source.targets not in arrays:
        raise _unknown(Path(source.path), source.targets, arrays)
    if source.targets and (rows := arrays[source.targets].rows) != count:
        raise DataError(
            f"The targets “{source.targets}” do not fit the inputs.",
            f"There are {rows:,} targets for {count:,} examples.",
            "Choose two arrays of equal length.",
        )


def _unknown(path: Path, name: str, arrays: Arrays) -> DataError:
    named = ", ".join(f"“{known}”" for known in arrays)
    return DataError(f"“{path.name}” has no array called “{name}”.", f"It has {named}.", "Choose one of them.")


def _detected(source: ArraySource, arrays: Arrays) -> ArraySource:
    """The source with the arrays that are called, or shaped, like examples and targets."""
    inputs = _called(arrays, INPUTS) or _inputs(replace(source, inputs=""), arrays)
    others = {name: array for name, array in arrays.items() if name != inputs and array.rows == arrays[inputs].rows}
    targets = _called(others, TARGETS)
    if not targets and len(others) == 1 and arrays[inputs].shape[1:]:
        targets = next(name for name in others)
    return replace(source, inputs=inputs, targets=targets)


def _called(arrays: Arrays, words: frozenset[str]) -> str:
    """The first array that is called by one of ``words``, and not after rows that are not for training."""
    for name, array in arrays.items():
        found = set(re.findall(r"[a-z]+", name.casefold()))
        if array.rows and found & words and not found & OTHER_PARTS:
            return name
    return ""


@contextmanager
def _opened(path: Path) -> Iterator[Arrays]:
    """The arrays of the file by their names; raises `DataError` where it is no such file."""
    with path.open("rb") as file:
        head = file.read(6)
    try:
        if head == b"\x93NUMPY":
            with opened_npy(path) as arrays:
                yield arrays
        elif head.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive, _opener(archive)(path, archive) as arrays:
                yield arrays
        else:
            raise objects(path) if head[:1] == b"\x80" else ValueError("no array")
    except (DataError, MemoryError):
        raise
    except Exception as error:  # the unpickler and numpy raise almost anything for a broken file
        if isinstance(error, OSError) and error.errno != EINVAL:  # a place before the beginning is asked for
            raise
        raise DataError(
            f"“{path.name}” could not be read as arrays.",
            "It is damaged or cut off, or holds something else.",
            "Save it again as .npz, or its tensors as .pt.",
            repr(error),
        ) from error


def _opener(archive: zipfile.ZipFile) -> Callable[[Path, zipfile.ZipFile], AbstractContextManager[Arrays]]:
    is_pt = any(name.split("/")[1:] == ["data.pkl"] for name in archive.namelist())
    return opened_pt if is_pt else opened_npz
