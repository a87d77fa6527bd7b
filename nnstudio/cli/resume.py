"""``nnstudio resume``: go on with a run that was interrupted to its end, or train one that has ended for longer."""

from __future__ import annotations

import argparse
from contextlib import closing

from nnstudio.cli.answers import the
from nnstudio.cli.output import tell
from nnstudio.cli.train import follow
from nnstudio.runs.course import Course
from nnstudio.runs.store import RunStore
from nnstudio.session.longer import longer_sentence
from nnstudio.session.sentences import interrupted_sentence
from nnstudio.spec.errors import FileError, SpecError
from nnstudio.spec.events import InterruptedRun, RunsInterrupted
from nnstudio.spec.files import project_from_json
from nnstudio.spec.requests import ContinueRun, ListInterrupted, ResumeRun, Weights


def resume(options: argparse.Namespace) -> None:
    """Go on with ``run``, or with the newest one; with ``--more`` one that has ended is trained for longer."""
    if options.more is not None:
        _train_longer(options)
        return
    if options.weights:
        raise SpecError("--from says where a run that has ended goes on.", "", "Give --more with it.")
    found = _chosen(options.run_name)
    tell(interrupted_sentence(found))
    follow(ResumeRun(found.run), project_from_json(found.project), options)


def _train_longer(options: argparse.Namespace) -> None:
    with closing(RunStore()) as store:
        run = store.run(options.run_name or Course(store).newest_ending())
    weights: Weights = options.weights or "last"
    if run.result:
        tell(longer_sentence(run.project, run.result, options.more, weights))
    follow(ContinueRun(run.id, options.more, weights), run.project, options)


def _chosen(name: str) -> InterruptedRun:
    runs = the(RunsInterrupted, ListInterrupted()).runs
    for found in runs:
        if name in {"", found.run}:
            return found
    if not name:
        raise FileError("No run was interrupted.")
    others = f"Those that can go on: {', '.join(found.run for found in runs)}." if runs else "No run can go on."
    raise FileError(f"There is no interrupted run “{name}”.", others)
