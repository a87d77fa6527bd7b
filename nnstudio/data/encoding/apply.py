"""A model's encoding on a new file: the same numbers for the same cells, and a word on what the model does not know."""

from __future__ import annotations

from collections.abc import Iterator
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
from nnstudio.data.encoding.layout import check_memory, encode_rows, find_windows, group_numbers, in_order, windows_of
from nnstudio.data.reading.readers import Report
from nnstudio.data.source import read_source
from nnstudio.data.table import MappedTable
from nnstudio.data.write import Places
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource, PictureSource, Source
from nnstudio.spec.words import counted


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
            return _windows(encoding, encoding.layout, table, cached.path, warnings)
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


def _windows(
    encoding: Encoding, layout: WindowLayout, table: MappedTable, path: Path, warnings: tuple[str, ...]
) -> Applied:
    """Every window of the file, those that look beyond the last row of their series at the end."""
    group = encoding.group if encoding.group in table.names else ""
    column = layout.order if layout.order in table.names else ""
    rows = np.arange(table.rows)
    groups = group_numbers(table, group, rows)
    order = in_order(table, column, rows, groups)
    windows = find_windows(layout.length, 0, order, groups[order])  # those whose last row is here
    check_memory(len(windows.starts), encoding.input_shape)
    if not len(windows.starts):
        raise DataError(
            "There is nothing to predict from.",
            f"The model looks at {layout.length:,} rows at once{f' of one “{group}”' if group else ''}.",
            "Choose a file with more rows.",
        )
    x = windows_of(encode_rows(encoding, table, rows), windows)
    ahead = 0 if encoding.target.key == "input" else layout.horizon
    places = _places(order, groups[order], windows.targets, ahead, group)
    return Applied(x, path, (*warnings, *_untold(encoding, layout, table)), places)


def _places(order: Rows, series: Rows, last: Rows, horizon: int, group: str) -> Places:
    """The row that each window predicts, given the place of its ``last`` row in ``order``."""
    ends = np.append(np.flatnonzero(np.diff(series)), len(series) - 1)  # the last place of each series
    end = ends[np.searchsorted(ends, last)]
    beyond = np.maximum(0, last + horizon - end)
    return Places(order[np.minimum(last + horizon, end)], beyond, group)


def _untold(encoding: Encoding, layout: WindowLayout, table: MappedTable) -> Iterator[str]:
    if encoding.group and encoding.group not in table.names:
        yield f"There is no column “{encoding.group}”: all rows count as one series."
    if layout.order and layout.order not in table.names:
        yield f"There is no column “{layout.order}”: the order of the file is taken for the order of time."
    elif layout.order:
        times = in_order(table, layout.order, np.arange(table.rows), np.zeros(table.rows, np.int64))
        if count := table.rows - len(times):
            yield f"{counted(count, 'row')} without “{layout.order}” {'is' if count == 1 else 'are'} left out."
