"""Which signs stand before fractions, between thousands and in dates: judged by the cells of a table's head."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypedDict

from nnstudio.data.reading.spelled import MISSING_WORDS, is_gap
from nnstudio.spec.sources import TableSource

SIGNS = r"[$€£¥₹₽₩₺₫₴₪฿¢%‰]|US\$|USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|kr|zł"
"""What stands before or after an amount."""

BLANKS = "[ \u00a0\u202f\u2009]"
"""Those that stand between thousands, and before signs; not written as escapes, which Arrow does not know."""

_AROUND = re.compile(rf"^([+−-]?){BLANKS}*(?:{SIGNS}){BLANKS}*|{BLANKS}*(?:{SIGNS})$")
_DIGITS = re.compile(r"[+−-]?[\d.,'’ \u00a0\u202f\u2009]*\d[\d.,]*([eE][+-]?\d+)?$")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}\b|[A-Za-z]{3,9} \d{1,2},? \d{4}\b"
)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})\b")


class Marks(TypedDict):
    """Options of a text table."""

    decimal: Literal[".", ","]
    thousands: Literal["", ",", ".", " ", "'"]


def without_sign(cell: str) -> str:
    """A cell without a sign of currency or per cent before or after it."""
    return _AROUND.sub(r"\1", cell)


def is_value(cell: str) -> bool:
    """Whether a cell is a number, an amount or a date rather than a name."""
    return bool(_DIGITS.match(without_sign(cell)) or _DATE.match(cell))


def number_marks(columns: Sequence[Sequence[str]], delimiter: str) -> Marks:
    """The signs within numbers, in a table whose cells are separated by ``delimiter``."""
    cells = [cell for column in columns for cell in _numbers_of(column)]
    point, comma = _Uses(cells, "."), _Uses(cells, ",")
    decimal: Literal[".", ","] = "," if delimiter != "," and _is_comma(point, comma, delimiter) else "."
    other = point if decimal == "," else comma
    if other.groups and not other.fractions:
        return {"decimal": decimal, "thousands": "." if decimal == "," else ","}
    blanks = any(re.search(rf"\d{BLANKS}\d{{3}}(\D|$)", cell) for cell in cells)
    apostrophes = any(re.search(r"\d['’]\d{3}(\D|$)", cell) for cell in cells)
    return {"decimal": decimal, "thousands": " " if blanks else "'" if apostrophes else ""}


def _numbers_of(column: Iterable[str]) -> list[str]:
    """The cells of a column without their signs, or none where it is not one of numbers."""
    cells = [without_sign(cell) for cell in column if cell not in MISSING_WORDS and not is_gap(cell)]
    return cells if cells and all(map(_DIGITS.match, cells)) else []


class _Uses:
    """How often a mark stands where only a fraction follows, where only thousands do, and where either may."""

    def __init__(self, cells: Iterable[str], mark: str) -> None:
        uses = Counter(_use(cell.lstrip("+−-"), mark) for cell in cells if mark in cell)
        self.fractions, self.sure_groups, self.either = uses["fraction"], uses["groups"], uses["either"]

    @property
    def groups(self) -> int:
        return self.sure_groups + self.either


def _use(cell: str, mark: str) -> str:
    before, *groups = cell.split(mark)
    is_grouped = re.fullmatch(r"[1-9]\d{0,2}", before) and all(re.fullmatch(r"\d{3}", part) for part in groups[:-1])
    last = re.fullmatch(r"\d{3}([.,]\d*)?", groups[-1])
    if len(groups) > 1 or (last and last[1]):
        return "groups" if is_grouped and last else "neither"
    return "either" if is_grouped and last else "fraction"


def _is_comma(point: _Uses, comma: _Uses, delimiter: str) -> bool:
    """Whether fractions follow a comma."""
    if comma.fractions or point.fractions:
        return comma.fractions > point.fractions
    if comma.sure_groups or point.sure_groups:
        return point.sure_groups > comma.sure_groups
    return comma.either > 0 and delimiter == ";"


def is_day_first(columns: Sequence[Sequence[str]], source: TableSource) -> bool:
    """Whether days come before months in dates such as 03/04/2024, which the other marks tell where days do not."""
    for column in columns:
        found = [_SLASHED.match(cell) for cell in column if not is_gap(cell)]
        if found and all(found):
            if any(date and int(date[1]) > 12 for date in found):
                return True
            if any(date and int(date[3]) > 12 for date in found):
                return False
    return source.decimal == "," or source.delimiter == ";"
