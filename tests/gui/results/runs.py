"""Runs as the engine tells of them, for tests of what shows results."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import EpochDone, Event, Measures, NumericPlan, RunFinished, RunStarted
from nnstudio.spec.facts import Rows
from nnstudio.spec.project import Project
from tests.gui.data.penguins import BASELINE, open_penguins

ROWS = Rows(275, 34, 35)


def start(
    studio: Studio, rows: Rows = ROWS, epochs: int = 100, batches: int = 9, baseline: Baseline = BASELINE
) -> Project:
    """Let a run of what is open have started."""
    studio.run.start(studio.state.project)
    studio.run.receive([RunStarted("run-1", NumericPlan(), epochs, batches, rows, 819, 643, baseline)])
    return studio.state.project


def start_on_penguins(studio: Studio, rows: Rows = ROWS) -> None:
    open_penguins(studio)
    start(studio, rows)


def epoch(number: int, best: bool = False, validated: bool = True) -> EpochDone:
    """One epoch of a run that goes well: its figures tell its number."""
    train = {"loss": 1 / number, "accuracy": 1 - 0.5 / number, "balanced_accuracy": 1 - 0.52 / number}
    validated_ones = {"loss": 1.1 / number, "accuracy": 1 - 0.6 / number, "balanced_accuracy": 1 - 0.62 / number}
    validation = validated_ones if validated else {}
    return EpochDone(number, train, validation, 0.05, best)


def epochs(count: int, best: int) -> list[Event]:
    return [epoch(number, number <= best) for number in range(1, count + 1)]


def finished(
    test: Measures | None = None, frozen: tuple[str, ...] = (), unchanged: bool | None = None, count: int = 10
) -> RunFinished:
    judged: Mapping[str, float] = (
        {"loss": 0.12, "accuracy": 0.971, "balanced_accuracy": 0.968} if test is None else test
    )
    return RunFinished(
        "run-1", "completed", count, 8, {}, {}, judged, 4.2, 2e5, "/m/best.pth", "/m/last.pth", frozen, unchanged,
        baseline=BASELINE,
    )  # fmt: skip


def predict_mass(studio: Studio) -> None:
    """Make what is open a regression."""
    source = studio.state.source
    assert source is not None
    studio.apply("Target", edits.set_target(studio.state.project, source, "body_mass_g"))
