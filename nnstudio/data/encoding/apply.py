"""A model's encoding on a new file: the same numbers for the same cells, and a word on what the model does not know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nnstudio.data.cache import Cached
from nnstudio.data.columns import Rows
from nnstudio.data.encoding.doubts import Doubts
from nnstudio.data.encoding.encoders import ImageFeature
from nnstudio.data.encoding.fit_pictures import sketch_pictures
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.encoding.layout import (
    Windows,
    check_memory,
    encode_rows,
    find_windows,
    group_numbers,
    in_order,
    windows_of,
)
from nnstudio.data.encoding.series import TimeOrder, layout_of, need_windows, rows_ahead
from nnstudio.data.reading.readers import Report
from nnstudio.data.source import read_source
from nnstudio.data.table import MappedTable
from nnstudio.data.write import Places
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource, PictureSource, Source


@dataclass(frozen=True, eq=False, slots=True)
class Applied:
    """A new file as a model takes it.

    ``x`` (float32) has one example for every row of the cached file ``cache``, or those that ``places`` says.
    """

    x: NDArray[np.float32]
    cache: Path
    warnings: tuple[str, ...]
    places: Places | None = None


def apply(encoding: Encoding, source: Source, cache: Path | None = None) -> Applied:
    """Encode every row of ``source`` as the training rows were.

    Missing values are filled as fitted. A category that the model has never seen counts as “other” where there is such
    a place, and else as none. Both are said in a warning, as are pictures that had to be left out. Columns that the
    model does not look at (the target, weights, what was ignored) are not needed, and pictures need no class folders.
    Windows are made wherever a whole one fits, up to those that look beyond the end. Raises `DataError` that names
    every missing column.
    """
    cached = read_for(encoding, source, cache)
    with MappedTable(cached.path) as table:
        encoding = with_picture_column(encoding, source, table)
        require_columns(encoding, source, table)
        doubts = Doubts(encoding)
        doubts.add(table)
        rows = np.arange(table.rows)
        warnings = (*cached.left_out, *doubts.sentences())
        if isinstance(encoding.layout, WindowLayout):
            return _windows(encoding, table, cached.path, warnings)
        check_memory(table.rows, encoding.input_shape)
        return Applied(encode_rows(encoding, table, rows), cached.path, warnings)


def read_for(encoding: Encoding, source: Source, cache: Path | None = None, report: Report | None = None) -> Cached:
    """The cached source, pictures in the size, colour and depth that the model takes."""
    name, image = Path(source.path).name, encoding.image
    if not isinstance(source, PictureSource):
        return read_source(source, cache, report=report)
    if not image:
        kind = "a folder" if isinstance(source, ImageFolderSource) else "a list of pictures"
        raise DataError(f"“{name}” is {kind}, but the model reads tables.", "", "Choose a table.")
    look = {
        "width": image.width,
        "height": image.height,
        "colour": image.colour,
        "depth": "16" if image.levels > 256 else "8",
    }
    assert isinstance(source, ImageFolderSource | ImageIndexSource)
    return read_source(replace(source, **look), cache, need_classes=False, report=report)  # type: ignore[arg-type]  # its own fields


def with_picture_column(encoding: Encoding, source: Source, table: MappedTable) -> Encoding:
    """The encoding for the column that holds pictures here, whatever it is called; raises `DataError` for others."""
    image, name = encoding.image, Path(source.path).name
    if image is None:
        return encoding
    found = [column for column in table.names if isinstance(table.column(column).type, pa.FixedShapeTensorType)]
    if not found:
        raise DataError(f"“{name}” is a table, but the model looks at pictures.", "", "Choose a folder of pictures.")
    column = image.name if image.name in found else found[0]
    here = sketch_pictures(column, table, "none")
    if (here.shape, here.levels) != (image.shape, image.levels):
        raise DataError(
            f"The pictures of “{name}” are not what the model takes.",
            f"It takes {_look(image)}, and these are {_look(here)}.",
            "Choose pictures of that kind.",
        )
    return replace(encoding, features=(replace(image, name=column),))


def _look(image: ImageFeature) -> str:
    colour = {"grey": "grey", "rgb": "colour", "rgba": "colour and transparency"}[image.colour]
    return f"{image.width} × {image.height} pixels in {colour} with {image.levels:,} levels"


def require_columns(encoding: Encoding, source: Source, table: MappedTable) -> None:
    """Raise `DataError` that names every column that the model needs and ``table`` lacks."""
    there = frozenset(table.names)
    missing = [name for name in dict.fromkeys(encoding.origins) if name not in there]
    if not missing:
        return
    names = ", ".join(f"“{name}”" for name in missing)
    raise DataError(
        f"“{Path(source.path).name}” cannot be predicted.",
        f"The model needs {'a column' if len(missing) == 1 else 'the columns'} {names}, which the file lacks.",
        "Add what is missing, or correct the names in the first line.",
    )


# ---- windows ----


def windows_in(encoding: Encoding, table: MappedTable) -> tuple[Windows, Places]:
    """Every window of a table, and the row that each predicts; the last ones look beyond the end of their series.

    Raises `DataError` where there is none.
    """
    layout = layout_of(encoding)
    group = encoding.group if encoding.group in table.names else ""
    column = layout.order if layout.order in table.names else ""
    groups = group_numbers(table, group, np.arange(table.rows))
    order = in_order(table, column, np.arange(table.rows), groups)
    windows = find_windows(layout.length, 0, order, groups[order])  # those whose last row is here
    need_windows(encoding, len(windows.starts), table.names)
    return windows, _places(order, groups[order], windows.targets, rows_ahead(encoding), group)


def _windows(encoding: Encoding, table: MappedTable, path: Path, warnings: tuple[str, ...]) -> Applied:
    windows, places = windows_in(encoding, table)
    check_memory(len(windows.starts), encoding.input_shape)
    x = windows_of(encode_rows(encoding, table, np.arange(table.rows)), windows)
    order = TimeOrder(encoding)
    order.add(table)
    return Applied(x, path, (*warnings, *order.sentences()), places)


def _places(order: Rows, series: Rows, last: Rows, horizon: int, group: str) -> Places:
    """The row that each window predicts, given the place of its ``last`` row in ``order``."""
    ends = np.append(np.flatnonzero(np.diff(series)), len(series) - 1)  # the last place of each series
    end = ends[np.searchsorted(ends, last)]
    beyond = np.maximum(0, last + horizon - end)
    return Places(order[np.minimum(last + horizon, end)], beyond, group)
