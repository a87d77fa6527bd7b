"""One trial: training as ever, whose weights are written only where they are the best so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnstudio.data.encoding.shared import TRAIN, VALIDATION, mapped
from nnstudio.engine.checkpoint import save_model, sha256_of
from nnstudio.engine.examples import Examples
from nnstudio.engine.plan import device_for, plan_for
from nnstudio.engine.train import train
from nnstudio.engine.trained import Trained
from nnstudio.jobs.recording import metrics_of
from nnstudio.spec.errors import is_disk_full
from nnstudio.spec.events import Event, Inbox, NumericPlan, RunFinished
from nnstudio.spec.facts import SharedExamples
from nnstudio.spec.files import project_to_json
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainTrial
from nnstudio.spec.searched.objective import Judged

NO_ROWS = np.empty(0, np.int64)


def train_trial(request: TrainTrial, inbox: Inbox) -> Iterator[Event]:
    """Train a trial beside others."""
    keeping = Keeping(
        Judged(request.objective, "", request.better),
        request.bound,
        Path(request.weights),
        request.encoding,
        request.fingerprint,
    )
    examples = opened(request.examples)
    yield from trained(request.project, examples, inbox, run=request.run, threads=request.threads, keeping=keeping)


@dataclass(frozen=True, slots=True)
class Keeping:
    """When the weights of a trial are written, and where: if they are better than ``bound``."""

    judged: Judged
    bound: float | None
    path: Path
    encoding: str
    fingerprint: str

    def kept(self, project: Project, finished: RunFinished, weights: Trained) -> RunFinished:
        """The end of the trial, which says where its best weights lie if they were written.

        Where the disk is full they are not: the trial counts all the same, and can be trained anew.
        """
        value = finished.validation.get(self.judged.key)
        if finished.outcome == "stopped" or value is None or not self.judged.is_better(value, self.bound):
            return finished
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            save_model(
                self.path,
                weights.best,
                project_json=project_to_json(project),
                encoding_json=self.encoding,
                metrics=metrics_of(finished),
                fingerprint=self.fingerprint,
            )
        except OSError as error:
            if not is_disk_full(error):
                raise
            return finished
        return replace(finished, best_weights=str(self.path), best_sha256=sha256_of(self.path))


def trained(
    project: Project, examples: Examples, inbox: Inbox, *, run: str, threads: int, keeping: Keeping
) -> Iterator[Event]:
    """What training yields; nothing is written but what ``keeping`` keeps. 0 ``threads`` are measured."""
    weights, plan = Trained(), fixed_plan(project, threads) if threads else None
    for event in train(project, examples, inbox=inbox, run=run, plan=plan, trained=weights):
        yield keeping.kept(project, event, weights) if isinstance(event, RunFinished) else event


def fixed_plan(project: Project, threads: int) -> NumericPlan:
    """The plan of a trial with so many threads, on the device and in the numbers that it asks for."""
    plan = plan_for(device_for(project.training.device), project.training.precision)
    return replace(plan, threads=threads) if plan.device == "cpu" else plan


def opened(shared: SharedExamples) -> Examples:
    """The examples that another process encoded, without test rows."""
    arrays = mapped(shared)
    return Examples(
        arrays["x"],
        arrays["y"],
        arrays[TRAIN],
        arrays[VALIDATION],
        NO_ROWS,
        shared.facts,
        shared.target_scales,
        arrays.get("weights"),
    )
