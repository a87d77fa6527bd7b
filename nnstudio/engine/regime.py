"""What a printed training loop has to know of a run: found out from the objects that the run is made of."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from nnstudio.engine.build import build, layers_of
from nnstudio.engine.examples import Examples
from nnstudio.engine.frozen import Frozen
from nnstudio.engine.predict import rows_at_once
from nnstudio.engine.preflight import check, rows_an_epoch
from nnstudio.engine.step import make_step, rates_of
from nnstudio.spec.code.regime import Group, Regime
from nnstudio.spec.freezing import rules
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import Walk


def regime_of(project: Project, examples: Examples, start: str = "", passed: int = 0) -> tuple[Walk, Regime]:
    """The network's walk, and how ``project`` trains it on ``examples``; ``start`` is a weights file to begin with.

    What the first ``passed`` rows of the stack make of the examples is computed once.

    Raises what `train` raises before anything starts.
    """
    walked = check(project, examples)
    assert project.data is not None  # `check` refuses a project without data
    batches = project.data.batches
    module = build(project.model, walked.input_shape, project.training.seed)
    frozen = Frozen(module, project.model)
    size, rows = batches.size, len(examples.train)
    passing = rows_an_epoch(walked, rows, size)
    parameters = dict(module.named_parameters())
    locked = {name: frozen.later.get(name, math.inf) for name in frozen.names if name in parameters}
    module.eval()
    with torch.inference_mode():
        row = torch.from_numpy(examples.x[:1].copy())
        front, rest = layers_of(module, end=passed), layers_of(module, passed)
        at_once, passed_at_once = rows_at_once(rest, front(row)), rows_at_once(front, row)
    return walked, Regime(
        examples.facts.task,
        len(examples.facts.classes),
        examples.target_scales,
        _groups(project, module, frozen),
        at_once,
        weighted=examples.weights is not None or batches.balance == "weights",
        has_weights=examples.weights is not None,
        validated=bool(len(examples.validation)),
        tested=bool(len(examples.test)),
        drops_last=passing < rows,
        absent=_lacks_a_class(examples),
        lone=1 in (len(examples.validation), len(examples.test)),
        batches=math.ceil(passing / size),
        locked=locked,
        resting={rule.prefix: rule.until for rule in rules(project.model) if rule.until},
        start=start,
        passed=passed,
        passed_at_once=passed_at_once,
    )


def _lacks_a_class(examples: Examples) -> bool:
    """Whether a part that is judged has no row of some class."""
    if not examples.facts.task.is_classification:
        return False
    parts = (examples.y[rows].reshape(-1).astype(np.int64) for rows in (examples.validation, examples.test))
    return any(len(part) and not np.bincount(part, minlength=len(examples.facts.classes)).all() for part in parts)


def _groups(project: Project, module: nn.Sequential, frozen: Frozen) -> tuple[Group, ...]:
    """The optimiser's groups by the names of their parameters; one without names where all that learn do so alike."""
    training, rates = project.training, rates_of(module, project.model)
    optimizer = make_step(module, training, fused=False, rates=rates, later=frozen.later).update.optimizer
    names = {parameter: name for name, parameter in module.named_parameters()}
    groups = [
        Group(tuple(names[each] for each in group["params"]), group["lr"], group["weight_decay"])
        for group in optimizer.param_groups
    ]
    own, for_ever = training.optimizer, set(frozen.names) - frozen.later.keys()
    learning = tuple(name for name in names.values() if name not in for_ever)
    if groups == [Group(learning, own.lr, own.weight_decay)]:
        return (Group((), own.lr, own.weight_decay),)
    return tuple(groups)
