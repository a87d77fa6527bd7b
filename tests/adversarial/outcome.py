"""What becomes of a file that is opened, as the window does it: open, describe, train an epoch; the sentence shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from nnstudio.jobs.runner import answer
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.findings import findings
from nnstudio.session.suggest import suggest
from nnstudio.spec.columns import Role
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import DataDescribed, ExportFailed, Failed, NumericPlan, RunFinished, SourceOpened
from nnstudio.spec.facts import SourceFacts
from nnstudio.spec.project import Project
from nnstudio.spec.requests import DescribeData, OpenPath, Request, TrainProject

PLAN = NumericPlan(threads=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a file got (``opening``, ``describing``, ``training`` or ``trained``), and what is said about it."""

    stage: str
    said: tuple[str, ...]
    rows: int = 0

    @property
    def text(self) -> str:
        return " ".join(self.said)


def ask(request: Request, kind: type[T]) -> T:
    """The event of that kind with which a job ends; raises the `StudioError` that it fails with."""
    last = list(answer(request, SimpleQueue()))[-1]
    if isinstance(last, Failed | ExportFailed):
        raise last.error
    assert isinstance(last, kind), last
    return last


def outcome_of(path: Path, target: str = "") -> Outcome:
    """Open ``path`` and train for one epoch, on ``target`` or on what is suggested."""
    try:
        found = ask(OpenPath(str(path)), SourceOpened).facts
    except StudioError as error:
        return Outcome("opening", (str(error),))
    return _trained(found, target)


def _trained(found: SourceFacts, target: str) -> Outcome:
    project = edits.open_source(Project(), found)
    if target:
        project = edits.set_target(project, found, target)
    state = State(project, source=found)
    stage = "describing"
    said = (*_left_aside(project), *found.notes, *found.left_out)
    try:
        facts = ask(DescribeData(edits.data_of(project)), DataDescribed).facts
        state = replace(state, facts=facts, described=project.data)
        stage = "training"
        project = suggest(project, facts)
        project = replace(project, training=replace(project.training, epochs=1))
        ask(TrainProject(project, PLAN), RunFinished)
    except StudioError as error:
        return Outcome(stage, (*said, *_findings(state), str(error)), found.rows)
    return Outcome("trained", (*said, *_findings(state)), found.rows)


def _left_aside(project: Project) -> tuple[str, ...]:
    """The columns that are not suggested to be used, as the list of columns shows them."""
    ignored = edits.data_of(project).with_role(Role.IGNORE)
    return tuple(f"(not used: “{column.name[:20]}”, {column.kind.label})" for column in ignored)


def _findings(state: State) -> tuple[str, ...]:
    return tuple(str(finding.problem) for finding in findings(state))
