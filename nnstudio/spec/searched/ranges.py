"""Over what a field usually ranges, and which fields are worth searching first."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.spec.layers import Dropout, Linear
from nnstudio.spec.losses import LOSSES, Loss
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Search, SearchedField, Span
from nnstudio.spec.searched.places import LAYER, Place, find, places

WIDE = 4
"""A count without a usual range is searched from a quarter of what it is to four times as much, any other number from
a tenth to ten times."""

USUAL_KINDS = frozenset({"sgd", "adam", "adamw", "rmsprop", "relu", "leaky_relu", "elu", "gelu", "silu", "tanh"})
"""The optimisers and activations that are mostly worth a try."""

SHARE = 1.0
"""Bounds that lie no further apart are a range to be searched as it is."""


def usual_span(project: Project, path: str) -> Span:
    """The usual choices of a field that has some, else its usual range, wide enough for what it is set to.

    Raises `SpecError` for a field that the project does not have.
    """
    place = find(project, path)
    if place.field.choices:
        return Choices(_usual_choices(project, place))
    if place.field.type is bool:
        return Choices((False, True))
    value = float(place.value)
    whole = place.field.type is int
    low, high, log = _declared(place, value) or _around(place, value)
    return Interval(low, high, log, whole)


def _usual_choices(project: Project, place: Place) -> tuple[str, ...]:
    """All choices; of kinds those that mostly do well, and that can stand where the project's stands."""
    if place.field.name != "kind" or place.path == "schedule":
        return place.field.choices
    if place.path == "loss":
        loss = project.training.loss
        like = tuple(key for key in place.field.choices if _is_like(LOSSES.kinds[key], loss))
        return like or place.field.choices
    return tuple(key for key in place.field.choices if key in USUAL_KINDS or key == place.value)


def _is_like(kind: type[Loss], loss: Loss) -> bool:
    """Whether a loss takes what the network gives for another one, and the target as that one does."""
    alike = kind.counts_classes is loss.counts_classes and kind.standardises is loss.standardises
    return alike and kind().ends == loss.ends


def _declared(place: Place, value: float) -> tuple[float, float, bool] | None:
    """From what the declaration says, where that is a range to be searched."""
    param = place.field.param
    if param.usual is not None:
        low, high = param.usual
        return (min(low, value) if value > 0 or not param.log else low), max(high, value), param.log
    if param.low is not None and param.high is not None and param.high - param.low <= SHARE:
        return param.low, param.high, False
    return None


def _around(place: Place, value: float) -> tuple[float, float, bool]:
    """Some way to both sides of what the field is set to, within its bounds."""
    param, whole = place.field.param, place.field.type is int
    wide = WIDE if whole else 10
    least = param.low if param.low is not None else -float("inf")
    most = param.high if param.high is not None else float("inf")
    if value <= 0:
        low = max(least, value)
        return low, min(most, low + (10 if whole else 1)), False
    low, high = max(least, value / wide), min(most, value * wide)
    if whole:
        return float(max(1, int(low))), float(max(2, int(high))), True
    return max(least, float(f"{low:.3g}")), min(most, float(f"{high:.3g}")), low > 0


def suggested_search(project: Project) -> Search:
    """The project's search with the fields that mostly matter: learning rate, weight decay, batch size, units, dropout.

    The outputs of the last linear layer follow from the target and are left alone.
    """
    fields = (SearchedField(path, usual_span(project, path)) for path in _telling(project))
    return replace(project.search, fields=tuple(fields))


def _telling(project: Project) -> list[str]:
    there = [place.path for place in places(project)]
    rows = [row for _, row in project.model.numbered()]
    widths = [f"{LAYER}{row.id}.out_features" for row in rows if isinstance(row.kind, Linear)][:-1]
    shares = [f"{LAYER}{row.id}.p" for row in rows if isinstance(row.kind, Dropout)]
    wanted = ["optimizer.lr", "optimizer.weight_decay", "batches.size", *dict.fromkeys((*widths, *shares))]
    return [path for path in wanted if path in there]
