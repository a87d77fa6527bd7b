"""Columns of text that spell something else: grouped numbers, amounts of money, per cent, dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nnstudio.data.reading.edges import may_have_blanks
from nnstudio.data.reading.number_marks import BLANKS, SIGNS
from nnstudio.data.reading.spelled import MISSING_WORDS, holds_codes, is_gap, odd_cell, read_with_gaps
from nnstudio.spec.sources import TableSource

TEXT = pa.large_string()

HEAD = 200
"""Cells that are looked at before a whole column is."""

LONGEST = 100
"""Bytes of an amount or a date at most."""

GROUPING = {"": "", ",": ",", ".": r"\.", " ": BLANKS, "'": "['’]"}

DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m-%d-%y")
CLEAR = (
    "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
)  # fmt: skip
"""Dates that can be read in one way only."""

TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

_ISO = r"^\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?)?$"
_ZONE = r":\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$"
_DATE_LIKE = re.compile(
    r"(\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})\b"
)

Note = Callable[[str], None]


Reading = Callable[[Any, Note], Any]
"""Reads an Arrow array of text in one way; None where one of its cells is not spelled so."""


def read_column(name: str, text: Any, source: TableSource, note: Note) -> Any:
    """An Arrow array of text as numbers or moments where every cell spells one, else as text without outer blanks.

    ``note`` is told what the user should know.
    """
    text = trimmed(name, text, source, note)
    if not source.missing_words and pc.any(pc.is_in(text, pa.array(MISSING_WORDS, TEXT))).as_py():
        note(f"Column “{name}”: words for missing (such as NA) were taken for values like the others.")
    for read in readings(name, text, source):
        if (found := read(text, note)) is not None:
            return found
    if odd := odd_cell(text, amount_pattern(source)):
        note(f"Column “{name}”: not all of its cells are numbers, such as “{odd}”, so that it is taken for words.")
    return text


def readings(name: str, text: Any, source: TableSource) -> Iterator[Reading]:
    """The ways in which a column may be read, judged by its first cells, the likeliest first; none for plain text."""
    head = text.slice(0, 50 * HEAD).drop_null().slice(0, HEAD)
    if not len(head) or pc.max(pc.binary_length(head)).as_py() > LONGEST:
        return
    cells = [cell for cell in head.to_pylist() if not (source.missing_words and is_gap(cell))]
    for read in (*_as_amounts(name, cells, source), *_as_moments(name, cells, source)) if cells else ():
        yield partial(_read_with_gaps, name, read, source.missing_words)


def _read_with_gaps(name: str, read: Reading, missing_words: bool, text: Any, note: Note) -> Any:
    """As ``read`` does it, if need be with the words that stand for missing numbers or dates as missing."""
    for cells, gaps in read_with_gaps(text, missing_words):
        if (found := read(cells, note)) is not None:
            if gaps:
                note(f"Column “{name}”: {gaps} was taken for missing.")
            return found
    return None


def trimmed(name: str, text: Any, source: TableSource, note: Note) -> Any:
    """An Arrow array of text without the blanks around its cells; those that say that they are missing are."""
    if not may_have_blanks(text):
        return text
    plain = pc.utf8_trim_whitespace(text)
    if pc.sum(pc.binary_length(plain)) == pc.sum(pc.binary_length(text)):
        return text
    missing = pc.equal(plain, "")
    if source.missing_words:
        missing = pc.or_(missing, pc.is_in(plain, pa.array(MISSING_WORDS, TEXT)))
    note(f"Column “{name}”: blanks around its cells were taken off.")
    return pc.if_else(missing, pa.scalar(None, TEXT), plain)


def _as_amounts(name: str, head: list[str], source: TableSource) -> Iterator[Reading]:
    """Numbers, with one sign before or after them and their digits grouped."""
    signs = sorted({found[0] for cell in head if (found := re.search(SIGNS, cell))}) if source.signs else []
    if len(signs) > 1:
        return  # different currencies are different amounts
    pattern = amount_pattern(source, signs[0] if signs else "")
    if all(re.search(pattern, cell) for cell in head):

        def read(text: Any, note: Note) -> Any:
            return _amounts(name, text, source, signs, note) if _all_match(text, pattern) else None

        yield read


def _amounts(name: str, text: Any, source: TableSource, signs: list[str], note: Note) -> Any:
    """The numbers that ``text`` spells; None where they are codes, or not to be foreseen."""
    if holds_codes(text):
        note(f"Column “{name}”: some of its numbers begin with 0, so that it is taken for words.")
        return None
    numbers = _numbers(text, source, signs)
    if numbers is not None and signs:
        note(f"Column “{name}”: the sign {signs[0]} was taken off.")
    return numbers


def amount_pattern(source: TableSource, sign: str = "") -> str:
    """What a number looks like, as a pattern for Python and Arrow alike."""
    group = GROUPING[source.thousands]
    whole = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)" if group else r"\d+"
    number = rf"({whole}({re.escape(source.decimal)}\d*)?|{re.escape(source.decimal)}\d+)([eE][+-]?\d+)?"
    mark = rf"({re.escape(sign)}{BLANKS}*)?" if sign else ""
    after = rf"({BLANKS}*{re.escape(sign)})?" if sign else ""
    return rf"^[+−-]?{BLANKS}*{mark}[+−-]?{number}{after}$"


def _all_match(text: Any, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(text, pattern)).as_py())


def _numbers(text: Any, source: TableSource, signs: list[str]) -> Any:
    """The numbers that ``text`` spells; None where one is spelled in a way that was not foreseen."""
    group = GROUPING[source.thousands]
    drop = "|".join(filter(None, (BLANKS, group, *map(re.escape, signs), r"\+")))
    plain = pc.replace_substring_regex(text, f"({drop})", "") if drop else text
    plain = pc.replace_substring(plain, "−", "-")
    if source.decimal == ",":
        plain = pc.replace_substring(plain, ",", ".")
    try:
        return pc.cast(plain, pa.int64())
    except pa.ArrowInvalid:
        is_whole = _all_match(plain, r"^-?\d+$")  # and too large for 64 bits: rather the names of something
    try:
        return None if is_whole else pc.cast(plain, pa.float64())
    except pa.ArrowInvalid:
        return None


def _as_moments(name: str, head: list[str], source: TableSource) -> Iterator[Reading]:
    """Moments (in UTC where zones are given), all spelled in one way."""
    if all(re.search(_ISO, cell) for cell in head):
        yield partial(_read_iso, name)
    elif all(_DATE_LIKE.match(cell) for cell in head):
        cells = pd.Series(head, dtype="str").drop_duplicates()
        for form in formats(source.day_first):
            if _parse(cells, form) is not None:
                yield partial(_read_form, name, form)


def _read_form(name: str, form: str, text: Any, note: Note) -> Any:
    spelled = text.dictionary_encode()
    moments = _parse(pd.Series(spelled.dictionary.to_pylist(), dtype="str"), form)
    if moments is None:
        return None
    if "%m" in form and form not in CLEAR:
        order = "day before month" if form.startswith("%d") else "month before day"
        note(f"Column “{name}”: dates were read with the {order}.")
    return pa.array(moments, pa.timestamp("us")).take(spelled.indices)


def formats(day_first: bool) -> Iterator[str]:
    """Ways to spell a moment, likeliest first; the other order of day and month only where the chosen one fails."""
    dates = (*CLEAR, *DAY_FIRST, *MONTH_FIRST) if day_first else (*CLEAR, *MONTH_FIRST, *DAY_FIRST)
    return (date + time for date in dates for time in TIMES)


def _parse(cells: pd.Series[str], form: str) -> pd.Series[Any] | None:
    try:
        return pd.to_datetime(cells, format=form)
    except (ValueError, OverflowError):
        return None


def _read_iso(name: str, text: Any, note: Note) -> Any:
    if not _all_match(text, _ISO):
        return None
    spelled = text.dictionary_encode()
    cells = pd.Series(spelled.dictionary.to_pylist(), dtype="str")
    try:
        moments = pd.to_datetime(cells, format="ISO8601", utc=True).dt.tz_localize(None)
    except (ValueError, OverflowError):
        return None
    if cells.str.contains(_ZONE, regex=True).any():
        note(f"Column “{name}”: its moments were brought to one time zone (UTC).")
    return pa.array(moments, pa.timestamp("us")).take(spelled.indices)
