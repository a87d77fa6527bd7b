"""How a command asks for a job and hears from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from queue import SimpleQueue
from typing import TypeVar

from nnstudio.jobs.runner import answer
from nnstudio.spec.events import Event, Failed, Inbox
from nnstudio.spec.requests import Request

E = TypeVar("E")


def events_of(request: Request, inbox: Inbox | None = None) -> Iterator[Event]:
    """What a job says; a failure is raised as the error that it carries."""
    with closing(answer(request, inbox or SimpleQueue())) as told:
        for event in told:
            if isinstance(event, Failed):
                raise event.error
            yield event


def the(kind: type[E], request: Request) -> E:
    """The one event of ``kind`` that answers ``request``; how far it is is shown meanwhile."""
    from nnstudio.cli.bar import followed  # noqa: PLC0415  # a list of runs needs no bar

    with closing(followed(events_of(request))) as told:
        return next(event for event in told if isinstance(event, kind))
