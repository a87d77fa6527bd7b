"""What is looked at before training starts, so that Train is never a surprise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.spec.errors import SpecError, StudioError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import BatchNorm1d, BatchNorm2d, Flatten, Linear, Sigmoid, Softmax
from nnstudio.spec.losses import BCE, BCEWithLogits, CrossEntropy
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk, output_problem


@dataclass(frozen=True, slots=True)
class Fix:
    """A one-click remedy: an edit with its name."""

    title: str
    apply: Callable[[Project], Project]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that stops training (``blocks``) or that the user should know; ``row_id`` is the layer it is about."""

    problem: StudioError
    blocks: bool = True
    row_id: str = ""
    fix: Fix | None = None


def preflight(state: State) -> tuple[Finding, ...]:
    """All that speaks against training now, what blocks first; empty when all is well."""
    if state.project.data is None:
        return (Finding(SpecError("There is no data yet.", "", "Open a table, a folder of pictures, or a sample.")),)
    if state.data_problem:
        return (Finding(state.data_problem),)
    if state.facts is None or state.walked is None:
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
    yield from _batch_of_one(project, facts)
    if not walked.trainable:
        yield _nothing_to_train(walked)


def _impossible(step: Step) -> Finding:
    problem = step.problem or SpecError("This layer cannot work.")
    if not isinstance(step.row.kind, Linear):
        return Finding(problem, row_id=step.row.id)

    def insert(project: Project) -> Project:
        return edits.add_layer(project, Flatten(), project.model.index(step.row.id))[0]

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
    yield Finding(problem, row_id=project.model.rows[-1].id, fix=fix)


def _last_layer(project: Project) -> Iterator[Finding]:
    last, loss = project.model.rows[-1], project.training.loss
    if isinstance(last.kind, (Softmax, Sigmoid)) and isinstance(loss, (CrossEntropy, BCEWithLogits)):
        name = last.kind.title
        yield Finding(
            SpecError(
                f"{name} before {loss.title.lower()} slows learning down.",
                f"The loss already contains the {name.lower()}.",
                f"Remove the {name.lower()}.",
            ),
            blocks=False,
            row_id=last.id,
            fix=Fix(f"Remove {name.lower()}", lambda project: edits.remove_layers(project, {last.id})),
        )
    needed = loss.last_layer
    if needed and not isinstance(last.kind, needed):
        yield Finding(
            SpecError(
                f"{loss.title} needs a network that ends with {needed.title.lower()}.",
                f"It ends with {last.kind.title.lower()}.",
                f"Add {needed.title.lower()} at the end.",
            ),
            blocks=isinstance(loss, BCE),
            row_id=last.id,
            fix=Fix(f"Add {needed.title.lower()}", lambda project: edits.add_layer(project, needed())[0]),
        )


def _batch_of_one(project: Project, facts: DataFacts) -> Iterator[Finding]:
    norm = next(
        (row for row in project.model.rows if isinstance(row.kind, (BatchNorm1d, BatchNorm2d)) and not row.locked), None
    )
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
        row_id=norm.id,
        fix=Fix("Batches of 16", enlarge) if facts.rows.train > 1 else None,
    )


def _nothing_to_train(walked: Walk) -> Finding:
    if not walked.count:
        return Finding(SpecError("There is nothing to learn.", "No layer has any weights.", "Add a linear layer."))

    def unlock(project: Project) -> Project:
        return edits.with_rows(
            project, [replace(row, locked=False, locked_parameters=()) for row in project.model.rows]
        )

    problem = SpecError("There is nothing to learn.", "Every layer is locked.", "Unlock at least one layer.")
    return Finding(problem, fix=Fix("Unlock all", unlock))
