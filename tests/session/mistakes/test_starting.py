"""Weights that would end a run before it begins are named before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.preflight import preflight
from nnstudio.spec.errors import ModelFileError, StudioError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Weights
from nnstudio.spec.tasks import Task
from tests.session.examples import facts_of, project_of, state_of

START = Weights("w.pth", "ab")


def state(found: ModelOpened | StudioError | None) -> State:
    project = edits.start_from(project_of(Task.MULTICLASS, Linear(3)), START)
    files = {} if found is None else {"w.pth": found}
    return replace(state_of(project, facts_of(Task.MULTICLASS)), files=files)


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (ModelFileError("“w.pth” could not be opened."), "“w.pth” could not be opened."),
        (ModelOpened("w.pth", "cd", "", {}), "A weights file has changed since it was chosen."),
        (ModelOpened("w.pth", "ab", "", {"0.weight": (9, 9)}), "None of the weights to start from fits the network."),
    ],
)
def test_what_ends_a_run_at_once_blocks_it(found: ModelOpened | StudioError, what: str) -> None:
    before = state(found)
    finding = next(finding for finding in preflight(before) if finding.problem.what == what)
    assert finding.blocks
    assert finding.fix
    assert finding.fix.apply(before.project).model.start is None


@pytest.mark.parametrize("found", [None, ModelOpened("w.pth", "ab", "", {"0.weight": (3, 2)})])
def test_weights_that_fit_or_are_not_known_yet_do_not(found: ModelOpened | None) -> None:
    assert not any(finding.blocks for finding in preflight(state(found)))
