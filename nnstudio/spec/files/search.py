"""A search as JSON, for the project file."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import read_fields, write_fields
from nnstudio.spec.search import Choices, Interval, Search, SearchedField, Span


def write_search(search: Search) -> dict[str, Any]:
    """``search`` as a JSON object."""
    fields = [{"path": field.path} | _write_span(field.span) for field in search.fields]
    return {"fields": fields} | write_fields(search)


def read_search(data: object) -> Search:
    """The search that `write_search` wrote; raises `SpecError` with the reason."""
    if not isinstance(data, Mapping):
        raise SpecError("The search of this project is damaged.", f"{reprlib.repr(data)} is no JSON object.")
    settings = {name: value for name, value in data.items() if name != "fields"}
    fields = data.get("fields", [])
    if not isinstance(fields, list):
        raise SpecError("The search of this project is damaged.", "Its fields must be a list.")
    return replace(read_fields(Search, settings), fields=tuple(map(_read_field, fields)))


def _write_span(span: Span) -> dict[str, Any]:
    return {"choices": list(span.values)} if isinstance(span, Choices) else write_fields(span)


def _read_field(data: object) -> SearchedField:
    if not isinstance(data, Mapping) or not isinstance(data.get("path"), str):
        raise SpecError("The search of this project is damaged.", "A field that is searched must have a path.")
    settings = {name: value for name, value in data.items() if name != "path"}
    if "choices" not in settings:
        return SearchedField(data["path"], read_fields(Interval, settings))
    choices = settings["choices"]
    if not isinstance(choices, list) or not all(isinstance(value, (bool, int, float, str)) for value in choices):
        raise SpecError("The search of this project is damaged.", "Choices must be a list of numbers and texts.")
    return SearchedField(data["path"], Choices(tuple(choices)))
