"""Whether printed code gives its run again: every template, kind of data, layer, loss, optimiser, schedule and plan.

Each is trained, printed, run in a fresh process and compared: every tensor and every epoch's losses, bit for bit.

    python -m tests.bench.exports [--only WORD]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

from nnstudio.data.encoding.encode import describe
from nnstudio.data.source import open_source
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.suggest import suggest_settings, use_template
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import StudioError
from nnstudio.spec.events import NumericPlan
from nnstudio.spec.files import load_project
from nnstudio.spec.layers import Dropout, Flatten, LayerKind, Linear, Reshape, Sigmoid
from nnstudio.spec.losses import LOSSES, CrossEntropy, Loss
from nnstudio.spec.model import Row, new_row
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.optimizers import OPTIMIZERS, SGD, Adam
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES, Exponential, OneCycle, Steps
from nnstudio.spec.tasks import Task
from tests.engine.recorded.test_same_bits import variants
from tests.exported import differences, exported, run
from tests.jobs.test_templates import sample, sample_for
from tests.printed_data import data_cases

AT_ONCE = 8
"""Scripts that one process runs, one after the other."""


MOST_SIDES = 3
"""Of an example, as Reshape makes it."""


def templates() -> Iterator[tuple[str, Project]]:
    for template in NETWORK_TEMPLATES:
        project = sample_for(template)
        facts = describe(edits.data_of(project))
        yield f"template {template.key}", use_template(suggest_settings(project, facts), facts, template)


def layers() -> Iterator[tuple[str, Project]]:
    """Every kind of layer in every choice that it offers, in a network for the digits.

    But for those over volumes, which no sample has, and embeddings, which the template for tables has.
    """
    for number, (kind, shape) in enumerate(variants()):
        if len(shape) <= MOST_SIDES and kind.family != "embedding":
            yield f"layer {number} {type(kind).__name__}", _around(kind, shape)


def _around(kind: LayerKind, shape: tuple[int, ...]) -> Project:
    """The digits, brought to the shape that the layer takes by a linear layer; classes behind it by another."""
    project = sample("digits", 0.2)
    sides = [Reshape(shape[0], shape[1] if len(shape) == MOST_SIDES else 0, shape[-1])] if len(shape) > 1 else []
    rows = [Linear(prod(shape)), Sigmoid(), *sides, kind, Flatten(), Linear(10)]
    return replace(project, model=replace(project.model, rows=tuple(map(new_row, rows))))


def losses() -> Iterator[tuple[str, Project]]:
    for key, kind in LOSSES.kinds.items():
        yield f"loss {key}", _for_loss(kind())


def _for_loss(loss: Loss) -> Project:
    task = next(task for task in (Task.BINARY, Task.REGRESSION, Task.MULTICLASS) if task in loss.tasks)
    if task is Task.REGRESSION:
        project = sample("diabetes", 0.8)
    else:
        found = open_source(edits.data_of(load_project(resource("samples/penguins.nnstudio"))).source)
        project = edits.set_targets(sample("penguins", 0.8), found, ("sex",) if task is Task.BINARY else ("species",))
    facts = describe(edits.data_of(project))
    outputs = loss.outputs(len(facts.classes) or 1, facts.answers)
    last = [kind() for kind in loss.ends[:1]]
    rows = tuple(map(new_row, [Linear(16), Sigmoid(), Linear(outputs), *last]))
    return replace(
        project,
        model=replace(project.model, rows=rows),
        training=replace(project.training, loss=loss),
    )


def optimizers() -> Iterator[tuple[str, Project]]:
    project = sample("iris", 0.8)
    for key, kind in OPTIMIZERS.kinds.items():
        yield f"optimiser {key}", replace(project, training=replace(project.training, optimizer=kind()))


def schedules() -> Iterator[tuple[str, Project]]:
    project = sample("iris", 0.8)
    for key, kind in SCHEDULES.kinds.items():
        chosen = Steps(every=1) if kind is Steps else Exponential(0.5) if kind is Exponential else kind()
        yield f"schedule {key}", replace(project, training=replace(project.training, schedule=chosen))


def samples() -> Iterator[tuple[str, Project]]:
    for path in sorted(Path(resource("samples")).glob("*.nnstudio")):
        yield f"sample {path.stem}", load_project(path)


@dataclass(frozen=True, slots=True)
class Case:
    """A project, how it is trained: by which plan, for how long, killed in which epoch; and the suffix of its code."""

    name: str
    project: Project
    plan: NumericPlan | None = None
    epochs: int = 3
    killed: int = 0
    suffix: str = ".py"


def notebooks() -> Iterator[Case]:
    """The samples once more, cell by cell."""
    yield from (Case(f"notebook of {name}", project, suffix=".ipynb") for name, project in samples())


def settings() -> Iterator[Case]:
    """What a run can be asked for beside its network, its loss and its optimiser."""
    table, pictures = sample("penguins", 0.8), sample("digits-images", 0.4)
    for name, given in SETTINGS.items():
        yield Case(f"setting {name}", _trained_with(table, **given))
    stopping = _trained_with(table, patience=2, optimizer=Adam(lr=0.1))
    yield Case("setting early stopping, best weights restored", stopping, epochs=40)
    for balance in ("weights", "sampling"):
        yield Case(f"setting balance by {balance}", edits.set_batches(table, Batches(16, balance=balance)))
    first, second, *rest = pictures.model.rows
    frozen = (replace(first, locked=True), second, *rest)
    yield Case("setting frozen rows", _with_rows(pictures, *frozen))
    yield Case("setting a row that thaws", _with_rows(pictures, replace(first, locked=True, thaw=2), second, *rest))
    yield Case("setting a rate of its own", _with_rows(pictures, replace(first, rate=0.1), second, *rest))
    yield Case(
        "setting a resumed run",
        _with_rows(table, *table.model.rows[:-1], new_row(Dropout()), table.model.rows[-1]),
        killed=2,
    )


def plans() -> Iterator[Case]:
    pictures = sample("digits-images", 0.4)
    yield Case("plan two threads", pictures, NumericPlan(threads=2))
    yield Case("plan channels last", pictures, NumericPlan(layout="channels_last"))
    yield Case("plan channels last, two threads", pictures, NumericPlan(threads=2, layout="channels_last"))
    yield Case("plan eager step", pictures, NumericPlan(step="eager"))
    yield Case("plan recorded step", pictures, NumericPlan(step="recorded"))
    yield Case("plan optimiser not fused", pictures, NumericPlan(fused=False))
    for name in ("digits-fine-tuned", "digits-pretrained"):
        yield Case(f"plan frozen front passed once, {name}", sample(name, 0.4), NumericPlan(once=1))


SETTINGS: dict[str, dict[str, Any]] = {
    "moving average": {"ema": 0.9},
    "moving average, accumulation": {"ema": 0.9, "accumulate": 2},
    "accumulation": {"accumulate": 3},
    "clipping": {"clip": 0.5},
    "one cycle, accumulation, clipping": {"schedule": OneCycle(), "accumulate": 2, "clip": 0.1},
    "decay of weights alone": {"decay": "weights", "optimizer": SGD(lr=0.05, weight_decay=0.01)},
    "another seed": {"seed": 7},
    "bfloat16": {"precision": "bfloat16"},
    "label smoothing": {"loss": CrossEntropy(label_smoothing=0.1)},
}


def _trained_with(project: Project, **settings: Any) -> Project:
    return replace(project, training=replace(project.training, **settings))


def _with_rows(project: Project, *rows: Row) -> Project:
    return replace(project, model=replace(project.model, rows=rows))


def cases(word: str, folder: Path) -> Iterator[Case]:
    """Those whose name holds ``word``; the data of some of them are written below ``folder``."""
    for group in (samples, partial(data_cases, folder), templates, losses, optimizers, schedules, layers):
        yield from (Case(name, project) for name, project in group() if word in name)
    yield from (case for group in (notebooks, settings, plans) for case in group() if word in case.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="cases whose name holds it")
    word, different = parser.parse_args().only, 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("DATA", "CACHE"):
            os.environ[f"NNSTUDIO_{name}"] = str(Path(folder) / name.lower())
        chosen = list(cases(word, Path(folder) / "given"))
        for start in range(0, len(chosen), AT_ONCE):
            different += _compared(chosen[start : start + AT_ONCE], Path(folder) / str(start))
    print(f"{len(chosen) - different} of {len(chosen)} give the same bits")  # its result
    sys.exit(bool(different))


def _compared(some: list[Case], folder: Path) -> int:
    """Compare some runs with their code; gives how many differ."""
    done = {}
    for number, case in enumerate(some):
        name = f"case_{number}{case.suffix}"
        try:
            done[case.name] = exported(
                case.project, folder, name, epochs=case.epochs, plan=case.plan, killed=case.killed
            )
        except StudioError as error:
            print(f"{case.name:40} cannot be trained: {error}", flush=True)
    run([export.script for export in done.values()])
    found = {name: differences(export) for name, export in done.items()}
    for name, what in found.items():
        print(f"{name:40} {'the same' if not what else 'DIFFERS: ' + ', '.join(what[:4])}", flush=True)
    return sum(map(bool, found.values())) + len(some) - len(done)


if __name__ == "__main__":
    main()
