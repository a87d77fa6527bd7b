"""How fast files of a million and of ten million rows are predicted, in how much memory, and how soon a slider answers.

    python -m tests.bench.predicting [--rows 1000000 10000000]

Files are predicted by the command in a process of its own; beside it, the shortest way by hand: chunks of
``pandas.read_csv``, encoded, through the same network, and written with ``to_csv``. Rows have eight numbers and a
category, and one of two classes; all columns are written with the answers. A series is predicted with windows of ten of
its rows, in order of time and backwards: in memory that does not grow with it, and with all of its numbers in memory.
The slider is that of the window, with the engine in a process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from nnstudio.__main__ import main as command
from nnstudio.data.encoding.encoders import CategoryFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.load import restore
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.files import project_from_json, save_project
from nnstudio.spec.layers import Flatten, Linear, ReLU
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.losses import MSE
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training

CHUNK = 100_000
BLOCK = 1_000_000
"""Rows that are made up; longer files repeat them."""
CITIES = ("Rome", "Oslo", "Lima", "Bonn")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    options.add_argument("--by-hand-up-to", type=int, default=1_000_000, help="longer files are not predicted by hand")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"NNSTUDIO_CACHE": name, "NNSTUDIO_DATA": name}
        model = _trained(folder)
        _slider(model)
        for rows in asked.rows:
            table = _written(folder / "rows.csv", rows)
            ours, memory = _measured(_by_command, model, table, folder / "ours.csv")
            _tell(f"{rows:>10,} rows · nnstudio predict", rows, ours, memory)
            if rows <= asked.by_hand_up_to:
                theirs, memory = _measured(_by_hand, model, table, folder / "theirs.csv")
                _tell(f"{rows:>10,} rows · by hand        ", rows, theirs, memory)
                print(f"{theirs / ours:.2f} times as fast as by hand")  # a script for a terminal
                _compare(folder)
            _tell_of_series(folder, rows // 10)


def _tell_of_series(folder: Path, rows: int) -> None:
    model = _forecaster(folder)
    for way in ("in order of time", "backwards"):
        table = folder / "series.csv"
        _days(rows)[:: 1 if way == "in order of time" else -1].to_csv(table, index=False)
        ours, memory = _measured(_by_command, model, table, folder / "ours.csv")
        _tell(f"{rows:>10,} rows of a series · {way}", rows, ours, memory)


def _tell(what: str, rows: int, seconds: float, memory: int) -> None:
    print(f"{what} {seconds:6.1f} s {rows / seconds:>9,.0f} rows/s, at most {memory / 1024:,.0f} MB")


def _rows(count: int) -> pd.DataFrame:
    random = np.random.default_rng(0)
    numbers = random.normal(size=(count, 8)).round(4)
    frame = pd.DataFrame(numbers, columns=[f"x{place}" for place in range(8)])
    frame["city"] = random.choice(CITIES, count)
    frame["label"] = np.where(numbers[:, 0] + numbers[:, 1] * (frame["city"] == "Oslo") > 0, "yes", "no")
    return frame


def _trained(folder: Path) -> Path:
    table, model = folder / "train.csv", folder / "model.pth"
    _rows(2_000).to_csv(table, index=False)
    assert command(["train", str(table), "--target", "label", "--epochs", "5", "--out", str(model)]) == 0
    return model


def _days(rows: int) -> pd.DataFrame:
    random = np.random.default_rng(0)
    when = pd.Timestamp("2000-01-01") + pd.to_timedelta(np.arange(rows), "min")
    return pd.DataFrame(
        {"when": when, "rain": random.random(rows).round(4), "warmth": random.normal(size=rows).round(4)}
    )


def _forecaster(folder: Path) -> Path:
    """A model that looks at ten rows of a series and tells the warmth three rows ahead."""
    table, project, model = folder / "train.csv", folder / "series.nnstudio", folder / "series.pth"
    _days(2_000).to_csv(table, index=False)
    columns = (
        Column("when", Kind.DATE, Role.IGNORE),
        Column("rain", Kind.NUMBER),
        Column("warmth", Kind.NUMBER, Role.TARGET),
    )
    layout, split = WindowLayout(10, 3, "when"), TimeSplit(0.2, 0, "when")
    data = DataSpec(TableSource(str(table)), columns, Task.REGRESSION, split, layout=layout)
    layers = (Row("flat", Flatten()), Row("hidden", Linear(32)), Row("bent", ReLU()), Row("out", Linear(1)))
    save_project(Project(data, Model(layers), Training(loss=MSE(), epochs=1)), project)
    assert command(["train", str(project), "--out", str(model)]) == 0
    return model


def _written(path: Path, rows: int) -> Path:
    text = _rows(min(rows, BLOCK)).to_csv(index=False)
    header, _, body = text.partition("\n")
    with path.open("w") as file:
        file.write(f"{header}\n")
        for _ in range(max(1, rows // BLOCK)):
            file.write(body)
    return path


# ---- files ----


def _measured(work: Callable[[Path, Path, Path], None], *paths: Path) -> tuple[float, int]:
    """Seconds of ``work`` in a process of its own without its imports, and the most memory that it had (KiB)."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_in_child, args=(theirs, work, *paths))
    process.start()
    seconds, memory = ours.recv()
    process.join()
    return seconds, memory


def _in_child(pipe: Any, work: Callable[[Path, Path, Path], None], *paths: Path) -> None:
    load_model(paths[0])  # what is imported on the way is not counted
    start = time.perf_counter()
    work(*paths)
    pipe.send((time.perf_counter() - start, _most_memory()))


def _most_memory() -> int:
    """The most memory that this process had, in KiB; what ``getrusage`` says begins with that of the parent."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def _by_command(model: Path, table: Path, out: Path) -> None:
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # of a process that ends
    assert command(["predict", str(model), str(table), "--out", str(out)]) == 0


def _by_hand(model: Path, table: Path, out: Path) -> None:
    file = load_model(model)
    encoding = Encoding.from_json(file.encoding)
    module = restore(project_from_json(file.project).model, encoding.input_shape, file)
    for number, frame in enumerate(pd.read_csv(table, chunksize=CHUNK)):
        with torch.inference_mode():
            yes = module(torch.from_numpy(_encoded(encoding, frame))).sigmoid().numpy()[:, 0]
        frame["predicted_label"] = np.where(yes > 0.5, "yes", "no")  # a half
        frame["probability_no"], frame["probability_yes"] = 1 - yes, yes
        frame.to_csv(out, index=False, mode="a" if number else "w", header=not number)


def _encoded(encoding: Encoding, frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float32]]:
    columns: list[Any] = []
    for feature in encoding.features:
        match feature:
            case NumberFeature(name=name, offset=offset, scale=scale):
                columns.append((frame[name].to_numpy() - offset) / scale)
            case CategoryFeature(name=name, categories=categories):
                columns += [(frame[name] == category).to_numpy() for category in categories]
    return np.stack(columns, axis=1).astype(np.float32)


def _compare(folder: Path) -> None:
    """Both wrote the same answers; the bits of the probabilities may differ with how many rows pass at once."""
    ours, theirs = (pd.read_csv(folder / name) for name in ("ours.csv", "theirs.csv"))
    assert (ours["predicted_label"] == theirs["predicted_label"]).mean() > 0.99999  # but for 0.5
    assert np.allclose(ours["probability_yes"], theirs["probability_yes"], atol=1e-6)


# ---- the slider ----


def _slider(model: Path) -> None:
    """From a step of the slider to the answer in the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtTest import QTest  # noqa: PLC0415  # children that predict files need no window
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from nnstudio.gui.predict.fields import NumberField  # noqa: PLC0415
    from nnstudio.gui.predict.view import PredictView  # noqa: PLC0415
    from nnstudio.gui.studio import Studio  # noqa: PLC0415
    from nnstudio.gui.studio.engines import Engines  # noqa: PLC0415
    from nnstudio.gui.theme import Theme  # noqa: PLC0415
    from nnstudio.jobs.link import ProcessLink  # noqa: PLC0415
    from nnstudio.session.preferences import Preferences  # noqa: PLC0415

    app = QApplication([])
    engines = Engines(ProcessLink, app)
    studio = Studio(engines, Preferences())
    view = PredictView(studio, Theme(app, "light"))
    view.resize(620, 640)
    view.show()
    studio.open_path(model)
    asker = studio.predictor.asker
    while asker.answer is None or asker.swept is None or len(view.example.form.fields) < len(CITIES):
        QTest.qWait(20)
    field = next(field for field in view.example.form.fields.values() if isinstance(field, NumberField))
    took, blocked = [], []
    for step in range(200):
        before, start = asker.answer, time.perf_counter()
        field.slider.setValue(5 * step)
        blocked.append(time.perf_counter() - start)
        while asker.answer is before and time.perf_counter() - start < 1:
            app.processEvents()
        view.grab()
        took.append(time.perf_counter() - start)
    engines.close()
    told = " / ".join(f"{1e3 * float(np.quantile(took, share)):.1f}" for share in (0.5, 0.95, 1))
    print(f"slider to bars, painted: median / 95 % / longest {told} ms; held up {1e3 * max(blocked):.1f} ms")


if __name__ == "__main__":
    main()
