"""Layers leave a network with their weights and come into another one with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nnstudio.engine.checkpoint import load_model
from nnstudio.resources import resource
from nnstudio.session import edits
from nnstudio.session.starts import insert_layers
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import ModelOpened, RunFinished, Saved, WeightsLoaded
from nnstudio.spec.files import model_in, project_from_json
from nnstudio.spec.layers import Linear, ReLU, Repeat
from nnstudio.spec.model import Model, Row, Weights, block
from nnstudio.spec.project import Project
from nnstudio.spec.requests import OpenModel, SaveLayers, TrainProject
from nnstudio.spec.sources import TableSource
from tests.jobs.test_training import PLAN, ask, finished, suggested


@pytest.fixture
def iris() -> Project:
    return suggested(TableSource(str(resource("samples/iris.csv"))), epochs=2)


def trained(project: Project) -> tuple[RunFinished, Model]:
    """A run of ``project``, and its network that starts from the weights of the run."""
    end = finished(ask(TrainProject(project, PLAN)))
    return end, edits.start_from(project, Weights(end.best_weights, end.best_sha256)).model


def saved(model: Model, rows: tuple[str, ...], out: Path) -> ModelOpened:
    """The layers as a file, and what is found in it."""
    (event,) = ask(SaveLayers(model, (4,), rows, str(out)))
    assert event == Saved(str(out))
    (opened,) = ask(OpenModel(str(out)))
    assert isinstance(opened, ModelOpened)
    return opened


def test_layers_are_saved_with_their_own_network(iris: Project, tmp_path: Path) -> None:
    first, second = iris.model.rows[0].id, iris.model.rows[1].id
    end, model = trained(edits.lock_layer(iris, first, True))
    opened = saved(model, (first, second), tmp_path / "part.pth")
    project = project_from_json(opened.project)
    assert project.data is None
    assert [row.kind for row in project.model.rows] == [row.kind for row in iris.model.rows[:2]]
    assert not any(row.locked for row in project.model.rows)
    state = torch.load(tmp_path / "part.pth", weights_only=True)["state_dict"]
    assert list(state) == ["0.weight", "0.bias"]
    assert torch.equal(state["0.weight"], load_model(Path(end.best_weights)).state["0.weight"])


def test_layers_take_their_weights_into_another_network(iris: Project, tmp_path: Path) -> None:
    end, model = trained(iris)
    opened = saved(model, (iris.model.rows[0].id,), tmp_path / "part.pth")
    layers = model_in(opened.project)
    assert layers
    other = replace(iris, model=Model((Row("new", ReLU()), Row("end", Linear(3)))))
    other, rows = insert_layers(other, layers, Weights(opened.path, opened.sha256), 0)
    other = edits.lock_layer(other, rows[0].id, True)
    events = ask(TrainProject(other, PLAN))
    assert isinstance(events[0], WeightsLoaded)
    assert (events[0].matched, events[0].fresh) == (("0.weight", "0.bias"), ("2.weight", "2.bias"))
    after = load_model(Path(finished(events).last_weights)).state
    assert torch.equal(after["0.weight"], load_model(Path(end.best_weights)).state["0.weight"])


def test_layers_of_blocks_are_named_as_in_a_network_of_their_own(iris: Project, tmp_path: Path) -> None:
    inner = Row("x", Linear(4))
    nested = replace(iris, model=Model((Row("a", ReLU()), block(Repeat(2), [inner]), Row("end", Linear(3)))))
    end, model = trained(nested)
    repeat = model.rows[1].id
    saved(model, (repeat,), tmp_path / "block.pth")
    state, whole = (load_model(Path(path)).state for path in (tmp_path / "block.pth", end.best_weights))
    assert list(state) == ["0.0.0.weight", "0.0.0.bias", "0.1.0.weight", "0.1.0.bias"]
    assert torch.equal(state["0.1.0.weight"], whole["1.1.0.weight"])


def test_layers_that_start_fresh_are_not_saved(iris: Project, tmp_path: Path) -> None:
    _, model = trained(iris)
    fresh = Model((*model.rows[:-1], Row("new", Linear(5), "head")), model.start)
    with pytest.raises(ModelFileError, match=r"“head” has no trained weights yet\."):
        saved(fresh, ("new",), tmp_path / "part.pth")
    assert not (tmp_path / "part.pth").exists()


def test_layers_without_weights_are_not_saved(iris: Project, tmp_path: Path) -> None:
    _, model = trained(iris)
    with pytest.raises(ModelFileError, match="There is nothing to save"):
        saved(model, (iris.model.rows[1].id,), tmp_path / "part.pth")
