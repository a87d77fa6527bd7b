"""What is looked at before training starts, so that Train is never a surprise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.findings import findings
from nnstudio.session.suggest import MOST_OUTPUTS
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Flatten, LayerKind, Linear, LogSoftmax, Sigmoid, Softmax
from nnstudio.spec.losses import Loss
from nnstudio.spec.model import Row
from nnstudio.spec.nesting import mapped
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk, output_problem

__all__ = ["Finding", "Fix", "preflight"]


def preflight(state: State) -> tuple[Finding, ...]:
    """All that speaks against training now, what blocks first; empty when all is well."""
    if state.project.data is None:
        return (Finding(SpecError("There is no data yet.", "", "Open a table, a folder of pictures, or a sample.")),)
    if blocking := tuple(finding for finding in findings(state) if finding.blocks):
        return blocking
    if state.facts_are_current and state.data_problem:
        return (Finding(state.data_problem),)
    if not state.facts_are_current or state.facts is None or state.walked is None:
        return (Finding(SpecError("The data is still being read.", "", "One moment.")),)
    found = _findings(state.project, state.walked, state.facts)
    return tuple(sorted(found, key=lambda finding: not finding.blocks))


def _findings(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    if not project.model.rows:
        yield Finding(SpecError("The network has no layers yet.", "", "Press Suggest, or add a layer."))
        return
    if walked.problem:
        yield _impossible(walked.problem)
        return
    yield from _output(project, walked, facts)
    yield from _last_layer(project)
    yield from _batch_of_one(project, walked, facts)
    if not walked.trainable:
        yield _nothing_to_train(walked)


def _impossible(step: Step) -> Finding:
    problem = step.problem or SpecError("This layer cannot work.")
    if not isinstance(step.row.kind, Linear):
        return Finding(problem, row_id=step.row.id)

    def insert(project: Project) -> Project:
        return edits.add_layer(project, Flatten(), project.model.path(step.row.id))[0]

    return Finding(problem, row_id=step.row.id, fix=Fix("Add Flatten", insert))


def _output(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    loss = project.training.loss
    problem: SpecError | None = output_problem(walked, loss, facts)
    if facts.task not in loss.tasks:
        problem = SpecError(f"{loss.title} is not for {facts.task.label.lower()}.", "", "Choose a loss for the task.")
    if problem is None:
        return
    linear = len(walked.output or ()) == 1 and any(isinstance(row.kind, Linear) for row in project.model.rows)
    fix = Fix("Fit the output", lambda project: edits.fit_output(project, facts)) if linear else None
    if facts.answers > MOST_OUTPUTS:
        problem, fix = _too_large(facts), None
    yield Finding(problem, row_id=project.model.rows[-1].id, fix=fix)


def _too_large(facts: DataFacts) -> SpecError:
    return SpecError(
        f"A linear layer gives at most {MOST_OUTPUTS:,} numbers, but the input has {facts.answers:,}.",
        "An autoencoder gives back as many as it gets.",
        "Choose smaller pictures, or shorter windows.",
    )


def _last_layer(project: Project) -> Iterator[Finding]:
    last, loss = project.model.rows[-1], project.training.loss
    if isinstance(last.kind, (Softmax, Sigmoid)) and loss.link in ("softmax", "sigmoid"):
        yield _squeezed_twice(last, loss)
    if loss.last_layer and not isinstance(last.kind, loss.last_layer):
        yield _wrong_end(last, loss, loss.last_layer)


def _squeezed_twice(last: Row, loss: Loss) -> Finding:
    name = last.kind.wording()
    problem = SpecError(
        f"{last.kind.title} before {loss.wording()} slows learning down.",
        f"The loss already contains a {loss.link}.",
        f"Remove the {name}.",
    )
    fix = Fix(f"Remove {name}", lambda project: edits.remove_layers(project, {last.id}))
    return Finding(problem, blocks=False, row_id=last.id, fix=fix)


def _wrong_end(last: Row, loss: Loss, needed: type[LayerKind]) -> Finding:
    in_its_place = isinstance(last.kind, (Softmax, LogSoftmax, Sigmoid))

    def finish(project: Project) -> Project:
        if in_its_place:
            return edits.change_layer(project, last.id, needed())
        return edits.add_layer(project, needed())[0]

    problem = SpecError(
        f"{loss.title} needs a network that ends with {needed.wording()}.",
        f"It ends with {last.kind.wording()}.",
        f"Use {needed.wording()} instead." if in_its_place else f"Add {needed.wording()} at the end.",
    )
    return Finding(problem, row_id=last.id, fix=Fix(f"{'Use' if in_its_place else 'Add'} {needed.wording()}", finish))


def _batch_of_one(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    norm = next((step for step in walked.leaves() if step.compares_rows_alone), None)
    size = min(edits.data_of(project).batches.size, facts.rows.train)
    if norm is None or size > 1:
        return

    def enlarge(project: Project) -> Project:
        return edits.set_batches(project, replace(edits.data_of(project).batches, size=16))

    yield Finding(
        SpecError(
            "Batch norm cannot learn from batches of one row.",
            "It compares the rows of a batch with each other.",
            "Use a larger batch size.",
        ),
        row_id=norm.row.id,
        fix=Fix("Batches of 16", enlarge) if facts.rows.train > 1 else None,
    )


def _nothing_to_train(walked: Walk) -> Finding:
    if not walked.count:
        return Finding(SpecError("There is nothing to learn.", "No layer has any weights.", "Add a linear layer."))

    def unlock(project: Project) -> Project:
        return edits.with_rows(
            project, mapped(project.model.rows, lambda row: replace(row, locked=False, locked_parameters=()))
        )

    problem = SpecError("There is nothing to learn.", "Every layer is locked.", "Unlock at least one layer.")
    return Finding(problem, fix=Fix("Unlock all", unlock))
