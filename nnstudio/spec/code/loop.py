"""The printed training loop, and what comes out of it: the same sums in the same order as in the engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnstudio.spec.code.regime import Regime
from nnstudio.spec.code.text import indented, part, value
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.losses import Loss
from nnstudio.spec.metrics import R2, Metric, metrics_for
from nnstudio.spec.printed import STEP, Part
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import Length
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

WEIGHTS, HISTORY = "-weights.pth", "-history.csv"
"""The files that a script writes, behind its own name: the model file that it is printed from is called otherwise."""


def loop_part(project: Project, plan: NumericPlan, regime: Regime, epochs: int) -> Part:
    """So many ``epochs``, with the weights of the best one kept."""
    training, batch = project.training, _batch(regime.weighted)
    lines = [
        *_average(training),
        *_evaluate(training, regime, batch),
        *("", ""),
        *_update(training),
        'best_loss, best_epoch, best_weights = float("inf"), 0, copy.deepcopy(model.state_dict())',
        "history = []",
        f"for epoch in range(1, {epochs + 1}):",
        *indented(1, _begun(training, regime), _learned(training, plan, regime, batch)),
        *indented(1, _judging(training, regime, batch)),
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
    """What a batch is called in the loop, its loss, by how much it counts in the mean of an epoch, and that mean.

    ``size`` are lines that find ``counted`` out, where that takes any.
    """

    names: str
    loss: str
    size: tuple[str, ...]
    counted: str
    mean: str


def _batch(weighted: bool) -> _Batch:
    if weighted:
        names = "inputs, targets, row_weights"
        mean = "total / rows if rows else 0.0"  # rows without any weight have no loss
        size = ("weight = row_weights.sum().item()",)
        return _Batch(names, "loss_function(output, targets, row_weights)", size, "weight", mean)
    return _Batch("inputs, targets", "loss_function(output, targets)", (), "len(targets)", "total / rows")


def _evaluate(training: Training, regime: Regime, batch: _Batch) -> Iterator[str]:
    metrics, loss, network = metrics_for(regime.task), training.loss, _judged_network(training)
    applied = f"{network}{regime.rest}" if training.ema or not regime.passed else "rest"
    yield "def evaluate(loader):"
    yield '    """The mean loss over the rows of ``loader``, and what the metrics say."""'
    yield f"    {network}.eval()"
    yield "    total, rows = 0.0, 0"
    yield from (f"    {metric.key}.reset()" for metric in metrics)
    yield "    with torch.inference_mode():"
    yield f"        for {batch.names} in loader:"
    yield f"            output = {applied}(inputs)"
    yield from indented(3, batch.size)
    yield f"            total += {batch.loss}.item() * {batch.counted}"
    yield f"            rows += {batch.counted}"
    yield from (f"            {metric.key}.update({_judged(loss, regime)})" for metric in metrics)
    if regime.absent:
        yield "    hits, *_, rows_of = balanced_accuracy.compute().T"
    yield "    return {"
    yield f'        "loss": {batch.mean},'
    yield from (f"        {_figure(metric, regime)},{_unit(metric, regime)}" for metric in metrics)
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
    if metric.place and regime.absent:
        return f'"{metric.key}": (hits / rows_of)[rows_of > 0].mean().item()'
    if metric.in_target_unit and regime.scales != (1.0,):
        if len(regime.scales) == 1:
            return f'"{metric.key}": {metric.key}.compute().item() * {regime.scales[0]!r}'
        return f'"{metric.key}": ({metric.key}.compute() * torch.tensor({list(regime.scales)!r})).mean().item()'
    if regime.lone and metric.torch_name == R2.torch_name:
        return f'"{metric.key}": {metric.key}.compute().item() if {metric.key}.total > 1 else float("nan")'
    return f'"{metric.key}": {metric.key}.compute().item()'


def _unit(metric: Metric, regime: Regime) -> str:
    """A comment where a figure is brought back from standardised targets."""
    return "  # in the unit of the target" if metric.in_target_unit and regime.scales != (1.0,) else ""


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
    order = f"{training.seed} * 1_000_003 + epoch" if training.seed else "epoch"
    yield f"generator.manual_seed({order})  # each epoch has an order of its own"
    if regime.thawing:
        yield "for name, first in thawing.items():"
        yield "    model.get_parameter(name).requires_grad_(epoch >= first)"
    yield "model.train()"
    if regime.resting_for_ever:
        yield "for place in resting:"
        yield "    model.get_submodule(place).eval()  # frozen: its statistics stay, too"
    if regime.resting_at_first:
        yield "for place, first in resting_until.items():"
        yield "    model.get_submodule(place).train(epoch >= first)"


def _learned(training: Training, plan: NumericPlan, regime: Regime, batch: _Batch) -> Iterator[str]:
    several = training.accumulate > 1
    yield "total, rows = 0.0, 0"
    names = f"number, ({batch.names})" if several else batch.names
    yield f"for {names} in {'enumerate(train_loader, 1)' if several else 'train_loader'}:"
    steps = [] if several else ["optimizer.zero_grad()"]
    steps += [*_forward(plan, "rest" if regime.passed else "model"), f"loss = {batch.loss}", "loss.backward()"]
    if several:
        steps += [f"if number % {training.accumulate} == 0:", f"    update({training.accumulate})"]
    else:
        steps += [*_clip(training), *_stepped(training)]
    if training.schedule.unit == "batch":
        steps.append("scheduler.step()")
    steps += [*batch.size, f"total += loss.item() * {batch.counted}", f"rows += {batch.counted}"]
    yield from indented(1, steps)
    if several:
        yield f"if number % {training.accumulate}:"
        yield f"    update(number % {training.accumulate})"


def _forward(plan: NumericPlan, network: str) -> tuple[str, ...]:
    """The output of a batch; in float16, which needs a CUDA card, nothing is printed."""
    if plan.precision != "bfloat16":
        return (f"output = {network}(inputs)",)
    return (
        'with torch.autocast("cpu", torch.bfloat16):',
        f"{STEP}output = {network}(inputs)",
        "output = output.float()  # so that the loss has all its digits",
    )


def _judging(training: Training, regime: Regime, batch: _Batch) -> Iterator[str]:
    yield f"train_loss = {batch.mean}"
    yield 'metrics = {"epoch": epoch, "train_loss": train_loss}'
    chosen = "train_loss"
    if regime.validated:
        yield "validated = evaluate(validation_loader)"
        chosen = 'validated["loss"]'
        yield 'metrics |= {f"validation_{name}": value for name, value in validated.items()}'
    if _changes_by_epoch(training):
        yield f"scheduler.step({chosen if training.schedule.follows_loss else ''})"
    yield "history.append(metrics)"
    yield 'print("  ".join(f"{name} {value:.4g}" for name, value in metrics.items()))'
    yield f"if {chosen} < best_loss:"
    yield f"    best_loss, best_epoch = {chosen}, epoch"
    yield f"    best_weights = copy.deepcopy({_judged_network(training)}.state_dict())"
    if training.patience:
        yield f"if epoch - best_epoch >= {training.patience}:  # early stopping: none was better for so long"
        yield "    break"


def _changes_by_epoch(training: Training) -> bool:
    return training.schedule.unit == "epoch" and bool(training.schedule.phases(Length(training.epochs, 1), [1.0]))


def result_part(training: Training, regime: Regime, stem: str) -> Part:
    """The best weights: judged on the test rows, and saved."""
    lines = ["model.load_state_dict(best_weights)"]
    if training.ema:
        lines.append("average.module.load_state_dict(best_weights)")
    if regime.tested:
        lines.append('print(f"Epoch {best_epoch} was the best. On the test rows:", evaluate(test_loader))')
    lines += [
        f"torch.save(model.state_dict(), {value(f'{stem}{WEIGHTS}')})",
        f"pd.DataFrame(history).to_csv({value(f'{stem}{HISTORY}')}, index=False)",
    ]
    return part("Result", lines, "import torch", "import pandas as pd")
