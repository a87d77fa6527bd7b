"""What a whole project says."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.spec.errors import SpecError
from nnstudio.spec.outline.data import data_entries
from nnstudio.spec.outline.entry import Entry, fields_in, kind_in
from nnstudio.spec.outline.network import network_entries
from nnstudio.spec.params import Field
from nnstudio.spec.project import Project
from nnstudio.spec.search import Interval, Search, SearchedField
from nnstudio.spec.searched.places import find
from nnstudio.spec.shown import shown, typed
from nnstudio.spec.training import LOSS, OPTIMIZER, SCHEDULE, Training


def entries(project: Project) -> Iterator[Entry]:
    """Every field of ``project``, in the order in which the window shows them."""
    if project.data:
        yield from data_entries(project.data)
    yield from network_entries(project.model)
    yield from _training(project.training)
    yield from _search(project)


def _training(training: Training) -> Iterator[Entry]:
    yield from kind_in("loss", "", LOSS, training.loss)
    yield from kind_in("optimizer", "", OPTIMIZER, training.optimizer)
    yield from kind_in("schedule", "", SCHEDULE, training.schedule)
    yield from fields_in("training", training.title, training)


def _search(project: Project) -> Iterator[Entry]:
    yield from fields_in("search", Search.title, project.search)
    for searched in project.search.fields:
        title, words = _searched(project, searched)
        yield Entry(f"search.{searched.path}", f"{Search.title} over", title, searched.span, words)


def _searched(project: Project, searched: SearchedField) -> tuple[str, str]:
    """The title of a searched field, and over what it ranges; where the field is gone, its path."""
    try:
        place = find(project, searched.path)
    except SpecError:
        return searched.path, _range(searched, None)
    return place.title, _range(searched, place.field)


def _range(searched: SearchedField, field: Field | None) -> str:
    span = searched.span
    if not isinstance(span, Interval):
        return ", ".join(shown(field, value) if field else str(value) for value in span.values)
    scale = ", log scale" if span.log else ""
    return f"{typed(span.low)} to {typed(span.high)}{scale}, {span.points:,} grid points"
