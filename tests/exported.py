"""Train, print as code, run that code in a fresh process, and compare every bit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import pandas as pd
import pytest
import torch
from torch import Tensor

from nnstudio.engine import recovery
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.frozen import same_bits
from nnstudio.jobs.runner import answer
from nnstudio.spec.events import (
    CheckpointSaved,
    Command,
    EpochDone,
    Event,
    ExportFailed,
    Failed,
    Inbox,
    NumericPlan,
    RunFinished,
)
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ExportModel, Request, ResumeRun, SaveModel, TrainProject
from tests.jobs.test_resuming import keep_as_it_is

RUN = """
import json, os, runpy, sys
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    if path.endswith(".ipynb"):
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        names = {"__name__": "__main__"}
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), path, "exec"), names)
    else:
        runpy.run_path(path, run_name="__main__")
"""
"""Runs scripts, and the cells of notebooks one after the other, as Jupyter does."""


@dataclass(frozen=True, slots=True)
class Export:
    """A run, the model file that was saved of it, and the code that was printed from that."""

    model: Path
    script: Path
    epochs: tuple[EpochDone, ...]


def asked(request: Request) -> list[Event]:
    return list(_answered(request, SimpleQueue()))


def _answered(request: Request, inbox: Inbox) -> Iterator[Event]:
    for event in answer(request, inbox):
        if isinstance(event, Failed | ExportFailed):
            raise event.error
        yield event


def exported(
    project: Project,
    folder: Path,
    name: str,
    *,
    epochs: int = 3,
    plan: NumericPlan | None = None,
    say: Mapping[int, Command] | None = None,
    killed: int = 0,
) -> Export:
    """Train ``project`` and print it as ``name`` (``.py`` or ``.ipynb``) in ``folder``.

    ``say`` commands by epoch. A run that is ``killed`` in an epoch is resumed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    project = replace(project, training=replace(project.training, epochs=epochs))
    plan = plan or NumericPlan(precision=project.training.precision)
    events = _trained(project, plan, say or {}) if not killed else _resumed(project, plan, killed)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    script = folder / name
    model = script.with_name(f"trained-{script.stem}.pth")
    asked(SaveModel(finished.best_weights, str(model)))
    asked(as_code(model, script))
    return Export(model, script, tuple(event for event in events if isinstance(event, EpochDone)))


def _trained(project: Project, plan: NumericPlan, say: Mapping[int, Command]) -> list[Event]:
    inbox: Inbox = SimpleQueue()
    events = []
    for event in _answered(TrainProject(project, plan), inbox):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch in say:
            inbox.put(say[event.epoch])
    return events


def _resumed(project: Project, plan: NumericPlan, killed: int) -> list[Event]:
    """A run that is left as a killed process leaves it, and gone on with: what is told then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recovery, "SHARE", 1e9)  # a checkpoint is due at the end of every epoch
        events = answer(TrainProject(project, plan), SimpleQueue())
        next(event for event in events if isinstance(event, CheckpointSaved) and event.epoch == killed)
        return asked(ResumeRun(keep_as_it_is(events)))


def as_code(model: Path, script: Path) -> ExportModel:
    """What asks for ``model`` as a script or a notebook."""
    return ExportModel(str(model), {"notebook" if script.suffix == ".ipynb" else "python": str(script)})


def run(scripts: Sequence[Path]) -> None:
    """Run printed code in one process that has nothing of nnstudio; warnings are errors."""
    command = [sys.executable, "-W", "error", "-I", "-c", RUN, *map(str, scripts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def differences(export: Export) -> list[str]:
    """What differs between the run and what its code gave: tensors by name, and losses by epoch."""
    ours, theirs = load_model(export.model).state, weights(export.script.with_name(f"{export.script.stem}-weights.pth"))
    assert ours.keys() == theirs.keys()
    different = [name for name in ours if not same_bits(ours[name], theirs[name])]
    history = pd.read_csv(export.script.with_name(f"{export.script.stem}-history.csv"))
    for epoch, line in zip(export.epochs, history.to_dict("records"), strict=True):
        said = {"train_loss": epoch.train["loss"]}
        said |= {f"validation_{name}": figure for name, figure in epoch.validation.items()}
        different += [f"{name} of epoch {epoch.epoch}" for name in said if not _alike(said[name], line[name], name)]
    return different


def _alike(one: float, other: float, name: str) -> bool:
    """Losses agree to the bit; metrics are summed by torchmetrics chunk by chunk."""
    return one == other if name.endswith("loss") else abs(one - other) <= 1e-5 * max(1.0, abs(one))


def weights(path: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = torch.load(path, weights_only=True)
    return found
