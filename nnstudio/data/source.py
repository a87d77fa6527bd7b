"""Open a source: find it in the cache, or read it into the cache, and say what it holds."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnstudio.data import behind
from nnstudio.data import cache as cached_files
from nnstudio.data.cache import Cached, Profile, cache_folder, entry
from nnstudio.data.detect import table_source_for
from nnstudio.data.duplicates import duplicate_rows
from nnstudio.data.fingerprint import Unfound, fingerprint, require_file, state, unchanged
from nnstudio.data.memory import give_back
from nnstudio.data.pictures.advice import suggest_picture_split
from nnstudio.data.pictures.picture_source import cached_pictures, picture_profile, suggest_picture_columns
from nnstudio.data.profiling.profile import profile_table
from nnstudio.data.reading.readers import Report, reader_for
from nnstudio.data.suggest import suggest_columns, suggest_series, suggest_split
from nnstudio.data.table import MappedTable
from nnstudio.spec.columns import Kind
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Preview, SourceFacts
from nnstudio.spec.layouts import Layout, RowLayout
from nnstudio.spec.sources import ExcelSource, ImageFolderSource, PictureSource, Source, SqliteSource, TableSource
from nnstudio.spec.splits import RandomSplit, Split, TimeSplit


def open_source(
    source: Source, cache: Path | None = None, report: Report | None = None, detect: bool = False
) -> SourceFacts:
    """Read ``source`` into the cache unless it is there, and say what it holds and what its columns seem to be for.

    ``cache`` is the folder to keep it in (`cache_folder` says which one otherwise); with ``detect`` it is found out
    first how the source is to be read. Raises `DataError` where the source is missing, empty, damaged or of a different
    kind, OSError where the system refuses, and whatever ``report`` raises.
    """
    if detect:
        source = preview(source, detect=True).source
    cached = read_source(source, cache, report=report)
    return _facts(source, cached, _profile(source, cached))


def preview(source: Source, detect: bool = False) -> Preview:
    """The head of a source as it would be read; with ``detect`` its options are found out anew."""
    if isinstance(source, PictureSource):
        return Preview(source, (), ())
    require_file(Path(source.path))
    return reader_for(source).preview(source, detect)


def _profile(source: Source, cached: Cached) -> Profile:
    """What the columns of ``cached`` hold; found out now unless somebody did before, and kept."""
    if (known := cached_files.find_profile(cached.path)) is not None:
        return known
    try:
        with MappedTable(cached.path) as table:
            found = picture_profile(table) if isinstance(source, PictureSource) else _table_profile(table)
        cached_files.keep_profile(cached.path, found)
        return found
    finally:
        give_back()


def _table_profile(table: MappedTable) -> Profile:
    return Profile(profile_table(table.arrow()), duplicate_rows(table.arrow()))


def _facts(source: Source, cached: Cached, profile: Profile) -> SourceFacts:
    split: Split | None = None
    layout: Layout = RowLayout()
    notes = cached.notes
    if isinstance(source, PictureSource):
        columns, task = suggest_picture_columns(source, profile.columns, cached.rows)
        if isinstance(source, ImageFolderSource):
            split = suggest_picture_split(Path(source.path))
    elif cached.rows < 2:
        raise _one_row(source)
    elif len(profile.columns) < 2 and profile.columns[0].kind is not Kind.IMAGE:
        series = suggest_series(profile.columns[0], cached.rows)
        if series is None:
            raise _one_column(source, profile)
        columns, task, layout, split = (series.column,), series.task, series.layout, TimeSplit()
        notes = (*notes, series.note)
    else:
        columns, task = suggest_columns(profile.columns, cached.rows)
        split = suggest_split(profile.columns)
    return SourceFacts(
        source,
        cached.fingerprint,
        str(cached.path),
        cached.rows,
        profile.columns,
        columns,
        task,
        cached.left_out,
        profile.duplicates,
        notes,
        cached.choices,
        split or RandomSplit(),
        layout,
    )


def read_source(
    source: Source,
    cache: Path | None = None,
    need_classes: bool = False,
    report: Report | None = None,
    written: bool = True,
) -> Cached:
    """The cached form of ``source``, made now where it is missing; pictures need class folders or not.

    Unless it is to be ``written`` on return, that and its fingerprint may have to wait, and `open_cached` knows it
    already. Raises as `open_source` does; nothing is left behind then.
    """
    folder = cache_folder(cache)
    if isinstance(source, PictureSource):
        return cached_pictures(source, folder, _read_index, need_classes, report)
    return _cached_table(source, folder, report, written)


def _cached_table(source: Source, folder: Path, report: Report | None, written: bool) -> Cached:
    reader = reader_for(source)
    path = Path(source.path).absolute()
    require_file(path)
    source = replace(source, path=str(path))  # type: ignore[type-var]  # every kind of source is a dataclass
    before = state(path)
    place = entry(folder, type(source).__name__, str(path), *reader.identity(source), *before)
    if (known := behind.find(place, written)) is not None:
        return known
    digest = Unfound(path, before)
    with digest.meanwhile() if written else nullcontext():
        found = unchanged(path, before, lambda: reader.read(source, report))
    if report:
        report(before[0], before[0], "bytes")
    cached = Cached(place, digest, found.table.num_rows, found.left_out, found.notes, found.choices)
    behind.hold(cached, found.table)
    del found  # so that its memory is free as soon as it is written
    if written:
        behind.find(place)
    return cached


def _read_index(path: Path) -> tuple[Any, str]:
    """The table that names the pictures, and its fingerprint."""
    require_file(path)
    source = table_source_for(path)
    reader = reader_for(source)
    return reader.read(reader.preview(source, True).source).table, fingerprint(path)


def _one_row(source: Source) -> DataError:
    return DataError(
        f"“{Path(source.path).name}” has a single row.",
        "A network learns from many.",
        "Add rows, or choose another file. To predict a single example, open it under Predict.",
    )


ELSEWHERE: dict[type[Source], str] = {
    TableSource: "Choose what stands between the cells, or another file.",
    ExcelSource: "Choose another sheet, or another file.",
    SqliteSource: "Choose another table, or another file.",
}
"""Where more columns may be found."""


def _one_column(source: Source, profile: Profile) -> DataError:
    return DataError(
        f"“{Path(source.path).name}” has only one column, “{profile.columns[0].name}”.",
        "A network predicts one column from others.",
        ELSEWHERE.get(type(source), "Choose another file."),
    )
