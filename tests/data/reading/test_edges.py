"""Blanks around cells are found by their outer bytes."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.reading.edges import may_have_blanks

cells = st.lists(st.none() | st.text(st.sampled_from("ab \t\u00a0\u2009é"), max_size=4), max_size=20)


@given(cells, st.integers(0, 3))
def test_no_blank_is_overlooked(texts: list[str | None], start: int) -> None:
    column = pa.array(texts, pa.large_string()).slice(start)
    there = [text for text in column.to_pylist() if text]
    if any(text != text.strip() for text in there):
        assert may_have_blanks(column)
    if any(text != text.lstrip() for text in there):
        assert may_have_blanks(column, before_only=True)


@pytest.mark.parametrize("texts", [["a", "b c"], [None, "a"], ["a", "", None], ["", None], [], ["x"] * 70_000])
def test_visible_letters_are_told_from_blanks(texts: list[str | None]) -> None:
    assert not may_have_blanks(pa.array(texts, pa.large_string()))


def test_what_stands_behind_matters_on_demand() -> None:
    column = pa.array(["a ", "b"], pa.large_string())
    assert may_have_blanks(column)
    assert not may_have_blanks(column, before_only=True)
    assert may_have_blanks(pa.array(["a"], pa.string()))
