"""What a printed training makes small, by which steps, and what it measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    about = [_FUSED] if "fused" in settings else []
    yield from _frozen(regime)
    if len(regime.groups) == 1 and not regime.groups[0].names:
        learning = "model.parameters()"
        if regime.frozen:
            yield "learning = [parameter for parameter in model.parameters() if parameter.requires_grad]"
            learning = "learning"
        yield from (*about, *call_lines(f"optimizer = {name}", [learning, *named(settings)]))
        return
    yield "parameters = dict(model.named_parameters())"
    yield "groups = ["
    for group in regime.groups:
        yield from indented(1, _group(group))
    yield "]"
    yield from (*about, *call_lines(f"optimizer = {name}", ["groups", *named(settings)]))


_FUSED = "# Fused: one call steps all parameters. Without it the last digits are others."


def _frozen(regime: Regime) -> Iterator[str]:
    """Which parameters and layers stay as they are, for ever or at first."""
    if regime.frozen:
        yield "# Frozen: these keep the values that they start with."
        yield from _listed("frozen", "[]", map(value, regime.frozen))
        yield "for name in frozen:"
        yield f"{STEP}model.get_parameter(name).requires_grad_(False)"
    if regime.resting_for_ever:
        yield "# Layers that are frozen as a whole."
        yield from _listed("resting", "[]", map(value, regime.resting_for_ever))
    if regime.thawing:
        yield "# Frozen at first: the epoch from which these learn, too."
        yield from _listed("thawing", "{}", _by_epoch(regime.thawing))
    if regime.resting_at_first:
        yield from _listed("resting_until", "{}", _by_epoch(regime.resting_at_first))


def _by_epoch(names: Mapping[str, float]) -> Iterator[str]:
    return (f"{value(name)}: {epoch:.0f}" for name, epoch in names.items())


def _listed(name: str, brackets: str, items: Iterable[str]) -> Iterator[str]:
    """A list or dictionary on one line, or on as many as it takes."""
    whole = ", ".join(items)
    opening, closing = brackets[0], brackets[1]
    if len(whole) + len(name) + len(" = []") <= WIDEST:
        yield f"{name} = {opening}{whole}{closing}"
        return
    yield f"{name} = {opening}"
    yield from indented(1, wrap(f"{whole},", WIDEST - len(STEP), break_long_words=False, break_on_hyphens=False))
    yield closing


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
