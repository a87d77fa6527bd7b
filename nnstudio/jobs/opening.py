"""Jobs that look at data: open a source, and say what a network has to fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nnstudio.data.encode import describe
from nnstudio.data.pictures import suggest_image_source
from nnstudio.data.source import open_source as read
from nnstudio.spec.data import Source, TableSource
from nnstudio.spec.events import DataDescribed, Inbox, SourceOpened
from nnstudio.spec.requests import DescribeData, OpenPath, OpenSource


def open_source(request: OpenSource, inbox: Inbox) -> Iterator[SourceOpened]:
    """Read a table or image folder into the cache."""
    del inbox  # nothing can be said to a job that ends by itself
    yield SourceOpened(read(request.source))


def open_path(request: OpenPath, inbox: Inbox) -> Iterator[SourceOpened]:
    """Read whatever lies at a path into the cache."""
    del inbox
    yield SourceOpened(read(source_for(Path(request.path))))


def describe_data(request: DescribeData, inbox: Inbox) -> Iterator[DataDescribed]:
    """Say what a network has to fit for a data spec."""
    del inbox
    yield DataDescribed(describe(request.data))


def source_for(path: Path) -> Source:
    """How ``path`` is read: a folder as pictures by class, anything else as a table."""
    path = path.absolute()
    return suggest_image_source(path) if path.is_dir() else TableSource(str(path))
