"""Printed code: lines that know which rows of the network they stand for."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nnstudio.spec.calls import Call
from nnstudio.spec.files.letters import SURROGATES
from nnstudio.spec.printed import STEP, Line, Part

WIDEST = 100
"""Characters of a line; only what is nested deeply is wider."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a step of the network was printed as, and the modules of ours that it needs."""

    step: object
    lines: tuple[Line, ...]
    modules: frozenset[str]


@dataclass(frozen=True)
class Code:
    """Lines of Python from the first to the last."""

    lines: tuple[Line, ...]
    kept: Mapping[int, Kept] = field(default_factory=dict, repr=False, compare=False)
    """What was printed for each layer of the outermost stack, to be taken over in the next printing."""

    @cached_property
    def text(self) -> str:
        """The whole, as it is saved in a file."""
        return "".join(f"{line.text}\n" for line in self.lines)

    def row_at(self, number: int) -> str:
        """The row that line ``number`` (from 0) prints; empty where it prints none, or is not there."""
        return self.lines[number].row_id if 0 <= number < len(self.lines) else ""

    def lines_of(self, row_ids: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the lines (from 0) that print any of these rows."""
        wanted = frozenset(row_ids) - {""}
        return tuple(number for number, line in enumerate(self.lines) if line.row_id in wanted)


def value(given: object) -> str:
    """A setting as Python code: text in double quotes, collections item by item."""
    if isinstance(given, str):
        return SURROGATES.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(given, ensure_ascii=False))
    if isinstance(given, list):
        return f"[{', '.join(map(value, given))}]"
    if isinstance(given, dict):
        return f"{{{', '.join(f'{value(name)}: {value(item)}' for name, item in given.items())}}}"
    if isinstance(given, tuple):
        return f"({', '.join(map(value, given))}{',' if len(given) == 1 else ''})"
    return repr(given)


def comment(text: str) -> str:
    """``text`` as a comment on one line, whatever stands in it: a name in a project may come from a stranger."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"# {' '.join(shown.split())}"


FEWEST = 24
"""Characters of a comment that still say something."""


def cut(text: str, room: int) -> str:
    """``text``, cut off where it is longer than ``room``; a few words of it always stay."""
    most = max(room, FEWEST)
    return text if len(text) <= most else f"{text[: most - 2].rstrip()} …"


def commented(code: str, about: str, room: int) -> str:
    """A line of code with a comment behind it, as long as there is ``room`` for so many characters."""
    left, said = room - len(code) - 2, comment(about)
    return code if left < min(len(said), FEWEST) else f"{code}  {cut(said, left)}"


def broken(name: str, arguments: Sequence[str], room: int) -> list[str]:
    """A call with a comma behind it, on one line where there is ``room``, else with a line for each argument."""
    whole = f"{name}({', '.join(arguments)}),"
    if len(whole) <= room:
        return [whole]
    return [f"{name}(", *(f"{STEP}{argument}," for argument in arguments), "),"]


def part(title: str, lines: Iterable[str], *imports: str, definitions: tuple[str, ...] = ()) -> Part:
    """A part of a script from its lines of text; those of ``imports`` (one name each) that it uses are imported."""
    texts = tuple(lines)
    named = _names("\n".join((*definitions, *texts)))
    return Part(
        title, tuple(map(Line, texts)), frozenset(each for each in imports if _bound(each) in named), definitions
    )


def _names(code: str) -> frozenset[str]:
    """The names that occur in code."""
    return frozenset(node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))


def _bound(text: str) -> str:
    """The name that an import of one thing makes known."""
    return text.rpartition(" as ")[2].rpartition("import ")[2].partition(".")[0]


def call_lines(name: str, arguments: Sequence[str]) -> Iterator[str]:
    """A call as a statement, with a line for each argument where they do not fit into one."""
    *lines, last = broken(name, arguments, WIDEST)
    yield from (*lines, last.removesuffix(","))


def settings_of(call: Call) -> list[str]:
    """The arguments of a call as code."""
    return [*map(value, call.args), *(f"{name}={value(given)}" for name, given in call.kwargs.items())]


def printed(call: Call) -> str:
    """A call of PyTorch's as one writes it."""
    return f"{call.name}({', '.join(settings_of(call))})"


def named(settings: Mapping[str, str]) -> Iterator[str]:
    """Named arguments whose values are code."""
    return (f"{name}={given}" for name, given in settings.items())


def indented(levels: int, *groups: Iterable[str]) -> Iterator[str]:
    """The lines of all ``groups``, further to the right."""
    return (f"{STEP * levels}{line}" for group in groups for line in group)
