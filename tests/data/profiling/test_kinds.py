"""How the values of a column seem to be meant."""

import uuid
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.profiling.profile import profile_column
from nnstudio.spec.columns import Kind

PROSE = [
    f"The {word} fox jumps over the lazy dog" for word in ("quick", "brown", "red", "tired", "old", "happy", "sad")
]


def kind(name: str, values: Sequence[object]) -> Kind:
    return profile_column(name, pa.chunked_array([pa.array(values)])).kind


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x", [0.5, 1.5, 2.5], Kind.NUMBER),
        ("x", [0.5, 1.5] * 9, Kind.NUMBER),  # two values, but amounts
        ("x", list(range(100)), Kind.NUMBER),  # counts up, but may be a time or a place
        ("x", list(range(21)) * 3, Kind.NUMBER),
        ("x", [1, 2, 3], Kind.NUMBER),  # too few to tell
        ("year", [2007, 2008, 2009] * 4, Kind.INTEGER),
        ("x", [1.0, 2.0, None] * 4, Kind.INTEGER),
        ("sex", [1, 2] * 5, Kind.INTEGER),
        ("x", list(range(20)) * 2, Kind.INTEGER),
        ("survived", [0, 1] * 5, Kind.BOOLEAN),
        ("x", [0.0, 1.0, None], Kind.BOOLEAN),
        ("x", [-1, 1] * 5, Kind.BOOLEAN),
        ("id", [7, 9, 13, 40], Kind.IDENTIFIER),
        ("PassengerId", list(range(1, 892)), Kind.IDENTIFIER),
        ("Unnamed: 0", list(range(50)), Kind.IDENTIFIER),
        ("column 1", list(range(1, 51)), Kind.IDENTIFIER),
        ("column 1", [5, 3, 1, 2, 4], Kind.IDENTIFIER),
        ("column 1", list(range(5, 55)), Kind.NUMBER),
        ("id", [7, 7, 9, 13], Kind.NUMBER),
        ("id", [0.5, 1.5, 2.5], Kind.NUMBER),
        ("x", [4] * 9, Kind.CONSTANT),
    ],
)
def test_numbers(name: str, values: Sequence[object], expected: Kind) -> None:
    assert kind(name, values) is expected


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("sex", ["male", "female"] * 5, Kind.CATEGORY),
        ("answer", ["Yes", "no ", None] * 5, Kind.BOOLEAN),
        ("answer", ["nein", "ja"], Kind.BOOLEAN),
        ("answer", ["0", "1"], Kind.BOOLEAN),
        ("answer", ["yes", "no", "maybe"], Kind.CATEGORY),
        ("answer", ["yes"] * 5, Kind.CONSTANT),
        ("town", [f"town {n % 60}" for n in range(100)], Kind.CATEGORY),
        ("name", [f"name {n}" for n in range(10)], Kind.IDENTIFIER),
        ("name", [f"name {n}" for n in range(9)], Kind.CATEGORY),  # too few to tell
        ("code", ["A7", "B9"], Kind.CATEGORY),
        ("key", ["A7", "B9"], Kind.IDENTIFIER),
        ("who", [str(uuid.UUID(int=n // 2 * 2**90)) for n in range(60)], Kind.CATEGORY),  # each occurs twice
        ("who", [str(uuid.UUID(int=n * 2**90)) for n in (*range(60), 1)], Kind.IDENTIFIER),
        ("review", PROSE, Kind.TEXT),
        ("review", [f"{text} {n}" for text in PROSE for n in range(9)], Kind.TEXT),
        ("review", PROSE * 9, Kind.CATEGORY),  # long, but they repeat
        ("x", ["", ""], Kind.CONSTANT),
    ],
)
def test_words(name: str, values: Sequence[object], expected: Kind) -> None:
    assert kind(name, values) is expected


@given(st.lists(st.none() | st.floats() | st.integers(-3, 3).map(float), max_size=30), st.text(max_size=8))
def test_any_numbers_are_of_one_of_the_kinds_for_numbers(values: list[float | None], name: str) -> None:
    found = profile_column(name, pa.chunked_array([pa.array(values, pa.float64())]))
    assert found.is_numeric
    assert found.kind in {Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.IDENTIFIER, Kind.CONSTANT}
    assert (found.kind is Kind.CONSTANT) == (found.distinct <= 1)


@given(st.lists(st.none() | st.text(max_size=20), max_size=30), st.text(max_size=8))
def test_any_words_are_of_one_of_the_kinds_for_words(values: list[str | None], name: str) -> None:
    found = profile_column(name, pa.chunked_array([pa.array(values, pa.large_string())]))
    assert not found.is_numeric
    assert found.kind in {Kind.CATEGORY, Kind.BOOLEAN, Kind.TEXT, Kind.IDENTIFIER, Kind.CONSTANT}
    assert (found.kind is Kind.CONSTANT) == (found.distinct <= 1)
