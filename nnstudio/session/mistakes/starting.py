"""Weights to start from that cannot be used, or do nothing here."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.session.document import State
from nnstudio.session.edits import start_from
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.starts import problem_of
from nnstudio.spec.errors import SpecError
from nnstudio.spec.mapping import Match

FRESH = Fix("Start fresh", lambda project: start_from(project, None))


def unusable_starts(state: State) -> Iterator[Finding]:
    """What would end a run before it begins: a file that is gone or another one, or of which nothing fits."""
    if not state.project.model.starts:
        return
    if problem := problem_of(state.project.model, state.files):
        yield Finding(problem, fix=FRESH)
    elif state.mapping is not None and not any(line.match is Match.MATCHED for line in state.mapping):
        nothing = SpecError(
            "None of the weights to start from fits the network.",
            "No tensor of the file has a place of its shape.",
            "See where they would go under Transfer, or start fresh.",
        )
        yield Finding(nothing, fix=FRESH)
