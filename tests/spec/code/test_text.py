"""Settings as Python code."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.code.text import value
from tests.spec.strategies import few

SETTINGS = st.recursive(st.text() | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.tuples(inner))


@few
@given(SETTINGS)
def test_a_setting_is_read_back_as_it_was(setting: object) -> None:
    assert ast.literal_eval(value(setting)) == setting


@pytest.mark.parametrize("name", ["\udcff.csv", "größe \U0001f427 \udc80", '"\\udcff"\n'])
def test_a_name_that_is_no_text_can_be_written_down(name: str) -> None:
    written = value(name).encode()
    assert ast.literal_eval(written.decode()) == name
