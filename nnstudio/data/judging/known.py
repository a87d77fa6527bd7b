"""The rows that a model is judged on: encoded as it was trained, beside what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.answers import ClassTarget, InputTarget, Target
from nnstudio.data.columns import Rows
from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.arrange import Arranged, arrange
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import check_memory, encode_rows, windows_of
from nnstudio.data.source import read_source
from nnstudio.data.splitting.parts import open_table, sources_of
from nnstudio.data.splitting.split import SplitRows
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import class_numbers
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.parts import Part
from nnstudio.spec.sources import Source
from nnstudio.spec.words import counted

Judgeable = Part | Literal["all"]
Truth = NDArray[np.int64] | NDArray[np.float64]
MOST_NAMED = 5
"""Unknown classes that are named."""


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Examples whose answers are known.

    ``x`` is float32 ``(N, *shape)``. ``truth`` are class numbers of the model, int64 ``(N,)``; values in their own
    unit, float64 ``(N, T)``; or nothing, ``(N, 0)``, where the input is the answer. ``rows`` are their numbers in the
    cached tables ``sources``, one behind the other. ``commonest`` is the most frequent class of the training rows (of
    another file: of its own rows).
    """

    x: NDArray[np.float32]
    truth: Truth
    rows: Rows
    sources: tuple[Path, ...]
    commonest: int = 0
    warnings: tuple[str, ...] = ()


def cached_paths(data: DataSpec, cache: Path | None = None) -> tuple[Path, ...]:
    """The cached tables of ``data``, whose names change with their content; read now where they are missing."""
    return tuple(read_source(source, cache).path for source in sources_of(data).values())


def part_of(data: DataSpec, encoding: Encoding, part: Judgeable, cache: Path | None = None) -> Judged:
    """The rows of a part of the split of ``data``, encoded by a model's ``encoding``.

    Raises `DataError` where there are none, or where the file is not what the model was trained with.
    """
    sources = cached_paths(data, cache)
    with open_table(data, cache) as table:
        need_columns(encoding, table, data.source)
        arranged = arrange(data, table)
        places = _places(arranged.parts, part)
        if not len(places):
            raise DataError(f"There are no {part} rows.", "The split keeps none for it.", "Choose another part.")
        truth, warnings = counted_by_the_model(arranged, encoding.target)
        judged = places[truth[places] >= 0] if isinstance(encoding.target, ClassTarget) else places
        if not len(judged):
            raise _nothing_known(data.source, encoding.target)
        x = encoded_examples(arranged, judged, encoding, table)
        rows = arranged.known.rows[judged]
        return Judged(x, truth[judged], rows, sources, _commonest(truth[arranged.parts.train], encoding), warnings)


def _places(parts: SplitRows, part: Judgeable) -> Rows:
    if part == "all":
        return np.sort(np.concatenate([parts.train, parts.validation, parts.test]))
    chosen = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    return chosen[part]


def encoded_examples(arranged: Arranged, places: Rows, encoding: Encoding, table: MappedTable) -> NDArray[np.float32]:
    """The examples at these places as the network takes them."""
    check_memory(len(places), encoding.input_shape)
    if arranged.windows is None:
        return encode_rows(encoding, table, arranged.known.rows[places])
    windows = arranged.windows
    chosen = replace(windows, starts=windows.starts[places], targets=windows.targets[places])
    return windows_of(encode_rows(encoding, table, arranged.rows), chosen)


def counted_by_the_model(arranged: Arranged, target: Target) -> tuple[Truth, tuple[str, ...]]:
    """What is true of every example: class numbers of the model (-1: a class that it does not know), or values."""
    known = arranged.known
    if not isinstance(target, ClassTarget):
        return known.columns if known.names else np.empty((len(known.rows), 0)), ()
    numbers, warnings = _class_numbers(known.classes, known.values.astype(np.int64), target)
    return numbers, warnings


def _class_numbers(
    names: Sequence[str], codes: NDArray[np.integer], target: ClassTarget
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """``codes`` (positions in ``names``, -1 where missing) as numbers of the model's classes; -1 for any other."""
    numbers = np.append(class_numbers(names, target.classes), -1)[codes]
    unknown = [name for name in dict.fromkeys(names) if name not in target.classes]
    count = int((numbers[codes >= 0] < 0).sum())
    if not count:
        return numbers, ()
    named = ", ".join(f"“{name}”" for name in unknown[:MOST_NAMED])
    more = " …" if len(unknown) > MOST_NAMED else ""
    return numbers, (f"{counted(count, 'row')} of classes that the model does not know ({named}{more}) are left out.",)


def _commonest(truth: Truth, encoding: Encoding) -> int:
    if not isinstance(encoding.target, ClassTarget):
        return 0
    numbers = truth.astype(np.int64)
    return int(np.bincount(numbers[numbers >= 0], minlength=len(encoding.target.classes)).argmax())


def whole_file(source: Source, encoding: Encoding, cache: Path | None = None) -> Judged:
    """Every row of another file whose answer is known; raises `DataError` where the file does not say what is true."""
    applied = apply(encoding, source, cache)
    with MappedTable(applied.cache) as table:
        truth, warnings = _truth_in(table, source, encoding.target)
    examples = np.arange(len(applied.x))
    rows = examples
    if applied.places is not None:
        examples, rows = np.flatnonzero(applied.places.ahead == 0), applied.places.rows[applied.places.ahead == 0]
    truth = truth[rows]
    is_known = _is_known(truth, encoding.target)
    if not is_known.any():
        raise _nothing_known(source, encoding.target)
    told = (*applied.warnings, *warnings, *_missing(int((~is_known).sum()), encoding.target, warnings))
    x = applied.x[examples[is_known]]
    return Judged(x, truth[is_known], rows[is_known], (applied.cache,), _commonest(truth[is_known], encoding), told)


def _truth_in(table: MappedTable, source: Source, target: Target) -> tuple[Truth, tuple[str, ...]]:
    """What every row of ``table`` says: class numbers (-1 where it is unknown), or values (NaN likewise)."""
    if isinstance(target, InputTarget):
        return np.empty((table.rows, 0)), ()
    if missing := [name for name in target.names if name not in table.names]:
        names = ", ".join(f"“{name}”" for name in missing)
        raise DataError(
            f"“{Path(source.path).name}” does not say what is true.",
            f"It lacks the column {names}, which the model predicts.",
            "Choose a file that has it; without the answers rows can be predicted, but not judged.",
        )
    if isinstance(target, ClassTarget):
        found = table.labels(target.name, None)
        return _class_numbers(found.names, found.codes, target)
    return np.stack([table.numbers(name) for name in target.names], axis=1), ()


def _is_known(truth: Truth, target: Target) -> NDArray[np.bool_]:
    if isinstance(target, ClassTarget):
        return np.asarray(truth >= 0)
    return np.asarray(~np.isnan(truth).any(axis=1))


def _missing(count: int, target: Target, told: Sequence[str]) -> tuple[str, ...]:
    """That rows do not say what is true, unless it was ``told`` already why."""
    if not count or told:
        return ()
    return (f"{counted(count, 'row')} {'does' if count == 1 else 'do'} not say “{target.name}”, and are left out.",)


def need_columns(encoding: Encoding, table: MappedTable, source: Source) -> None:
    """Raise `DataError` that names the columns that ``table`` lacks now."""
    names = () if encoding.image else dict.fromkeys(encoding.origins)
    if missing := [name for name in names if name not in table.names]:
        listed = ", ".join(f"“{name}”" for name in missing)
        raise DataError(
            f"The model cannot be judged on “{Path(source.path).name}”.",
            f"It needs {'a column' if len(missing) == 1 else 'the columns'} {listed}, which the file lacks now.",
            "Bring the file back that the model was trained with, or choose another file.",
        )


def _nothing_known(source: Source, target: Target) -> DataError:
    return DataError(
        f"No row of “{Path(source.path).name}” says what is true.",
        f"None has a value of “{target.name}” that the model knows.",
        "Choose another file.",
    )
