"""Blocks that hold stacks: PyTorch makes of them what is declared, trains them, keeps what is locked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from hypothesis import assume, given
from torch import Tensor, nn

from nnstudio.engine.build import assemble, build
from nnstudio.engine.checkpoint import ModelFile
from nnstudio.engine.frozen import Frozen, same_bits
from nnstudio.engine.load import load_weights, restore
from nnstudio.engine.modules import Branches as BranchesModule
from nnstudio.engine.trained import Trained
from nnstudio.spec import nesting
from nnstudio.spec.events import RunFinished
from nnstudio.spec.files import project_to_json
from nnstudio.spec.layers import BatchNorm1d, Branches, Dropout, Linear, ReLU, Repeat, Shape
from nnstudio.spec.model import Model
from nnstudio.spec.project import Project
from nnstudio.spec.shapes import walk
from tests.engine.experiments import examples, experiment, run, the
from tests.spec.nested import nested, nested_models

RESIDUAL = nested((Branches(), [Linear(8), BatchNorm1d(), ReLU(), Linear(4)], []), (Repeat(2), [Linear(4)]), Linear(3))
"""a: (b Linear, c batch norm, d ReLU, e Linear | nothing), f: twice (g Linear), h Linear."""


def with_locks(model: Model, *row_ids: str) -> Model:
    return Model(nesting.mapped(model.rows, lambda row: replace(row, locked=row.id in row_ids)))


def project_of(model: Model) -> Project:
    return replace(experiment(), model=model)


def shapes_of(tensors: dict[str, Tensor]) -> dict[str, Shape]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


@given(model=nested_models)
def test_a_nested_stack_has_the_shape_and_the_tensors_that_are_declared(model: Model) -> None:
    walked = walk(model, (4, 6, 6))
    assume(walked.problem is None)
    with torch.device("meta"):
        module = assemble(walked)
    assert tuple(module(torch.empty(2, 4, 6, 6, device="meta")).shape)[1:] == walked.output
    declared = {
        f"{place}.{name}": shape
        for place, step in enumerate(walked.steps)
        for name, shape in (*step.parameters.items(), *step.buffers.items())
    }
    assert shapes_of(module.state_dict()) == declared
    assert sum(parameter.numel() for parameter in module.parameters()) == walked.count


@given(model=nested_models)
def test_rows_are_numbered_as_pytorch_names_their_modules(model: Model) -> None:
    walked = walk(model, (4, 6, 6))
    assume(walked.problem is None)
    with torch.device("meta"):
        module = assemble(walked)
    for prefix, row in model.numbered():
        name = row.kind.call((4, 6, 6)).name.rpartition(".")[2]
        assert type(module.get_submodule(prefix)).__name__ == name


def test_branches_are_joined_from_the_first_to_the_last() -> None:
    x = torch.tensor([[2.0, 3.0]])
    twice = nn.Sequential(nn.Flatten(), nn.Hardtanh(-1, 1))
    assert BranchesModule(nn.Sequential(), twice)(x).tolist() == [[3.0, 4.0]]
    assert BranchesModule(nn.Sequential(), nn.Sequential(), join="multiply")(x).tolist() == [[4.0, 9.0]]
    assert BranchesModule(nn.Sequential(), twice, join="concat")(x).tolist() == [[2.0, 3.0, 1.0, 1.0]]
    sequence = torch.arange(4.0).reshape(1, 2, 2)
    both = [nn.Sequential(), nn.Sequential()]
    assert BranchesModule(*both, join="concat")(sequence).shape == (1, 4, 2)
    assert BranchesModule(*both, join="concat", along="last")(sequence).shape == (1, 2, 4)
    assert BranchesModule()(x) is x


def test_a_residual_block_is_what_one_writes_by_hand() -> None:
    module = build(nested((Branches(), [Linear(8), ReLU(), Linear(4)], [])), (4,), 7)
    torch.manual_seed(7)
    first, last, x = nn.Linear(4, 8), nn.Linear(8, 4), torch.randn(5, 4)
    assert torch.equal(module(x), last(torch.relu(first(x))) + x)


def test_names_of_tensors_are_place_branch_place() -> None:
    names = list(build(RESIDUAL, (4,), 0).state_dict())
    assert names[:3] == ["0.0.0.weight", "0.0.0.bias", "0.0.1.weight"]
    assert names[-6:] == ["1.0.0.weight", "1.0.0.bias", "1.1.0.weight", "1.1.0.bias", "2.weight", "2.bias"]


def test_training_a_nested_network_gives_the_same_bits_each_time() -> None:
    one, other = Trained(), Trained()
    for trained in (one, other):
        run(project_of(RESIDUAL), examples(), trained=trained)
    before = build(RESIDUAL, (4,), project_of(RESIDUAL).training.seed).state_dict()
    assert all(same_bits(one.last[name], other.last[name]) for name in before)
    assert not any(same_bits(one.last[name], tensor) for name, tensor in before.items() if name.endswith("weight"))


def test_what_is_locked_in_a_block_keeps_every_bit() -> None:
    model, trained = with_locks(RESIDUAL, "c", "g"), Trained()
    finished = the(RunFinished, run(project_of(model), examples(), trained=trained))
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    repeated = ("1.0.0.weight", "1.0.0.bias", "1.1.0.weight", "1.1.0.bias")
    assert finished.frozen == (*(f"0.0.1.{name}" for name in norm), *repeated)
    assert finished.frozen_unchanged is True


def test_a_locked_block_keeps_all_that_it_holds() -> None:
    model, trained = with_locks(RESIDUAL, "a", "c"), Trained()
    finished = the(RunFinished, run(project_of(model), examples(), trained=trained))
    assert len(finished.frozen) == len(set(finished.frozen)) == 9
    assert all(name.startswith("0.0.") for name in finished.frozen)
    assert finished.frozen_unchanged is True


def test_a_locked_dropout_in_a_block_lets_everything_pass() -> None:
    model = with_locks(nested((Repeat(2), [Dropout(1.0)])), "b")
    module = build(model, (4,), 0)
    Frozen(module, model).train()
    assert module(torch.ones(1, 4)).tolist() == [[1.0] * 4]


def saved(model: Model) -> ModelFile:
    state = build(model, (4,), 3).state_dict()
    return ModelFile("w.pth", "0", state, project_to_json(project_of(model)))


def test_a_nested_network_is_restored_with_every_tensor() -> None:
    file = saved(RESIDUAL)
    module = restore(RESIDUAL, (4,), file)
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())


def test_weights_follow_their_rows_into_and_out_of_blocks() -> None:
    before = nested((Branches(), [Linear(4), ReLU()], []), Linear(3))
    after, file = Model(nesting.moved(before.rows, {"b"}, (0,))), saved(before)
    module = build(after, (4,), 0)
    assert load_weights(module, after, file).fresh == ()
    assert torch.equal(module.state_dict()["0.weight"], file.state["0.0.0.weight"])
    assert torch.equal(module.state_dict()["2.weight"], file.state["1.weight"])


def test_a_repetition_more_starts_fresh_and_the_others_keep_their_weights() -> None:
    file = saved(RESIDUAL)
    thrice = Model(nesting.mapped(RESIDUAL.rows, lambda row: replace(row, kind=Repeat(3)) if row.id == "f" else row))
    module = build(thrice, (4,), 0)
    loaded = load_weights(module, thrice, file)
    assert loaded.fresh == ("1.2.0.weight", "1.2.0.bias")
    assert torch.equal(module.state_dict()["1.1.0.weight"], file.state["1.1.0.weight"])


def test_a_nested_network_is_saved_and_read_back(tmp_path: Path) -> None:
    state = build(RESIDUAL, (4,), 3).state_dict()
    torch.save(state, tmp_path / "w.pth")
    read = torch.load(tmp_path / "w.pth", weights_only=True)
    assert all(same_bits(state[name], read[name]) for name in state)
