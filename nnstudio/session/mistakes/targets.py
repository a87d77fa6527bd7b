"""Targets that the loss cannot learn from, whatever the network."""

from __future__ import annotations

from collections.abc import Iterator

from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import ColumnProfile
from nnstudio.spec.losses import L1, MSE, KLDivergence, PoissonNLL

SHARES_OFF = 0.01
"""How far from 1 the means of shares may add up."""


def unfit_targets(state: State) -> Iterator[Finding]:
    """What speaks against the loss in the columns to predict, as far as their profiles tell it."""
    data, loss = state.project.data, state.project.training.loss
    if data is None or data.task.is_classification or state.source is None or not state.source_is_current:
        return
    targets = [state.source.column(column.name) for column in data.targets]
    if isinstance(loss, PoissonNLL):
        yield from _counts(targets, loss)
    if isinstance(loss, KLDivergence) and targets:
        yield from _shares(targets, loss)


def _counts(targets: list[ColumnProfile], loss: PoissonNLL) -> Iterator[Finding]:
    for target in targets:
        if target.low is not None and target.low < 0:
            problem = SpecError(
                f"{loss.title} is for counts, which are never negative.",
                f"“{target.name}” goes down to {target.low:g}.",
                "Choose another loss.",
            )
            yield Finding(problem, fix=USE_MSE, column=target.name)
            return
    broken = next((target for target in targets if not target.is_whole), None)
    if broken:
        problem = SpecError(
            f"“{broken.name}” does not hold counts.",
            f"{loss.title} is meant for whole numbers; amounts that are never negative can be learned with it, too.",
        )
        yield Finding(problem, blocks=False, column=broken.name, check="counts", is_note=True)


def _shares(targets: list[ColumnProfile], loss: KLDivergence) -> Iterator[Finding]:
    if why := _no_distribution(targets):
        problem = SpecError(
            f"{loss.title} compares with a distribution.",
            why,
            "Predict several columns of shares that add up to 1 in each row, or choose another loss.",
        )
        yield Finding(problem, fix=USE_MSE, other_fix=USE_L1)


def _no_distribution(targets: list[ColumnProfile]) -> str:
    """Why the columns cannot be shares that add up to 1 in each row; empty where nothing speaks against it."""
    if len(targets) == 1:
        return f"“{targets[0].name}” alone is none."
    for target in targets:
        if target.low is not None and target.high is not None and not 0 <= target.low <= target.high <= 1:
            return f"“{target.name}” lies between {target.low:g} and {target.high:g}, not between 0 and 1."
    means = [target.mean for target in targets if target.mean is not None]
    total = sum(means)
    if len(means) == len(targets) and not any(target.missing for target in targets) and abs(total - 1) > SHARES_OFF:
        return f"On average the columns add up to {total:.3g}, not to 1."
    return ""


USE_MSE = Fix("Use the mean squared error", lambda project: edits.set_loss(project, MSE()))
USE_L1 = Fix("Use the mean absolute error", lambda project: edits.set_loss(project, L1()))
