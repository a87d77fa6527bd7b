"""Every command prints one JSON object on standard output, and nothing else there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nnstudio.__main__ import main
from nnstudio.cli.names import COMMANDS
from nnstudio.jobs import diagnosing
from nnstudio.resources import resource
from nnstudio.spec.diagnosis import DisplayFacts

IRIS = resource("samples/iris.csv")

COMMAND_LINES = {
    "new": ("--data", IRIS, "--target", "species", "--out", "made.nnstudio"),
    "train": ("iris.nnstudio", "--epochs", 1),
    "resume": ("--more", 1),
    "search": ("iris.nnstudio", "--trials", 1, "--epochs", 1, "--field", "optimizer.lr=1e-3..1e-2"),
    "predict": ("model.pth", IRIS, "--out", "out.csv"),
    "evaluate": ("model.pth", "--resamples", 10),
    "runs": (),
    "export": ("model.pth", "--python", "train.py"),
    "inspect": ("layer.pth",),
    "convert": ("layer.pth", "--out", "converted.pth"),
    "run": ("layer.pth", "x.npy", "--out", "y.npy"),
    "doctor": (),
    "completion": ("fish",),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a project, a model, a foreign layer and an array, in which one works."""
    folder = tmp_path_factory.mktemp("json")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("DATA", "CACHE", "CONFIG"):
            patch.setenv(f"NNSTUDIO_{name}", str(folder / name.lower()))
        patch.setattr(diagnosing, "what_keeps_awake", lambda: "")
        patch.setattr(diagnosing, "display_facts", lambda: DisplayFacts(screen=True, platform="xcb"))
        torch.save(torch.nn.Linear(3, 2), folder / "layer.pth")
        np.save(folder / "x.npy", np.zeros((2, 3), np.float32))
        assert main(["new", "--data", str(IRIS), "--target", "species", "--out", "iris.nnstudio"]) == 0
        assert main(["train", "iris.nnstudio", "--epochs", "1", "--out", "model.pth"]) == 0
        yield folder


@pytest.fixture(autouse=True)
def own_folders() -> None:
    """The folders of this module are those of `folder`."""


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_prints_one_object(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for name in ("DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(folder / name.lower()))
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([command, *map(str, COMMAND_LINES[command]), "--json"])
    assert code == 0, err.getvalue()
    (line,) = out.getvalue().splitlines()
    told: Any = json.loads(line, parse_constant=pytest.fail)
    assert isinstance(told, dict)
    assert "error" not in told
    assert "\x1b" not in err.getvalue()
