"""Open a source: find it in the cache, or read it into the cache, and say what it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nnstudio.data import cache as cached_files
from nnstudio.data.cache import Cached, cache_folder, entry, write_arrow
from nnstudio.data.image_set import CLASS, IMAGE, write_image_set
from nnstudio.data.pictures import Picture, find_pictures
from nnstudio.data.profile import profile_table
from nnstudio.data.suggest import suggest_columns
from nnstudio.data.text_table import fingerprint, read_text_table, require_file, separator
from nnstudio.spec.data import Column, ImageFolderSource, Kind, Role, Source, TableSource
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import SourceFacts


def open_source(source: Source, cache: Path | None = None) -> SourceFacts:
    """Read ``source`` into the cache unless it is there, and say what it holds and what its columns seem to be for.

    ``cache`` is the folder to keep it in (`cache_folder` says which one otherwise). Raises `DataError` where the source
    is missing, empty, damaged or of a different kind, and OSError where the system refuses.
    """
    cached = read_source(source, cache)
    if len(cached.columns) < 2:
        raise _one_column(source, cached)
    columns, task = suggest_columns(cached.columns, cached.rows)
    if isinstance(source, ImageFolderSource):
        columns = Column(IMAGE, Kind.IMAGE), Column(CLASS, Kind.CATEGORY, Role.TARGET)
        task = cached.columns[1].suggested_task
    return SourceFacts(
        source,
        cached.fingerprint,
        str(cached.path),
        cached.rows,
        cached.columns,
        columns,
        task,
        cached.left_out,
    )


def read_source(source: Source, cache: Path | None = None, need_classes: bool = True) -> Cached:
    """The cached form of ``source``, made now where it is missing; pictures need class folders or not."""
    folder = cache_folder(cache)
    match source:
        case TableSource():
            return _cached_table(Path(source.path).absolute(), folder)
        case ImageFolderSource():
            return _cached_image_set(replace(source, path=str(Path(source.path).absolute())), folder, need_classes)
    raise DataError(f"“{Path(source.path).name}” cannot be read.", f"{source.title} is not known here.")


def _cached_table(path: Path, folder: Path) -> Cached:
    require_file(path)
    place = entry(folder, "table", str(path), separator(path), *_state(path))

    def convert(out: Path) -> Cached:
        before = _state(path)
        digest = fingerprint(path)
        table = read_text_table(path)
        if _state(path) != before:
            raise DataError(f"“{path.name}” changed while it was read.", "", "Open it again.")
        write_arrow(table, out)
        return Cached(place, digest, table.num_rows, profile_table(table))

    return cached_files.find(place) or cached_files.keep(place, convert)


def _cached_image_set(source: ImageFolderSource, folder: Path, need_classes: bool) -> Cached:
    pictures = find_pictures(Path(source.path), need_classes)
    options = [source.path, source.width, source.height, source.colour]
    place = entry(folder, "image_folder", options, [_identity(picture) for picture in pictures])

    def convert(out: Path) -> Cached:
        return replace(write_image_set(source, pictures, out), path=place)

    return cached_files.find(place) or cached_files.keep(place, convert)


def _identity(picture: Picture) -> list[object]:
    return [picture.name, picture.label, *_state(picture.path)]


def _state(path: Path) -> tuple[int, int]:
    """Size and time of change (ns) of a file: with its path, what tells that it is still the same."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _one_column(source: Source, cached: Cached) -> DataError:
    name = cached.columns[0].name
    mark = next((mark for mark in (";", "\t", "|") if mark in name), "")
    why = "Its first line holds no comma." if mark else "A network predicts one column from others."
    remedy = "Save it with commas between the cells." if mark else "Choose another file."
    return DataError(f"“{Path(source.path).name}” has only one column.", why, remedy)
