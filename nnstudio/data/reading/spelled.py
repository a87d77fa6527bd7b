"""Text that spells something else: numbers and dates that a file stores as words, and words that mean “missing”."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MISSING_WORDS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
"""What cells without a value say: the words that ``pandas.read_csv`` takes for missing."""

GAPS = frozenset({
    "-", "--", "---", "–", "—", "?", "??", "???", ".", "..", "...", "…", "*", "/", "n.a.", "n. a.", "n.a", "na.", "n/d",
    "n.d.", "nd", "s/d", "k.a.", "k. a.", "k.a", "k/a", "keine angabe", "n.v.", "n. v.", "#nv", "#wert!", "#bezug!",
    "unknown", "unbekannt", "inconnu", "desconocido", "sconosciuto", "missing", "fehlt", "not available",
    "not applicable", "not known", "no data", "null", "nan", "na", "leer", "tbd",
})  # fmt: skip
"""What people write into a column of numbers or dates where there is none, without case; elsewhere they are words."""

HEAD = 1_000
"""Cells that are looked at before a whole column is."""

MOSTLY = 0.8
"""The share of numbers with which a column was rather meant to be one of numbers."""

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
CODE = r"^0\d+$"
"""Postal codes, telephone numbers and the like: digits of which the first zero matters, in whatever file they stand."""
_ISO_DATE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$"


def read_spelled(column: Any, missing_words: bool, note: Callable[[str], None]) -> Any:
    """A column of text as numbers or dates where every cell spells one, else as large_string; says so to ``note``.

    Cells that are blank are missing; so are, with ``missing_words``, those that say so in words.
    """
    text = without_missing(column, missing_words)
    for cells, gaps in read_with_gaps(text, missing_words):
        but = f", {gaps} as missing" if gaps else ""
        if _all_match(cells, _NUMBER) and not holds_codes(cells):
            note(f"stored as text, read as numbers{but}")
            return _numbers(cells)
        if _all_match(cells, _ISO_DATE) and (dates := _dates(cells)) is not None:
            note(f"stored as text, read as dates{but}")
            return dates
    if odd := odd_cell(text, _NUMBER):
        note(f"taken for words, since not all of its cells are numbers, such as “{odd}”")
    return text


def is_gap(cell: str) -> bool:
    """Whether a cell says that there is no number, or no date."""
    return cell.casefold() in GAPS


def read_with_gaps(text: Any, missing_words: bool) -> Iterator[tuple[Any, str]]:
    """``text`` as it is; then, where words among `GAPS` may stand for missing cells, without them, and these words."""
    yield text, ""
    if not missing_words or not len(text):
        return
    is_one = pc.fill_null(pc.is_in(pc.utf8_lower(text), pa.array(sorted(GAPS), pa.large_string())), False)
    if pc.any(is_one).as_py():
        words = pc.unique(pc.filter(text, is_one)).to_pylist()
        named = " and ".join(f"“{word}”" for word in sorted(words)[:MOST_GAPS])
        yield pc.if_else(is_one, pa.scalar(None, pa.large_string()), text), named


MOST_GAPS = 3
"""Words that a sentence names."""


def odd_cell(text: Any, pattern: str) -> str:
    """A cell that does not match, where so many others do that it seems to be a slip; empty for any other column."""
    head = text.drop_null().slice(0, HEAD)
    if len(head) < FEWEST or pc.mean(pc.match_substring_regex(head, pattern)).as_py() < MOSTLY:
        return ""
    odd = pc.filter(text, pc.invert(pc.match_substring_regex(text, pattern)))
    return str(odd[0].as_py())[:LONGEST_ODD] if len(odd) and not holds_codes(text) else ""


FEWEST, LONGEST_ODD = 10, 40
"""Cells of a column that can be said to be mostly numbers, and letters of a cell that a sentence holds."""


def holds_codes(text: Any) -> bool:
    """Whether a cell of an Arrow array of text is a `CODE`: then all of them are words, though digits spell them."""
    return bool(pc.any(pc.match_substring_regex(text, CODE)).as_py())


def without_missing(column: Any, missing_words: bool) -> Any:
    """A column of text as large_string, of which cells are missing as `read_spelled` says."""
    text = pc.cast(column, pa.large_string())
    blank = pc.equal(pc.utf8_trim_whitespace(text), "")
    if missing_words:
        blank = pc.or_(blank, pc.is_in(text, pa.array(MISSING_WORDS, pa.large_string())))
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), text) if pc.any(blank).as_py() else text


def _all_match(text: Any, pattern: str) -> bool:
    """Whether all cells match, and there are some; judged by the first before all are looked at."""
    head = text.drop_null().slice(0, HEAD) if text.null_count < len(text) else text.slice(0, 0)
    if not len(head) or not pc.all(pc.match_substring_regex(head, pattern)).as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(text, pattern)).as_py())


def _numbers(text: Any) -> Any:
    plain = pc.replace_substring_regex(text, r"^\+", "")
    try:
        return pc.cast(plain, pa.int64())
    except pa.ArrowInvalid:
        return pc.cast(plain, pa.float64())


def _dates(text: Any) -> Any:
    """Moments in UTC; None where a date is none, such as the 31st of February."""
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.timestamp("ns", "UTC")):
        try:
            return pc.cast(pc.cast(text, kind), pa.timestamp("us"), safe=False)
        except pa.ArrowInvalid:
            continue
    return None
