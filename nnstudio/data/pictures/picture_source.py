"""A source of pictures in the cache, and what its columns seem to be for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from nnstudio.data import cache as cached_files
from nnstudio.data.cache import Cached, Profile, entry
from nnstudio.data.memory import give_back
from nnstudio.data.pictures.image_index import list_index
from nnstudio.data.pictures.image_set import CLASS, IMAGE, PATH, PictureList, write_image_set
from nnstudio.data.pictures.picture_files import find_pictures
from nnstudio.data.profiling.profile import profile_table
from nnstudio.data.reading.readers import Report
from nnstudio.data.suggest import suggest_columns
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.sources import ImageFolderSource, ImageIndexSource, PictureSource, Source
from nnstudio.spec.tasks import Task

ReadIndex = Callable[[Path], tuple[Any, str]]
"""Reads the table of an index: a pyarrow Table, and the fingerprint of its file."""


def cached_pictures(
    source: PictureSource,
    folder: Path,
    read_index: ReadIndex,
    need_classes: bool = True,
    report: Report | None = None,
) -> Cached:
    """The cached form of ``source`` in the cache ``folder``, made now where it is missing; see `write_image_set`.

    Pictures of a folder need class folders or not.
    """
    path = Path(source.path).absolute()
    source = replace(source, path=str(path))  # type: ignore[type-var]  # every kind of source is a dataclass
    match source:
        case ImageFolderSource():
            found = PictureList(find_pictures(path, need_classes))
        case ImageIndexSource():
            found = list_index(source, *read_index(path))
        case _:
            raise DataError(f"“{path.name}” cannot be read.", f"{source.title} is not known here.")
    place = entry(folder, type(source).__name__, asdict(source), found.identity())

    def convert(out: Path) -> Cached:
        return replace(write_image_set(source, found, out, report), path=place)

    if (known := cached_files.find(place)) is not None:
        return known
    try:
        return cached_files.keep(place, convert)
    finally:
        give_back()


def picture_profile(table: MappedTable) -> Profile:
    """What the columns of a picture set hold, the pictures first; their paths are not looked at."""
    beside = [name for name in table.names if name not in (PATH, IMAGE)]
    return Profile(profile_table(table.arrow().select([IMAGE, *beside])))


def read_like(source: Source, trained: Source) -> Source:
    """``source`` as the pictures of ``trained`` were read, wherever they lie; it itself where one has no pictures."""
    if not isinstance(source, ImageFolderSource | ImageIndexSource) or not isinstance(trained, PictureSource):
        return source
    return replace(
        source,
        width=trained.width,
        height=trained.height,
        colour=trained.colour,
        depth=trained.depth,
        fit=trained.fit,
        white=trained.white,
    )


def suggest_picture_columns(
    source: PictureSource, profiles: Sequence[ColumnProfile], rows: int
) -> tuple[tuple[Column, ...], Task]:
    """A role for each column of a picture set, and the task.

    The network looks at the pictures alone: what stands beside them is the target, or ignored. Where nothing can be the
    target (no class folders, one class), the pictures are to be reconstructed.
    """
    image, *beside = profiles
    columns, task = _beside_folders(beside[0]) if isinstance(source, ImageFolderSource) else _beside(beside, rows)
    if not any(column.role is Role.TARGET for column in columns):
        task = Task.RECONSTRUCTION
    return (Column(image.name, image.kind), *columns), task


def _beside_folders(classes: ColumnProfile) -> tuple[tuple[Column, ...], Task]:
    role = Role.TARGET if classes.distinct > 1 else Role.IGNORE
    return (Column(CLASS, Kind.CATEGORY, role),), classes.suggested_task


def _beside(profiles: Sequence[ColumnProfile], rows: int) -> tuple[tuple[Column, ...], Task]:
    columns, task = suggest_columns(profiles, rows)
    return tuple(
        replace(column, role=Role.IGNORE) if column.role is Role.FEATURE else column for column in columns
    ), task
