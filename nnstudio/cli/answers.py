"""How a command asks for a job and hears from it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from typing import TypeVar

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
    """The one event of ``kind`` that answers ``request``."""
    return next(event for event in events_of(request) if isinstance(event, kind))


def tell(sentence: str) -> None:
    """Say something to the person at the terminal; standard output is for results."""
    sys.stderr.write(f"{sentence}\n")


def print_line(result: str) -> None:
    """A line of the result, on standard output."""
    sys.stdout.write(f"{result}\n")


def print_json(result: dict[str, object]) -> None:
    """The one object that ``--json`` prints."""
    print_line(json.dumps(result, ensure_ascii=False))
