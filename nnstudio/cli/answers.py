"""How a command asks for a job and hears from it."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from queue import SimpleQueue
from typing import TextIO, TypeVar

from nnstudio.jobs.runner import answer
from nnstudio.spec.events import Event, Failed, Inbox
from nnstudio.spec.requests import Request

E = TypeVar("E")


def events_of(request: Request, inbox: Inbox | None = None) -> Iterator[Event]:
    """What a job says; a failure is raised as the error that it carries."""
    for event in answer(request, inbox or SimpleQueue()):
        if isinstance(event, Failed):
            raise event.error
        yield event


def the(kind: type[E], request: Request) -> E:
    """The one event of ``kind`` that answers ``request``; how far it is is shown meanwhile."""
    from nnstudio.cli.bar import followed  # noqa: PLC0415  # a list of runs needs no bar

    with closing(followed(events_of(request))) as told:
        return next(event for event in told if isinstance(event, kind))


def tell(sentence: str) -> None:
    """Say something to the person at the terminal; standard output is for results."""
    _write(sys.stderr, sentence)


def print_line(result: str) -> None:
    """A line of the result, on standard output."""
    _write(sys.stdout, result)


def print_json(result: Mapping[str, object]) -> None:
    """The one object that ``--json`` prints; what is no number, which JSON cannot say, is null."""
    sayable = _sayable(result)
    line = json.dumps(sayable, ensure_ascii=False, allow_nan=False)
    print_line(line if _fits(line, sys.stdout) else json.dumps(sayable, allow_nan=False))


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
