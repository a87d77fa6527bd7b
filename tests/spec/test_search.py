"""Ranges, choices and the settings of a search, and how they are written."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given

from nnstudio.spec.errors import SpecError
from nnstudio.spec.files import project_from_json, project_to_json
from nnstudio.spec.files.search import read_search, write_search
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Search, SearchedField
from tests.spec.attempt import attempt
from tests.spec.strategies import few, intervals, json_values

RATE = SearchedField("optimizer.lr", Interval(1e-4, 1e-1, log=True))
KIND = SearchedField("optimizer", Choices(("sgd", "adam")))


@few
@given(interval=intervals())
def test_a_grid_ascends_from_one_end_to_the_other(interval: Interval) -> None:
    grid = [float(value) for value in interval.grid()]
    assert grid == sorted(grid)
    assert (grid[0], grid[-1]) == (interval.low, interval.high)
    assert 2 <= len(grid) <= interval.points


def test_a_grid_on_a_log_scale_multiplies() -> None:
    assert Interval(1e-4, 1.0, log=True).grid() == pytest.approx((1e-4, 1e-3, 1e-2, 1e-1, 1.0))
    assert Interval(8, 128, log=True, whole=True).grid() == (8, 16, 32, 64, 128)
    assert Interval(0, 1).grid() == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert Interval(1, 3, whole=True, points=9).grid() == (1, 2, 3)
    assert all(isinstance(value, int) for value in Interval(1, 3, whole=True).grid())


@pytest.mark.parametrize(
    ("low", "high", "log", "whole", "sentence"),
    [
        (2.0, 1.0, False, False, r"from must be smaller than to; 2 is not below 1\."),
        (1.0, 1.0, False, False, r"from must be smaller than to"),
        (0.0, 1.0, True, False, r"on a log scale from must be greater than 0, not 0\."),
        (0.5, 4.0, False, True, r"must be whole numbers"),
        (0.0, math.inf, False, False, r"must be a finite number"),
    ],
)
def test_an_empty_range_is_refused(low: float, high: float, log: bool, whole: bool, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        Interval(low, high, log, whole)


@pytest.mark.parametrize("values", [(), (1, 1), (True, 1), (math.nan,)])
def test_choices_that_leave_no_choice_are_refused(values: tuple[int, ...]) -> None:
    with pytest.raises(SpecError):
        Choices(values)


def test_a_field_is_searched_once() -> None:
    with pytest.raises(SpecError, match="searched once only"):
        Search((RATE, RATE))
    search = Search((RATE, KIND)).with_span("optimizer.lr", Interval(0.1, 1.0))
    assert search.fields == (SearchedField("optimizer.lr", Interval(0.1, 1.0)), KIND)
    assert search.without("optimizer").span("optimizer") is None
    assert Search((RATE, KIND)).grid_size == 10
    assert Search((RATE, KIND), method="grid", trials=50).planned == 10
    assert Search((RATE, KIND), method="grid", trials=0).planned == 10
    assert Search((RATE, KIND), method="grid", trials=4).planned == 4
    assert Search((RATE, KIND), method="random", trials=50).planned == 50


def test_a_project_without_a_search_is_written_as_before() -> None:
    assert '"search"' not in project_to_json(Project())
    assert project_from_json(project_to_json(Project())).search == Search()
    some = replace(Project(), search=Search((RATE, KIND), trials=7))
    assert project_from_json(project_to_json(some)) == some


@few
@given(data=json_values)
def test_whatever_is_written_is_read_or_refused_in_a_sentence(data: object) -> None:
    for written in (data, {"fields": data}, {"fields": [data]}, {"fields": [{"path": "a", "choices": data}]}):
        read = attempt(partial(read_search, written))
        assert isinstance(read, Search) or str(read).endswith(".")


def test_choices_keep_their_types() -> None:
    search = Search((SearchedField("a", Choices((True, 2, 2.5, "x"))),))
    (read,) = read_search(write_search(search)).fields
    assert isinstance(read.span, Choices)
    assert list(map(type, read.span.values)) == [bool, int, float, str]
