"""Evaluations as the engine gives them, with their files, and a view that shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from nnstudio.data.cache import write_arrow
from nnstudio.data.judging.files import Figure, figures_path, write_answers, write_figures
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.scores import ClassScore, Evaluation, Score
from nnstudio.spec.tasks import Task

Make = Callable[..., Evaluation]
ROWS = 60
Columns = dict[str, NDArray[Any]]


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> EvaluateView:
    view = EvaluateView(studio, theme)
    qtbot.addWidget(view)
    view.resize(620, 640)
    view.show()
    return view


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The cached rows that were judged."""
    path = tmp_path / "rows.arrow"
    write_arrow(pa.table({"size": np.arange(ROWS) / 2, "colour": [f"c{row}" for row in range(ROWS)]}), path)
    return path


@pytest.fixture
def classes(tmp_path: Path, source: Path) -> Make:
    """Makes the evaluation of a network that tells ``count`` classes apart, every fifth row wrong."""

    def make(count: int = 3, part: str = "test", warnings: tuple[str, ...] = ()) -> Evaluation:
        truth = np.arange(ROWS) % count
        said = np.where(np.arange(ROWS) % 5 == 0, (truth + 1) % count, truth)
        chances = np.full((ROWS, count), 0.2 / max(1, count - 1), np.float32)
        chances[np.arange(ROWS), said] = 0.8
        badness = (1 - chances[np.arange(ROWS), truth]).astype(np.float32)
        answers = tmp_path / f"evaluated-{count}{part}.arrow"
        columns: Columns = {"row": np.arange(ROWS), "truth": truth.astype(np.int32), "predicted": said.astype(np.int32)}
        write_answers(answers, columns | {"chances": chances, "badness": badness}, np.argsort(-badness, kind="stable"))
        names = tuple(f"class {number}" for number in range(count))
        found = Evaluation(
            "/m/best.pth",
            "abc",
            part,  # type: ignore[arg-type]  # one of the parts
            "rows.csv",
            ROWS,
            Task.BINARY if count == 2 else Task.MULTICLASS,
            "kind",
            (
                Score("accuracy", "Accuracy", "Share.", 0.8, 0.7, 0.9, 0.35),
                Score("balanced_accuracy", "Balanced accuracy", "Mean.", 0.81, 0.7, 0.9, 1 / count),
                Score("f1", "F1 (macro)", "Mean.", 0.79, 0.7, 0.9, 0.2),
                Score("auroc", "ROC AUC", "Area.", 0.9, baseline=0.5),
                Score("calibration_error", "Calibration error", "Gap.", 0.05, better="lower"),
            ),
            str(answers),
            str(figures_path(answers)),
            (str(source),),
            names,
            tuple(ClassScore(name, 0.8, 0.7, 0.75, 20 - place, 20, 0.9) for place, name in enumerate(names)),
            baseline_answer="class 0",
            resamples=1_000,
            warnings=warnings,
            curve_rows=ROWS,
        )
        write_figures(figures_path(answers), _class_figures(truth, said, count), found)
        return found

    return make


def _class_figures(truth: NDArray[Any], said: NDArray[Any], count: int) -> list[Figure]:
    matrix = np.zeros((count, count), np.int64)
    np.add.at(matrix, (truth, said), 1)
    true, named = np.nonzero(matrix)
    line = np.linspace(0, 1, 11)
    stops = np.linspace(0, 1, 1_001)
    figures = [
        Figure("confusion", 0, true.astype(float), named.astype(float), matrix[true, named].astype(float)),
        Figure("calibration", 0, line, line**2, np.full(11, 5.0)),
    ]
    for number in [1] if count == 2 else range(count):
        figures += [Figure("roc", number, line, np.sqrt(line), line), Figure("pr", number, line, 1 - line / 2, line)]
    if count == 2:
        chance = np.where(said == 1, 0.8, 0.2)
        counts = [np.array([(chance[truth == side] > stop).sum() for stop in stops], float) for side in (1, 0)]
        figures.append(Figure("threshold", 0, stops, counts[0], counts[1]))
    return figures


@pytest.fixture
def values(tmp_path: Path, source: Path) -> Make:
    """Makes the evaluation of a network that predicts values."""

    def make(*targets: str) -> Evaluation:
        truth = np.arange(ROWS * len(targets), dtype=float).reshape(ROWS, -1)
        said = truth + np.arange(ROWS)[:, None] / 10
        answers = tmp_path / "evaluated-values.arrow"
        badness = (said - truth)[:, 0].astype(np.float32)
        columns: Columns = {"row": np.arange(ROWS), "truth": truth, "predicted": said, "badness": badness}
        write_answers(answers, columns, np.argsort(-badness, kind="stable"))
        figures = []
        for place in range(len(targets)):
            error = said[:, place] - truth[:, place]
            figures += [
                Figure("predicted", place, truth[:, place], said[:, place], error),
                Figure("residual", place, np.array([-1.0, 0.0, 1.0]), np.ones(3), np.array([1.0, 2.0, 3.0])),
            ]
        scores = [
            Score(key, key.upper(), "", 1.5, 1.0, 2.0, 3.0, target=name, in_target_unit=key != "r2")
            for name in targets
            for key in ("r2", "mae", "rmse")
        ]
        found = Evaluation(
            "/m/best.pth",
            "abc",
            "test",
            "rows.csv",
            ROWS,
            Task.REGRESSION,
            ", ".join(targets),
            tuple(scores),
            str(answers),
            str(figures_path(answers)),
            (str(source),),
            targets=targets,
            baseline_answer="the mean of the training rows",
            resamples=1_000,
        )
        write_figures(figures_path(answers), figures, found)
        return found

    return make
