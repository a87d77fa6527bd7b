"""Long lists in printed code: as a rule where there is one, else on full lines."""

from __future__ import annotations

import ast

import pytest

from nnstudio.spec.code.lists import list_lines, names_code
from nnstudio.spec.code.text import WIDEST


def numbered(*numbers: int, prefix: str = "pixel_") -> list[str]:
    return [f"{prefix}{number}" for number in numbers]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (numbered(*range(1, 65)), '[f"pixel_{number}" for number in range(1, 65)]'),
        (numbered(*range(7), *range(8, 20)), '[f"pixel_{number}" for number in range(0, 20) if number != 7]'),
        (
            numbered(*range(5, 17), 18, 20, prefix="größe "),
            '[f"größe {number}" for number in range(5, 21) if number not in (17, 19)]',
        ),
    ],
)
def test_numbered_names_are_a_rule(names: list[str], said: str) -> None:
    assert names_code(names) == said
    assert eval(said) == names  # noqa: S307  # what was just printed


@pytest.mark.parametrize(
    "names",
    [
        numbered(*range(11)),  # few
        [*numbered(*range(20)), "size"],
        [*numbered(*range(20)), "voxel_20"],
        numbered(*range(20, 0, -1)),
        numbered(*range(0, 60, 3)),  # mostly gaps
        [f"pixel_{number:02}" for number in range(1, 20)],
        numbered(*range(20), prefix="{x}"),
        numbered(*range(20), prefix='"'),
        numbered(*range(20), prefix="\\"),
        [*numbered(*range(12)), "pixel_²"],
    ],
)
def test_others_are_not(names: list[str]) -> None:
    assert names_code(names) is None


def test_a_short_list_is_one_line() -> None:
    assert list(list_lines("f([", ["1", "2"], "])")) == ["f([1, 2])"]


def test_a_long_list_fills_lines() -> None:
    items = [*(f'"item {number}"' for number in range(40)), f'"{"wide" * 30}"', "3"]
    first, *lines, last = list_lines("names = [", items)
    assert (first, last) == ("names = [", "]")
    assert ast.literal_eval("[" + "".join(lines) + "]") == [ast.literal_eval(item) for item in items]
    wide = [line for line in lines if len(line) > WIDEST]
    assert wide == [f"    {items[-2]},"]
    assert all(line == line.rstrip() and line.startswith("    ") for line in lines)
