"""A table that names a picture in each row: which column does, and where the pictures lie."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nnstudio.data.pictures.advice import suggest_look
from nnstudio.data.pictures.image_set import IMAGE, PATH, PictureList
from nnstudio.data.pictures.picture_files import LINKED_AWAY, SUFFIXES, Picture, class_folders
from nnstudio.data.reading.names import clean_names
from nnstudio.spec.errors import DataError
from nnstudio.spec.files import as_text
from nnstudio.spec.sources import ImageIndexSource

TRIED = 50
"""Paths of a column that are looked up to know whether they lead to pictures."""

MOST_FOLDERS = 50
"""Folders beside an index in which its pictures are looked for."""


def picture_column(names: Sequence[str], rows: Sequence[Sequence[str]], folder: Path) -> str | None:
    """The column of which most cells are the paths of pictures below ``folder``, or None.

    ``rows`` are the first rows of the table as text, empty where a cell is missing.
    """
    for place, name in enumerate(names):
        paths = [row[place] for row in rows[:TRIED] if len(row) > place and row[place]]
        look = [path for path in paths if Path(path.strip()).suffix.casefold() in SUFFIXES]
        if 2 * len(look) > len(paths) and _base(folder, look) is not None:
            return name
    return None


def suggest_index_source(path: Path, column: str, paths: Sequence[str]) -> ImageIndexSource:
    """How the pictures that the index ``path`` names in ``column`` are best read, judged by those of some rows.

    Raises `DataError` where none of them can be read.
    """
    source = ImageIndexSource(str(path.absolute()), column)
    return replace(source, **suggest_look(_found(source, paths)[0], path))


def list_index(source: ImageIndexSource, table: Any, origin: str = "") -> PictureList:
    """The pictures that the rows of the index name, and beside them its other columns.

    ``table`` is the index as a pyarrow Table, ``origin`` its fingerprint. Paths are seen from the folder of the index
    or, where they lead nowhere from there, from the folder beside it in which they lead to files. Pictures that are
    missing or lie elsewhere are found with a problem. Raises `DataError` where there is no such column of text.
    """
    pictures, base = _found(source, _paths(source, table))
    is_beside = base != Path(source.path).parent
    notes = (f"The pictures lie in the folder “{as_text(base.name)}”.",) if is_beside else ()
    return PictureList(pictures, _beside(table, source.column), origin, notes=notes)


def _found(source: ImageIndexSource, paths: Sequence[str]) -> tuple[list[Picture], Path]:
    """The pictures that ``paths`` name, and the folder that these are seen from."""
    folder = Path(source.path).parent
    base = _base(folder, [path for path in paths if path][:TRIED]) or folder
    finder = _Finder(folder, base)
    return [finder.picture(path, row) for row, path in enumerate(paths)], base


def _paths(source: ImageIndexSource, table: Any) -> list[str]:
    name = Path(source.path).name
    if source.column not in table.column_names:
        raise DataError(
            f"“{name}” has no column called “{source.column}”.",
            f"Its columns are {', '.join(table.column_names[:12])}.",
            "Choose the column that holds the paths of the pictures.",
        )
    try:
        paths: list[str | None] = pc.cast(table.column(source.column), pa.large_string()).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        why = "Its cells are no text."
        raise DataError(f"“{source.column}” of “{name}” names no pictures.", why, "Choose another column.") from error
    return [(path or "").strip() for path in paths]


def _beside(table: Any, column: str) -> Any:
    """The columns of the index beside that of the paths; ``path`` and ``image`` are names that are taken."""
    others = table.drop_columns([column])
    return others.rename_columns(list(clean_names([PATH, IMAGE, *others.column_names])[2:]))


def _base(folder: Path, paths: Sequence[str]) -> Path | None:
    """The folder that most of ``paths`` lead to files from: ``folder``, else the first in it, else None."""
    for base in _bases(folder):
        if 2 * sum(_is_file(base, path) for path in paths) > len(paths):
            return base
    return None


def _bases(folder: Path) -> Iterator[Path]:
    yield folder
    yield from (folder / name for name in class_folders(folder)[:MOST_FOLDERS])


def _is_file(base: Path, path: str) -> bool:
    try:
        return (base / _as_posix(path)).is_file()
    except (OSError, ValueError):  # too long a name, or one with a NUL
        return False


def _as_posix(path: str) -> str:
    """A path as this system can have it: tables from Windows separate with backslashes."""
    return path.strip().replace("\\", "/")


class _Finder:
    """Finds the files that an index names, and none outside its ``folder``."""

    def __init__(self, folder: Path, base: Path) -> None:
        self._base = base
        self._real = os.path.realpath(folder)
        self._folders: dict[str, bool] = {}

    def picture(self, path: str, row: int) -> Picture:
        """The picture of a row; with a problem where there is none."""
        if not path:
            return Picture(self._base, f"row {row + 1:,}", None, problem="it names no picture")
        place = self._base / _as_posix(path)
        try:
            problem = self._problem(place)
            status = None if problem else place.stat()
        except (OSError, ValueError) as error:  # a ValueError is a NUL in the name
            why = "it is not there" if isinstance(error, FileNotFoundError) else getattr(error, "strerror", "")
            return Picture(place, path, None, problem=why or "it is no path")
        state = (status.st_size, status.st_mtime_ns) if status else (0, 0)
        return Picture(place, path, None, state, problem)

    def _problem(self, place: Path) -> str:
        if not self._is_within(str(place.parent)):
            return "it lies outside the folder of the table"
        if place.is_symlink() and not self._is_below(os.path.realpath(place)):
            return LINKED_AWAY
        return "it is a folder" if place.is_dir() else ""

    def _is_within(self, folder: str) -> bool:
        """Whether a folder, all links followed, lies in that of the index; looked up once for each."""
        if folder not in self._folders:
            self._folders[folder] = self._is_below(os.path.realpath(folder))
        return self._folders[folder]

    def _is_below(self, path: str) -> bool:
        return path == self._real or path.startswith(self._real.rstrip(os.sep) + os.sep)
