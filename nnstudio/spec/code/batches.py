"""Where a printed training starts: the weights, the data sets and their loaders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnstudio.spec.code.regime import Regime
from nnstudio.spec.code.text import call_lines, named, part, value
from nnstudio.spec.data import Batches
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.losses import Loss
from nnstudio.spec.printed import Part
from nnstudio.spec.project import Project


def started_part(plan: NumericPlan, regime: Regime) -> tuple[Part, ...]:
    """The weights of a file, what passes frozen layers, and the layout in memory; nothing where none is asked for."""
    lines = []
    if regime.start:
        lines.append(f"model.load_state_dict(torch.load({value(regime.start)}, weights_only=True))")
    if regime.passed:
        lines += _passed(plan, regime)
    if plan.layout == "channels_last":
        lines.append("model.to(memory_format=torch.channels_last)")
    return (part("Start", lines, "import torch"),) if lines else ()


def _passed(plan: NumericPlan, regime: Regime) -> Iterator[str]:
    """What the layers that never change make of the rows, in the place of these."""
    other = plan.once != plan.threads
    several = f"The first {regime.passed} layers never change" if regime.passed > 1 else "The first layer never changes"
    yield f"# {several}: what comes out of {'them' if regime.passed > 1 else 'it'} is computed once."
    if other:
        yield f"torch.set_num_threads({plan.once})"
    yield f"front = model[:{regime.passed}].eval()"
    yield "with torch.no_grad():"
    yield "    x = x.clone(memory_format=torch.contiguous_format)  # other layouts change the last digits"
    yield f"    x = torch.cat([front(rows) for rows in x.split({regime.passed_at_once})])"
    if other:
        yield f"torch.set_num_threads({plan.threads})"
    yield f"rest = model{regime.rest}  # the others learn from that"


def batches_part(project: Project, regime: Regime) -> Part:
    """The data sets and their loaders."""
    batches = project.data.batches if project.data else Batches()
    lines = [*_targets(project.training.loss, regime), *_balance(batches, regime)]
    whole = "x, y, weights" if regime.weighted else "x, y"
    rows = ", ".join(f"{name}[train]" for name in whole.split(", "))
    lines += [f"train_set = TensorDataset({rows})", "generator = torch.Generator()  # of the order of the rows"]
    lines += _sampler(batches)
    settings = {"batch_size": str(batches.size), **_order(batches), "generator": "generator"}
    if regime.drops_last:
        settings["drop_last"] = "True"
        lines.append("# The last batch would be a single row, which a batch norm cannot normalise.")
    lines += call_lines("train_loader = DataLoader", ["train_set", *named(settings)])
    judged = [name for name, there in (("validation", regime.validated), ("test", regime.tested)) if there]
    if judged:
        lines.append("# A generator of its own for each: otherwise they would draw from the one that dropout uses.")
    for name in judged:
        rows = ", ".join(f"{each}[{name}]" for each in whole.split(", "))
        settings = {"batch_size": str(regime.at_once), "generator": "torch.Generator()"}
        lines += call_lines(f"{name}_loader = DataLoader", [f"TensorDataset({rows})", *named(settings)])
    fed_by = ("DataLoader", "TensorDataset", "WeightedRandomSampler")
    return part("Batches", lines, "import torch", *(f"from torch.utils.data import {name}" for name in fed_by))


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


def _sampler(batches: Batches) -> Iterator[str]:
    if batches.balance == "sampling":
        yield "classes = y[train].reshape(-1).long()"
        yield "chances = 1.0 / torch.bincount(classes).double()[classes]"
        yield "sampler = WeightedRandomSampler(chances, len(chances), generator=generator)"


def _order(batches: Batches) -> Mapping[str, str]:
    if batches.balance == "sampling":
        return {"sampler": "sampler"}
    return {"shuffle": "True"} if batches.shuffle else {}
