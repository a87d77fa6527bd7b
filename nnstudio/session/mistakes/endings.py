"""The end of a network: its output, what the loss expects of it, and what should not stand there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import DROPPING, REARRANGING, has_matrix, remove
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import DataFacts
from nnstudio.spec.layers import Hardsigmoid, LayerKind, LogSoftmax, ReLU, Repeat, Sigmoid, Softmax, Softplus, Tanh
from nnstudio.spec.losses import CrossEntropy, Hinge, Loss, MultiMargin, PoissonNLL
from nnstudio.spec.model import Row
from nnstudio.spec.networks.template import MOST_OUTPUTS
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk, output_problem, walk
from nnstudio.spec.tasks import Task

SQUEEZING = (Softmax, LogSoftmax, Sigmoid)
ONE_SIDED = (ReLU, Sigmoid, Hardsigmoid, Tanh, Softmax, Softplus)
NEVER_NEGATIVE = (Softplus, ReLU, Sigmoid, Hardsigmoid, Softmax)


def endings(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    """What is wrong with the end of a network whose layers all fit."""
    yield from _output(project, walked, facts)
    yield from _last_layer(project, facts)
    yield from _dropped(walked)


def _output(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Finding]:
    loss = project.training.loss
    problem: SpecError | None = output_problem(walked, loss, facts)
    if facts.task not in loss.tasks:
        problem = SpecError(f"{loss.title} is not for {facts.task.label.lower()}.", "", "Choose a loss for the task.")
    if problem is None:
        return
    too_large = max(facts.answers, len(facts.classes)) > MOST_OUTPUTS
    fix = None if too_large else next(_fitting(project, walked, facts), None)
    yield Finding(_too_large(facts) if too_large else problem, row_id=project.model.rows[-1].id, fix=fix)


def _fitting(project: Project, walked: Walk, facts: DataFacts) -> Iterator[Fix]:
    """The remedies after which the output fits: another width of the last linear layer, or one more."""

    def fit(project: Project) -> Project:
        return edits.fit_output(project, facts)

    def add(project: Project) -> Project:
        return edits.add_output(project, facts, flatten=len(walked.output or ()) > 1)

    for title, remedy in (("Fit the output", fit), ("Add a linear output", add)):
        fitted = remedy(project)
        if output_problem(walk(fitted.model, facts.input_shape), fitted.training.loss, facts) is None:
            yield Fix(title, remedy)


def _too_large(facts: DataFacts) -> SpecError:
    if facts.classes:
        return SpecError(
            f"A linear layer gives at most {MOST_OUTPUTS:,} numbers, but there are {len(facts.classes):,} classes.",
            "Each class needs one.",
            "Predict another column, or merge rare classes in the file.",
        )
    return SpecError(
        f"A linear layer gives at most {MOST_OUTPUTS:,} numbers, but the input has {facts.answers:,}.",
        "An autoencoder gives back as many as it gets.",
        "Choose smaller pictures, or shorter windows.",
    )


# what squeezes the scores


def _last_layer(project: Project, facts: DataFacts) -> Iterator[Finding]:
    last, loss = _end(project.model.rows), project.training.loss
    if isinstance(last.kind, SQUEEZING) and isinstance(loss, Hinge | MultiMargin):
        yield _out_of_reach(last, loss)
    elif isinstance(last.kind, (Softmax, Sigmoid)) and loss.link in ("softmax", "sigmoid"):
        yield _squeezed_twice(last, loss)
    if isinstance(last.kind, NEVER_NEGATIVE) and isinstance(loss, PoissonNLL) and loss.log_input:
        yield _counts_from_one(last, loss)
    if isinstance(last.kind, ONE_SIDED) and loss.standardises and facts.task is Task.REGRESSION:
        yield _bounded(last, "The target is standardised: half of its values are below 0.")
    elif isinstance(last.kind, ReLU) and isinstance(loss, CrossEntropy) and len(project.model.rows) > 1:
        yield _bounded(last, "Scores may be negative, and where all are 0 no gradient passes back.")
    if loss.ends and not isinstance(last.kind, loss.ends):
        yield _wrong_end(last, loss, loss.ends[0])


def _end(rows: Sequence[Row]) -> Row:
    """The row that makes the numbers that leave the network: what only rearranges or drops them does not count."""
    last = next((row for row in reversed(rows) if row.kind.family not in (REARRANGING, DROPPING)), rows[-1])
    inner = last.branches[0] if isinstance(last.kind, Repeat) and last.branches else ()
    return _end(inner) if inner else last


def _squeezed_twice(last: Row, loss: Loss) -> Finding:
    problem = SpecError(
        f"{last.kind.title} before {loss.wording()} slows learning down.",
        f"The loss already contains a {loss.link}.",
        f"Remove the {last.kind.wording()}.",
    )
    return Finding(problem, blocks=False, row_id=last.id, fix=_take_out(last), check="squeezed")


def _out_of_reach(last: Row, loss: Hinge | MultiMargin) -> Finding:
    problem = SpecError(
        f"{last.kind.title} before {loss.wording()} keeps the margin out of reach.",
        "The loss wants raw scores, which may be as far apart as they like.",
        f"Remove the {last.kind.wording()}.",
    )
    return Finding(problem, blocks=False, row_id=last.id, fix=_take_out(last), check="squeezed")


def _counts_from_one(last: Row, loss: PoissonNLL) -> Finding:
    problem = SpecError(
        f"{last.kind.title} at the end keeps every answer at 1 or more.",
        f"For {loss.wording()} the network gives the logarithm of the expected count, and it is never below 0 here.",
        f"Remove the {last.kind.wording()}, or let the network give the count itself.",
    )
    itself = Fix("Give the count itself", lambda project: edits.set_loss(project, replace(loss, log_input=False)))
    other = itself if isinstance(last.kind, replace(loss, log_input=False).ends) else None
    return Finding(problem, False, last.id, _take_out(last), check="squeezed", other_fix=other)


def _bounded(last: Row, why: str) -> Finding:
    problem = SpecError(
        f"{last.kind.title} at the end lets only some answers through.", why, f"Remove the {last.kind.wording()}."
    )
    return Finding(problem, blocks=False, row_id=last.id, fix=_take_out(last), check="bounded")


def _take_out(last: Row) -> Fix:
    def take_out(project: Project) -> Project:
        return replace(edits.remove_layers(project, {last.id}), training=project.training)

    return Fix(f"Remove {last.kind.wording()}", take_out)


def _wrong_end(last: Row, loss: Loss, needed: type[LayerKind]) -> Finding:
    in_its_place = isinstance(last.kind, SQUEEZING)

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


# what drops answers


def _dropped(walked: Walk) -> Iterator[Finding]:
    """Dropouts behind the last layer that has weights."""
    for step in _tail(walked.steps):
        if step.row.kind.family == DROPPING:
            problem = SpecError(
                f"{step.row.kind.title} behind the last layer spoils the answers.",
                "While training it sets some of them to zero, which nothing behind it can make up for.",
                "Remove it, or put it before the last layer.",
            )
            fix = remove(f"Remove {step.row.kind.wording()}", step.row.id)
            yield Finding(problem, blocks=False, row_id=step.row.id, fix=fix, check="dropped")


def _tail(steps: Sequence[Step]) -> Iterator[Step]:
    for step in reversed(steps):
        if step.inner or has_matrix(step):
            return
        yield step
