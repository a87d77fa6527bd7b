"""The commands from a table to predictions, with exit codes and sentences."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch

from nnstudio import __version__
from nnstudio.resources import resource
from nnstudio.spec.files import load_project
from tests.cli.conftest import Terminal

IRIS = resource("samples/iris.csv")


@pytest.fixture
def project(terminal: Terminal, tmp_path: Path) -> Path:
    path = tmp_path / "iris.nnstudio"
    assert terminal("new", "--data", IRIS, "--target", "species", "--out", path).code == 0
    return path


@pytest.fixture
def model(terminal: Terminal, project: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.pth"
    assert terminal("train", project, "--epochs", 5, "--out", path).code == 0
    return path


def test_new_suggests_what_the_window_would(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "iris.nnstudio"
    said = terminal("new", "--data", IRIS, "--target", "species", "--out", out, "--json")
    assert said.code == 0
    assert said.json["task"] == "multiclass"
    assert said.json["target"] == "species"
    project = load_project(out)
    assert project.data is not None
    assert project.data.source.path == str(IRIS)
    assert [row.kind.key for row in project.model.rows][-1] == "linear"


def test_new_takes_another_target(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("new", "--data", IRIS, "--target", "sepal_length", "--out", tmp_path / "p.nnstudio", "--json")
    assert said.json["task"] == "regression"


def test_train_prints_one_object_that_says_it_all(terminal: Terminal, project: Path, tmp_path: Path) -> None:
    said = terminal("train", project, "--epochs", 20, "--out", tmp_path / "model.pth", "--json")
    assert said.code == 0
    result = said.json
    assert result["epochs"] == 20
    assert len(result["losses"]["train"]) == len(result["losses"]["validation"]) == 20
    assert result["losses"]["train"][-1] < result["losses"]["train"][0]
    assert set(result["metrics"]) == {"train", "validation", "test"}
    assert result["metrics"]["validation"]["accuracy"] > result["baseline"]
    assert result["seconds"] > 0
    assert result["samples_per_second"] > 0
    assert result["frozen_verified"] is None


def test_train_tells_people_how_good_it_is(terminal: Terminal, project: Path) -> None:
    said = terminal("train", project, "--epochs", 2)
    assert said.out == ""
    for words in ("Training is done after 2 epochs", "test: loss", "accuracy", "baseline"):
        assert words in said.err


def test_the_model_opens_with_plain_pytorch(model: Path) -> None:
    content = torch.load(model, weights_only=True)
    assert content["state_dict"]["0.weight"].shape[1] == 4
    assert content["project"]
    assert content["encoding"]


def test_train_goes_on_from_weights(terminal: Terminal, project: Path, model: Path) -> None:
    fresh = terminal("train", project, "--epochs", 1, "--json").json
    further = terminal("train", project, "--epochs", 1, "--weights", model, "--learning-rate", "0.0001", "--json").json
    assert further["losses"]["validation"][0] < fresh["losses"]["validation"][0]


def test_the_same_seed_gives_the_same_numbers(terminal: Terminal, project: Path) -> None:
    results = [terminal("train", project, "--epochs", 3, "--seed", seed, "--json").json for seed in (1, 1, 2)]
    losses = [result["losses"] for result in results]
    assert losses[0] == losses[1] != losses[2]


def test_predict_writes_a_row_for_each_row(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.csv"
    said = terminal("predict", model, IRIS, "--out", out, "--json")
    assert said.code == 0
    assert said.json["rows"] == 150
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 150
    assert {row["predicted_species"] for row in rows} <= {"setosa", "versicolor", "virginica"}
    chances = [f"probability_{name}" for name in ("setosa", "versicolor", "virginica")]
    for row in rows:
        assert sum(float(row[name]) for name in chances) == pytest.approx(1, abs=1e-5)


def test_predict_names_the_columns_that_are_missing(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "short.csv"
    table.write_text("sepal_length,petal_width\n5.1,0.2\n", encoding="utf-8")
    said = terminal("predict", model, table, "--out", tmp_path / "out.csv")
    assert said.code == 1
    assert "sepal_width" in said.err
    assert "petal_length" in said.err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "nowhere.nnstudio"), "nowhere.nnstudio"),
        (("new", "--data", "nowhere.csv", "--out", "p.nnstudio"), "nowhere.csv"),
        (("new", "--data", IRIS, "--target", "colour", "--out", "p.nnstudio"), "no column called “colour”"),
        (("predict", IRIS, IRIS, "--out", "p.csv"), "could not be opened"),
        (("predict", "nowhere.pth", IRIS, "--out", "p.csv"), "nowhere.pth"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = terminal(*arguments)
    assert said.code == 1
    assert said.err.startswith("nnstudio: ")
    assert words in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.glob("p.*")) == []


def test_debug_shows_where_it_went_wrong(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("train", tmp_path / "nowhere.nnstudio", "--debug")
    assert said.code == 1
    assert "Traceback" in said.err


@pytest.mark.parametrize("arguments", [("train",), ("--nonsense",), ("predict", "a.pth"), ("new", "--data")])
def test_wrong_usage_is_told_apart(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    said = terminal(*arguments)
    assert said.code == 2
    assert "usage: nnstudio" in said.err


def test_the_version_is_printed(terminal: Terminal) -> None:
    assert terminal("--version").out == f"nnstudio {__version__}\n"
