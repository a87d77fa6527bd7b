"""Layers that take the steps of a sequence for its channels, or the other way round: both fit, one is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from nnstudio.session.finding import Finding, Fix
from nnstudio.session.mistakes.stacks import insert_before
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import LayerKind, Permute
from nnstudio.spec.layers.base import size
from nnstudio.spec.layers.convolution import Convolution
from nnstudio.spec.layers.pooling import AdaptivePool, Pool
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Step, Walk, walk

Order = Literal["steps first", "channels first", "unknown"]
CHANNELS = (1, 3, 4)
"""Of pictures as files have them."""

KEEPING = ("activation", "regularisation", "normalisation")
"""Families that leave the order as it is."""


def swapped_orders(project: Project, walked: Walk) -> Iterator[Finding]:
    """Layers of the outermost stack that read a sequence across; data come with the steps first.

    The remedy is offered where the layers behind it can take what comes then.
    """
    for finding in _swapped(walked):
        yield finding if _still_works(project, walked, finding.fix) else replace(finding, fix=None)


def _still_works(project: Project, walked: Walk, fix: Fix | None) -> bool:
    return fix is not None and walk(fix.apply(project).model, walked.input_shape).output == walked.output


def _swapped(walked: Walk) -> Iterator[Finding]:
    order: Order = "steps first" if len(walked.input_shape) == 2 else "unknown"
    for step in walked.steps:
        needed = _needs(step.row.kind)
        if needed != "unknown" and order not in ("unknown", needed):
            yield _across(step, needed)
        elif order == "unknown" and _has_channels_last(step):
            yield _lies(step)
        order = _after(step, order)


def _needs(kind: LayerKind) -> Order:
    """In which order a layer for sequences takes them."""
    if _slides(kind, 1):
        return "channels first"
    return "steps first" if kind.family in ("recurrent", "attention") else "unknown"


def _slides(kind: LayerKind, sides: int) -> bool:
    return isinstance(kind, (Convolution, Pool, AdaptivePool)) and kind.sides == sides


def _has_channels_last(step: Step) -> bool:
    """Whether a layer for pictures gets what looks like height × width × channels."""
    shape = step.before or ()
    is_lying = len(shape) == 3 and shape[-1] in CHANNELS and shape[0] == shape[1] > max(CHANNELS)
    return is_lying and _slides(step.row.kind, 2)


def _after(step: Step, order: Order) -> Order:
    """In which order the numbers are behind a layer, as far as it can be told."""
    if len(step.after or ()) == 3 and (_slides(step.row.kind, 2) or order == "channels first"):
        return "unknown" if step.row.kind.family == "reshaping" else "channels first"
    if len(step.after or ()) != 2:
        return "unknown"
    needed = _needs(step.row.kind)
    if needed != "unknown":
        return needed
    if isinstance(step.row.kind, Permute):
        return {"steps first": "channels first", "channels first": "steps first"}.get(order, "unknown")  # type: ignore[return-value]  # one of them
    if step.row.kind.family == "embedding":
        return "steps first"
    return order if step.row.kind.family in KEEPING else "unknown"


def _across(step: Step, needed: Order) -> Finding:
    taken, meant = ("steps", "channels") if needed == "channels first" else ("channels", "steps")
    problem = SpecError(
        f"{step.row.kind.title} takes the {taken} of the sequence for its {meant}.",
        f"It wants {meant} first, and gets {taken} first: it works, but on the wrong neighbours.",
        "Put Permute before it.",
    )
    return Finding(problem, False, step.row.id, insert_before(step.row.id, Permute()), check="order")


def _lies(step: Step) -> Finding:
    problem = SpecError(
        f"{step.row.kind.title} takes the height of the picture for its channels.",
        f"It wants channels × height × width, and gets {size(step.before or ())}.",
        "Put Permute before it.",
    )
    return Finding(problem, False, step.row.id, insert_before(step.row.id, Permute()), check="order")
