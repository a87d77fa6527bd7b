"""Pictures as Arrow files: every one decoded once, at one size, beside what is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from nnstudio.data.cache import Cached
from nnstudio.data.fingerprint import known
from nnstudio.data.pictures.decode import Decoded
from nnstudio.data.pictures.decode_pool import decode_all
from nnstudio.data.pictures.picture_files import Picture, class_folders, class_notes, no_pictures
from nnstudio.data.reading.readers import Report
from nnstudio.spec.sources import PictureSource

PATH, CLASS, IMAGE = "path", "class", "image"
"""The columns of an image set; one that was made from an index has those of the index in the place of ``class``."""

CHUNK = 2**26
"""Bytes of pixels that are held in memory at a time."""

MOST_LEFT_OUT = 100
"""As many files that were left out are named."""

REPORTED = 32
"""So many pictures lie between two reports."""


@dataclass(frozen=True, eq=False, slots=True)
class PictureList:
    """The pictures to read, and beside them a pyarrow Table with a row for each (None: only their classes are known).

    ``origin`` is what the fingerprint covers beside paths and pictures; ``left_out`` and ``notes`` are sentences.
    """

    pictures: Sequence[Picture]
    beside: Any = None
    origin: str = ""
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def identity(self) -> list[object]:
        """What tells these pictures from others as long as nobody reads them: plain values, for the cache."""
        return [self.origin, *([item.name, item.label, *item.state, item.problem] for item in self.pictures)]


def write_image_set(source: PictureSource, found: PictureList, out: Path, report: Report | None = None) -> Cached:
    """Decode the pictures of ``found`` into the Arrow file ``out``, those that can be read, in their order.

    Its columns are ``path``, then ``class`` or what stands beside the pictures, and ``image`` (uint8 or uint16
    H×W×C). The fingerprint covers the paths and bytes of the pictures. Raises `DataError` where not one can be read,
    and whatever ``report`` raises, which is told the pictures that are done.
    """
    reading = _Reading(found)
    folders = class_folders(Path(source.path)) if found.beside is None else []
    with closing(reading.pictures(source, report)) as pictures:
        _write(reading, pictures, source, out)
    if not reading.rows:
        raise no_pictures(Path(source.path), reading.why_none())
    notes = (*found.notes, *reading.notes(source))
    if found.beside is None:
        notes += tuple(class_notes(folders, reading.labels))
    return Cached(
        out,
        known(f"sha256:{reading.digest.hexdigest()}"),
        len(reading.rows),
        shortened((*found.left_out, *reading.left_out)),
        notes,
    )


def _write(reading: _Reading, pictures: Iterator[Decoded], source: PictureSource, out: Path) -> None:
    shape = (source.height, source.width, source.channels)
    levels = pa.uint16() if source.depth == "16" else pa.uint8()
    most = max(1, CHUNK // (source.height * source.width * source.channels * levels.bit_width // 8))
    image = pa.field(IMAGE, pa.fixed_shape_tensor(levels, shape))
    schema = pa.schema([pa.field(PATH, pa.large_string()), *reading.beside(0).schema, image])
    rows = 0
    with pa.ipc.new_file(str(out), schema) as writer:
        while chunk := [one.pixels for one in islice(pictures, most)]:
            images = pa.FixedShapeTensorArray.from_numpy_ndarray(np.stack(chunk))
            beside = reading.beside(rows).combine_chunks()
            arrays = [pa.array(reading.names(rows), pa.large_string()), *map(_whole, beside.columns), images]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += len(chunk)


def _whole(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def shortened(sentences: Sequence[str]) -> tuple[str, ...]:
    """The first `MOST_LEFT_OUT` of ``sentences``, and how many more there are."""
    more = len(sentences) - MOST_LEFT_OUT
    return (*sentences[:MOST_LEFT_OUT], *([f"And {more:,} more were left out."] if more > 0 else []))


@dataclass(eq=False)
class _Reading:
    """What accumulates while pictures are read one after the other; ``rows`` are the places of those that could be."""

    found: PictureList
    digest: Any = field(init=False)
    rows: list[int] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    wide: int = 0
    clipped: int = 0
    cut: int = 0

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.found.origin.encode())

    def pictures(self, source: PictureSource, report: Report | None) -> Generator[Decoded]:
        """Each picture that can be read; the others are noted in ``left_out``."""
        total = len(self.found.pictures)
        with closing(decode_all(self.found.pictures, source)) as outcomes:
            for place, outcome in enumerate(outcomes):
                if report and place % REPORTED == 0:
                    report(place, total, "pictures")
                if outcome.decoded is None:
                    self.left_out.append(f"“{outcome.picture.name}” was left out: {outcome.reason}.")
                    self.reasons[outcome.reason] = self.reasons.get(outcome.reason, 0) + 1
                    continue
                self._count(outcome.decoded)
                self.digest.update(f"{outcome.picture.name}\0{outcome.digest}\n".encode())
                self.rows.append(place)
                yield outcome.decoded
        if report:
            report(total, total, "pictures")

    def _count(self, decoded: Decoded) -> None:
        self.wide += decoded.is_wide
        self.clipped += decoded.is_clipped
        self.cut += decoded.is_shortened

    def names(self, start: int) -> list[str]:
        """The paths of the rows from ``start`` on."""
        return [self.found.pictures[place].name for place in self.rows[start:]]

    @property
    def labels(self) -> list[str | None]:
        return [self.found.pictures[place].label for place in self.rows]

    def beside(self, start: int) -> Any:
        """What stands beside the pictures of the rows from ``start`` on: a pyarrow Table."""
        if self.found.beside is not None:
            return self.found.beside.take(pa.array(self.rows[start:], pa.int64()))
        labels = [self.found.pictures[place].label for place in self.rows[start:]]
        return pa.table({CLASS: pa.array(labels, pa.large_string())})

    def why_none(self) -> str:
        """The most frequent reason why files were left out, where there is one that says more than the usual."""
        if not self.reasons:
            return ""
        reason, count = max(self.reasons.items(), key=lambda item: item[1])
        return "" if "nnstudio knows" in reason else f"Of {count:,} of its files this is true: {reason}."

    def notes(self, source: PictureSource) -> Iterator[str]:
        """What was lost of the levels of the pictures, and how to keep it."""
        if self.wide and source.depth == "8":
            yield (
                f"{_counted(self.wide)} with more than 256 levels of grey: in 8 bits, {source.white:,} became 255 and "
                "fine differences are lost. A depth of 16 bits keeps them."
            )
        if self.clipped:
            yield f"{_counted(self.clipped)} with levels below black or beyond white, which count as black or white."
        if self.cut:
            yield f"{_counted(self.cut)} with 16 bits for each colour: only the upper 8 of them can be read."


def _counted(count: int) -> str:
    return "There is 1 picture" if count == 1 else f"There are {count:,} pictures"
