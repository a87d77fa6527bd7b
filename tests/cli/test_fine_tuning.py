"""Training from somebody's weights in the terminal: another head, and layers that stay as they are."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn

from nnstudio.resources import resource
from tests.cli.conftest import Terminal

IRIS, PENGUINS = resource("samples/iris.csv"), resource("samples/penguins.csv")


@pytest.fixture
def model(terminal: Terminal, tmp_path: Path) -> Path:
    path = tmp_path / "model.pth"
    assert terminal("train", IRIS, "--target", "species", "--epochs", 2, "--out", path).code == 0
    return path


def test_the_network_of_a_file_is_trained_on_plain_data(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuned.pth"
    said = terminal(
        "train",
        IRIS,
        "--target",
        "species",
        "--weights",
        model,
        "--freeze",
        "0.*",
        "--epochs",
        2,
        "--out",
        out,
        "--json",
    )
    assert said.code == 0
    assert said.json["frozen"] == ["0.weight", "0.bias"]
    assert said.json["frozen_verified"] is True
    assert said.json["start"]["fresh"] == []
    before, after = (torch.load(path, weights_only=True)["state_dict"] for path in (model, out))
    assert torch.equal(before["0.weight"], after["0.weight"])
    assert not torch.equal(before["2.weight"], after["2.weight"])
    assert "tensors start from “model.pth”." in said.err


def test_a_new_head_starts_fresh(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "tuned.pth"
    said = terminal(
        "train", IRIS, "--target", "species", "--weights", model, "--head", 3, "--epochs", 1, "--out", out, "--json"
    )
    assert said.code == 0
    last = said.json["start"]["fresh"]
    assert len(last) == 2
    assert torch.load(out, weights_only=True)["state_dict"][last[0]].shape[0] == 3
    assert f"Fresh: {', '.join(last)}." in said.err


def test_a_head_that_does_not_fit_the_data_is_refused(terminal: Terminal, model: Path) -> None:
    said = terminal("train", IRIS, "--target", "species", "--weights", model, "--head", 5)
    assert said.code == 1
    assert "The network gives 5 numbers for each row, but cross-entropy needs 3" in said.err


def test_the_head_follows_the_data(terminal: Terminal, model: Path) -> None:
    """Two classes instead of three; the first layer takes other columns, so that it starts fresh, too."""
    said = terminal("train", PENGUINS, "--target", "sex", "--weights", model, "--epochs", 1, "--json")
    assert said.code == 0, said.err
    assert {"0.weight"} < set(said.json["start"]["fresh"])
    assert said.json["start"]["matched"]


def test_a_pattern_that_names_nothing_is_refused_before_training(terminal: Terminal, model: Path) -> None:
    said = terminal("train", IRIS, "--target", "species", "--weights", model, "--freeze", "features.*")
    assert said.code == 1
    assert "Nothing in the network is called “features.*”. Its tensors are 0.weight, 0.bias" in said.err


def test_freezing_everything_leaves_nothing_to_train(terminal: Terminal, model: Path) -> None:
    said = terminal("train", IRIS, "--target", "species", "--weights", model, "--freeze", "*")
    assert said.code == 1
    assert "There is nothing to train." in said.err


@pytest.mark.parametrize("outputs", [0, -3])
def test_a_head_of_no_outputs_is_refused(terminal: Terminal, outputs: int) -> None:
    said = terminal("train", IRIS, "--target", "species", "--head", outputs)
    assert said.code == 1
    assert "must be at least 1" in said.err


def test_bare_tensors_go_into_the_suggested_network(terminal: Terminal, model: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.pth"
    torch.save(torch.load(model, weights_only=True)["state_dict"], bare)
    said = terminal("train", IRIS, "--target", "species", "--weights", bare, "--epochs", 1, "--json")
    assert said.json["start"]["fresh"] == []


def test_the_network_of_foreign_tensors_is_built_for_plain_data(terminal: Terminal, tmp_path: Path) -> None:
    """As a practitioner has them: other names, other widths, a head for other classes."""
    theirs = nn.Sequential(OrderedDict(fc1=nn.Linear(4, 24), act=nn.ReLU(), fc2=nn.Linear(24, 7)))
    torch.save(theirs.state_dict(), tmp_path / "theirs.pth")
    out = tmp_path / "tuned.pth"
    options = ("--weights", tmp_path / "theirs.pth", "--freeze", "fc1.*", "--epochs", 2, "--out", out, "--json")
    said = terminal("train", IRIS, "--target", "species", *options)
    assert said.code == 0, said.err
    assert said.json["start"]["matched"] == ["0.weight", "0.bias"]
    assert said.json["frozen"] == ["0.weight", "0.bias"]
    assert said.json["frozen_verified"] is True
    assert "theirs.pth" in said.err
    state = torch.load(out, weights_only=True)["state_dict"]
    assert torch.equal(state["0.weight"], theirs.state_dict()["fc1.weight"])
    assert list(state.values())[-1].shape == (3,)
