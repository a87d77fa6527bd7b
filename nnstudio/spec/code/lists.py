"""Long lists as code: numbered names as a comprehension, everything else on as few lines as hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nnstudio.spec.code.text import WIDEST, value
from nnstudio.spec.printed import STEP

FEWEST_NUMBERED = 12
"""Names that are sooner read as a rule than one by one."""

MOST_LEFT_OUT = 6
"""Numbers that a rule names because they are not in the list."""


def names_code(names: Sequence[str]) -> str | None:
    """``pixel_1, pixel_2 …`` as a comprehension; None for fewer names, and those that are not numbered upwards."""
    if len(names) < FEWEST_NUMBERED:
        return None
    found = [match for name in names if (match := _NUMBERED.fullmatch(name))]
    numbers = [int(match["number"]) for match in found]
    is_rule = len(found) == len(names) and numbers == sorted(set(numbers))
    if not is_rule or numbers[-1] + 1 - numbers[0] - len(numbers) > MOST_LEFT_OUT:
        return None
    prefixes, span = {match["prefix"] for match in found}, range(numbers[0], numbers[-1] + 1)
    if len(prefixes) > 1:
        return None
    name = value(f"{prefixes.pop()}{{number}}")
    return f"[f{name} for number in {span!r}{_without(sorted({*span} - {*numbers}))}]"


_NUMBERED = re.compile(r'(?P<prefix>[^{}"\\]*?)(?P<number>0|[1-9][0-9]{0,8})', re.ASCII)


def _without(out: Sequence[int]) -> str:
    match out:
        case []:
            return ""
        case [one]:
            return f" if number != {one}"
        case _:
            return f" if number not in {value(tuple(out))}"


def list_lines(begin: str, items: Sequence[str], end: str = "]") -> Iterator[str]:
    """``begin``, ``items`` of code and ``end``: on one line where there is room, else with full lines between them."""
    whole = f"{begin}{', '.join(items)}{end}"
    if len(whole) <= WIDEST:
        yield whole
        return
    yield begin
    line = STEP
    for item in items:
        if line != STEP and len(line) + len(item) + 1 > WIDEST:
            yield line.rstrip()
            line = STEP
        line += f"{item}, "
    yield line.rstrip()
    yield end
