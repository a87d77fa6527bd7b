"""Whether printed code gives its run again: every template, kind of data, of layer, loss, optimiser and schedule.

Each is trained, printed, run in a fresh process and compared: every tensor and every epoch's losses, bit for bit.

    python -m tests.bench.exports [--only WORD]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path

from nnstudio.data.encoding.encode import describe
from nnstudio.data.source import open_source
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.suggest import suggest_settings, use_template
from nnstudio.spec.errors import StudioError
from nnstudio.spec.files import load_project
from nnstudio.spec.layers import Flatten, LayerKind, Linear, Reshape, Sigmoid
from nnstudio.spec.losses import LOSSES, Loss
from nnstudio.spec.model import new_row
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES, Exponential, Steps
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


def cases(word: str, folder: Path) -> Iterator[tuple[str, Project]]:
    """Those whose name holds ``word``; the data of some of them are written below ``folder``."""
    for group in (samples, partial(data_cases, folder), templates, losses, optimizers, schedules, layers):
        yield from ((name, project) for name, project in group() if word in name)


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


def _compared(some: list[tuple[str, Project]], folder: Path) -> int:
    """Compare some runs with their code; gives how many differ."""
    done = {}
    for number, (name, project) in enumerate(some):
        try:
            done[name] = exported(project, folder, f"case_{number}.py")
        except StudioError as error:
            print(f"{name:40} cannot be trained: {error}", flush=True)
    run([export.script for export in done.values()])
    found = {name: differences(export) for name, export in done.items()}
    for name, what in found.items():
        print(f"{name:40} {'the same' if not what else 'DIFFERS: ' + ', '.join(what[:4])}", flush=True)
    return sum(map(bool, found.values())) + len(some) - len(done)


if __name__ == "__main__":
    main()
