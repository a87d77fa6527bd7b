"""One trial: which plan it follows, and when its weights are written."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnstudio.engine.trained import Trained
from nnstudio.jobs.searching import trial
from nnstudio.jobs.searching.trial import Keeping, fixed_plan
from nnstudio.spec.events import RunFinished
from nnstudio.spec.project import Project
from nnstudio.spec.searched.objective import Judged
from nnstudio.spec.training import Training

LOSS = Judged("loss", "validation loss", "lower")
FINISHED = RunFinished("r1", "completed", 3, 2, {}, {"loss": 0.4}, {}, 1.0, 900.0, "", "")


@pytest.fixture
def weights() -> Trained:
    trained = Trained()
    trained.best = {"0.weight": torch.ones(2, 2)}
    return trained


def keeping(folder: Path, bound: float | None) -> Keeping:
    return Keeping(LOSS, bound, folder / "r1" / "best.pth", "", "")


@pytest.mark.parametrize(("bound", "is_written"), [(None, True), (0.5, True), (0.4, False), (0.3, False)])
def test_weights_are_written_where_they_are_better(
    bound: float | None, is_written: bool, weights: Trained, tmp_path: Path
) -> None:
    kept = keeping(tmp_path, bound).kept(Project(), FINISHED, weights)
    assert bool(kept.best_weights) == is_written
    assert (tmp_path / "r1" / "best.pth").exists() == is_written
    assert bool(kept.best_sha256) == is_written


def test_a_trial_that_was_stopped_leaves_no_weights(weights: Trained, tmp_path: Path) -> None:
    stopped = replace(FINISHED, outcome="stopped")
    assert keeping(tmp_path, None).kept(Project(), stopped, weights) == stopped
    assert not list(tmp_path.iterdir())


def test_a_full_disk_costs_the_weights_and_not_the_trial(
    weights: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(trial, "save_model", full)
    assert keeping(tmp_path, None).kept(Project(), FINISHED, weights) == FINISHED


@pytest.mark.parametrize("threads", [1, 3])
def test_a_trial_takes_its_threads_and_the_numbers_that_it_asks_for(threads: int) -> None:
    plan = fixed_plan(Project(training=Training(device="cpu", precision="bfloat16")), threads)
    assert (plan.threads, plan.device, plan.precision) == (threads, "cpu", "bfloat16")
