"""The commands from a table to predictions, with exit codes and sentences."""

from __future__ import annotations

import csv
import os
import pickle
import shutil
import signal
import zipfile
from pathlib import Path

import openpyxl
import pytest
import torch

from nnstudio import __version__
from nnstudio.resources import resource
from nnstudio.spec.columns import CategoryEncoding
from nnstudio.spec.events import FoldStarted
from nnstudio.spec.files import load_project
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.sources import ExcelSource
from nnstudio.spec.splits import GroupSplit, RandomSplit, Split, TimeSplit
from tests.cli.conftest import Terminal

IRIS = resource("samples/iris.csv")


@pytest.fixture
def project(terminal: Terminal, tmp_path: Path) -> Path:
    path = tmp_path / "iris.nnstudio"
    assert terminal("new", "--data", IRIS, "--target", "species", "--out", path).code == 0
    return path


class Evil:
    """Unpickling it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


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


def test_new_begins_with_a_template(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "p.nnstudio"
    options = ("--data", resource("samples/penguins.csv"), "--target", "species", "--template", "tabular")
    said = terminal("new", *options, "--out", out, "--json")
    assert said.code == 0
    project = load_project(out)
    assert project.data is not None
    assert [column.encoding for column in project.data.features if column.name == "island"] == [
        CategoryEncoding("index")
    ]
    assert said.json["parameters"] > 0
    assert terminal("train", out, "--epochs", 1).code == 0


def test_a_template_that_does_not_fit_says_why(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("new", "--data", IRIS, "--template", "resnet18", "--out", tmp_path / "p.nnstudio")
    assert said.code == 1
    assert "ResNet-18 does not fit these data. It looks at pictures, but the data are rows of 4 numbers." in said.err
    assert not (tmp_path / "p.nnstudio").exists()
    assert "There is no template called “cnn”" in terminal("train", IRIS, "--template", "cnn").err


def test_help_lists_the_templates(terminal: Terminal) -> None:
    said = " ".join(terminal("new", "--help").out.split())
    assert all(template.key in said for template in NETWORK_TEMPLATES)


def test_train_prints_one_object_that_says_it_all(terminal: Terminal, project: Path, tmp_path: Path) -> None:
    said = terminal("train", project, "--epochs", 20, "--out", tmp_path / "model.pth", "--json")
    assert said.code == 0
    result = said.json
    assert result["epochs"] == 20
    assert len(result["losses"]["train"]) == len(result["losses"]["validation"]) == 20
    assert result["losses"]["train"][-1] < result["losses"]["train"][0]
    assert set(result["metrics"]) == {"train", "validation", "test"}
    assert result["metrics"]["validation"]["accuracy"] > result["baseline"]["validation"]["accuracy"]
    assert result["seconds"] > 0
    assert result["samples_per_second"] > 0
    assert result["frozen_verified"] is None


def test_train_tells_people_how_good_it_is(terminal: Terminal, project: Path) -> None:
    said = terminal("train", project, "--epochs", 2)
    assert said.out == ""
    for words in ("Training is done after 2 epochs", "test: loss", "balanced accuracy", "(always “"):
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


def test_the_learning_rate_that_is_named_is_taken(terminal: Terminal, project: Path) -> None:
    usual = terminal("train", project, "--epochs", 1, "--json").json
    named = terminal("train", project, "--epochs", 1, "--learning-rate", "0.02", "--json").json
    assert named["losses"] != usual["losses"]


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


def test_predict_can_write_the_answers_alone(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.tsv"
    assert terminal("predict", model, IRIS, "--out", out, "--no-inputs", "--no-probabilities").code == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert (lines[0], len(lines)) == ('"predicted_species"', 151)


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


# ---- other data, other questions ----


def test_the_dialect_of_a_table_is_detected(terminal: Terminal, tmp_path: Path) -> None:
    data = tmp_path / "export.csv"
    data.write_bytes("größe;preis\n".encode("cp1252") + b"".join(b"%d;%d,5\n" % (row, 2 * row) for row in range(40)))
    said = terminal("new", "--data", data, "--out", tmp_path / "p.nnstudio", "--json")
    assert (said.json["task"], said.json["target"]) == ("regression", "preis")
    assert terminal("train", tmp_path / "p.nnstudio", "--epochs", 2).code == 0


def test_how_a_file_is_read_can_be_said(terminal: Terminal, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("a", "b"), (1, 2)]:
        book.active.append(row)
    sales = book.create_sheet("Sales")
    for place in range(30):
        sales.append((place * 7 % 11 / 2, "yes" if place % 2 else "no"))
    book.save(tmp_path / "book.xlsx")
    out = tmp_path / "p.nnstudio"
    said = terminal(
        "new", "--data", tmp_path / "book.xlsx", "--read", "sheet=Sales", "--read", "header=no", "--out", out
    )
    assert said.code == 0, said.err
    data = load_project(out).data
    assert data is not None
    assert data.source == ExcelSource(str(tmp_path / "book.xlsx"), "Sales", header=False)
    assert len(data.columns) == 2


def test_data_can_be_trained_on_at_once(terminal: Terminal, tmp_path: Path) -> None:
    model = tmp_path / "model.pth"
    said = terminal("train", IRIS, "--target", "species", "--epochs", 3, "--out", model, "--json")
    assert said.code == 0
    assert said.json["epochs"] == 3
    assert terminal("predict", model, IRIS, "--out", tmp_path / "out.csv").code == 0


def test_several_values_are_predicted_at_once(terminal: Terminal, tmp_path: Path) -> None:
    model, out = tmp_path / "model.pth", tmp_path / "out.csv"
    wanted = ("--target", "sepal_length", "--target", "petal_length")
    assert terminal("train", IRIS, *wanted, "--epochs", 2, "--out", model).code == 0
    assert terminal("predict", model, IRIS, "--out", out).code == 0
    with out.open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert 0 < float(first["predicted_sepal_length"]) < 10
    assert 0 < float(first["predicted_petal_length"]) < 10


def test_an_autoencoder_gives_its_input_back(terminal: Terminal) -> None:
    said = terminal("train", IRIS, "--task", "reconstruction", "--epochs", 3, "--json")
    assert said.code == 0, said.err
    assert set(said.json["metrics"]["test"]) == {"loss", "r2", "mae"}


def test_folds_are_printed_with_mean_and_deviation(terminal: Terminal, project: Path) -> None:
    told = terminal("train", project, "--epochs", 2, "--folds", 3)
    assert told.code == 0
    for words in ("fold 1: loss", "fold 3: loss", "3-fold cross-validation: loss", "±", "Training is done after"):
        assert words in told.err
    result = terminal("train", project, "--epochs", 2, "--folds", 3, "--json").json
    losses = [fold["loss"] for fold in result["folds"]]
    assert len(losses) == 3
    assert result["folds_mean"]["loss"] == pytest.approx(sum(losses) / 3)
    assert result["folds_deviation"]["loss"] > 0
    assert terminal("train", project, "--epochs", 2, "--json").json["metrics"] == result["metrics"]


@pytest.mark.parametrize(
    ("options", "split"),
    [
        (("--split", "time,column=petal_length,test=0.25"), TimeSplit(0.1, 0.25, "petal_length")),
        (("--split", "random,stratify=no,seed=3", "--folds", "4"), RandomSplit(stratify=False, seed=3, folds=4)),
        (("--group", "petal_width"), GroupSplit()),
    ],
)
def test_the_split_can_be_said(terminal: Terminal, tmp_path: Path, options: tuple[str, ...], split: Split) -> None:
    out = tmp_path / "p.nnstudio"
    said = terminal("new", "--data", IRIS, "--target", "species", *options, "--balance", "weights", "--out", out)
    assert said.code == 0, said.err
    data = load_project(out).data
    assert data is not None
    assert data.split == split
    assert data.batches.balance == "weights"
    assert terminal("train", out, "--epochs", 1).code == 0


def test_a_stop_in_a_fold_is_said(terminal: Terminal, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(bar: object, event: object) -> None:
        del bar
        if isinstance(event, FoldStarted) and event.fold == 2:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("nnstudio.cli.train._ProgressBar.show", interrupt)
    said = terminal("train", project, "--epochs", 2, "--folds", 3)
    assert said.code == 1
    assert "Training was stopped in fold 2 of 3. Nothing was kept." in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--read", "sheet=1"), "Text table: “sheet=1” cannot be set. What can be set is delimiter"),
        (("--read", "skip=many"), "rows to skip must be a whole number, not 'many'"),
        (("--read", "delimiter=x"), "between cells must be one of"),
        (("--split", "fair"), "'fair' is not a known split"),
        (("--split", "random,test=2"), "test must be at most 0.9"),
        (("--folds", "1"), "folds must be 0, or at least 2"),
        (("--folds", "51"), "folds must be at most 50"),
        (("--group", "colour"), "no column called “colour”"),
        (("--target", "species", "--target", "petal_length"), "Only numbers can be predicted together"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    said = terminal("new", "--data", IRIS, *arguments, "--out", tmp_path / "p.nnstudio")
    assert said.code == 1
    assert words in said.err
    assert not (tmp_path / "p.nnstudio").exists()


def test_a_project_says_itself_what_it_predicts(terminal: Terminal, project: Path) -> None:
    said = terminal("train", project, "--target", "species")
    assert said.code == 1
    assert "is a project" in said.err


def test_inspect_says_what_a_file_is_and_lists_its_tensors(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "layer.pth"
    torch.save(torch.nn.Linear(3, 2), path)
    said = terminal("inspect", path)
    assert said.code == 0
    assert said.err.splitlines() == [
        "This is a whole module (Linear) with 2 tensors.",
        "Its network can be rebuilt as it was: it is a whole module (Linear).",
        "An example that goes in has the shape 3.",
    ]
    assert said.out == "weight  2 × 3  float32\nbias    2  float32\n"


def test_inspect_tells_of_what_cannot_be_used(terminal: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"a": torch.ones(1), "b": print, "c": open}, path)
    said = terminal("inspect", path, "--json")
    assert said.code == said.json["error"]["code"] == 1
    assert said.json["error"]["what"] == "“evil.pth” cannot be used."
    assert said.json["error"]["why"] == said.json["refused"]
    assert said.json["refused"].startswith("Opening it would run code: it asks for “__builtin__.print”.")
    assert said.json["kind"] == ""
    assert len(said.json["wants"]) == 2
    assert said.json["tensors"] == [{"name": "a", "shape": [1], "dtype": "float32"}]
    assert "It names 1 tensor, listed without opening it." in said.err


@pytest.mark.parametrize("name", ["empty", "rubbish", "cut", "archive", "pickle", "folder", "n" * 300, "none/below"])
def test_files_of_no_use_are_refused_by_every_command(terminal: Terminal, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "rubbish").write_bytes(bytes(range(256)) * 9)
    torch.save({"a": torch.ones(9, 9)}, tmp_path / "whole")
    (tmp_path / "cut").write_bytes((tmp_path / "whole").read_bytes()[:400])
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr("a.bin", bytes(99))
    (tmp_path / "pickle").write_bytes(pickle.dumps({"a": Evil(tmp_path / "made")}))
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    file, out = tmp_path / name, tmp_path / "out.pth"
    for words in (
        ("inspect", file),
        ("new", "--data", file, "--out", out),
        ("train", file, "--out", out),
        ("search", file, "--trials", 1),
        ("resume", file),
        ("predict", file, IRIS, "--out", out),
        ("evaluate", file),
        ("export", file, "--python", tmp_path / "out.py"),
        ("convert", file, "--out", out),
        ("run", file, file, "--out", out),
    ):
        said = terminal(*words, "--json")
        assert (said.code, said.json["error"]["code"]) == (1, 1), words
        assert said.err.splitlines()[0].startswith("nnstudio: "), words
        assert said.err.endswith(".\n"), words
        assert "inside nnstudio" not in said.err
    assert [path for path in sorted(tmp_path.iterdir()) if path.name not in {"cache", "data"}] == before


def test_predictions_do_not_replace_what_was_trained_on(terminal: Terminal, tmp_path: Path) -> None:
    table, model = Path(shutil.copy(IRIS, tmp_path)), tmp_path / "m.pth"
    assert terminal("train", table, "--target", "species", "--epochs", 1, "--out", model).code == 0
    said = terminal("predict", model, IRIS, "--out", table)
    assert said.code == 1
    assert "“iris.csv” is the data that the project is about. It would be lost." in said.err
    assert table.read_bytes() == IRIS.read_bytes()


def test_inspect_says_what_changed(terminal: Terminal, tmp_path: Path) -> None:
    before = {"a": torch.ones(2), "b": torch.tensor([4.0])}
    torch.save(before, tmp_path / "before.pth")
    torch.save(before | {"b": torch.tensor([5.0])}, tmp_path / "after.pth")
    said = terminal("inspect", tmp_path / "after.pth", "--against", tmp_path / "before.pth")
    assert said.code == 0
    assert said.out == "a  the same bits\nb  moved by 25.00%\n"
    assert "1 of 2 tensors are the same, to the bit." in said.err


def test_inspect_of_no_file_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("inspect", tmp_path / "none.pth").code == 1


def test_a_model_is_judged(terminal: Terminal, model: Path) -> None:
    said = terminal("evaluate", model)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("Accuracy 0.")
    assert "baseline 0.333" in lines[0]
    assert "1,000 resamples, seed 0" in said.out
    head = next(at for at, line in enumerate(lines) if line.split() == ["class", "precision", "recall", "F1", "rows"])
    rows = [line.split() for line in lines[head + 1 : head + 4]]
    assert [row[0] for row in rows] == ["setosa", "versicolor", "virginica"]
    assert sum(int(row[-1]) for row in rows) == 15
    assert "Measured on the 15 test rows of iris.csv." in said.err


def test_what_a_judge_finds_is_one_object(terminal: Terminal, model: Path) -> None:
    found = terminal("evaluate", model, "--part", "all", "--json", "--resamples", 50).json
    assert (found["rows"], found["part"], found["resamples"]) == (150, "all", 50)
    assert sum(map(sum, found["confusion"])) == 150
    assert {score["key"] for score in found["scores"]} >= {"accuracy", "balanced_accuracy", "auroc"}


def test_another_file_is_judged_as_a_whole(terminal: Terminal, model: Path) -> None:
    assert terminal("evaluate", model, IRIS, "--json").json["rows"] == 150
    said = terminal("evaluate", model, IRIS, "--part", "test")
    assert said.code == 1
    assert "as a whole" in said.err
    assert terminal("evaluate", model, "--resamples", 0).code == 1


def test_runs_are_listed(terminal: Terminal, project: Path) -> None:
    assert terminal("runs").err == "0 of 0 runs.\n"
    for epochs in (1, 2):
        assert terminal("train", project, "--epochs", epochs).code == 0
    said = terminal("runs")
    head, first, second = said.out.splitlines()
    assert head.split()[:4] == ["run", "started", "name", "data"]
    assert "validation accuracy" in first
    assert "completed" in second
    found = terminal("runs", "iris", "--json", "--sort", "epochs", "--limit", 1).json
    assert found["count"] == 2
    (line,) = found["runs"]
    assert (line["epochs"], line["device"], line["parameters"] > 0) == (2, "cpu", True)
    assert "torch" in line["environment"]
    one, other = (line.split()[0] for line in (second, first))
    compared = terminal("runs", "--compare", one, other)
    assert compared.out.splitlines()[1:] == [f"Training · Epochs  {'1':{len(one)}}  2"]
    assert compared.err == "The two projects differ in 1 field.\n"
    (told,) = terminal("runs", "--compare", one, other, "--json").json["differences"]
    assert (told["title"], told["one"], told["other"]) == ("Epochs", "1", "2")
    assert terminal("runs", "--compare", one, one).out == ""
    assert "no run called “none”" in terminal("runs", "--compare", one, "none").err
    assert terminal("runs", "nothing").out == ""
    assert terminal("runs", "--limit", -1).code == 1
