"""Activations that are missing between layers, or that saturate one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import DROPPING, REARRANGING, has_matrix, insert_behind, stacks
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import Branches, Hardsigmoid, Hardtanh, Linear, ReLU, Sigmoid, Tanh
from nnstudio.spec.layers.convolution import Convolution
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk

STEEP = (Sigmoid, Hardsigmoid)
"""Slope at most a quarter."""
FLAT = (Tanh, Hardtanh)
"""Slope at most one."""
MOST_STEEP, MOST_FLAT = 2, 4
"""As many may follow each other before the first layers learn noticeably slower."""


# missing


def missing_activations(walked: Walk) -> Iterator[Finding]:
    """Layers that are one with the layer before them, because nothing bends between them.

    Not where the numbers between the two are fewer than both before and behind, or a single one (a bottleneck: that is
    what they are for), where groups part the channels, across a normalisation, or where a layer is locked.
    """
    told: set[tuple[str, str]] = set()
    for stack in stacks(walked.steps):
        for first, second in _unbent(stack):
            if (first.row.id, second.row.id) not in told:
                told.add((first.row.id, second.row.id))
                yield _are_one(first, second)


def _unbent(stack: Sequence[Step]) -> Iterator[tuple[Step, Step]]:
    before: Step | None = None
    for step in stack:
        if _mixes(step):
            if before and not _narrows(before, step) and not (before.locked or step.locked):
                yield before, step
            before = step
        elif step.row.kind.family not in (REARRANGING, DROPPING):
            before = None


def _mixes(step: Step) -> bool:
    """Whether a layer gives weighted sums, each of all channels."""
    kind = step.row.kind
    return isinstance(kind, Linear) or (isinstance(kind, Convolution) and kind.groups == 1)


def _narrows(first: Step, second: Step) -> bool:
    between = prod(first.after or ())
    return between == 1 or between < min(prod(first.before or ()), prod(second.after or ()))


def _are_one(first: Step, second: Step) -> Finding:
    both_linear = isinstance(first.row.kind, Linear) and isinstance(second.row.kind, Linear)
    convolutions = isinstance(first.row.kind, Convolution) and isinstance(second.row.kind, Convolution)
    words = "linear layers" if both_linear else "convolutions" if convolutions else "layers of weighted sums"
    problem = SpecError(
        f"Two {words} in a row are one.",
        f"Nothing bends between {_pair(first, second)}: a single one could do the same.",
        "Add an activation between them.",
    )
    return Finding(problem, False, second.row.id, insert_behind(first.row.id, ReLU()), check=f"one {first.row.id}")


def _pair(first: Step, second: Step) -> str:
    """The two layers by their titles, where these tell them apart."""
    one, other = first.row.title, second.row.title
    return "them" if one == other else f"“{one}” and “{other}”"


# saturating


def saturating_activations(walked: Walk) -> Iterator[Finding]:
    """Sigmoids or tanhs behind many hidden layers: each shrinks the gradient of the layers before it."""
    hidden = list(_hidden(walked.steps))
    steep = [step for step in hidden if isinstance(step.row.kind, STEEP)]
    flat = [step for step in hidden if isinstance(step.row.kind, FLAT) and _is_bounded_below(step)]
    if len(steep) > MOST_STEEP or len(steep) + len(flat) > MOST_FLAT:
        yield _saturates([*steep, *flat])


def _is_bounded_below(step: Step) -> bool:
    """Hard tanh from 0 on is ReLU6, which is linear where it matters."""
    return not isinstance(step.row.kind, Hardtanh) or step.row.kind.min_val < 0


def _hidden(steps: Sequence[Step]) -> Iterator[Step]:
    """The activations that layers with weights follow, without those that a norm keeps in the middle, and gates."""
    leaves = list(_in_line(steps))
    last = max((place for place, leaf in enumerate(leaves) if has_matrix(leaf)), default=0)
    for before, leaf in zip([None, *leaves[:last]], leaves[:last], strict=False):
        if leaf.row.kind.family == "activation" and not (before and before.row.kind.family == "normalisation"):
            yield leaf


def _in_line(steps: Sequence[Step]) -> Iterator[Step]:
    """The layers that the data passes, but for those in branches: a way around them carries the gradient."""
    for step in steps:
        if not step.inner:
            yield step
        elif not isinstance(step.row.kind, Branches):
            for inner in step.inner:
                yield from _in_line(inner)


def _saturates(steps: Sequence[Step]) -> Finding:
    row_ids = list(dict.fromkeys(step.row.id for step in steps))
    name = steps[0].row.kind.wording()

    def use_relu(project: Project) -> Project:
        for row_id in row_ids:
            project = edits.change_layer(project, row_id, ReLU())
        return project

    problem = SpecError(
        f"{len(steps)} saturating activations follow each other.",
        f"Where a {name} is flat hardly any gradient passes, and with each one the first layers learn slower.",
        "Use ReLU in hidden layers, or put a normalisation before each.",
    )
    return Finding(problem, False, row_ids[0], Fix("Use ReLU in hidden layers", use_relu), check="saturates")
