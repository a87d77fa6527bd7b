"""What a printed training makes small, by which steps, and what it measures."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from nnstudio.spec.calls import Call
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.regime import Group, Regime
from nnstudio.spec.code.text import WIDEST, call_lines, indented, named, part, printed, settings_of, value
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.losses import Loss
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.printed import STEP, Part
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import Length, Phase
from nnstudio.spec.training import Training


def rules_part(project: Project, plan: NumericPlan, regime: Regime, modules: str) -> Part:
    """What is made small, by which steps, and what is measured; ``modules`` is the source of losses PyTorch lacks."""
    training = project.training
    early = training.accumulate > 1 and training.schedule.unit == "batch"
    lines = [
        *(_COUNTS_BATCHES if early else ()),
        *_loss(training.loss, regime.weighted),
        *_optimizer(training, plan, regime),
        *_scheduler(training, regime),
        *_metrics(regime),
    ]
    own = training.loss.call().name
    carried = pasted(modules, () if "." in own else (own,))
    imports = [*_ALWAYS, *carried.imports, *(_metric_import(each, regime) for each in metrics_for(regime.task))]
    if early:
        imports.append("import warnings")
    return part("Loss, optimiser, metrics", lines, *imports, definitions=carried.definitions)


_ALWAYS = ("import torch", "from torch import nn")

_COUNTS_BATCHES = (
    "# The schedule counts batches, of which several make one step: PyTorch would warn of the first ones.",
    'warnings.filterwarnings("ignore", "Detected call of .lr_scheduler.step")',
)


def _loss(loss: Loss, weighted: bool) -> Iterator[str]:
    if not weighted:
        yield f"loss_function = {printed(loss.call())}"
        return
    rows = "losses" if loss.counts_classes else "losses.flatten(1).mean(1)"
    yield f"loss_of_each = {printed(loss.call().with_settings(reduction='none'))}"
    yield ""
    yield ""
    yield "def loss_function(output, targets, weights):"
    yield '    """The mean over the rows of a batch, each as heavy as its weight."""'
    yield "    losses = loss_of_each(output, targets)"
    yield f"    weighted = ({rows} * weights).sum()"
    yield "    return weighted / weights.sum().clamp_min(torch.finfo(torch.float32).tiny)"
    yield ""
    yield ""


def _optimizer(training: Training, plan: NumericPlan, regime: Regime) -> Iterator[str]:
    kind = training.optimizer
    made = kind.call()
    settings = {name: value(given) for name, given in made.kwargs.items()}
    if plan.fused and kind.has_fused:
        settings["fused"] = "True"
    name = f"torch.{made.name}"
    if regime.locked:
        yield f"begins = {{{', '.join(f'{value(each)}: {_number(epoch)}' for each, epoch in regime.locked.items())}}}"
    if len(regime.groups) == 1 and not regime.groups[0].names:
        yield from call_lines(f"optimizer = {name}", ["model.parameters()", *named(settings)])
        return
    yield "parameters = dict(model.named_parameters())"
    yield "groups = ["
    for group in regime.groups:
        yield from indented(1, _group(group))
    yield "]"
    yield from call_lines(f"optimizer = {name}", ["groups", *named(settings)])


def _group(group: Group) -> Iterator[str]:
    members = ", ".join(f"parameters[{value(name)}]" for name in group.names)
    yield "{"
    yield '    "params": ['
    yield from indented(2, wrap(f"{members},", WIDEST - 3 * len(STEP), break_long_words=False, break_on_hyphens=False))
    yield "    ],"
    yield f'    "lr": {group.lr!r},'
    yield f'    "weight_decay": {group.weight_decay!r},'
    yield "},"


def _scheduler(training: Training, regime: Regime) -> Iterator[str]:
    length = Length(training.epochs, regime.batches)
    phases = training.schedule.phases(length, [group.lr for group in regime.groups])
    if len(phases) == 1:
        yield from _schedule("scheduler = ", phases[0])
    elif phases:
        names = [f"phase_{number}" for number in range(1, len(phases) + 1)]
        for name, phase in zip(names, phases, strict=True):
            yield from _schedule(f"{name} = ", phase)
        milestones = [phase.steps for phase in phases if phase.steps is not None]
        settings = ["optimizer", f"[{', '.join(names)}]", f"milestones={milestones!r}"]
        yield from call_lines("scheduler = torch.optim.lr_scheduler.SequentialLR", settings)


def _schedule(before: str, phase: Phase) -> Iterator[str]:
    return call_lines(f"{before}torch.optim.{phase.call.name}", ["optimizer", *settings_of(phase.call)])


def _metrics(regime: Regime) -> Iterator[str]:
    for metric in metrics_for(regime.task):
        made = _made(metric, regime)
        line = f"{metric.key} = {made.name.rpartition('.')[2]}({', '.join(settings_of(made))})"
        yield f"{line}  # a part lacks a class, which must not count" if regime.absent and metric.place else line


def _made(metric: Metric, regime: Regime) -> Call:
    if regime.absent and metric.place:
        return Call("classification.MulticlassStatScores", (), {"num_classes": regime.classes, "average": None})
    return metric.alone(regime.classes, len(regime.scales))


def _metric_import(metric: Metric, regime: Regime) -> str:
    space, _, name = _made(metric, regime).name.rpartition(".")
    return f"from torchmetrics{'.' if space else ''}{space} import {name}"


def _number(epoch: float) -> str:
    return 'float("inf")' if epoch == float("inf") else f"{epoch:.0f}"
