"""A trained network leaves the program with proof that it is the same: ONNX, .pt2, safetensors.

The exporters take seconds to load, so that few networks are exported here; all kinds are in the benchmark of formats.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import onnxruntime
import pytest
import torch

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.exporting import companion
from nnstudio.engine.exporting.compared import Run
from nnstudio.engine.exporting.exported_program import ABOUT, program_of
from nnstudio.jobs.exporting.exportable import Exportable
from nnstudio.jobs.runner import answer
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.foreign import build_network
from nnstudio.spec.errors import ExportError, FileError, ModelFileError
from nnstudio.spec.events import Event, Exported, Exporting, Failed, Inbox, ModelOpened, Predicted, Stop
from nnstudio.spec.files import load_project, project_from_json
from nnstudio.spec.requests import ExportModel, OpenModel, PredictTable, SaveModel
from nnstudio.spec.sources import TableSource
from tests.exported import asked
from tests.networks_exported import untrained

IRIS = resource("samples/iris.csv")
DIABETES = resource("samples/diabetes.csv")


@dataclass(frozen=True)
class Files:
    """The iris network in every form, and what was said of each."""

    model: Path
    said: dict[str, Exported]

    def path(self, kind: str) -> Path:
        return Path(self.said[kind].path)


def export(model: Path, kind: str) -> Exported:
    suffix = {"onnx": ".onnx", "pt2": ".pt2", "safetensors": ".safetensors"}[kind]
    *_, done = asked(ExportModel(str(model), {kind: str(model.with_suffix(suffix))}))
    assert isinstance(done, Exported)
    return done


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    folder = tmp_path_factory.mktemp("iris")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNSTUDIO_CACHE", str(folder / "cache"))
        model = untrained(load_project(resource("samples/iris.nnstudio")), folder / "iris.pth")
        yield Files(model, {kind: export(model, kind) for kind in ("onnx", "pt2", "safetensors")})


def predicted(model: Path, table: Path, out: Path) -> list[dict[str, str]]:
    """What nnstudio itself predicts."""
    (done,) = asked(PredictTable(str(model), TableSource(str(table)), str(out)))
    assert isinstance(done, Predicted)
    with out.open(newline="") as file:
        return list(csv.DictReader(file))


def test_onnx_agrees_with_pytorch_over_random_and_real_rows(iris: Files) -> None:
    said = iris.said["onnx"]
    assert said.rows == 62
    assert said.difference is not None
    assert 0 <= said.difference < 1e-5
    assert "The largest difference from PyTorch over 30 rows and 32 random examples is" in said.sentence


@pytest.mark.parametrize("rows", [1, 5])
def test_onnx_takes_any_number_of_examples(iris: Files, rows: int) -> None:
    session = onnxruntime.InferenceSession(iris.path("onnx"), providers=["CPUExecutionProvider"])
    logits, chances = session.run(["logits", "probabilities"], {"input": np.ones((rows, 4), np.float32)})
    assert logits.shape == chances.shape == (rows, 3)
    np.testing.assert_allclose(chances.sum(1), 1.0, rtol=1e-6)


def test_the_metadata_says_all_that_it_takes_to_use_it(iris: Files) -> None:
    session = onnxruntime.InferenceSession(iris.path("onnx"), providers=["CPUExecutionProvider"])
    about = session.get_modelmeta()
    texts = about.custom_metadata_map
    assert about.description == "A network that nnstudio trained on iris.csv to predict species."
    assert texts["nnstudio.task"] == "multiclass"
    assert json.loads(texts["nnstudio.target"])["classes"] == ["setosa", "versicolor", "virginica"]
    given = json.loads(texts["nnstudio.input"])
    assert (given["name"], given["shape"]) == ("input", [None, 4])
    assert given["numbers"][0]["name"] == given["numbers"][0]["column"] == "sepal_length"
    assert given["numbers"][0]["is"].startswith("(cell − 5.")
    outputs = {each["name"]: each for each in json.loads(texts["nnstudio.outputs"])}
    assert outputs["probabilities"]["columns"] == ["setosa", "versicolor", "virginica"]
    assert json.loads(texts["nnstudio.provenance"])["data"] == "iris.csv"
    assert json.loads(texts["nnstudio.provenance"])["measures"] == {"loss": 1.5}
    assert set(json.loads(texts["nnstudio.versions"])) == {"nnstudio", "torch", "python"}


@pytest.mark.parametrize("kind", ["onnx", "pt2"])
def test_a_file_tells_nothing_of_the_machine(iris: Files, kind: str) -> None:
    content = iris.path(kind).read_bytes()
    assert str(IRIS.parent).encode() not in content
    assert str(Path(torch.__file__).parent).encode() not in content


def test_the_script_beside_it_predicts_what_nnstudio_predicts(
    iris: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Path(*iris.said["onnx"].beside)
    assert script.name == "iris-predict.py"
    assert "python iris-predict.py iris.onnx rows.csv" in script.read_text(encoding="utf-8")
    assert companion.main(str(iris.path("onnx")), str(IRIS)) == 0
    theirs = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ours = predicted(iris.model, IRIS, tmp_path / "ours.csv")
    assert list(theirs[0]) == list(ours[0])
    assert [row["predicted_species"] for row in theirs] == [row["predicted_species"] for row in ours]
    for name in ("probability_setosa", "probability_virginica"):
        np.testing.assert_allclose(numbers(theirs, name), numbers(ours, name), atol=1e-6)


def test_the_script_says_what_it_cannot_predict_and_fails(iris: Files, tmp_path: Path) -> None:
    script, rows = Path(*iris.said["onnx"].beside), tmp_path / "rows.csv"
    rows.write_text("sepal_length,sepal_width,petal_length,petal_width\n1,2,3,4\n1,two,3,4\n")
    command = [sys.executable, "-I", str(script), str(iris.path("onnx")), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    said = "Line 3: “two” in the column “sepal_width” is no number with a point before its decimals.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


@pytest.mark.parametrize(
    ("name", "said"),
    [("no.onnx", "There is no file"), ("iris.pth", "no network that onnxruntime can run")],
)
def test_the_script_says_what_is_no_network(iris: Files, name: str, said: str) -> None:
    with pytest.raises(companion.Problem, match=said):
        companion.main(str(iris.model.with_name(name)), str(IRIS))


def test_a_script_that_somebody_changed_is_left_alone(
    iris: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnstudio.jobs.exporting.network.onnx_bytes", lambda *_: iris.path("onnx").read_bytes())
    model = tmp_path / "iris.pth"
    model.write_bytes(iris.model.read_bytes())
    script = tmp_path / "iris-predict.py"
    script.write_text("mine")
    said = export(model, "onnx")
    assert "“iris-predict.py” beside it was there already, and is left as it is." in said.sentence
    assert script.read_text() == "mine"


def numbers(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def test_values_come_in_their_own_unit_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = untrained(load_project(resource("samples/diabetes.nnstudio")), tmp_path / "diabetes.pth")
    said = export(model, "onnx")
    assert capfd.readouterr() == ("", "")
    companion.main(said.path, str(DIABETES))
    theirs = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    ours = predicted(model, DIABETES, tmp_path / "ours.csv")
    name = "predicted_progression"
    np.testing.assert_allclose(numbers(theirs, name), numbers(ours, name), rtol=1e-5)


def test_an_exported_program_gives_the_same_bits(iris: Files) -> None:
    extra = {ABOUT: ""}
    module = torch.export.load(iris.path("pt2"), extra_files=extra).module()
    assert json.loads(extra[ABOUT])["nnstudio.task"] == "multiclass"
    logits, chances = module(torch.ones(5, 4))
    assert torch.equal(logits.softmax(1), chances)
    assert iris.said["pt2"].difference == 0.0
    assert iris.said["pt2"].sentence == "It gives the same bits as PyTorch over 30 rows and 32 random examples."


def test_safetensors_open_as_the_model_that_they_are(iris: Files, tmp_path: Path) -> None:
    (opened,) = asked(OpenModel(str(iris.path("safetensors"))))
    assert isinstance(opened, ModelOpened)
    assert project_from_json(opened.project) == project_from_json(load_model(iris.model).project)
    assert opened.kind == "a model file of nnstudio"
    assert iris.said["safetensors"].sentence == "All 6 tensors were read back bit for bit."
    ours = predicted(iris.model, IRIS, tmp_path / "ours.csv")
    assert predicted(iris.path("safetensors"), IRIS, tmp_path / "theirs.csv") == ours


def test_bare_weights_become_safetensors_but_no_network(iris: Files, tmp_path: Path) -> None:
    bare = tmp_path / "bare.pth"
    asked(SaveModel(str(iris.model), str(bare), state_dict_only=True))
    assert export(bare, "safetensors").difference == 0.0
    assert load_model(bare.with_suffix(".safetensors")).project == ""
    with pytest.raises(ModelFileError, match="holds bare weights"):
        export(bare, "pt2")


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
class Theirs(torch.nn.Module):
    """A network as somebody else writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.BatchNorm1d(6))
        self.fc = torch.nn.Linear(6, 3)


def test_the_code_that_weights_came_from_loads_them_again(tmp_path: Path) -> None:
    """Strictly: no name is missing, and none is left over."""
    theirs = tmp_path / "theirs.pth"
    torch.save(Theirs().state_dict(), theirs)
    (opened,) = asked(OpenModel(str(theirs)))
    assert isinstance(opened, ModelOpened)
    project = build_network(load_project(resource("samples/iris.nnstudio")), opened)
    model = untrained(replace(project, model=replace(project.model, start=None)), tmp_path / "ours.pth")
    *_, done = asked(ExportModel(str(model), {"weights": str(tmp_path / "out.pth")}))
    assert isinstance(done, Exported)
    assert done.sentence == "9 tensors by the names of the rows."
    again = Theirs()
    again.load_state_dict(torch.load(done.path, weights_only=True))
    assert torch.equal(again.fc.weight, load_model(model).state["3.weight"])


def test_an_export_never_takes_the_place_of_its_model(iris: Files) -> None:
    with pytest.raises(FileError, match=r"“iris\.pth” is the model itself\. It would be lost"):
        asked(ExportModel(str(iris.model), {"weights": str(iris.model)}))


def test_data_whose_name_is_no_text_can_be_named(tmp_path: Path) -> None:
    table = tmp_path / os.fsdecode(b"caf\xe9.csv")
    shutil.copy(resource("samples/iris.csv"), table)
    project = edits.relocate(load_project(resource("samples/iris.nnstudio")), str(table))
    model = untrained(project, tmp_path / "m.pth")
    assert export(model, "safetensors").difference == 0
    assert "trained on caf�.csv" in Exportable.of(load_model(model)).about


def test_data_that_are_gone_leave_random_examples(iris: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.jobs.exporting.exportable.held_out", missing)
    copy = tmp_path / "iris.pth"
    copy.write_bytes(iris.model.read_bytes())
    said = export(copy, "pt2")
    assert said.rows == 32
    assert "(the data that it was trained on are gone or others now)" in said.sentence


def missing(*_: object) -> None:
    raise FileNotFoundError


def test_a_file_that_gives_something_else_is_not_written(
    iris: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shifted(content: bytes) -> Run:
        run = program_of(content)
        return lambda x: [each + np.float32(0.1) for each in run(x)]

    monkeypatch.setattr("nnstudio.jobs.exporting.network.program_of", shifted)
    out = tmp_path / "iris.pt2"
    out.write_text("before")
    with pytest.raises(ExportError, match="does not give what PyTorch gives"):
        asked(ExportModel(str(iris.model), {"pt2": str(out)}))
    assert [path.read_text() for path in tmp_path.glob("*.pt2*")] == ["before"]


def test_stop_leaves_nothing_behind(iris: Files, tmp_path: Path) -> None:
    inbox: Inbox = SimpleQueue()
    said: list[Event] = []
    for event in answer(ExportModel(str(iris.model), {"pt2": str(tmp_path / "iris.pt2")}), inbox):
        said.append(event)
        inbox.put(Stop())
    assert [type(event) for event in said] == [Exporting]
    inbox.put(Stop())
    assert list(answer(ExportModel(str(iris.model), {"onnx": str(tmp_path / "iris.onnx")}), inbox)) == []
    assert not list(tmp_path.glob("iris.*"))


def test_a_folder_that_takes_no_file_is_said_before_long_work(iris: Files, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "iris.onnx"
    (said,) = answer(ExportModel(str(iris.model), {"onnx": str(out)}), SimpleQueue())
    assert isinstance(said, Failed)
    assert isinstance(said.error, FileError)
    assert "nowhere” is not there" in said.error.what
