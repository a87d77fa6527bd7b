"""What became of weights from one file to another is told tensor by tensor."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from nnstudio.engine.checkpoint import load_model, save_model
from nnstudio.engine.differences import compared
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.project import Project

BEFORE = {"fc.weight": torch.tensor([[3.0, 4.0]]), "fc.bias": torch.zeros(1), "old": torch.ones(1)}
AFTER = {"fc.weight": torch.tensor([[3.0, 4.5]]), "fc.bias": torch.ones(1), "extra": torch.ones(2)}


def test_every_tensor_of_both_files_is_told_of(tmp_path: Path) -> None:
    torch.save(BEFORE | {"same": torch.ones(2), "head": torch.ones(2)}, tmp_path / "before.pth")
    torch.save(AFTER | {"same": torch.ones(2), "head": torch.ones(3)}, tmp_path / "after.pth")
    found = {one.name: one for one in compared(load_model(tmp_path / "after.pth"), tmp_path / "before.pth")}
    changes = {name: one.change for name, one in found.items()}
    assert changes == {
        "fc.weight": "changed",
        "fc.bias": "changed",
        "extra": "new",
        "same": "same",
        "head": "shape",
        "old": "missing",
    }
    assert found["fc.weight"].moved == pytest.approx(0.1)
    assert math.isinf(found["fc.bias"].moved)


def test_a_model_of_ours_is_compared_by_the_names_of_its_rows(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.ones(2, 2), "fc.bias": torch.ones(2)}, tmp_path / "theirs.pth")
    save_model(
        tmp_path / "ours.pth",
        {"0.weight": torch.ones(2, 2), "0.bias": torch.zeros(2)},
        project_json=project_to_json(Project(model=Model((new_row(Linear(2), "fc"),)))),
        encoding_json="",
        metrics={},
        fingerprint="",
    )
    found = compared(load_model(tmp_path / "ours.pth"), tmp_path / "theirs.pth")
    assert [(one.name, one.change) for one in found] == [("fc.weight", "same"), ("fc.bias", "changed")]
