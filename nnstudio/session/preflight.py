"""What is looked at before training starts, so that Train is never a surprise."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.findings import ORDER, findings
from nnstudio.session.mistakes.activations import missing_activations, saturating_activations
from nnstudio.session.mistakes.endings import endings
from nnstudio.session.mistakes.learning import learning
from nnstudio.session.mistakes.misfits import impossible
from nnstudio.session.mistakes.orders import swapped_orders
from nnstudio.session.mistakes.settings import unusual_settings
from nnstudio.session.mistakes.starting import unusable_starts
from nnstudio.session.mistakes.targets import unfit_targets
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk

__all__ = ["Finding", "Fix", "preflight"]


def preflight(state: State) -> tuple[Finding, ...]:
    """All that speaks against training now, what blocks first, then advice; empty when all is well."""
    if state.project.data is None:
        return (Finding(SpecError("There is no data yet.", "", "Open a table, a folder of pictures, or a sample.")),)
    if blocking := tuple(finding for finding in findings(state) if finding.blocks):
        return blocking
    if state.facts_are_current and state.data_problem:
        return (Finding(state.data_problem),)
    if not state.facts_are_current or state.facts is None or state.walked is None:
        return (Finding(SpecError("The data is still being read.", "", "One moment.")),)
    found = [*_findings(state.project, state.walked, state.facts), *unfit_targets(state), *unusable_starts(state)]
    return tuple(sorted(found, key=lambda finding: ORDER[finding.level]))


def _findings(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    if not project.model.rows:
        yield Finding(SpecError("The network has no layers yet.", "", "Press Suggest, or add a layer."))
        return
    if walked.problem:
        yield impossible(walked.problem)
        return
    yield from endings(project, walked, facts)
    yield from missing_activations(walked)
    yield from saturating_activations(walked)
    yield from swapped_orders(project, walked)
    yield from learning(project, walked, facts)
    yield from unusual_settings(project, walked, facts)
