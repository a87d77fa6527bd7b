"""Somebody's weights in the terminal: what they are, as a network of ours, and what that gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.load import restore
from nnstudio.spec.files import project_from_json
from tests.cli.conftest import Terminal
from tests.engine.rebuilding.references import SqueezeNet

Floats = NDArray[np.float32]

BODY = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3)).eval()


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.save({"state_dict": {f"module.{name}": each for name, each in BODY.state_dict().items()}}, tmp_path / "w.pth")
    return tmp_path / "w.pth"


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", np.random.default_rng(1).standard_normal((5, 4)))
    return tmp_path / "x.npy"


def given(inputs: Path) -> Floats:
    with torch.inference_mode():
        answer: Floats = BODY(torch.from_numpy(np.load(inputs)).float()).numpy()
    return answer


def test_inspect_says_how_a_network_can_be_rebuilt(terminal: Terminal, weights: Path) -> None:
    said = terminal("inspect", weights)
    assert said.err.splitlines() == [
        "This is a training checkpoint, its weights under “state_dict”, with 4 tensors.",
        "It was wrapped, as DataParallel does: “module.” was taken off the names.",
        "Its network can be rebuilt, in part by guessing: it seems to be a plain stack of 2 layers with weights.",
        "An example that goes in has the shape 4.",
        "Guess: ReLU. Something without weights stood here; an activation, such as ReLU, is usual.",
    ]


def test_inspect_tells_programs_every_layer(terminal: Terminal, weights: Path) -> None:
    told = terminal("inspect", weights, "--json").json["rebuilt"]
    assert (told["certainty"], told["network"], told["input"]) == (
        "guessed",
        "a plain stack of 2 layers with weights",
        [4],
    )
    assert [(each["layer"], each["name"], bool(each["guess"])) for each in told["layers"]] == [
        ("Linear, 6 units · bias", "0", False),
        ("ReLU", "", True),
        ("Linear, 3 units · bias", "2", False),
    ]
    assert (told["notes"], told["unused"]) == ([], [])


def test_inspect_says_why_a_network_cannot_be_rebuilt(terminal: Terminal, tmp_path: Path) -> None:
    torch.save({"a.weight_g": torch.ones(2, 1), "a.weight_v": torch.ones(2, 3)}, tmp_path / "w.pth")
    said = terminal("inspect", tmp_path / "w.pth")
    assert said.code == 0
    assert "Its network cannot be rebuilt.\n“a” cannot be rebuilt: no layer has just weight_g, weight_v." in said.err


def test_a_converted_file_is_a_model_with_its_network(terminal: Terminal, weights: Path, inputs: Path) -> None:
    out = weights.parent / "model.pth"
    said = terminal("convert", weights, "--out", out, "--json")
    assert (said.code, said.json["certainty"], said.json["input"]) == (0, "guessed", "4")
    assert [each["layer"] for each in said.json["guesses"]] == ["ReLU"]
    file = load_model(out)
    project = project_from_json(file.project)
    assert [row.name for row in project.model.rows] == ["0", "", "2"]
    assert project.model.rows[1].guess
    x = torch.from_numpy(np.load(inputs)).float()
    assert np.array_equal(restore(project.model, (4,), file)(x).numpy(), given(inputs))


@pytest.mark.parametrize("converted", [False, True])
def test_run_gives_what_the_original_gives(terminal: Terminal, weights: Path, inputs: Path, converted: bool) -> None:
    model, out = weights, weights.parent / "y.npy"
    if converted:
        model = weights.parent / "model.pth"
        assert terminal("convert", weights, "--out", model).code == 0
    said = terminal("run", model, inputs, "--out", out)
    assert (said.code, said.out) == (0, "")
    assert said.err.endswith(f"What the network gives is in “{out}”.\n")
    assert "Guess: ReLU" in said.err
    written = np.load(out)
    assert written.dtype == np.float32
    assert np.array_equal(written, given(inputs))


def test_a_shape_decides_where_weights_do_not_tell(terminal: Terminal, tmp_path: Path) -> None:
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 36, 3))
    torch.save(module.state_dict(), tmp_path / "w.pth")
    assert terminal("inspect", tmp_path / "w.pth", "--input", "1x6x6", "--json").json["rebuilt"]["input"] == [1, 6, 6]
    assert terminal("convert", tmp_path / "w.pth", "--out", tmp_path / "m.pth", "--input", "1x6x6").code == 0


def test_a_known_network_is_named(terminal: Terminal, tmp_path: Path) -> None:
    torch.save(SqueezeNet("1.1", 3).state_dict(), tmp_path / "w.pth")
    said = terminal("inspect", tmp_path / "w.pth")
    assert "Its network can be rebuilt: it has the names and shapes of SqueezeNet 1.1." in said.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["convert", "none.pth", "--out", "m.pth"], "“none.pth” could not be rebuilt. “a” cannot be rebuilt: no"),
        (["run", "none.pth", "x.npy", "--out", "y.npy"], "The network of “none.pth” could not be rebuilt."),
        (["run", "w.pth", "wide.npy", "--out", "y.npy"], "The weights of “w.pth” do not fit an example of that shape."),
        (["run", "w.pth", "words.npy", "--out", "y.npy"], "“words.npy” holds no examples of numbers."),
        (["run", "w.pth", "flat.npy", "--out", "y.npy"], "“flat.npy” holds no examples of numbers."),
        (["run", "w.pth", "objects.npy", "--out", "y.npy"], "objects.npy"),
        (["run", "w.pth", "none.pth", "--out", "y.npy"], "“none.pth” could not be read as an array."),
        (["run", "w.pth", "cut.npy", "--out", "y.npy"], "“cut.npy”"),
        (["run", "w.pth", "empty.npy", "--out", "y.npy"], "“empty.npy” could not be read as an array."),
        (["run", "x.npy", "x.npy", "--out", "y.npy"], "“x.npy” could not be opened."),
    ],
    ids=["convert", "run", "shape", "words", "flat", "objects", "other", "cut", "empty", "model"],
)
@pytest.mark.usefixtures("inputs")
def test_what_cannot_be_done_is_said_and_nothing_written(
    terminal: Terminal, weights: Path, arguments: list[str], sentence: str
) -> None:
    folder = weights.parent
    torch.save({"a.scale": torch.ones(3)}, folder / "none.pth")
    np.save(folder / "wide.npy", np.ones((2, 9), np.float32))
    np.save(folder / "words.npy", np.array([["a"]]))
    np.save(folder / "flat.npy", np.ones(3))
    np.save(folder / "objects.npy", np.array([[{}]], dtype=object))
    (folder / "cut.npy").write_bytes((folder / "x.npy").read_bytes()[:-8])
    (folder / "empty.npy").write_bytes(b"")
    said = terminal(*(folder / each if "." in each else each for each in arguments))
    assert said.code == 1
    assert sentence in said.err
    assert "inside nnstudio" not in said.err
    assert not (folder / "y.npy").exists()
    assert not (folder / "m.pth").exists()


@pytest.mark.parametrize("shape", ["3", "3x0x2", "x", "1x2x3x4x5", "3,4", "99999999"])
def test_shapes_are_numbers_with_a_cross_between(terminal: Terminal, weights: Path, shape: str) -> None:
    said = terminal("inspect", weights, "--input", shape)
    assert said.code == (0 if shape == "3" else 2)
    assert ("is no shape such as 3x224x224" in said.err) == (shape != "3")
