"""``nnstudio export`` writes several forms at once, and says what each is good for."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstudio.resources import resource
from nnstudio.spec.exports import EXPORTS
from tests.cli.conftest import Terminal


@pytest.fixture
def model(terminal: Terminal, tmp_path: Path) -> Path:
    out = tmp_path / "model.pth"
    project = resource("samples/iris.nnstudio")
    assert terminal("train", project, "--epochs", 1, "--threads", 1, "--out", out).code == 0
    return out


def test_several_forms_are_written_at_once(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    script, cells = tmp_path / "train.py", tmp_path / "train.ipynb"
    said = terminal("export", model, "--python", script, "--notebook", cells, "--json")
    assert said.code == 0
    assert said.json["files"] == [str(script), str(cells)]
    assert [each["kind"] for each in said.json["exports"]] == ["python", "notebook"]
    assert f"Training script: “{script}”. Run it to train the network again." in said.err
    assert script.exists()
    assert cells.exists()


def test_what_fails_is_said_and_the_rest_written(terminal: Terminal, tmp_path: Path) -> None:
    data, out = tmp_path / "rows.csv", tmp_path / "model.pth"
    data.write_bytes(resource("samples/iris.csv").read_bytes())
    assert terminal("train", data, "--epochs", 1, "--threads", 1, "--out", out).code == 0
    data.unlink()
    script, weights = tmp_path / "train.py", tmp_path / "iris.safetensors"
    said = terminal("export", out, "--python", script, "--safetensors", weights, "--json")
    assert said.code == 1
    assert f"nnstudio: “{script}” was not written. “rows.csv” is not there." in said.err
    assert said.json["files"] == [str(weights)]
    assert said.json["failed"].keys() == {"python"}
    assert said.json["error"] == said.json["failed"]["python"]
    assert weights.exists()
    assert not script.exists()


def test_code_of_a_project_needs_no_training(terminal: Terminal, tmp_path: Path) -> None:
    project, script, cells = resource("samples/iris.nnstudio"), tmp_path / "train.py", tmp_path / "train.ipynb"
    said = terminal("export", project, "--python", script, "--notebook", cells, "--json")
    assert said.code == 0
    assert said.json["files"] == [str(script), str(cells)]
    assert "Run it to train the network." in said.err
    assert "nn.Sequential(" in script.read_text(encoding="utf-8")


def test_what_a_project_lacks_is_said_before_anything_is_written(terminal: Terminal, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    said = terminal(
        "export", resource("samples/iris.nnstudio"), "--python", script, "--onnx", tmp_path / "iris.onnx", "--json"
    )
    assert said.code == 1
    assert "“iris.nnstudio” is a project, which holds no weights: there is no ONNX of it." in said.err
    assert "nnstudio train iris.nnstudio --out" in said.err
    assert not script.exists()


def test_names_are_checked_before_anything_is_written(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("export", tmp_path / "no.pth", "--python", tmp_path / "a.py", "--notebook", tmp_path / "b.txt")
    assert said.code == 1
    assert "“b.txt” does not end in .ipynb. Call it “b.ipynb”." in said.err


def test_nothing_to_write_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("export", tmp_path / "model.pth")
    assert said.code == 1
    assert "Name a file" in said.err


def test_help_lists_every_kind(terminal: Terminal) -> None:
    said = terminal("export", "--help")
    assert all(f"--{key} FILE" in said.out for key in EXPORTS)
