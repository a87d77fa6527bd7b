"""Weights of a file find their place in a network, and it is said which did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from nnstudio.engine.build import build
from nnstudio.engine.checkpoint import ModelFile, load_model, save_model, save_state_dict, sha256_of
from nnstudio.engine.load import load_weights, restore
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import ModelFileError, ShapeError
from nnstudio.spec.events import RunFinished, RunStarted, WeightsLoaded
from nnstudio.spec.files import model_in, project_to_json
from nnstudio.spec.layers import BatchNorm1d, Dropout, Linear, ReLU
from nnstudio.spec.mapping import Match, Stored, mapping, places
from nnstudio.spec.model import MatchBy, Model, Pair, Weights
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from tests.engine.experiments import examples, experiment, rows_of, run, same_weights, the

LAYERS = (Linear(8), BatchNorm1d(), ReLU(), Linear(3))


def file_of(path: Path, project: Project, state: dict[str, Tensor]) -> ModelFile:
    text = project_to_json(project)
    save_model(path, state, project_json=text, encoding_json="", metrics={}, fingerprint="")
    return load_model(path)


def state_of(project: Project, seed: int = 99) -> dict[str, Tensor]:
    return build(project.model, (4,), seed).state_dict()


@pytest.fixture
def old() -> Project:
    return experiment(*LAYERS)


def test_every_tensor_of_the_same_network_is_matched(tmp_path: Path, old: Project) -> None:
    module, state = build(old.model, (4,), 0), state_of(old)
    loaded = load_weights(module, old.model, file_of(tmp_path / "old.pth", old, state))
    assert (set(loaded.matched), loaded.fresh, loaded.unused) == (set(state), (), ())
    assert same_weights(module.state_dict(), state)


def test_weights_follow_their_row_when_another_is_inserted_before_it(tmp_path: Path, old: Project) -> None:
    first, *rest = old.model.rows
    new = Model((*rows_of(Linear(4), prefix="new"), first, *rows_of(Dropout(), prefix="newer"), *rest))
    module, state = build(new, (4,), 0), state_of(old)
    loaded = load_weights(module, new, file_of(tmp_path / "old.pth", old, state))
    assert loaded.fresh == ("0.weight", "0.bias")
    assert loaded.unused == ()
    assert torch.equal(module.state_dict()["1.weight"], state["0.weight"])
    assert torch.equal(module.state_dict()["3.running_var"], state["1.running_var"])
    assert torch.equal(module.state_dict()["5.bias"], state["3.bias"])


def test_a_row_of_another_shape_starts_fresh(tmp_path: Path, old: Project) -> None:
    *body, head = old.model.rows
    new = Model((*body, replace(head, kind=Linear(5))))
    module, state = build(new, (4,), 0), state_of(old)
    fresh = module.state_dict()["3.weight"].clone()
    loaded = load_weights(module, new, file_of(tmp_path / "old.pth", old, state))
    assert loaded.fresh == loaded.unused == ("3.weight", "3.bias")
    assert torch.equal(module.state_dict()["3.weight"], fresh)


def test_a_row_that_was_removed_is_unused(tmp_path: Path, old: Project) -> None:
    new = Model((old.model.rows[0], old.model.rows[3]))
    loaded = load_weights(build(new, (4,), 0), new, file_of(tmp_path / "old.pth", old, state_of(old)))
    assert loaded.matched == ("0.weight", "0.bias", "1.weight", "1.bias")
    assert {name.partition(".")[0] for name in loaded.unused} == {"1"}


def test_a_plain_state_dict_goes_by_names(tmp_path: Path, old: Project) -> None:
    save_state_dict(tmp_path / "plain.pth", {**state_of(old), "fc.weight": torch.ones(2)})
    module = build(old.model, (4,), 0)
    loaded = load_weights(module, old.model, load_model(tmp_path / "plain.pth"))
    assert (loaded.fresh, loaded.unused) == ((), ("fc.weight",))
    assert same_weights(module.state_dict(), state_of(old))


def test_a_project_of_strangers_goes_by_names(tmp_path: Path, old: Project) -> None:
    new = Model(rows_of(*LAYERS, prefix="stranger"))
    module = build(new, (4,), 0)
    loaded = load_weights(module, new, file_of(tmp_path / "old.pth", old, state_of(old)))
    assert (loaded.fresh, loaded.unused) == ((), ())


def test_a_project_that_cannot_be_read_goes_by_names(tmp_path: Path, old: Project) -> None:
    save_model(tmp_path / "odd.pth", state_of(old), project_json="{", encoding_json="", metrics={}, fingerprint="")
    assert not load_weights(build(old.model, (4,), 0), old.model, load_model(tmp_path / "odd.pth")).fresh


def test_numbers_of_another_precision_are_converted(tmp_path: Path, old: Project) -> None:
    module = build(old.model, (4,), 0)
    double = {name: tensor.double() for name, tensor in state_of(old).items()}
    load_weights(module, old.model, file_of(tmp_path / "double.pth", old, double))
    assert same_weights(module.state_dict(), state_of(old))


def test_weights_that_fit_nowhere_are_refused(tmp_path: Path, old: Project) -> None:
    save_state_dict(tmp_path / "foreign.pth", {"fc.weight": torch.ones(2), "0.weight": torch.ones(1, 1)})
    with pytest.raises(ModelFileError, match=r"The weights of “foreign\.pth” do not fit this network\."):
        load_weights(build(old.model, (4,), 0), old.model, load_model(tmp_path / "foreign.pth"))


# ---- In a run ----


def test_a_run_starts_from_the_weights_of_its_project(tmp_path: Path, old: Project) -> None:
    path = tmp_path / "old.pth"
    file_of(path, old, state_of(old))
    rows = tuple(replace(row, locked=True) for row in old.model.rows[:3])
    model = Model((*rows, old.model.rows[3]), Weights(str(path), sha256_of(path)))
    trained = Trained()
    events = run(replace(old, model=model), examples(), trained=trained)
    assert [type(event) for event in events[:2]] == [WeightsLoaded, RunStarted]
    assert the(WeightsLoaded, events).path == str(path)
    assert the(RunFinished, events).frozen_unchanged is True
    assert torch.equal(trained.last["0.weight"], state_of(old)["0.weight"])
    assert not torch.equal(trained.last["3.weight"], state_of(old)["3.weight"])


def test_a_run_without_its_weights_file_does_not_start(tmp_path: Path, old: Project) -> None:
    start = Weights(str(tmp_path / "gone.pth"), "0" * 64)
    with pytest.raises(FileNotFoundError):
        run(replace(old, model=replace(old.model, start=start)), examples())


# ---- A network for use ----


def test_a_model_file_becomes_the_network_that_it_was(tmp_path: Path, old: Project) -> None:
    file = file_of(tmp_path / "model.pth", old, state_of(old))
    torch.manual_seed(1)
    before = torch.get_rng_state()
    module = restore(old.model, (4,), file)
    assert torch.equal(before, torch.get_rng_state())
    assert same_weights(dict(module.state_dict()), state_of(old))
    assert not module.training
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert module(torch.ones(2, 4)).shape == (2, 3)


@pytest.mark.parametrize("lost", ["0.weight", "1.running_mean"])
def test_a_file_that_lacks_a_tensor_is_no_network(tmp_path: Path, old: Project, lost: str) -> None:
    state = {name: tensor for name, tensor in state_of(old).items() if name != lost}
    with pytest.raises(ModelFileError, match="do not fit its network") as raised:
        restore(old.model, (4,), file_of(tmp_path / "model.pth", old, state))
    assert lost in raised.value.details


def test_a_network_that_cannot_work_is_named(tmp_path: Path, old: Project) -> None:
    with pytest.raises(ShapeError):
        restore(old.model, (4, 4, 4), file_of(tmp_path / "model.pth", old, state_of(old)))


# ---- As the window shows it ----


@pytest.mark.parametrize("by", ["name", "order", "hand"])
def test_what_is_loaded_is_what_the_table_shows(tmp_path: Path, old: Project, by: MatchBy) -> None:
    """The window has no torch: it decides from shapes that are walked, the engine from the module's tensors."""
    save_state_dict(tmp_path / "w.pth", {f"body.{name}": tensor for name, tensor in state_of(old).items()})
    file = load_model(tmp_path / "w.pth")
    pairs = (Pair(old.model.rows[0].id, "", "body.0"), Pair(old.model.rows[3].id, "bias", ""))
    weights = Weights(file.path, file.sha256, by, pairs)
    model = replace(old.model, start=weights)
    module = build(model, (4,), 0)
    fresh = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    loaded = load_weights(module, model, file)
    opened = file.opened()
    shown = mapping(model, places(walk(model, (4,))), [(weights, Stored(opened.tensors, model_in(opened.project)))])
    matched = {line.place.name: line.source for line in shown if line.match is Match.MATCHED and line.place}
    assert tuple(matched) == loaded.matched
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, file.state[matched[name]] if name in matched else fresh[name])
    assert {"0.weight", "0.bias"} <= set(matched)
    assert "3.bias" not in matched
    assert len(matched) == {"name": 2, "order": 8, "hand": 2}[by]


def test_layers_from_another_file_come_with_their_weights(tmp_path: Path, old: Project) -> None:
    save_state_dict(tmp_path / "part.pth", {"0.weight": torch.ones(3, 8), "0.bias": torch.ones(3)})
    file_of(tmp_path / "old.pth", old, state_of(old))
    base = Weights(str(tmp_path / "old.pth"), sha256_of(tmp_path / "old.pth"))
    part = Weights(
        str(tmp_path / "part.pth"), sha256_of(tmp_path / "part.pth"), "hand", (Pair(old.model.rows[3].id, "", "0"),)
    )
    rows = tuple(replace(row, locked=True) for row in old.model.rows)
    model = Model((*rows, *rows_of(Linear(3), prefix="free")), base, (part,))
    trained = Trained()
    loaded = the(WeightsLoaded, run(replace(old, model=model), examples(), trained=trained))
    assert loaded.unused == ("3.weight", "3.bias")
    assert torch.equal(trained.last["3.weight"], torch.ones(3, 8))
    assert torch.equal(trained.last["0.weight"], state_of(old)["0.weight"])
