"""``nnstudio resume``: go on with a run that was interrupted, to the end that it would have had."""

from __future__ import annotations

import argparse

from nnstudio.cli.answers import tell, the
from nnstudio.cli.train import follow
from nnstudio.session.sentences import interrupted_sentence
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import InterruptedRun, RunsInterrupted
from nnstudio.spec.files import project_from_json
from nnstudio.spec.requests import ListInterrupted, ResumeRun


def resume(options: argparse.Namespace) -> None:
    """Go on with ``run``, or with the newest one."""
    found = _chosen(options.run_name)
    tell(interrupted_sentence(found))
    follow(ResumeRun(found.run), project_from_json(found.project), options)


def _chosen(name: str) -> InterruptedRun:
    runs = the(RunsInterrupted, ListInterrupted()).runs
    for found in runs:
        if name in {"", found.run}:
            return found
    if not name:
        raise FileError("No run was interrupted.")
    others = f"Those that can go on: {', '.join(found.run for found in runs)}." if runs else "No run can go on."
    raise FileError(f"There is no interrupted run “{name}”.", others)
