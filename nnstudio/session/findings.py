"""All that should be known of the data of an experiment, with one-click remedies."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.session.column_findings import column_findings
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Level
from nnstudio.session.row_findings import class_findings, part_findings, split_findings, target_findings
from nnstudio.spec.data import DataSpec

ORDER: dict[Level, int] = {"blocks": 0, "warns": 1, "informs": 2}


def findings(state: State) -> tuple[Finding, ...]:
    """What speaks against the data as it is used, what blocks first, notes last; only of data that has been read.

    What depends on the rows that train is told as soon as the engine has described them.
    """
    data = state.project.data
    if data is None:
        return ()
    return tuple(sorted(_found(state, data), key=lambda finding: ORDER[finding.level]))


def _found(state: State, data: DataSpec) -> Iterator[Finding]:
    facts = state.facts if state.facts_are_current else None
    if state.source is not None and state.source_is_current:
        yield from column_findings(data, state.source, facts)
        yield from target_findings(data, state.source)
        yield from split_findings(data, state.source)
    if facts is not None:
        yield from part_findings(data, facts)
        yield from class_findings(data, facts)
