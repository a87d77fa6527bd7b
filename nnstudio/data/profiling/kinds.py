"""How the values of a column seem to be meant, told by their type, their name and how often they repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nnstudio.spec.columns import Kind
from nnstudio.spec.facts import BINARY_VALUES

MOST_CODES = 20
"""Whole numbers with more different values than these are amounts, not codes."""

FEW_CATEGORIES = 20
"""Words with more different values than that are categories only where each occurs twice on average."""

FEWEST_NAMES = 10
"""So many different words, none of which repeats, name the rows; of fewer nobody can tell."""

ID_WORDS = frozenset({
    "id", "ids", "idx", "index", "uuid", "guid", "key", "nr", "no", "row", "rows", "rownames", "rowname", "rownum",
    "rowid", "number", "unnamed",
})  # fmt: skip
"""The last word of a name that numbers the rows (the first of pandas' ``Unnamed: 0``)."""

YES_AND_NO = frozenset(
    frozenset(pair.split("/"))
    for pair in ("yes/no", "y/n", "true/false", "t/f", "on/off", "0/1", "-1/1", "ja/nein", "j/n", "oui/non", "sí/no",
                 "si/no", "sim/não", "tak/nie", "да/нет")
)  # fmt: skip
"""Two words, or numbers, that say yes and no."""

KEY_WORDS = frozenset({"id", "ids", "uuid", "guid", "key"})
"""Those of them that name a thing, which several rows may be about; the others only count."""

FEWEST_WORDS = 3
SHORTEST_TEXT = 16
"""Words and characters of a value of free text, on average."""

UUID = re.compile(r"\{?[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?")


def kind_of_numbers(name: str, present: int, distinct: int, is_whole: bool, bounds: tuple[float, float]) -> Kind:
    """What ``present`` numbers within ``bounds`` are, of which ``distinct`` differ."""
    if distinct == 1:
        return Kind.CONSTANT
    if not is_whole:
        return Kind.NUMBER
    if distinct == BINARY_VALUES and bounds in ((0.0, 1.0), (-1.0, 1.0)):
        return Kind.BOOLEAN
    if distinct == present and (sounds_like_id(name) or (is_nameless(name) and _counts(present, bounds))):
        return Kind.IDENTIFIER
    return Kind.INTEGER if distinct <= MOST_CODES and 2 * distinct <= present else Kind.NUMBER


def kind_of_words(name: str, present: int, distinct: int, some: Sequence[str]) -> Kind:
    """What ``present`` words are, of which ``distinct`` differ; ``some`` of those are shown."""
    if distinct <= 1:
        return Kind.CONSTANT
    if distinct == BINARY_VALUES and frozenset(word.strip().casefold() for word in some) in YES_AND_NO:
        return Kind.BOOLEAN
    if distinct < present and not hardly_repeats(present, distinct):
        return Kind.CATEGORY
    if _is_prose(some):
        return Kind.TEXT
    if all(UUID.fullmatch(word) for word in some):
        return Kind.IDENTIFIER
    names_rows = distinct == present and (distinct >= FEWEST_NAMES or sounds_like_id(name))
    return Kind.IDENTIFIER if names_rows else Kind.CATEGORY


def hardly_repeats(present: int, distinct: int) -> bool:
    """Whether the values are many, and most of them occur once."""
    return distinct > FEW_CATEGORIES and 2 * distinct > present


def sounds_like_id(name: str) -> bool:
    """Whether the last word of ``name`` is one of those that number the rows: ``PassengerId``, ``row_index``."""
    return _last_word(name) in ID_WORDS


def sounds_like_key(name: str) -> bool:
    """Whether ``name`` is that of a thing which several rows may be about: ``patient_id``, but not ``row_number``."""
    return _last_word(name) in KEY_WORDS


def _last_word(name: str) -> str:
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    return words[-1].casefold() if words else ""


def is_nameless(name: str) -> bool:
    """Whether a column got its name only because it needs one."""
    return re.fullmatch(r"(column|unnamed)?[\s:_]*\d*", name.casefold()) is not None


def _counts(present: int, bounds: tuple[float, float]) -> bool:
    """Whether ``present`` different whole numbers are 0, 1, 2 … or 1, 2, 3 …, in any order."""
    low, high = bounds
    return low in (0, 1) and high - low == present - 1


def _is_prose(some: Sequence[str]) -> bool:
    words = sum(len(text.split()) for text in some)
    length = sum(map(len, some))
    return words >= FEWEST_WORDS * len(some) and length >= SHORTEST_TEXT * len(some)
