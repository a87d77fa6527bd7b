"""Series are predicted piece by piece where their rows are in order, with the bits of one piece, and stop when told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nnstudio.data.encoding import series as encoded_series
from nnstudio.data.encoding.apply import apply
from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.fitted import Encoding
from nnstudio.data.reading import pieces
from nnstudio.data.table import MappedTable
from nnstudio.data.write import join_predictions
from nnstudio.engine import predict as applying
from nnstudio.engine.checkpoint import load_model
from nnstudio.jobs.predicting import flow, series, table
from nnstudio.jobs.predicting import predictor as predictors
from nnstudio.jobs.predicting.predictor import Predictor, predictor_of
from nnstudio.jobs.predicting.table import predict_table
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.events import Inbox, Predicted, Predicting, PredictingStopped, Stop
from nnstudio.spec.layers import Flatten, Linear
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.losses import MSE
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.requests import PredictTable, TrainProject
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.jobs.test_training import PLAN, ask, finished

ROWS, LENGTH = 900, 5


IN_ORDER = {(1, False): ("day by day",), (3, True): ("in order", "with gaps")}
"""What a model takes piece by piece: rows in order of time, series by series where it tells them apart."""


def frame(order: str) -> pd.DataFrame:
    """Three series of 300 days: one after another, day by day, backwards, or with cells that are missing."""
    random = np.random.default_rng(0)
    days = pd.date_range("2020-01-01", periods=ROWS // 3).strftime("%Y-%m-%d")
    rows = pd.DataFrame(
        {
            "town": np.repeat(["Rome", "Oslo", "Lima"], len(days)),
            "day": np.tile(days, 3),
            "rain": random.random(ROWS).round(3),
            "warmth": random.normal(size=ROWS).cumsum().round(3),
        }
    )
    match order:
        case "day by day":
            return rows.sort_values("day", kind="stable")
        case "backwards":
            return rows[::-1]
        case "with gaps":
            rows.loc[random.choice(ROWS, 40, replace=False), "day"] = None
            rows.loc[: ROWS // 3 - 1, "town"] = None
    return rows


def source(order: str, folder: Path) -> TableSource:
    path = folder / f"{order}.csv"
    frame(order).to_csv(path, index=False)
    return TableSource(str(path))


def trained(data: TableSource, horizon: int, grouped: bool) -> str:
    """A linear layer over windows of the rain and the warmth so far."""
    columns = (
        Column("town", Kind.CATEGORY, Role.GROUP if grouped else Role.IGNORE),
        Column("day", Kind.DATE, Role.IGNORE),
        Column("rain", Kind.NUMBER),
        Column("warmth", Kind.NUMBER, Role.TARGET),
    )
    layout, split = WindowLayout(LENGTH, horizon, "day"), TimeSplit(0.2, 0, "day")
    spec = DataSpec(data, columns, Task.REGRESSION, split, layout=layout)
    model = Model((Row("a", Flatten()), Row("b", Linear(encode(spec).facts.answers))))
    project = Project(spec, model, Training(loss=MSE(), epochs=1))
    return finished(ask(TrainProject(project, PLAN))).best_weights


@pytest.fixture(scope="module")
def models(here: Path) -> dict[tuple[int, bool], str]:
    """By how far ahead they look, and whether they tell series apart."""
    data = source("in order", here)
    return {(horizon, grouped): trained(data, horizon, grouped) for horizon, grouped in ((1, False), (3, True))}


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file has many pieces, as many batches pass through the network, and all is told of at once."""
    monkeypatch.setattr(applying, "ACTIVATION_BYTES", 2**10)
    monkeypatch.setattr(encoded_series, "LOT_BYTES", 2**12)
    monkeypatch.setattr(predictors, "_kept", {})
    monkeypatch.setattr(table, "_kept", {})
    monkeypatch.setattr(table, "PIECE_ROWS", 100)
    monkeypatch.setattr(pieces, "PIECE", 2_048)
    monkeypatch.setattr(pieces, "ROWS", 100)
    for module in (flow, series, table):
        monkeypatch.setattr(module, "REPORT_SECONDS", 0)


def at_once(predictor: Predictor, data: TableSource) -> Any:
    """A pyarrow Table of the predictions by all windows in one array."""
    applied = apply(predictor.encoding, data)
    with MappedTable(applied.cache) as rows:
        return join_predictions(rows, predictor.columns(applied.x), applied.places)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("order", ["in order", "day by day", "backwards", "with gaps"])
@pytest.mark.parametrize("model", [(1, False), (3, True)])
def test_pieces_give_the_bits_of_one_piece(
    models: dict[tuple[int, bool], str], model: tuple[int, bool], order: str, tmp_path: Path
) -> None:
    data, out = source(order, tmp_path), tmp_path / "out.parquet"
    *_, done = ask(PredictTable(models[model], data, str(out)))
    assert isinstance(done, Predicted)
    expected, written = at_once(predictor_of(models[model]), data), pq.read_table(out)
    assert written.column_names == expected.column_names == list(done.columns)
    for name in expected.column_names:
        assert written[name].to_pylist() == expected[name].to_pylist(), name
    assert done.rows == len(expected["predicted_warmth"].drop_null())
    assert done.read_whole == (order not in IN_ORDER[model])


class Stretched(Predictor):
    """A model's encoding with other windows, before a sum of their numbers that tells how they were passed on."""

    def __init__(self, model: str, length: int, horizon: int) -> None:
        super().__init__(load_model(Path(model)))
        self.encoding: Encoding = replace(self.encoding, layout=WindowLayout(length, horizon, "day"))
        self.at_once = 8

    def columns(self, x: Any, probabilities: bool = True) -> dict[str, Any]:
        """The sum of a window, and its place among those that pass through the network together."""
        places = np.arange(len(x)) % self.at_once
        return dict(zip(self.names(probabilities), (pa.array(x.sum((1, 2))), pa.array(places)), strict=True))

    def names(self, probabilities: bool = True) -> tuple[str, ...]:
        del probabilities
        return ("predicted_sum", "place")


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("order", ["in order", "with gaps"])
@pytest.mark.parametrize("window", [(1, 0), (1, 5), (2, 1), (7, 90), (60, 0), (60, 90), (285, 3)])
def test_windows_of_any_length_are_made_of_pieces_and_passed_on_like_all_at_once(
    models: dict[tuple[int, bool], str],
    window: tuple[int, int],
    order: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, out = source(order, tmp_path), tmp_path / "out.parquet"
    stretched = Stretched(models[3, True], *window)
    monkeypatch.setattr(table, "predictor_of", lambda _: stretched)
    *_, done = ask(PredictTable("", data, str(out)))
    assert isinstance(done, Predicted)
    assert not done.read_whole
    expected, written = at_once(stretched, data), pq.read_table(out)
    assert written.column_names == expected.column_names
    for name in expected.column_names:
        assert written[name].to_pylist() == expected[name].to_pylist(), name


@pytest.mark.usefixtures("small_pieces")
def test_columns_of_the_file_may_be_left_out(models: dict[tuple[int, bool], str], tmp_path: Path) -> None:
    for order in ("in order", "backwards"):
        data, out = source(order, tmp_path), tmp_path / "out.parquet"
        ask(PredictTable(models[3, True], data, str(out), inputs=False))
        written, expected = pq.read_table(out), at_once(predictor_of(models[3, True]), data)
        assert written.column_names == ["predicted_warmth"]
        assert written["predicted_warmth"].to_pylist() == expected["predicted_warmth"].to_pylist()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("order", ["in order", "backwards"])
def test_it_says_how_far_it_is_and_stops_when_told(
    models: dict[tuple[int, bool], str], order: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    inbox: Inbox = SimpleQueue()
    events = []
    for event in predict_table(PredictTable(models[3, True], source(order, tmp_path), str(out)), inbox):
        events.append(event)
        if isinstance(event, Predicting):
            assert 0 < event.done <= event.total
            inbox.put(Stop())
    assert any(isinstance(event, Predicting) for event in events)
    assert isinstance(events[-1], PredictingStopped)
    assert {path.name for path in tmp_path.iterdir()} <= {f"{order}.csv", "cache"}


def test_a_series_that_is_too_short_is_refused_before_anything_is_written(
    models: dict[tuple[int, bool], str], tmp_path: Path
) -> None:
    path, out = tmp_path / "short.csv", tmp_path / "out.csv"
    frame("in order").iloc[: LENGTH - 1].to_csv(path, index=False)
    with pytest.raises(DataError, match="The model looks at 5 rows at once of one “town”"):
        list(predict_table(PredictTable(models[3, True], TableSource(str(path)), str(out)), SimpleQueue()))
    assert not out.exists()
