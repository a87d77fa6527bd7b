"""Numbers, counts and moments as a person writes them."""

from __future__ import annotations

import pytest

from nnstudio.spec import words


@pytest.mark.parametrize(
    ("count", "thing", "said"),
    [
        (1, "row", "1 row"),
        (1_234, "row", "1,234 rows"),
        (2, "class", "2 classes"),
        (9, "batch", "9 batches"),
    ],
)
def test_things_are_counted(count: int, thing: str, said: str) -> None:
    assert words.counted(count, thing) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (2007.0, "2007"),
        (12700.0, "12,700"),
        (43.921, "43.92"),
        (0.00001234, "1.23e-05"),
        (-5.5, "-5.5"),
        (2e9, "2e+09"),
    ],
)
def test_amounts_have_no_more_digits_than_they_deserve(value: float, said: str) -> None:
    assert words.amount(value) == said


def test_a_time_of_day_that_says_nothing_is_left_out() -> None:
    assert words.moment("2024-03-01T00:00:00") == "2024-03-01"
    assert words.moment("2024-03-01T12:30:00") == "2024-03-01 12:30:00"


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (5_600_000, "5.6 MB"), (71_300_000_000, "71.3 GB")],
)
def test_sizes_are_in_powers_of_a_thousand(size: int, said: str) -> None:
    assert words.in_bytes(size) == said
