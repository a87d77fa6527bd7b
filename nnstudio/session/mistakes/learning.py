"""What keeps a network from learning, or lets it learn the rows by heart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import DROPPING, has_matrix, insert_before, stacks
from nnstudio.session.transfer import unfreeze_all
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.initialisations import Default, is_alike
from nnstudio.spec.layers import Dropout, Linear
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk

MOST_A_ROW = 200
"""Trainable parameters for each training row, beyond which a network is far larger than its data."""
FEW_PARAMETERS = 20_000
"""So many do no harm, however few the rows are."""
DECAY = 1e-4
SHARE = 0.3


def learning(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    """What stands against learning in a network whose layers all fit."""
    yield from _precision(project)
    yield from _batch_of_one(project, walked, facts)
    if not walked.trainable:
        yield _nothing_to_train(walked)
    if project.model.start is None:
        yield from _alike(walked)
    yield from _capacity(project, walked, facts)


# precision


def _precision(project: Project) -> Iterator[Finding]:
    """A device that is chosen and cannot calculate as it is asked to; what automatic finds is seen when it is used."""
    training = project.training
    if training.precision != "float16" or training.device not in ("cpu", "mps"):
        return

    def use(precision: Literal["float32", "bfloat16"]) -> Callable[[Project], Project]:
        return lambda project: edits.set_training(project, replace(project.training, precision=precision))

    yield Finding(
        SpecError(
            "Mixed precision with float16 needs a CUDA graphics card.",
            "Another device is chosen to train on.",
            "Use full precision or bfloat16, or set the device to automatic.",
        ),
        fix=Fix("Use full precision", use("float32")),
        other_fix=Fix("Use bfloat16", use("bfloat16")),
    )


# batches


def _batch_of_one(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    size = min(edits.data_of(project).batches.size, facts.rows.train)
    norm = next((step for step in walked.leaves() if step.compares_rows_alone), None) if size <= 1 else None
    if norm is None:
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


# locks


def _nothing_to_train(walked: Walk) -> Finding:
    if not walked.count:
        return Finding(SpecError("There is nothing to learn.", "No layer has any weights.", "Add a linear layer."))

    problem = SpecError("There is nothing to learn.", "Every layer is locked.", "Unlock at least one layer.")
    return Finding(problem, fix=Fix("Unlock all", unfreeze_all))


# where the weights start


def _alike(walked: Walk) -> Iterator[Finding]:
    """Hidden layers whose weights all start as the same number: their units stay alike."""
    told: set[str] = set()
    for stack in stacks(walked.steps):
        for step in _before_the_last(stack):
            if is_alike(step.row.initialisation) and step.row.id not in told:
                told.add(step.row.id)
                yield _stays_alike(step)


def _before_the_last(stack: Sequence[Step]) -> Sequence[Step]:
    """The layers with weights of a stack but for the last one, which may start at zero."""
    return [step for step in stack if not step.inner and has_matrix(step)][:-1]


def _stays_alike(step: Step) -> Finding:
    problem = SpecError(
        "All weights of this layer start as the same number.",
        "Its units get the same gradients and stay alike: many learn no more than one.",
        "Let them start as random numbers.",
    )
    row_id = step.row.id
    fix = Fix("Use PyTorch’s default", lambda project: edits.initialise_layer(project, row_id, Default()))
    return Finding(problem, False, row_id, fix, check="alike")


# capacity


def _capacity(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    rows, trainable = facts.rows.train, walked.trainable
    answers = rows if facts.task.is_classification else rows * facts.answers
    if not rows or trainable <= max(FEW_PARAMETERS, MOST_A_ROW * answers) or _holds_back(project, walked):
        return
    largest = max(walked.leaves(), key=lambda step: step.trainable)
    problem = SpecError(
        f"The network has {trainable:,} trainable parameters for {rows:,} training rows.",
        f"It can learn the rows by heart; most are in “{largest.row.title}”.",
        "Use fewer units, dropout or weight decay, or lock layers whose weights are trained already.",
    )
    dropout, decay = add_dropout(walked), Fix("Weight decay", _decay)
    fixes = [fix for fix in (dropout, decay) if fix]
    other = fixes[1] if len(fixes) > 1 else None
    yield Finding(problem, False, largest.row.id, fixes[0], check="capacity", is_note=True, other_fix=other)


def _holds_back(project: Project, walked: Walk) -> bool:
    """Whether something works against learning by heart already."""
    return project.training.optimizer.weight_decay > 0 or any(
        leaf.row.kind.family == DROPPING for leaf in walked.leaves()
    )


def add_dropout(walked: Walk) -> Fix | None:
    """A dropout before the last linear layer, where something hidden comes into it."""
    places = [place for place, step in enumerate(walked.steps) if isinstance(step.row.kind, Linear)]
    if not places or not any(has_matrix(step) for step in walked.steps[: places[-1]]):
        return None
    return insert_before(walked.steps[places[-1]].row.id, Dropout(SHARE))


def _decay(project: Project) -> Project:
    optimizer = replace(project.training.optimizer, weight_decay=DECAY)  # type: ignore[type-var]  # all are dataclasses
    return edits.set_training(project, replace(project.training, optimizer=optimizer))
