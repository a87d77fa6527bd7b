"""The job that loads what the first run would otherwise wait for; imports as little as it can."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.engine import warm
from nnstudio.spec.events import EngineReady, Inbox
from nnstudio.spec.requests import WarmUp


def warm_up(request: WarmUp, inbox: Inbox) -> Iterator[EngineReady]:
    """Say when the engine is ready, and go on loading what only measuring needs."""
    del request, inbox
    yield from warm.warm_up()
