"""What a command says: its result on standard output, sentences on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import TextIO

from nnstudio.spec.errors import StudioError
from nnstudio.spec.exits import Exit


def tell(sentence: str) -> None:
    """Say something to the person at the terminal; standard output is for results."""
    _write(sys.stderr, sentence)


def print_line(result: str) -> None:
    """A line of the result, on standard output."""
    _write(sys.stdout, result)


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Rows of cells on standard output, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_json(result: Mapping[str, object]) -> None:
    """The one object that ``--json`` prints; what is no number, which JSON cannot say, is null."""
    sayable = _sayable(result)
    line = json.dumps(sayable, ensure_ascii=False, allow_nan=False)
    print_line(line if _fits(line, sys.stdout) else json.dumps(sayable, allow_nan=False))


def error_as_json(code: Exit, error: StudioError, kind: str = "") -> dict[str, object]:
    """What ``--json`` says under ``error``; the ``kind`` is that of the error unless it has another name."""
    kind = kind or type(error).__name__
    return {"code": code, "kind": kind, "what": error.what, "why": error.why, "remedy": error.remedy}


def _sayable(value: object) -> object:
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {key: _sayable(each) for key, each in value.items()}
        case list() | tuple():
            return [_sayable(each) for each in value]
        case _:
            return value


def _write(stream: TextIO | None, line: str) -> None:
    """Write a line as well as the stream can; a program without a terminal may have none."""
    if stream is not None:
        told = line if _fits(line, stream) else line.encode(stream.encoding, "replace").decode(stream.encoding)
        stream.write(f"{told}\n")


def _fits(line: str, stream: TextIO | None) -> bool:
    """Whether a stream has all the letters: one for an old code page has no “ and ”."""
    try:
        line.encode((stream and stream.encoding) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
