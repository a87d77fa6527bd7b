"""Model files open in plain PyTorch, come back bit for bit, and never run anything."""

from __future__ import annotations

import collections
import contextlib
import io
import os
import pathlib
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from nnstudio.engine import checkpoint
from nnstudio.engine.checkpoint import (
    ENTRIES,
    entries_json,
    load_model,
    load_start,
    save_model,
    save_state_dict,
    sha256_of,
)
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.errors import FileError, ModelFileError, as_studio_error
from nnstudio.spec.model import Weights

STATE = {
    "0.weight": torch.tensor([[1.5, -0.0], [float("nan"), float("inf")]]),
    "1.num_batches_tracked": torch.tensor(7),
    "2.weight": torch.arange(6.0).reshape(2, 3).T,
}


def as_safetensors(path: Path, entries: str) -> Path:
    """A safetensors file that says ``entries`` of its project."""
    save_file({"0.weight": torch.ones(2)}, path, {ENTRIES: entries})
    return path


@pytest.mark.parametrize(
    "entries",
    ["", "{", "[]", "null", "{}", '{"version": 9}', '{"version": 1, "project": 3}', "[" * 100_000, '{"version": "1"}'],
)
def test_safetensors_with_damaged_entries_are_refused(tmp_path: Path, entries: str) -> None:
    with pytest.raises(ModelFileError, match=r"damaged|has version"):
        load_model(as_safetensors(tmp_path / "m.safetensors", entries))


def test_safetensors_carry_all_that_a_model_file_holds(tmp_path: Path) -> None:
    file = load_model(saved(tmp_path / "m.pth", provenance_json="p"))
    found = load_model(as_safetensors(tmp_path / "m.safetensors", entries_json(file)))
    names = ("project", "encoding", "metrics", "versions", "fingerprint", "provenance", "kind")
    assert [getattr(found, name) for name in names] == [getattr(file, name) for name in names]
    assert list(found.state) == ["0.weight"]


def saved(path: Path, state: dict[str, Any] = STATE, **changes: Any) -> Path:
    entries: dict[str, Any] = {"project_json": "{}", "encoding_json": "[1]", "metrics": {"test loss": 0.5}}
    save_model(path, state, **(entries | {"fingerprint": "abc"} | changes))
    return path


def written(path: Path, content: object, **how: Any) -> Path:
    torch.save(content, path, **how)
    return path


def changed(path: Path, **entries: Any) -> Path:
    """A model file with some entries replaced."""
    content = torch.load(saved(path), weights_only=True)
    return written(path, content | entries)


# ---- Writing ----


def test_plain_pytorch_opens_a_model_file(tmp_path: Path) -> None:
    content = torch.load(saved(tmp_path / "model.pth"), weights_only=True)
    assert list(content) == [
        "format",
        "version",
        "state_dict",
        "project",
        "encoding",
        "metrics",
        "versions",
        "data_fingerprint",
        "provenance",
    ]
    assert (content["format"], content["version"]) == ("nnstudio-model", 1)
    assert set(content["versions"]) == {"nnstudio", "torch", "python"}
    assert all(type(version) is str for version in content["versions"].values())


def test_a_model_file_comes_back_as_it_was(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pth", metrics={"test loss": 0.5, "odd": float("nan")})
    file = load_model(path)
    assert (file.path, file.sha256) == (str(path), sha256_of(path))
    assert (file.project, file.encoding, file.fingerprint) == ("{}", "[1]", "abc")
    assert file.metrics["test loss"] == 0.5
    assert file.state.keys() == STATE.keys()
    assert all(same_bits(tensor, file.state[name]) for name, tensor in STATE.items())


def test_the_event_tells_of_the_file(tmp_path: Path) -> None:
    opened = load_model(saved(tmp_path / "model.pth")).opened()
    assert opened.tensors == {"0.weight": (2, 2), "1.num_batches_tracked": (), "2.weight": (3, 2)}
    assert (opened.project, opened.metrics) == ("{}", {"test loss": 0.5})


def test_a_view_is_written_alone(tmp_path: Path) -> None:
    save_state_dict(tmp_path / "view.pth", {"weight": torch.zeros(1_000_000)[:2]})
    assert (tmp_path / "view.pth").stat().st_size < 10_000


def test_a_state_dict_is_what_torch_save_writes(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    save_state_dict(tmp_path / "state.pth", module.state_dict())
    other = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    other.load_state_dict(torch.load(tmp_path / "state.pth", weights_only=True))
    file = load_model(tmp_path / "state.pth")
    assert (file.project, file.encoding, file.metrics) == ("", "", {})
    assert all(same_bits(tensor, file.state[name]) for name, tensor in module.state_dict().items())


def test_a_file_that_cannot_be_read_back_does_not_replace_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "model.pth")
    before = path.read_bytes()
    save = torch.save
    monkeypatch.setattr(torch, "save", lambda content, file: save({**content, "project": "torn"}, file))
    with pytest.raises(ModelFileError, match="was not saved"):
        saved(path, project_json="new")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_written_is_compared_to_the_last_number() -> None:
    """Long tensors, whose text is cut, lie in lists as well: the gradients that a step gathers."""
    kept = torch.zeros(5_000)
    torn = kept.index_fill(0, torch.tensor([2_500]), 1.0)
    for wrap in (lambda tensor: [tensor], lambda tensor: (1, tensor), lambda tensor: {"gradients": [[tensor]]}):
        assert checkpoint._same(wrap(kept), wrap(kept.clone()))
        assert not checkpoint._same(wrap(kept), wrap(torn))
    assert not checkpoint._same([kept], [kept, kept])
    assert not checkpoint._same([kept], (kept,))
    assert checkpoint._same({"loss": float("nan")}, {"loss": float("nan")})


# ---- Reading what is not ours ----


class Runs:
    """Pickles into a call that would leave a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (str(self.trace),)


@pytest.mark.parametrize("legacy", [False, True])
def test_nothing_in_a_file_runs(tmp_path: Path, legacy: bool) -> None:
    trace = tmp_path / "trace"
    path = written(
        tmp_path / "evil.pth",
        {"0.weight": torch.ones(1), "1.weight": Runs(trace)},
        _use_new_zipfile_serialization=not legacy,
    )
    with pytest.raises(ModelFileError, match=r"Opening it would run code: it asks for “(posix|nt)\.mkdir”\.") as raised:
        load_model(path)
    assert "state_dict" in raised.value.remedy
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"PK\x03\x04 torn", b"\x80\x02.", b"\x80\x02]", b"c__builtin__\neval\n.", b"\x00" * 100, b"{}"],
)
@pytest.mark.filterwarnings("ignore")
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"^“other\.pth” could not be opened\. "):
        load_model(path)


@given(cut=st.integers(0, 2000), flipped=st.integers(0, 2000), to=st.binary(min_size=1, max_size=4))
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_refused_or_read_but_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int, to: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.pth"
    content = bytearray(saved(path).read_bytes())
    content[flipped : flipped + len(to)] = to
    path.write_bytes(content[: len(content) - cut] if cut % 2 else content)
    with contextlib.suppress(ModelFileError):
        load_model(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ([1, 2], "“0” is a value of type int"),
        (torch.ones(1), "a value of type Tensor"),
        ({0: torch.ones(1)}, "a value of type dict"),
        ({}, "no tensors"),
        ({"a": torch.ones(1), "b": 3, "c": 4}, "“b” is a value of type int"),
        ({"a": pathlib.PurePosixPath("a")}, "“a” is a value of type PurePosixPath"),
        ({"a": {"b": 3}}, "“a” is a value of type dict"),
        ({"a": torch.eye(2).to_sparse()}, "“a” is not a plain one"),
        ({"a": torch.ones(1, device="meta")}, "“a” is not a plain one"),
        ({"a": torch.ones(1).expand(10**12)}, "“a” claims more numbers than the file holds"),
    ],
    ids=["list", "tensor", "numbers", "nothing", "number", "path", "nested", "sparse", "meta", "expanded"],
)
def test_other_contents_are_refused(tmp_path: Path, content: object, why: str) -> None:
    with pytest.raises(ModelFileError, match=why):
        load_model(written(tmp_path / "other.pth", content))


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ({"version": 2}, "It has version 2, and this nnstudio reads version 1. A newer nnstudio may open it"),
        ({"version": "new"}, "It has version 'new'"),
        ({"state_dict": [1]}, "Its entry “state_dict” is missing or damaged"),
        ({"project": None}, "Its entry “project” is missing or damaged"),
        ({"metrics": 1.0}, "Its entry “metrics” is missing or damaged"),
        ({"data_fingerprint": 1}, "Its entry “data_fingerprint” is missing or damaged"),
        ({"state_dict": {"a": 1}}, "Its entry “a” is a value of type int"),
    ],
    ids=str,
)
def test_a_damaged_or_newer_model_file_is_refused(tmp_path: Path, entries: dict[str, Any], why: str) -> None:
    with pytest.raises(ModelFileError, match=why):
        load_model(changed(tmp_path / "model.pth", **entries))


def test_a_compressed_archive_is_not_unpacked(tmp_path: Path) -> None:
    path, bomb = saved(tmp_path / "model.pth", {"a": torch.zeros(1_000_000)}), tmp_path / "bomb.pth"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in archive.infolist():
            packed.writestr(entry.filename, archive.read(entry))
    assert bomb.stat().st_size < path.stat().st_size / 100
    with pytest.raises(ModelFileError, match="It is compressed"):
        load_model(bomb)


def test_harmless_files_of_other_versions_are_read(tmp_path: Path) -> None:
    state = collections.OrderedDict({"weight": nn.Parameter(torch.ones(2)), "half": torch.ones(1, dtype=torch.float16)})
    for legacy in (True, False):
        file = load_model(written(tmp_path / "state.pth", state, _use_new_zipfile_serialization=not legacy))
        assert file.state["weight"].tolist() == [1.0, 1.0]
        assert not file.state["weight"].requires_grad


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        load_model(tmp_path / "nothing.pth")
    assert isinstance(as_studio_error(raised.value), FileError)


def test_opening_a_protocol_that_pytorch_never_writes_is_no_way_round(tmp_path: Path) -> None:
    buffer, trace = io.BytesIO(), tmp_path / "trace"
    pickle.Pickler(buffer, protocol=2).dump(Runs(trace))
    (tmp_path / "bare.pth").write_bytes(buffer.getvalue())
    with pytest.raises(ModelFileError):
        load_model(tmp_path / "bare.pth")
    assert not trace.exists()


# ---- Where training starts ----


def test_a_start_that_has_changed_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pth")
    chosen = Weights(str(path), sha256_of(path))
    assert load_start(chosen).sha256 == chosen.sha256
    saved(path, project_json="other")
    with pytest.raises(ModelFileError, match="is not the weights file that was chosen"):
        load_start(chosen)
    assert load_start(Weights(str(path), "")).project == "other"
