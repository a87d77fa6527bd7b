"""What can be done to the search of a project: pure verbs, each from a project to the next."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.spec.errors import SpecError
from nnstudio.spec.project import Project
from nnstudio.spec.search import Search, SearchedField, Span
from nnstudio.spec.searched.ranges import suggested_search, usual_span
from nnstudio.spec.searched.trial import LOSS_FIELDS, field_problem


def search_field(project: Project, path: str, span: Span | None = None) -> Project:
    """Search a field, over its usual range unless another is given; one that is searched gets the other range.

    Where it changes the loss itself, trials are judged by the score from now on. Raises `SpecError` for a field that
    the project does not have, and for a range that it does not allow.
    """
    wanted = usual_span(project, path) if span is None else span
    changed = replace(project, search=project.search.with_span(path, wanted))
    if problem := field_problem(changed, SearchedField(path, wanted)):
        raise problem
    if path.startswith(LOSS_FIELDS):
        changed = replace(changed, search=replace(changed.search, objective="score"))
    return changed


def leave_field(project: Project, path: str) -> Project:
    """Search a field no more; one that is not searched does not mind."""
    return replace(project, search=project.search.without(path))


def toggle_field(project: Project, path: str) -> Project:
    """What the search icon beside a field does: search it over its usual range, or no more."""
    return search_field(project, path) if project.search.span(path) is None else leave_field(project, path)


def set_span(project: Project, path: str, span: Span) -> Project:
    """Let a field that is searched range over something else; raises `SpecError` as `search_field` does."""
    if project.search.span(path) is None:
        raise SpecError("This field is not searched.", "", "Choose it with the search icon beside it.")
    return search_field(project, path, span)


def set_search(project: Project, search: Search) -> Project:
    """Change the settings: method, budget, pruning, trials at a time, seed."""
    return replace(project, search=search)


def suggest_fields(project: Project) -> Project:
    """Search the fields that mostly matter, over their usual ranges."""
    return replace(project, search=suggested_search(project))


def is_stale(project: Project) -> bool:
    """Whether a field is searched that is gone or out of its bounds."""
    return any(field_problem(project, field) for field in project.search.fields)


def clean(project: Project) -> Project:
    """Leave out of the search what is gone, or cannot be searched as it is."""
    kept = tuple(field for field in project.search.fields if not field_problem(project, field))
    return replace(project, search=replace(project.search, fields=kept))
