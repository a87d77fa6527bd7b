"""Text that spells something else: numbers and dates that a file stores as words, and words that mean “missing”."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

MISSING_WORDS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
"""What cells without a value say: the words that ``pandas.read_csv`` takes for missing."""

HEAD = 1_000
"""Cells that are looked at before a whole column is."""

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
CODE = r"^0\d+$"
"""Postal codes, telephone numbers and the like: digits of which the first zero matters, in whatever file they stand."""
_ISO_DATE = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$"


def read_spelled(column: Any, missing_words: bool, note: Callable[[str], None]) -> Any:
    """A column of text as numbers or dates where every cell spells one, else as large_string; says so to ``note``.

    Cells that are blank are missing; so are, with ``missing_words``, those that say so in words.
    """
    text = without_missing(column, missing_words)
    if _all_match(text, _NUMBER) and not holds_codes(text):
        note("stored as text, read as numbers")
        return _numbers(text)
    if _all_match(text, _ISO_DATE) and (dates := _dates(text)) is not None:
        note("stored as text, read as dates")
        return dates
    return text


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
