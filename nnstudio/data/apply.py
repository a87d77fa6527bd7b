"""A model's encoding on a new file: the same numbers for the same cells, and a word on what the model does not know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.cache import Cached
from nnstudio.data.encoders import CategoryFeature, NumberFeature
from nnstudio.data.encoding import Encoding
from nnstudio.data.fill import fill, filled_cells
from nnstudio.data.source import read_source
from nnstudio.data.table import MappedTable
from nnstudio.spec.data import ImageFolderSource, Source
from nnstudio.spec.errors import DataError

MOST_NAMED = 5
"""Unknown categories of a column that are named."""


@dataclass(frozen=True, eq=False, slots=True)
class Applied:
    """A new file as a model takes it: float32 ``x`` with one example for every row of the cached file ``cache``."""

    x: NDArray[np.float32]
    cache: Path
    warnings: tuple[str, ...]


def apply(encoding: Encoding, source: Source, cache: Path | None = None) -> Applied:
    """Encode every row of ``source`` as the training rows were.

    Missing values are filled as fitted, and a category that the model has never seen is 0 in every place; both are said
    in a warning, as are pictures that had to be left out. Columns that the model does not use are ignored, and pictures
    need no class folders. Raises `DataError` that names every missing column.
    """
    cached = _read(encoding, source, cache)
    with MappedTable(cached.path) as table:
        if missing := [feature.name for feature in encoding.features if feature.name not in table.names]:
            raise _lacks(source, missing)
        rows = np.arange(table.rows)
        warnings = (*cached.left_out, *_unknown(encoding, table), *_filled(encoding, table, rows))
        return Applied(fill(encoding, table, rows), cached.path, warnings)


def _read(encoding: Encoding, source: Source, cache: Path | None) -> Cached:
    """The cached source, pictures in the size and colour that the model takes."""
    name, image = Path(source.path).name, encoding.image
    if image and not isinstance(source, ImageFolderSource):
        raise DataError(f"“{name}” is a table, but the model looks at pictures.", "", "Choose a folder of pictures.")
    if not isinstance(source, ImageFolderSource):
        return read_source(source, cache)
    if not image:
        raise DataError(f"“{name}” is a folder, but the model reads tables.", "", "Choose a table.")
    source = replace(source, width=image.width, height=image.height, colour=image.colour)
    return read_source(source, cache, need_classes=False)


def _lacks(source: Source, missing: list[str]) -> DataError:
    names = ", ".join(f"“{name}”" for name in missing)
    return DataError(
        f"“{Path(source.path).name}” cannot be predicted.",
        f"The model needs {'a column' if len(missing) == 1 else 'the columns'} {names}, which the file lacks.",
        "Add what is missing, or correct the names in the first line.",
    )


def _unknown(encoding: Encoding, table: MappedTable) -> Iterator[str]:
    for feature in encoding.features:
        if isinstance(feature, CategoryFeature):
            found = table.labels(feature.name)
            unknown = np.flatnonzero(feature.places(found.names)[:-1] < 0)
            counts = found.counts()
            if len(unknown):
                named = ", ".join(f"“{found.names[at]}”" for at in unknown[:MOST_NAMED])
                more = f" and {len(unknown) - MOST_NAMED:,} more" if len(unknown) > MOST_NAMED else ""
                yield (
                    f"{_rows(int(counts[unknown].sum()))} with a “{feature.name}” that the model has never seen: "
                    f"{named}{more}. It counts as none of those that the model knows."
                )


def _filled(encoding: Encoding, table: MappedTable, rows: NDArray[np.int64]) -> Iterator[str]:
    for feature in encoding.features:
        if count := filled_cells(feature, table, rows):
            stand_in = "the median" if isinstance(feature, NumberFeature) else "the most frequent value"
            yield f"{_rows(count)} without “{feature.name}”: {stand_in} of the training rows stands in."


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
