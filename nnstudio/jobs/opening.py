"""Jobs that look at data: preview a source, open it, and say what a network has to fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event as Flag
from typing import Literal, TypeVar, cast

from nnstudio.data.detect import pictures_named_by, source_for
from nnstudio.data.encoding.encode import describe
from nnstudio.data.reading.readers import Cancelled, Report
from nnstudio.data.source import open_source as read
from nnstudio.data.source import preview
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import DataDescribed, Inbox, Previewed, Reading, SourceOpened, Stop
from nnstudio.spec.facts import Preview
from nnstudio.spec.requests import DescribeData, OpenPath, OpenSource, PreviewSource
from nnstudio.spec.sources import PictureSource, Source

REPORT_SECONDS = 0.25
"""As often it is told how far reading is, and looked whether it is still wanted."""


def open_source(request: OpenSource, inbox: Inbox) -> Generator[Reading | SourceOpened]:
    """Read a source into the cache; `Stop` ends it, and nothing is kept."""
    yield from _opened(request.source, inbox)


def open_path(request: OpenPath, inbox: Inbox) -> Iterator[Previewed | Reading | SourceOpened]:
    """Find out how whatever lies at a path is read, show its head, and read it into the cache."""
    source, head = found_out(Path(request.path))
    if head:
        yield Previewed(head)
    yield from _opened(source, inbox)


def found_out(path: Path) -> tuple[Source, Preview | None]:
    """How whatever lies at ``path`` is read, and the head of it where it is no folder of pictures."""
    source = source_for(path)
    if isinstance(source, PictureSource):
        return source, None
    head = preview(source, detect=True)
    return pictures_named_by(head) or head.source, head


def fitting(source: Source, names: Collection[str]) -> Source:
    """``source`` as it says; where the columns ``names`` are not found so, as its file seems to be written.

    A workbook may call its sheet otherwise than the one before, or begin with other titles.
    """
    if isinstance(source, PictureSource) or _has(source, names):
        return source
    try:
        found, _ = found_out(Path(source.path))
    except (StudioError, OSError):
        return source  # whose reader says what is wrong
    return found if not isinstance(found, PictureSource) and _has(found, names) else source


def _has(source: Source, names: Collection[str]) -> bool:
    """Whether the columns are among those that the head of ``source`` shows."""
    try:
        return {column.name for column in preview(source).columns}.issuperset(names)
    except (StudioError, OSError):
        return False


def preview_source(request: PreviewSource, inbox: Inbox) -> Iterator[Previewed]:
    """Read the head of a source."""
    del inbox  # it takes less than a command would
    yield Previewed(preview(request.source, request.detect))


def describe_data(request: DescribeData, inbox: Inbox) -> Iterator[DataDescribed]:
    """Say what a network has to fit for a data spec."""
    del inbox
    yield DataDescribed(describe(request.data))


def _opened(source: Source, inbox: Inbox) -> Generator[Reading | SourceOpened]:
    """Read in a thread, tell how far it is a few times a second, and stop when that is asked for."""
    found = yield from read_in_thread(lambda report: read(source, report=report), inbox)
    if found is not None:
        yield SourceOpened(found)


T = TypeVar("T")


def read_in_thread(read: Callable[[Report], T], inbox: Inbox) -> Generator[Reading, None, T | None]:
    """What ``read`` gives, which is told whom to report to; None where that was not wanted any more."""
    told: list[tuple[int, int, str]] = []
    unwanted = Flag()

    def report(done: int, total: int, unit: str) -> None:
        if unwanted.is_set():
            raise Cancelled
        told[:] = [(done, total, unit)]

    start = time.monotonic()
    with ThreadPoolExecutor(1, "reading") as pool:
        reading = pool.submit(read, report)
        try:
            while not wait([reading], REPORT_SECONDS).done:
                if is_stopped(inbox):
                    return None
                yield from (as_reading(*latest, time.monotonic() - start) for latest in tuple(told))
            return reading.result()
        finally:
            unwanted.set()


def is_stopped(inbox: Inbox) -> bool:
    """Whether `Stop` came; other commands say nothing to a job that reads."""
    while not inbox.empty():
        if isinstance(inbox.get(), Stop):
            return True
    return False


def as_reading(done: int, total: int, unit: str, seconds: float) -> Reading:
    """How far reading is after so many ``seconds``."""
    left = seconds * (total - done) / done if done else 0.0
    return Reading(done, total, cast(Literal["bytes", "pictures", "rows"], unit), max(0.0, left))
