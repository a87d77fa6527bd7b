"""A step of training in slow motion, as a job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.slow_motion import SlowMotion
from nnstudio.engine.watching import Wish, watch
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.spec.events import Inbox, StepWatched
from nnstudio.spec.requests import WatchStep

_LAST: dict[object, tuple[SlowMotion, Encoded]] = {}
"""The run that was watched last, which the next step follows on; one at most."""


def watch_step(request: WatchStep, inbox: Inbox) -> Iterator[StepWatched]:
    """Go to the step and watch it; records nothing. Any command ends it."""
    run, encoded = _run_of(request)
    wish = Wish(request.steps, request.place, request.layer, request.unit, request.in_training)
    target = encoded.encoding.target
    watched = watch(run, wish, encoded.facts.features, target.names, inbox.empty)
    if watched is not None:
        rows = tuple(int(encoded.source_rows[row]) for row in watched.rows)
        yield StepWatched(replace(watched, rows=rows))


def _run_of(request: WatchStep) -> tuple[SlowMotion, Encoded]:
    encoded = encoded_for(request.project)
    stamp = Path(request.file).stat().st_mtime_ns if request.file else 0
    key = request.project, request.file, stamp
    found = _LAST.get(key)
    if found is None or found[1] is not encoded:
        _LAST.clear()
        found = _LAST[key] = SlowMotion(request.project, examples_of(encoded), request.file), encoded
    return found
