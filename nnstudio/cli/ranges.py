"""Fields that are searched, as they are written in a terminal: ``optimizer.lr=1e-5..0.1``, ``optimizer=sgd,adam``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nnstudio.cli.settings import WORDS_FOR_TRUTH
from nnstudio.session.searching import search_field
from nnstudio.spec.errors import SpecError
from nnstudio.spec.params import Field
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Span, Value
from nnstudio.spec.searched.places import LAYER, Place, find, owners, places
from nnstudio.spec.searched.ranges import usual_span

HOW = "Write PATH=LOW..HIGH, PATH=LOW..HIGH:log, PATH=LOW..HIGH:log:POINTS, PATH=ONE,OTHER, or only PATH."
RANGE = re.compile(r"(?P<low>[^.:,]+(?:\.\d[^.:,]*)?|\.\d[^.:,]*)\.\.(?P<high>[^:,]+)(?P<rest>(?::[a-z0-9]+)*)")


def with_fields(project: Project, texts: Sequence[str]) -> Project:
    """``project`` with a search of these fields alone; raises `SpecError` for what is none, or cannot be searched."""
    project = replace(project, search=replace(project.search, fields=()))
    for text in texts:
        name, sign, wanted = text.partition("=")
        place = named(project, name)
        project = search_field(project, place.path, _span(project, place, wanted) if sign else None)
    return project


def named(project: Project, name: str) -> Place:
    """The field of that path; a layer may go by its number, and the end of a path is enough where no other has it."""
    path = _with_identity(project, name)
    there = [place.path for place in places(project)]
    alike = [place for place in there if place.rpartition(".")[2] == name]
    alike = alike or [f"{owner.path}.{name}" for owner in owners(project) if owner.field_of(name)]
    if path in there or not alike:
        return find(project, path)
    if len(alike) > 1:
        raise SpecError(f"“{name}” could be several fields.", f"They are {', '.join(alike)}.", "Name one of them.")
    return find(project, alike[0])


def written(project: Project, path: str) -> str:
    """A path as a person writes it: a layer by its number."""
    for number, row in project.model.numbered():
        if path.startswith(f"{LAYER}{row.id}."):
            return f"{LAYER}{number}{path.removeprefix(LAYER + row.id)}"
    return path


def _with_identity(project: Project, name: str) -> str:
    """The path that ``layer.0.out_features`` or ``layer.1`` stands for, by the number of the layer."""
    rows = dict(project.model.numbered())
    for prefix in (name.removeprefix(LAYER), name.removeprefix(LAYER).rpartition(".")[0]):
        if name.startswith(LAYER) and prefix in rows:
            return f"{LAYER}{rows[prefix].id}{name.removeprefix(LAYER + prefix)}"
    return name


def _span(project: Project, place: Place, text: str) -> Span:
    """What a range or a list of choices means to a field."""
    if match := RANGE.fullmatch(text):
        return _interval(project, place, match)
    return Choices(tuple(_value(place.field, part.strip()) for part in text.split(",")))


def _interval(project: Project, place: Place, match: re.Match[str]) -> Interval:
    usual = usual_span(project, place.path)
    log = isinstance(usual, Interval) and usual.log
    points = Interval().points
    for word in match["rest"].split(":")[1:]:
        if word in ("log", "linear"):
            log = word == "log"
        elif word.isdecimal():
            points = int(word)
        else:
            raise SpecError(f"“{word}” is no way to range.", "", HOW)
    low, high = (_number(match[end]) for end in ("low", "high"))
    return Interval(low, high, log and low > 0, place.field.type is int, points)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SpecError(f"“{text}” is no number.", "", HOW) from None


def _value(field: Field, text: str) -> Value:
    """A choice as the field has it; what is none is left to the field's own check."""
    if field.type is bool:
        return WORDS_FOR_TRUTH.get(text.casefold(), text)
    if field.type in (int, float) and not field.choices:
        number = _number(text)
        return int(number) if field.type is int and number.is_integer() else number
    return text
