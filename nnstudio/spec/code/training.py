"""Batches, loss, optimiser and training loop as one would write them in PyTorch: the same sums in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from nnstudio.spec.calls import Call
from nnstudio.spec.code.pasted import pasted
from nnstudio.spec.code.regime import Group, Regime
from nnstudio.spec.code.text import STEP, WIDEST, Part, call_lines, part, settings_of, value
from nnstudio.spec.data import Batches
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.losses import Loss
from nnstudio.spec.metrics import Metric, metrics_for
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import Length, Phase
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

# ---- where it starts ----


def started_part(plan: NumericPlan, regime: Regime) -> tuple[Part, ...]:
    """The weights of a file, and the layout in memory; nothing where neither is asked for."""
    lines = []
    if regime.start:
        lines.append(f"model.load_state_dict(torch.load({value(regime.start)}, weights_only=True))")
    if plan.layout == "channels_last":
        lines.append("model.to(memory_format=torch.channels_last)")
    return (part("Start", lines, "import torch"),) if lines else ()


# ---- batches ----


def batches_part(project: Project, regime: Regime) -> Part:
    """The data sets and their loaders."""
    batches = project.data.batches if project.data else Batches()
    lines = [*_targets(project.training.loss, regime), *_balance(batches, regime)]
    whole = "x, y, weights" if _weighted(project, regime) else "x, y"
    rows = ", ".join(f"{name}[train]" for name in whole.split(", "))
    lines += [f"train_set = TensorDataset({rows})", "generator = torch.Generator()  # of the order of the rows"]
    lines += _sampler(batches)
    settings = {"batch_size": str(batches.size), **_order(batches), "generator": "generator"}
    if regime.drops_last:
        settings["drop_last"] = "True"
        lines.append("# The last batch would be a single row, which a batch norm cannot normalise.")
    lines += call_lines("train_loader = DataLoader", ["train_set", *_named(settings)])
    judged = [name for name, there in (("validation", regime.validated), ("test", regime.tested)) if there]
    if judged:
        lines.append("# A generator of its own for each: otherwise they would draw from the one that dropout uses.")
    for name in judged:
        rows = ", ".join(f"{each}[{name}]" for each in whole.split(", "))
        settings = {"batch_size": str(regime.at_once), "generator": "torch.Generator()"}
        lines += call_lines(f"{name}_loader = DataLoader", [f"TensorDataset({rows})", *_named(settings)])
    return part("Batches", lines, "import torch", *_loader_imports(batches))


def _loader_imports(batches: Batches) -> Iterator[str]:
    yield "from torch.utils.data import DataLoader, TensorDataset"
    if batches.balance == "sampling":
        yield "from torch.utils.data import WeightedRandomSampler"


def _targets(loss: Loss, regime: Regime) -> Iterator[str]:
    """Class numbers as the loss takes them, where it does not count classes."""
    if regime.task.is_classification and not loss.counts_classes:
        yield "y = y.to(torch.float32).reshape(-1, 1)  # 0 or 1, as the loss takes it"


def _balance(batches: Batches, regime: Regime) -> Iterator[str]:
    if batches.balance != "weights":
        return
    yield f"counts = torch.bincount(y[train].reshape(-1).long(), minlength={regime.classes}).clamp(min=1)"
    yield f"by_class = (len(train) / ({regime.classes} * counts.double()))[y.reshape(-1).long()].float()"
    yield "weights = by_class * weights" if regime.has_weights else "weights = by_class"


def _weighted(project: Project, regime: Regime) -> bool:
    """Whether the rows do not count alike in the loss."""
    return regime.has_weights or (project.data is not None and project.data.batches.balance == "weights")


def _sampler(batches: Batches) -> Iterator[str]:
    if batches.balance == "sampling":
        yield "classes = y[train].reshape(-1).long()"
        yield "chances = 1.0 / torch.bincount(classes).double()[classes]"
        yield "sampler = WeightedRandomSampler(chances, len(chances), generator=generator)"


def _order(batches: Batches) -> Mapping[str, str]:
    if batches.balance == "sampling":
        return {"sampler": "sampler"}
    return {"shuffle": "True"} if batches.shuffle else {}


# ---- loss, optimiser, schedule, metrics ----


def rules_part(project: Project, plan: NumericPlan, regime: Regime, modules: str) -> Part:
    """What is made small, by which steps, and what is measured; ``modules`` is the source of losses PyTorch lacks."""
    training = project.training
    early = training.accumulate > 1 and training.schedule.unit == "batch"
    lines = [
        *(_COUNTS_BATCHES if early else ()),
        *_loss(training.loss, _weighted(project, regime)),
        *_optimizer(training, plan, regime),
        *_scheduler(training, regime),
        *_metrics(regime),
    ]
    own = training.loss.call().name
    carried = pasted(modules, () if "." in own else (own,))
    imports = [*_ALWAYS, *carried.imports, *map(_metric_import, metrics_for(regime.task))]
    if early:
        imports.append("import warnings")
    return replace(part("Loss, optimiser, metrics", lines, *imports), definitions=carried.definitions)


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
        yield from call_lines(f"optimizer = {name}", ["model.parameters()", *_named(settings)])
        return
    yield "parameters = dict(model.named_parameters())"
    yield "groups = ["
    for group in regime.groups:
        yield from _indented(1, _group(group))
    yield "]"
    yield from call_lines(f"optimizer = {name}", ["groups", *_named(settings)])


def _group(group: Group) -> Iterator[str]:
    members = ", ".join(f"parameters[{value(name)}]" for name in group.names)
    yield "{"
    yield '    "params": ['
    yield from _indented(2, wrap(f"{members},", WIDEST - 3 * len(STEP), break_long_words=False, break_on_hyphens=False))
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
        made = metric.alone(regime.classes, len(regime.scales))
        yield f"{metric.key} = {made.name.rpartition('.')[2]}({', '.join(settings_of(made))})"


def _metric_import(metric: Metric) -> str:
    space, _, name = metric.alone(0).name.rpartition(".")
    return f"from torchmetrics{'.' if space else ''}{space} import {name}"


# ---- the loop ----


def loop_part(project: Project, plan: NumericPlan, regime: Regime, epochs: int) -> Part:
    """So many ``epochs``, with the weights of the best one kept."""
    training, batch = project.training, _batch(_weighted(project, regime))
    lines = [
        *_average(training),
        *_evaluate(training, regime, batch),
        *("", ""),
        *_update(training),
        'best_loss, best_epoch, best_weights = float("inf"), 0, copy.deepcopy(model.state_dict())',
        "history = []",
        f"for epoch in range(1, {epochs + 1}):",
        *_indented(1, _begun(training, regime), _learned(training, plan, batch), _judging(training, regime, batch)),
    ]
    imports = ["import torch", "import copy"]
    return part("Training", lines, *imports, *([_AVERAGED] if training.ema else []))


_AVERAGED = "from torch.optim.swa_utils import AveragedModel"


def _average(training: Training) -> Iterator[str]:
    """The moving average of the weights, where one is judged and kept instead of them."""
    if not training.ema:
        return
    yield "def moving_average(mine, theirs, steps):"
    yield '    """Moves mine towards theirs: quickly at first, then by less and less."""'
    yield "    if mine[0].is_floating_point():"
    yield f"        decay = min({training.ema!r}, (1 + int(steps)) / (10 + int(steps)))"
    yield "        torch._foreach_lerp_(mine, theirs, 1 - decay)"
    yield "    else:  # counters"
    yield "        torch._foreach_copy_(mine, theirs)"
    yield from ("", "")
    yield "average = AveragedModel(model, multi_avg_fn=moving_average, use_buffers=True)"
    yield from ("", "")


def _stepped(training: Training) -> tuple[str, ...]:
    """A step, and what follows it."""
    return ("optimizer.step()", *(["average.update_parameters(model)"] if training.ema else []))


def _judged_network(training: Training) -> str:
    return "average.module" if training.ema else "model"


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch is called in the loop, its loss, by what it counts in the mean of an epoch, and that mean."""

    names: str
    loss: str
    heft: str
    mean: str


def _batch(weighted: bool) -> _Batch:
    if weighted:
        names = "inputs, targets, row_weights"
        mean = "total / rows if rows else 0.0"  # rows without any weight have no loss
        return _Batch(names, "loss_function(output, targets, row_weights)", "row_weights.sum().item()", mean)
    return _Batch("inputs, targets", "loss_function(output, targets)", "len(targets)", "total / rows")


def _evaluate(training: Training, regime: Regime, batch: _Batch) -> Iterator[str]:
    metrics, loss, network = metrics_for(regime.task), training.loss, _judged_network(training)
    yield "def evaluate(loader):"
    yield '    """The mean loss over the rows of ``loader``, and what the metrics say."""'
    yield f"    {network}.eval()"
    yield "    total, rows = 0.0, 0"
    yield from (f"    {metric.key}.reset()" for metric in metrics)
    yield "    with torch.inference_mode():"
    yield f"        for {batch.names} in loader:"
    yield f"            output = {network}(inputs)"
    yield f"            heft = {batch.heft}"
    yield f"            total += {batch.loss}.item() * heft"
    yield "            rows += heft"
    yield from (f"            {metric.key}.update({_judged(loss, regime)})" for metric in metrics)
    yield "    return {"
    yield f'        "loss": {batch.mean},'
    yield from (f"        {_figure(metric, regime)}," for metric in metrics)
    yield "    }"


def _judged(loss: Loss, regime: Regime) -> str:
    """What torchmetrics takes: scores or classes, or values, and what they should be."""
    if regime.task is Task.MULTICLASS:
        return "output, targets"
    links = {"softmax": "output.softmax(1)", "exp": "output.exp()", "sigmoid": "output.sigmoid()", "identity": "output"}
    answer = links[loss.link]
    if regime.task.is_classification:
        return f"({answer}[:, -1] > 0.5).long(), targets.reshape(-1).long()"
    several = len(regime.scales) > 1 or regime.task is Task.RECONSTRUCTION
    return f"{answer}, targets" if several else f"{answer}.squeeze(1), targets.squeeze(1)"


def _figure(metric: Metric, regime: Regime) -> str:
    if metric.in_target_unit and regime.scales != (1.0,):
        scales = f"torch.tensor({list(regime.scales)!r})" if len(regime.scales) > 1 else f"{regime.scales[0]!r}"
        return f'"{metric.key}": ({metric.key}.compute() * {scales}).mean().item()'
    return f'"{metric.key}": {metric.key}.compute().item()'


def _update(training: Training) -> Iterator[str]:
    """The step that several batches share, and that a clipped gradient makes."""
    if training.accumulate == 1:
        return
    yield "def update(batches):"
    yield '    """One step along the mean gradient of so many batches."""'
    yield "    for parameter in model.parameters():"
    yield "        if parameter.grad is not None:"
    yield "            parameter.grad /= batches"
    yield from (f"    {line}" for line in _clip(training))
    yield from (f"    {line}" for line in _stepped(training))
    yield "    optimizer.zero_grad()"
    yield ""
    yield ""


def _clip(training: Training) -> Iterator[str]:
    if training.clip:
        yield 'learned = [parameter for group in optimizer.param_groups for parameter in group["params"]]'
        yield f"torch.nn.utils.clip_grad_norm_(learned, {training.clip!r})"


def _begun(training: Training, regime: Regime) -> Iterator[str]:
    yield f"generator.manual_seed({training.seed} * 1_000_003 + epoch)"
    if regime.locked:
        yield "for name, parameter in model.named_parameters():"
        yield "    parameter.requires_grad_(epoch >= begins.get(name, 0))"
    yield "model.train()"
    for place, until in regime.resting.items():
        layer = f"model.get_submodule({value(place)}).eval()"
        yield f"{layer}  # frozen: its statistics stay, too" if until == float("inf") else f"if epoch < {until:.0f}:"
        if until != float("inf"):
            yield f"    {layer}"


def _learned(training: Training, plan: NumericPlan, batch: _Batch) -> Iterator[str]:
    several = training.accumulate > 1
    yield "total, rows = 0.0, 0"
    names = f"number, ({batch.names})" if several else batch.names
    yield f"for {names} in {'enumerate(train_loader, 1)' if several else 'train_loader'}:"
    steps = [] if several else ["optimizer.zero_grad()"]
    steps += [*_forward(plan), f"loss = {batch.loss}", "loss.backward()"]
    if several:
        steps += [f"if number % {training.accumulate} == 0:", f"    update({training.accumulate})"]
    else:
        steps += [*_clip(training), *_stepped(training)]
    if training.schedule.unit == "batch":
        steps.append("scheduler.step()")
    steps += [f"heft = {batch.heft}", "total += loss.item() * heft", "rows += heft"]
    yield from _indented(1, steps)
    if several:
        yield f"if number % {training.accumulate}:"
        yield f"    update(number % {training.accumulate})"


def _forward(plan: NumericPlan) -> tuple[str, ...]:
    """The output of a batch; in float16, which needs a CUDA card, nothing is printed."""
    if plan.precision != "bfloat16":
        return ("output = model(inputs)",)
    return (
        'with torch.autocast("cpu", torch.bfloat16):',
        f"{STEP}output = model(inputs)",
        "output = output.float()  # so that the loss has all its digits",
    )


def _judging(training: Training, regime: Regime, batch: _Batch) -> Iterator[str]:
    yield f"train_loss = {batch.mean}"
    yield 'figures = {"epoch": epoch, "train_loss": train_loss}'
    chosen = "train_loss"
    if regime.validated:
        yield "judged = evaluate(validation_loader)"
        chosen = 'judged["loss"]'
        yield 'figures |= {f"validation_{name}": figure for name, figure in judged.items()}'
    if _changes_by_epoch(training):
        yield f"scheduler.step({chosen if training.schedule.follows_loss else ''})"
    yield "history.append(figures)"
    yield 'print("  ".join(f"{name} {figure:.4g}" for name, figure in figures.items()))'
    yield f"if {chosen} < best_loss:"
    yield f"    best_loss, best_epoch = {chosen}, epoch"
    yield f"    best_weights = copy.deepcopy({_judged_network(training)}.state_dict())"
    if training.patience:
        yield f"if epoch - best_epoch >= {training.patience}:  # no better epoch for as long as is waited for one"
        yield "    break"


def _changes_by_epoch(training: Training) -> bool:
    return training.schedule.unit == "epoch" and bool(training.schedule.phases(Length(training.epochs, 1), [1.0]))


# ---- what comes out ----


def result_part(training: Training, regime: Regime, stem: str) -> Part:
    """The best weights: judged on the test rows, and saved."""
    lines = ["model.load_state_dict(best_weights)"]
    if training.ema:
        lines.append("average.module.load_state_dict(best_weights)")
    if regime.tested:
        lines.append('print(f"Epoch {best_epoch} was the best. On the test rows:", evaluate(test_loader))')
    lines += [
        f'torch.save(model.state_dict(), "{stem}.pth")',
        f'pd.DataFrame(history).to_csv("{stem}-history.csv", index=False)',
    ]
    return part("Result", lines, "import torch", "import pandas as pd")


# ---- text ----


def printed(made: Call) -> str:
    """A call of PyTorch's as one writes it."""
    return f"{made.name}({', '.join(settings_of(made))})"


def _named(settings: Mapping[str, str]) -> Iterator[str]:
    return (f"{name}={given}" for name, given in settings.items())


def _number(epoch: float) -> str:
    return 'float("inf")' if epoch == float("inf") else f"{epoch:.0f}"


def _indented(levels: int, *groups: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (f"{STEP * levels}{line}" for group in groups for line in group)
