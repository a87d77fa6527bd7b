"""What a job says, as one answer: what was asked for, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nnstudio.gui.studio.engines import Receive
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import Event, Failed

E = TypeVar("E")
T = TypeVar("T")


def hearing(kind: type[E], found: Callable[[E], object], failed: Callable[[StudioError], object]) -> Receive:
    """Lets ``found`` get the events of a kind, and ``failed`` why there are none."""

    def hear(events: list[Event]) -> None:
        for event in events:
            if isinstance(event, kind):
                found(event)
            elif isinstance(event, Failed):
                failed(event.error)

    return hear


def either(kind: type[E], answer: Callable[[E], T], receive: Callable[[T | StudioError], None]) -> Receive:
    """Lets ``receive`` get the ``answer`` in the events of a kind, or why there is none."""
    return hearing(kind, lambda event: receive(answer(event)), receive)
