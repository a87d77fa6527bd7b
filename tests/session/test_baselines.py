"""A score never stands alone in words."""

from dataclasses import replace

import pytest

from nnstudio.session.baselines import beside, outcome_of, outcome_sentence, scored
from nnstudio.session.live import LiveRun
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.data import DataSpec
from nnstudio.spec.events import NumericPlan, RunFinished, RunStarted
from nnstudio.spec.facts import Rows
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

ADELIE = Baseline("“Adelie”", validation={"accuracy": 0.442, "balanced_accuracy": 1 / 3}, test={"accuracy": 0.4286})
MASS = Baseline("4202", test={"r2": -0.012, "mae": 651.23})
DONE = RunFinished(
    "run-1", "completed", 3, 2, {}, {}, {"loss": 0.1, "accuracy": 0.971, "balanced_accuracy": 0.968}, 4.2, 1.0, "", "",
    baseline=ADELIE,
)  # fmt: skip


def test_a_score_stands_beside_the_baseline_of_its_own_rows() -> None:
    assert beside(ADELIE, "validation", "accuracy") == "always “Adelie”: 0.442"
    assert beside(ADELIE, "test", "accuracy") == "always “Adelie”: 0.429"
    assert beside(ADELIE, "test", "balanced_accuracy") == "", "nothing is known of it there"
    assert beside(Baseline(), "test", "accuracy") == ""


@pytest.mark.parametrize(
    ("measures", "baseline", "task", "words"),
    [
        (
            {"loss": 0.1, "accuracy": 0.971, "balanced_accuracy": 0.968},
            replace(ADELIE, test=ADELIE.validation),
            Task.MULTICLASS,
            "accuracy 0.971, balanced accuracy 0.968 (always “Adelie”: 0.442, 0.333)",
        ),
        ({"r2": 0.8, "mae": 312.44}, MASS, Task.REGRESSION, "R² 0.800, MAE 312.440 (always 4202: -0.012, 651.230)"),
        ({"accuracy": 0.5}, Baseline(), Task.BINARY, "accuracy 0.500"),
        ({}, ADELIE, Task.BINARY, ""),
    ],
)
def test_all_scores_of_a_part(measures: dict[str, float], baseline: Baseline, task: Task, words: str) -> None:
    assert scored(measures, "test", baseline, task) == words


def test_the_outcome_names_the_rows_that_judged() -> None:
    told = "Test accuracy 0.971, balanced accuracy 0.968 (always “Adelie”: 0.429) on 35 rows it has never seen."
    assert outcome_sentence(DONE, 35, Task.MULTICLASS) == told
    assert outcome_sentence(DONE, 1, Task.MULTICLASS).endswith("on 1 row it has never seen.")


def test_the_outcome_without_test_rows_is_honest() -> None:
    assert outcome_sentence(replace(DONE, test={}), 0, Task.MULTICLASS).startswith("No rows were kept for a test")


def test_the_outcome_of_a_run_is_known_when_it_has_ended() -> None:
    run = LiveRun()
    run.start(Project(DataSpec(TableSource(), (), Task.MULTICLASS)))
    run.receive([RunStarted("run-1", NumericPlan(), 3, 9, Rows(275, 34, 35), 1, 1, ADELIE)])
    assert outcome_of(run) == ""
    run.receive([DONE])
    assert outcome_of(run) == outcome_sentence(DONE, 35, Task.MULTICLASS)
