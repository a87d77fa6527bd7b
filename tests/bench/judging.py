"""How long it takes to judge very many rows, and how long the window is held up by showing what was found.

    python -m tests.bench.judging

The network itself is left out: its answers are drawn at random.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import torch
from PySide6.QtWidgets import QApplication

from nnstudio.data.cache import write_arrow
from nnstudio.data.judging.files import entry, figures_path, write_answers, write_figures
from nnstudio.engine.judging.classes import judge_classes
from nnstudio.engine.judging.judgement import Judgement, Resampling
from nnstudio.gui.evaluate.view import EvaluateView
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.session.preferences import Preferences
from nnstudio.spec.scores import Evaluation
from nnstudio.spec.tasks import Task
from tests.gui.fakes import FakeLink

SIZES = ((1_000_000, 2), (1_000_000, 10), (1_000_000, 100))


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    torch.set_num_threads(1)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NNSTUDIO_CACHE"] = folder
        for rows, classes in SIZES:
            found, seconds = judged(rows, classes, Path(folder))
            shown, longest = show(app, found)
            print(  # a script for a terminal
                f"{rows:>9,} rows × {classes:>3} classes: judged in {seconds:5.1f} s, shown in {shown * 1e3:4.0f} ms,"
                f" a cell listed in {longest * 1e3:4.0f} ms"
            )


def judged(rows: int, classes: int, folder: Path) -> tuple[Evaluation, float]:
    """An evaluation of random answers, with its files, and how long judging them took."""
    random = np.random.default_rng(0)
    truth = random.integers(0, classes, rows)
    logits = random.normal(size=(rows, classes)).astype(np.float32)
    logits[np.arange(rows), truth] += 2
    chances = torch.from_numpy(logits).softmax(1).numpy()
    names = tuple(f"class {number}" for number in range(classes))
    start = perf_counter()
    judgement = judge_classes(truth, chances, names, 0, Resampling())
    seconds = perf_counter() - start
    source = folder / "rows.arrow"
    write_arrow(pa.table({"x": np.arange(rows), "text": [f"row {row}" for row in range(rows)]}), source)
    return _kept(judgement, truth, chances, names, source), seconds


def _kept(
    judgement: Judgement, truth: np.ndarray, chances: np.ndarray, names: tuple[str, ...], source: Path
) -> Evaluation:
    path, rows = entry(len(names)), len(truth)
    badness = 1 - chances[np.arange(rows), truth]
    columns = {
        "row": np.arange(rows),
        "truth": truth.astype(np.int32),
        "predicted": chances.argmax(1).astype(np.int32),
        "chances": chances,
        "badness": badness,
    }
    write_answers(path, columns, np.argsort(-badness, kind="stable"))
    task = Task.BINARY if len(names) == 2 else Task.MULTICLASS
    found = Evaluation(
        "/m/best.pth", "", "test", "rows", rows, task, "y", judgement.scores, str(path), str(figures_path(path)),
        (str(source),), names, judgement.class_scores, resamples=1_000, curve_rows=judgement.curve_rows,
    )  # fmt: skip
    write_figures(figures_path(path), judgement.figures, found)
    return found


def show(app: QApplication, found: Evaluation) -> tuple[float, float]:
    """How long the window is held up by showing ``found``, and by listing the rows of a cell."""
    engines = Engines(FakeLink, app)
    studio = Studio(engines, Preferences())
    view = EvaluateView(studio, Theme(app, "light"))
    view.resize(620, 640)
    view.show()
    studio.evaluator.asked, studio.evaluator.found = found.model, found
    times = []
    for step in (studio.evaluator.changed.tell, lambda: view.sections.matrix.table.chosen.emit(0, 1)):
        start = perf_counter()
        step()
        app.processEvents()
        times.append(perf_counter() - start)
    view.close()
    engines.close()
    return times[0], times[1]


if __name__ == "__main__":
    main()
