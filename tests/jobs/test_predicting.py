"""What a trained network adds to a file: classes, several values, how well it gives its input again, a forecast."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nnstudio.data.encoding.encode import encode
from nnstudio.data.table import MappedTable
from nnstudio.engine.checkpoint import load_model
from nnstudio.jobs.predicting.predictor import mean_squares
from nnstudio.resources import resource
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import Predicted
from nnstudio.spec.layers import Flatten, Linear
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.losses import MSE
from nnstudio.spec.model import Model, Row
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.requests import PredictTable, TrainProject
from nnstudio.spec.sources import ExcelSource, Source, TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.jobs.test_training import PLAN, ask, finished, suggested

Table = dict[str, list[Any]]


def trained(data: DataSpec, epochs: int = 2) -> str:
    """The weights of a single linear layer that was trained on ``data``."""
    facts = encode(data).facts
    layers = [Row("a", Flatten()), Row("b", Linear(facts.answers))] if len(facts.input_shape) > 1 else [
        Row("b", Linear(facts.answers))
    ]  # fmt: skip
    training = Training(loss=MSE(), optimizer=Adam(lr=0.05), epochs=epochs)
    return finished(ask(TrainProject(Project(data, Model(tuple(layers)), training), PLAN))).best_weights


def predicted(model: str, source: Source, detect: bool = False) -> tuple[Predicted, Table]:
    *_, event = ask(PredictTable(model, source, detect=detect))
    assert isinstance(event, Predicted)
    with MappedTable(event.preview) as table:
        return event, {name: table.column(name).to_pylist() for name in table.names}


@pytest.fixture
def numbers(tmp_path: Path) -> TableSource:
    path = tmp_path / "numbers.csv"
    rows = (f"2024-01-{row + 1:02},{row},{row * 10},{1000 - row}" for row in range(20))
    path.write_text("\n".join(["day,n,metres,grams", *rows]))
    return TableSource(str(path))


def spec(source: TableSource, task: Task, *targets: str, **change: Any) -> DataSpec:
    roles = {"day": Role.IGNORE} | dict.fromkeys(targets, Role.TARGET)
    columns = tuple(
        Column(name, Kind.DATE if name == "day" else Kind.NUMBER, roles.get(name, Role.FEATURE))
        for name in ("day", "n", "metres", "grams")
    )
    return replace(DataSpec(source, columns, task, RandomSplit(0.2, 0.2, stratify=False)), **change)


def test_classes_come_with_their_probabilities() -> None:
    source = TableSource(str(resource("samples/iris.csv")))
    model = finished(ask(TrainProject(suggested(source, epochs=1), PLAN))).best_weights
    event, table = predicted(model, source)
    chances = [name for name in table if name.startswith("probability_")]
    assert chances == ["probability_setosa", "probability_versicolor", "probability_virginica"]
    assert sum(table[name][0] for name in chances) == pytest.approx(1)
    best = np.argmax([table[name] for name in chances], axis=0)
    assert table["predicted_species"] == [chances[place].removeprefix("probability_") for place in best]
    assert event.rows == 150


def test_every_target_has_a_column_in_its_own_unit(numbers: TableSource) -> None:
    model = trained(spec(numbers, Task.REGRESSION, "metres", "grams"), epochs=300)
    _, table = predicted(model, numbers)
    assert list(table)[-2:] == ["predicted_metres", "predicted_grams"]
    np.testing.assert_allclose(table["predicted_metres"], table["metres"], atol=15)
    np.testing.assert_allclose(table["predicted_grams"], table["grams"], atol=1.5)


def test_a_reconstruction_says_how_far_it_is_off(numbers: TableSource, tmp_path: Path) -> None:
    model = trained(spec(numbers, Task.RECONSTRUCTION), epochs=300)
    _, table = predicted(model, numbers)
    assert list(table) == ["day", "n", "metres", "grams", "reconstruction_error"]
    assert max(table["reconstruction_error"]) < 0.1
    odd = tmp_path / "odd.csv"
    odd.write_text("day,n,metres,grams\n2024-01-01,0,190,1000")
    _, table = predicted(model, TableSource(str(odd)))
    assert table["reconstruction_error"][0] > 0.5


def test_the_error_is_the_mean_square_of_a_row() -> None:
    errors = np.array([[1, 2], [0, 0], [3, -3]], np.float32)
    assert mean_squares(errors).tolist() == [2.5, 0, 9]


def test_a_forecast_goes_beyond_the_last_row(numbers: TableSource, tmp_path: Path) -> None:
    data = spec(numbers, Task.REGRESSION, "metres", layout=WindowLayout(3, 2, "day"), split=TimeSplit(0.2, 0, "day"))
    facts = encode(data).facts
    assert prod(facts.input_shape) == 9
    model = trained(data, epochs=300)
    assert "window" in load_model(Path(model)).encoding
    out = tmp_path / "out.csv"
    *_, event = ask(PredictTable(model, numbers, str(out)))
    assert isinstance(event, Predicted)
    _, table = predicted(model, numbers)
    assert event.columns == ("day", "n", "metres", "grams", "rows_ahead", "predicted_metres")
    assert table["rows_ahead"] == [None] * 20 + [1, 2]
    assert table["predicted_metres"][:4] == [None] * 4
    np.testing.assert_allclose(table["predicted_metres"][4:20], table["metres"][4:20], atol=20)
    assert table["predicted_metres"][20:] == pytest.approx([200, 210], abs=25)
    assert len(out.read_text().splitlines()) == 23


def test_a_file_of_another_kind_is_read_as_it_looks(tmp_path: Path) -> None:
    iris = resource("samples/iris.csv")
    model = finished(ask(TrainProject(suggested(TableSource(str(iris)), epochs=1), PLAN))).best_weights
    frame = pd.read_csv(iris)
    frame.to_csv(tmp_path / "iris.txt", sep=";", index=False)
    frame.to_excel(tmp_path / "iris.xlsx", index=False)
    frame.to_json(tmp_path / "iris.json", orient="records")
    frame.to_parquet(tmp_path / "iris.parquet")
    with closing(sqlite3.connect(tmp_path / "iris.db")) as database:
        frame.to_sql("iris", database, index=False)
    _, expected = predicted(model, TableSource(str(iris)))
    for name in ("iris.txt", "iris.xlsx", "iris.json", "iris.parquet", "iris.db"):
        _, found = predicted(model, TableSource(str(tmp_path / name)), detect=True)
        assert found == expected, name


def test_another_workbook_may_call_its_sheet_otherwise_and_begin_elsewhere(tmp_path: Path) -> None:
    iris = resource("samples/iris.csv")
    model = finished(ask(TrainProject(suggested(TableSource(str(iris)), epochs=1), PLAN))).best_weights
    pd.read_csv(iris).to_excel(tmp_path / "new.xlsx", sheet_name="June", startrow=4, index=False)
    _, expected = predicted(model, TableSource(str(iris)))
    for trained_on in (ExcelSource("", "May"), ExcelSource("", "June", skip=2)):
        _, found = predicted(model, replace(trained_on, path=str(tmp_path / "new.xlsx")))
        assert found == expected


def test_another_text_may_be_written_otherwise(tmp_path: Path) -> None:
    iris = resource("samples/iris.csv")
    model = finished(ask(TrainProject(suggested(TableSource(str(iris)), epochs=1), PLAN))).best_weights
    pd.read_csv(iris).to_csv(tmp_path / "new.csv", sep=";", decimal=",", index=False)
    _, expected = predicted(model, TableSource(str(iris)))
    assert predicted(model, TableSource(str(tmp_path / "new.csv")))[1] == expected


@pytest.mark.parametrize("out", ["numbers.csv", "link.csv", "m.pth"])
def test_what_is_predicted_from_is_not_overwritten(numbers: TableSource, out: str) -> None:
    table = Path(numbers.path).rename(Path(numbers.path).with_name("numbers.csv"))
    table.with_name("link.csv").hardlink_to(table)
    model = table.with_name("m.pth")
    model.write_bytes(b"weights")
    with pytest.raises(FileError, match=f"“{out}” is what this begins with. It would be lost."):
        ask(PredictTable(str(model), TableSource(str(table)), str(table.with_name(out))))


def test_a_folder_that_is_not_there_is_said_before_the_rows_are_looked_at(tmp_path: Path) -> None:
    out = tmp_path / "none" / "out.csv"
    with pytest.raises(FileError, match="none” is not there"):
        ask(PredictTable(str(tmp_path / "m.pth"), TableSource(str(tmp_path / "t.csv")), str(out)))
