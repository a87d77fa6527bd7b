"""Weights that others saved: told what they are, read as they were, and never run."""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import json
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from nnstudio.engine.checkpoint import load_model, sha256_of
from nnstudio.engine.foreign.listing import listed
from nnstudio.engine.foreign.records import torch_modules
from nnstudio.engine.frozen import same_bits
from nnstudio.engine.inspecting import inspect
from nnstudio.engine.rebuilding.rebuild import rebuild
from nnstudio.spec.errors import ModelFileError

STATE = {"0.weight": torch.arange(6.0).reshape(2, 3), "0.bias": torch.tensor([1.0, 2.0])}


def written(path: Path, content: object, **how: Any) -> Path:
    torch.save(content, path, **how)
    return path


def prefixed(prefix: str) -> dict[str, torch.Tensor]:
    return {prefix + name: tensor for name, tensor in STATE.items()}


# ---- Kinds of files ----


@pytest.mark.parametrize(
    ("content", "kind", "notes"),
    [
        (STATE, "a state_dict with 2 tensors", ()),
        (collections.OrderedDict(STATE), "a state_dict with 2 tensors", ()),
        (
            {"epoch": 12, "state_dict": STATE, "optimizer": {"state": {}, "param_groups": []}},
            "a training checkpoint, its weights under “state_dict”, with 2 tensors",
            ("It holds the state of an optimiser, which is not used.", "It was saved in epoch 12."),
        ),
        ({"model": STATE, "args": {"lr": 0.1}}, "a training checkpoint, its weights under “model”, with 2 tensors", ()),
        (
            {"params_ema": STATE, "params": STATE},
            "a training checkpoint, its weights under “params”, with 2 tensors",
            ("It holds averaged weights, too, under “params_ema”; they are not used.",),
        ),
        (
            {"weights": STATE, "state_dict": STATE},
            "a training checkpoint, its weights under “state_dict”, with 2 tensors",
            (),
        ),
        ({"ema": STATE}, "a training checkpoint, its weights under “ema”, with 2 tensors", ()),
        (
            {"model_state": STATE, "step": 7},
            "a training checkpoint, its weights under “model_state”, with 2 tensors",
            (),
        ),
        (
            {"model": {"args": {"x": 1}, "state_dict": STATE}, "scaler": {"mean": torch.ones(1)}},
            "a training checkpoint, its weights under “model.state_dict”, with 2 tensors",
            (),
        ),
        (
            {"pytorch-lightning_version": "2.6.0", "state_dict": prefixed("net."), "epoch": 3},
            "a checkpoint of Lightning 2.6.0, its weights under “state_dict”, with 2 tensors",
            ("It was saved in epoch 3.", "Lightning keeps the network in a field: “net.” was taken off the names."),
        ),
        (
            prefixed("module."),
            "a state_dict with 2 tensors",
            ("It was wrapped, as DataParallel does: “module.” was taken off the names.",),
        ),
        (
            prefixed("_orig_mod.module."),
            "a state_dict with 2 tensors",
            (
                "It was compiled by torch.compile: “_orig_mod.” was taken off the names.",
                "It was wrapped, as DataParallel does: “module.” was taken off the names.",
            ),
        ),
    ],
    ids=[
        "plain",
        "ordered",
        "checkpoint",
        "model",
        "params",
        "the likelier of two",
        "ema",
        "unusual",
        "nested",
        "lightning",
        "parallel",
        "compiled",
    ],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_what_a_file_is(tmp_path: Path, content: object, kind: str, notes: tuple[str, ...], legacy: bool) -> None:
    file = load_model(written(tmp_path / "a.pth", content, _use_new_zipfile_serialization=not legacy))
    assert (file.kind, file.notes) == (kind, notes)
    assert list(file.state) == list(STATE)
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())


def test_a_prefix_that_not_all_names_have_stays(tmp_path: Path) -> None:
    state = {**prefixed("module."), "head.weight": torch.ones(1)}
    file = load_model(written(tmp_path / "a.pth", state))
    assert list(file.state) == ["module.0.weight", "module.0.bias", "head.weight"]


def test_averaged_weights_are_those_of_the_network_that_was_averaged(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 2))
    averaged = torch.optim.swa_utils.AveragedModel(module)
    file = load_model(written(tmp_path / "a.pth", averaged.state_dict()))
    assert list(file.state) == ["0.weight", "0.bias"]
    assert file.notes == (
        "It is an average of weights (AveragedModel of PyTorch).",
        "It was wrapped, as DataParallel does: “module.” was taken off the names.",
    )


def test_safetensors(tmp_path: Path) -> None:
    save_file(STATE, tmp_path / "a.safetensors", metadata={"format": "pt"})
    file = load_model(tmp_path / "a.safetensors")
    assert file.kind == "a safetensors file with 2 tensors"
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())


@given(cut=st.integers(0, 200), at=st.integers(0, 150), to=st.binary(min_size=1, max_size=4))
def test_damaged_safetensors_are_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, to: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    save_file(STATE, path)
    content = bytearray(path.read_bytes())
    content[at : at + len(to)] = to
    path.write_bytes(content[: len(content) - cut])
    found = inspect(path)
    assert bool(found.refused) != bool(found.kind)


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ({"a": torch.ones(2).half()}, "Its numbers are float16; they are used as float32."),
        (
            {"a": torch.ones(2).bfloat16(), "b": torch.ones(2)},
            "Its numbers are bfloat16; they are used as float32.",
        ),
        (
            {"a": torch.tensor([1.0, float("nan")])},
            "“a” is not finite everywhere: a network with such weights answers nothing of use.",
        ),
        (
            {name: torch.full((1,), float("inf")) for name in "abcd"},
            "“a”, “b”, “c” and 1 more are not finite everywhere: a network with such weights answers nothing of use.",
        ),
        ({"a": STATE["0.bias"], "b": STATE["0.bias"]}, "“a” and “b” are the same numbers (tied weights)."),
    ],
    ids=["half", "bfloat", "nan", "inf", "tied"],
)
def test_what_is_said_of_the_numbers(tmp_path: Path, state: dict[str, torch.Tensor], note: str) -> None:
    assert load_model(written(tmp_path / "a.pth", state)).notes == (note,)


@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions:UserWarning")
def test_quantised_tensors_become_numbers(tmp_path: Path) -> None:
    rounded = torch.quantize_per_tensor(torch.tensor([0.0, 0.5, 1.04]), 0.1, 0, torch.qint8)
    file = load_model(written(tmp_path / "a.pth", {"a": rounded}))
    assert file.notes == ("“a” is quantised; rounded numbers take the place of the exact ones.",)
    assert file.state["a"].tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_what_was_saved_on_a_graphics_card_opens(tmp_path: Path) -> None:
    """No card is needed to write such a file: only the name of the device differs."""
    path = written(tmp_path / "cpu.pth", STATE)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "cuda.pth", "w") as moved:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.endswith("data.pkl"):
                content = content.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
            moved.writestr(entry.filename, content)
    file = load_model(tmp_path / "cuda.pth")
    assert file.notes == ("It was saved on “cuda:0” and opened on the CPU.",)
    assert same_bits(file.state["0.bias"], STATE["0.bias"])


# ---- Whole modules ----

MODULES = [
    nn.Linear(3, 2),
    nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.1), nn.Linear(16, 2)),
    nn.MultiheadAttention(8, 2),
    nn.TransformerEncoderLayer(8, 2, 16, activation="gelu"),
    nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, enable_nested_tensor=False),
    nn.LSTM(4, 5, 2, bidirectional=True),
    nn.GRU(4, 5),
    nn.Embedding(5, 3, padding_idx=0),
    nn.EmbeddingBag(5, 3),
    nn.InstanceNorm1d(3, affine=True, track_running_stats=True),
    nn.GroupNorm(2, 4),
    nn.PReLU(3),
    nn.Bilinear(2, 3, 4),
    nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.ModuleList([nn.LayerNorm(2)])}),
    nn.ConvTranspose3d(2, 3, 2),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: type(module).__name__)
def test_a_whole_module_has_the_tensors_of_its_state_dict(tmp_path: Path, module: nn.Module) -> None:
    file = load_model(written(tmp_path / "layer.pth", module))
    expected = module.state_dict()
    assert file.kind.startswith(f"a whole module ({type(module).__name__}) with {len(expected)} tensor")
    assert list(file.state) == list(expected)
    assert all(same_bits(tensor, file.state[name]) for name, tensor in expected.items())


def test_a_whole_module_in_an_old_file_is_read(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    file = load_model(written(tmp_path / "old.pth", module, _use_new_zipfile_serialization=False))
    assert (file.kind, file.notes) == ("a whole module (Sequential) with 2 tensors", ())
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())
    assert rebuild(file).certainty == "exact"


def test_buffers_that_are_not_saved_stay_out(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(1, 1))
    module.register_buffer("kept", torch.ones(1))
    module.register_buffer("passing", torch.ones(1), persistent=False)
    assert list(load_model(written(tmp_path / "a.pth", module)).state) == list(module.state_dict())


def test_a_module_within_a_checkpoint(tmp_path: Path) -> None:
    file = load_model(written(tmp_path / "a.pth", {"model": nn.Linear(3, 2), "epoch": 1}))
    assert list(file.state) == ["weight", "bias"]
    assert file.kind == "a training checkpoint, its weights under “model”, with 2 tensors"


def test_modules_without_a_public_name_are_known() -> None:
    assert "torch.nn.modules.linear.NonDynamicallyQuantizableLinear" in torch_modules()


def test_no_class_of_pytorch_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.pth", nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1)))

    def called(*arguments: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr(nn.Module, "__setstate__", called)
    monkeypatch.setattr(nn.Module, "__init__", called)
    assert len(load_model(path).state) == 7


# ---- What would run ----


class Custom(nn.Module):
    """A class of the user's own, which only its program knows."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
        self.scale = nn.Parameter(torch.ones(2, dtype=torch.float64))


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("within", [False, True])
def test_a_module_of_an_unknown_class_gives_its_tensors(tmp_path: Path, legacy: bool, within: bool) -> None:
    module = Custom()
    content = {"model": module, "epoch": 2} if within else module
    file = load_model(written(tmp_path / "a.pth", content, _use_new_zipfile_serialization=not legacy))
    name = f"{Custom.__module__}.Custom"
    assert (
        file.notes[0] == f"It asks for classes that are not here (“{name}”): its tensors were read, nothing of it ran."
    )
    assert list(file.state) == list(module.state_dict())
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())


class Shared(nn.Module):
    """Two names for the same numbers, and a view into larger ones."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Linear(3, 3, bias=False)
        self.other = self.one
        self.register_buffer("corner", torch.arange(12.0).reshape(3, 4)[1:, ::2])
        self.register_buffer("nothing", torch.empty(0, 3))
        self.register_buffer("brief", torch.ones(2, dtype=torch.bfloat16))


@pytest.mark.parametrize("legacy", [False, True])
def test_views_and_tied_tensors_of_an_unknown_class(tmp_path: Path, legacy: bool) -> None:
    module = Shared()
    file = load_model(written(tmp_path / "a.pth", module, _use_new_zipfile_serialization=not legacy))
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())
    assert file.state["one.weight"].data_ptr() == file.state["other.weight"].data_ptr()


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_torchscript_program_gives_its_tensors_and_is_not_run(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).eval()
    scripted = torch.jit.trace(module, torch.ones(1, 3))  # type: ignore[no-untyped-call]
    torch.jit.save(scripted, str(tmp_path / "a.pt"))
    file = load_model(tmp_path / "a.pt")
    assert file.kind.startswith("a TorchScript program with ")
    assert file.notes == ("Its program was not run: only its tensors are used.",)
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())


def test_an_exported_program_gives_its_tensors_and_is_not_run(tmp_path: Path) -> None:
    module = nn.Linear(3, 2)
    torch.export.save(torch.export.export(module, (torch.ones(1, 3),)), tmp_path / "a.pt2")
    file = load_model(tmp_path / "a.pt2")
    assert file.kind == "a program exported by PyTorch (.pt2) with 2 tensors"
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())


@pytest.mark.parametrize(
    "beside",
    [
        {"args": argparse.Namespace(lr=0.1)},
        {"best": np.float64(0.93), "curve": np.arange(3.0)},
        {"config": Path("a.yaml"), "date": dt.datetime(2024, 1, 2, tzinfo=dt.UTC)},
        {"history": collections.defaultdict(list, loss=[1.0])},
    ],
    ids=["namespace", "numpy", "path", "defaultdict"],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_what_lies_beside_the_weights_does_not_hide_them(
    tmp_path: Path, beside: dict[str, object], legacy: bool
) -> None:
    content = {"state_dict": STATE, **beside}
    file = load_model(written(tmp_path / "a.pth", content, _use_new_zipfile_serialization=not legacy))
    assert file.notes == ()
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize("kind", ["arrays", "tensors"])
def test_weights_in_a_plain_pickle(tmp_path: Path, protocol: int, kind: str) -> None:
    arrays = {name: np.asfortranarray(tensor.numpy()) for name, tensor in STATE.items()}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(arrays if kind == "arrays" else STATE, protocol))
    file = load_model(tmp_path / "a.pkl")
    assert file.kind == "a state_dict with 2 tensors"
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())


def test_tensors_without_names_and_those_of_a_pair(tmp_path: Path) -> None:
    listed_ = load_model(written(tmp_path / "list.pth", list(STATE.values())))
    assert (listed_.kind, list(listed_.state)) == ("a list of tensors with 2 tensors", ["0", "1"])
    assert listed_.notes == ("They have no names: let them find their places in order.",)
    pair = load_model(written(tmp_path / "pair.pth", (STATE, {"state": {0: {"step": torch.ones(1)}}})))
    assert list(pair.state) == list(STATE)


def test_what_is_no_tensor_among_them_is_left_out(tmp_path: Path) -> None:
    file = load_model(written(tmp_path / "a.pth", STATE | {"0._extra_state": None}))
    assert list(file.state) == list(STATE)
    assert file.notes == ("“0._extra_state” is no tensor, and left out.",)


@pytest.mark.filterwarnings("ignore:.*(torch.ao.quantization|quantized tensor creation):DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions:UserWarning")
def test_layers_that_were_quantised_have_the_names_of_others(tmp_path: Path) -> None:
    bias, weight = STATE["0.bias"], torch.quantize_per_tensor(STATE["0.weight"], 0.5, 0, torch.qint8)
    state = {
        "0.scale": torch.tensor(1.0),
        "0.zero_point": torch.tensor(0),
        "0._packed_params.dtype": torch.qint8,
        "0._packed_params._packed_params": (weight, bias),
    }
    file = load_model(written(tmp_path / "a.pth", {"1.weight": bias, **state}))
    assert {name: tensor.tolist() for name, tensor in file.state.items()} == {
        "1.weight": bias.tolist(), "0.weight": STATE["0.weight"].tolist(), "0.bias": bias.tolist(),
    }  # fmt: skip


def test_a_file_is_what_it_holds_not_what_it_is_called(tmp_path: Path) -> None:
    assert list(load_model(written(tmp_path / "a.safetensors", STATE)).state) == list(STATE)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes"),
        (b"GGUF\x03\0\0\0", "a GGUF file, as llama.cpp reads"),
        (b"\x08\x08\x12\x07pytorch", "an ONNX model"),
        (b"version https://git-lfs.github.com/spec/v1\n", "only the pointer of Git LFS to a file"),
        (b"\n<!DOCTYPE html><html>", "a page of the web"),
        (b'{\n  "format": "nnstudio-project",\n  "version": 4}', "a project of nnstudio"),
        (b"\x1f\x8b\x08\0", "packed (gzip)"),
    ],
)
def test_files_of_other_programs_are_named(tmp_path: Path, head: bytes, kind: str) -> None:
    (tmp_path / "a.bin").write_bytes(head + bytes(64))
    assert inspect(tmp_path / "a.bin").refused.startswith(f"It is {kind}, not a weights file of PyTorch.")


def test_files_in_archives_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pth", STATE)
    with tarfile.open(tmp_path / "a.pth.tar", "w") as tar:
        tar.add(path, "inner.pth")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "folder/inner.pth")
    assert inspect(tmp_path / "a.pth.tar").refused.startswith("It is an archive with “inner.pth” in it. Unpack it")
    assert inspect(tmp_path / "a.zip").refused.startswith("It is an archive with “folder/inner.pth” in it. Unpack it")


def in_parts(folder: Path, kind: str) -> Path:
    """Two files and their index, as model hubs have them."""
    where = {}
    for place, (name, tensor) in enumerate(STATE.items(), start=1):
        where[name] = f"model-{place:05}-of-00002.{kind}"
        write = save_file if kind == "safetensors" else torch.save
        write({name: tensor}, folder / where[name])
    index = folder / f"model.{kind}.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": where}))
    return index


@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_a_network_in_several_files(tmp_path: Path, kind: str) -> None:
    index = in_parts(tmp_path, kind)
    file = load_model(index)
    assert file.kind == "a network in 2 files with 2 tensors"
    assert list(file.state) == list(STATE)
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())
    part = load_model(tmp_path / f"model-00001-of-00002.{kind}")
    assert part.notes == (f"It is part 1 of 2. Open “{index.name}” for the whole network.",)
    other = STATE | {"0.bias": STATE["0.bias"] + 1}
    torch.save({"0.bias": other["0.bias"]}, tmp_path / f"model-00002-of-00002.{kind}")
    assert sha256_of(index) != file.sha256


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"a": "../a.bin"}, "It names “../a.bin”, which does not lie beside it."),
        ({"a": "none.bin"}, "It names “none.bin”, which does not lie beside it."),
        ({"a": "here.bin"}, "Its tensor “a” does not lie in “here.bin”."),
        ({"a": 3}, "It is no index of weights files."),
        ({}, "It is no index of weights files."),
        (None, "It is no index of weights files."),
    ],
)
def test_an_index_that_leads_nowhere_is_refused(tmp_path: Path, where: object, why: str) -> None:
    written(tmp_path / "here.bin", STATE)
    (tmp_path / "model.bin.index.json").write_text(json.dumps({"weight_map": where}))
    assert inspect(tmp_path / "model.bin.index.json").refused.startswith(why)


class Call:
    """Pickles into any call."""

    def __init__(self, call: Callable[..., object], *arguments: object) -> None:
        self.call = call, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


def planted() -> nn.Module:
    """A module of PyTorch with its methods replaced by calls of something else."""
    module = nn.Linear(2, 2)
    for name in ("forward", "__setstate__", "_load_from_state_dict", "__reduce__"):
        module.__dict__[name] = Call(os.system, "true")
    return module


def test_a_planted_field_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"it asks for “(posix|nt)\.system”"):
        load_model(written(tmp_path / "a.pth", planted()))


def test_a_planted_field_of_plain_values_is_only_data(tmp_path: Path) -> None:
    module = nn.Linear(2, 2)
    module.__dict__ |= {"forward": "rm", "path": "torch.nn.Evil", "__class__": "x", "_modules": {}}
    assert list(load_model(written(tmp_path / "a.pth", module)).state) == ["weight", "bias"]


CALLS = {
    "system": Call(os.system, "touch trace"),
    "popen": Call(subprocess.Popen, ["touch", "trace"]),
    "open": Call(open, "trace", "w"),
    "exec": Call(exec, "open('trace', 'w')"),
    "import": Call(__import__, "antigravity"),
    "getattr": Call(getattr, "x", "upper"),
    "jit": Call(torch.jit.load, "other.pt"),
    "torch": Call(torch.load, "other.pt"),
    "numpy": Call(np.load, "other.npy"),
}
WATCH = """
import sys
from pathlib import Path
from nnstudio.engine.inspecting import inspect
from nnstudio.engine.rebuilding.rebuild import rebuild
import torch.nn, safetensors
inspect(Path(sys.argv[1]))  # whatever is imported when it is first used is imported now

FORBIDDEN = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "exec", "socket", "ctypes.dlopen")
seen = []
def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event.startswith(FORBIDDEN) or event == "import" and "antigravity" in str(arguments[0]) or writes:
        seen.append((event, str(arguments)))
sys.addaudithook(watch)
for path in sys.argv[1:]:
    assert inspect(Path(path)).refused or path == sys.argv[1], path
print(seen)
"""


def test_nothing_runs_in_any_malicious_file(tmp_path: Path) -> None:
    """Under an audit hook: no program is started, no code compiled and run, no file written, nothing imported."""
    paths = [written(tmp_path / "good.pth", STATE)]
    for name, call in CALLS.items():
        for legacy in (False, True):
            for place, content in enumerate(
                (call, {"a": torch.ones(1), "b": call}, {call: 1}, [nn.Linear(1, 1), call])
            ):
                path = tmp_path / f"{name} {legacy} {place}.pth"
                paths.append(written(path, content, _use_new_zipfile_serialization=not legacy))
    command = [sys.executable, "-c", WATCH, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x02]\x94", b"PK\x03\x04", b"\x80\x02c__main__\nNet\nq\x00)\x81.", b"x" * 99]
)
def test_what_cannot_be_listed_is_listed_as_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pth").write_bytes(content)
    assert listed(tmp_path / "a.pth").tensors == ()


@given(cut=st.integers(0, 2000), at=st.integers(0, 2000), to=st.binary(min_size=1, max_size=4))
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_module_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, to: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp() / "damaged.pth", nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)))
    content = bytearray(path.read_bytes())
    content[at : at + len(to)] = to
    path.write_bytes(content[: len(content) - cut] if cut % 2 else content)
    found = inspect(path)
    assert bool(found.refused) != bool(found.kind)
