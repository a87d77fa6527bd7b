"""Files that were made to mislead: what they claim is measured by what lies in them, and nothing is trusted."""

from __future__ import annotations

import io
import json
import pickle
import struct
import sys
import tarfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch._utils import _rebuild_qtensor, _rebuild_tensor_v2

from nnstudio.engine.checkpoint import load_model
from nnstudio.engine.foreign import unpickle
from nnstudio.engine.inspecting import inspect
from nnstudio.spec.errors import ModelFileError

STATE = {"0.weight": torch.arange(6.0).reshape(2, 3), "0.bias": torch.tensor([1.0, 2.0])}
HUGE = 2**40


def written(path: Path, content: object, **how: Any) -> Path:
    torch.save(content, path, **how)
    return path


class Built:
    """Pickles into a tensor that is put together by PyTorch's own function from whatever it is given."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


def storage(numbers: int = 2) -> object:
    return torch.zeros(numbers)._typed_storage()  # type: ignore[no-untyped-call]


def viewed(size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> Built:
    return Built(_rebuild_tensor_v2, storage(), offset, size, stride, False, OrderedDict())


def quantised(size: tuple[int, ...], stride: tuple[int, ...]) -> Built:
    rounded = torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8)
    kind, rounded_storage = torch.per_tensor_affine, rounded._typed_storage()  # type: ignore[no-untyped-call]
    return Built(_rebuild_qtensor, rounded_storage, 0, size, stride, (kind, 1.0, 0), False, OrderedDict())


TENSORS: dict[str, Callable[[], object]] = {
    "a stride of nothing": lambda: viewed((HUGE,), (0,)),
    "overlapping strides": lambda: viewed((2, 2), (1, 0)),
    "beyond its storage": lambda: viewed((HUGE,), (1,)),
    "before its storage": lambda: viewed((2,), (1,), -1),
    "negative sizes": lambda: viewed((-3,), (1,)),
    "huge sizes": lambda: viewed((HUGE, HUGE, HUGE), (0, 0, 0)),
    "meta": lambda: torch.empty(HUGE, device="meta"),
    "sparse": lambda: torch.sparse_coo_tensor(torch.zeros(1, 1, dtype=torch.long), torch.ones(1), (HUGE,)),
}


@pytest.mark.parametrize("make", TENSORS.values(), ids=TENSORS)
@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated:UserWarning")
@pytest.mark.filterwarnings("ignore:Sparse invariant checks are implicitly disabled:UserWarning")
def test_a_tensor_that_claims_more_than_lies_in_the_file_is_refused(
    tmp_path: Path, make: Callable[[], object], legacy: bool
) -> None:
    found = inspect(written(tmp_path / "a.pth", {"a": make()}, _use_new_zipfile_serialization=not legacy))
    assert found.refused
    assert found.rebuilt is None


@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions:UserWarning")
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated:UserWarning")
@pytest.mark.parametrize(("size", "stride"), [((HUGE,), (0,)), ((2**20,), (1,)), ((-1,), (1,))])
def test_a_quantised_tensor_that_claims_more_is_refused(
    tmp_path: Path, size: tuple[int, ...], stride: tuple[int, ...]
) -> None:
    assert inspect(written(tmp_path / "a.pth", {"a": quantised(size, stride)})).refused


@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions:UserWarning")
def test_tensors_quantised_channel_by_channel_become_numbers(tmp_path: Path) -> None:
    scales, zeros = torch.tensor([0.1, 0.2]), torch.tensor([0, 1])
    rounded = torch.quantize_per_channel(torch.ones(2, 2), scales, zeros, 0, torch.qint8)
    state = load_model(written(tmp_path / "a.pth", {"a": rounded})).state
    assert state["a"].flatten().tolist() == pytest.approx([1.0] * 4)


# ---- Archives ----


def repacked(path: Path, change: Callable[[str, bytes], bytes | None], **how: Any) -> Path:
    """The same archive with other members; None leaves one out."""
    out = path.with_name("changed.pth")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(out, "w", **how) as changed:
        for entry in archive.infolist():
            if (content := change(entry.filename, archive.read(entry))) is not None:
                changed.writestr(entry.filename, content)
    return out


def test_a_wrong_checksum_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pth", STATE)
    content = path.read_bytes()
    numbers = STATE["0.weight"].numpy().tobytes()
    assert content.count(numbers) == 1
    spoilt = bytearray(numbers)
    spoilt[0] ^= 0xFF
    path.write_bytes(content.replace(numbers, bytes(spoilt)))
    with pytest.raises(ModelFileError, match=r"It is damaged: the checksum of its part “a/data/0” is wrong\."):
        load_model(path)


def test_an_archive_without_checksums_is_read(tmp_path: Path) -> None:
    torch.serialization.set_crc32_options(False)
    try:
        path = written(tmp_path / "a.pth", STATE)
    finally:
        torch.serialization.set_crc32_options(True)
    assert list(load_model(path).state) == list(STATE)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("legacy", [False, True])
def test_what_was_cut_off_is_refused(tmp_path: Path, share: float, legacy: bool) -> None:
    path = written(tmp_path / "a.pth", STATE, _use_new_zipfile_serialization=not legacy)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert inspect(path).refused


@pytest.mark.parametrize("lost", ["data.pkl", "data/0", "version", "byteorder"])
def test_an_archive_that_lacks_a_member_is_refused_or_read(tmp_path: Path, lost: str) -> None:
    path = repacked(written(tmp_path / "a.pth", STATE), lambda name, content: None if name.endswith(lost) else content)
    found = inspect(path)
    assert bool(found.refused) != bool(found.kind)
    assert bool(found.refused) == (lost != "byteorder")


def test_a_packed_archive_is_refused_before_it_grows(tmp_path: Path) -> None:
    """A zip bomb: numbers that are all zero take a thousandth of the room."""
    big = written(tmp_path / "a.pth", {"a": torch.zeros(2**20)})
    packed = repacked(big, lambda _, content: content, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < 2**16
    with pytest.raises(ModelFileError, match="It is compressed, which PyTorch's own files never are"):
        load_model(packed)


def test_a_storage_of_another_size_than_it_says_is_refused(tmp_path: Path) -> None:
    path = repacked(
        written(tmp_path / "a.pth", {"a": torch.zeros(8)}),
        lambda name, content: content[:4] if "data/0" in name else content,
    )
    assert inspect(path).refused


def test_names_that_lead_out_of_the_archive_write_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pth", STATE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside", b"x")
        archive.writestr("/absolute", b"x")
    before = sorted(tmp_path.parent.iterdir())
    inspect(path)
    assert sorted(tmp_path.parent.iterdir()) == before


def test_a_tar_of_pytorch_before_0_4_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    with tarfile.open(path, "w") as archive:
        for name, content in (
            ("storages", b"\x80\x02K\x01."),
            ("tensors", b"\x80\x02K\x00."),
            ("pickle", b"\x80\x02}."),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    assert "could not" not in inspect(path).refused
    assert inspect(path).refused.startswith("It is ")


def test_a_tar_with_a_trap_is_refused(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
            return print, ("ran",)

    path = tmp_path / "a.pth"
    with tarfile.open(path, "w") as archive:
        for name in ("storages", "tensors", "pickle"):
            content = pickle.dumps(Trap(), 2)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    assert inspect(path).refused


# ---- safetensors ----


def safetensors(header: object, numbers: bytes = b"\0" * 8, length: int | None = None) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + numbers


@pytest.mark.parametrize(
    "content",
    [
        safetensors({"a": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 8]}}),
        safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, HUGE]}}),
        safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}),
        safetensors({"a": {"dtype": "F99", "shape": [2], "data_offsets": [0, 8]}}),
        safetensors({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, length=2**62),
        safetensors({"a": 1}),
        safetensors({}),
    ],
    ids=["shape", "end", "backward", "type", "header", "entry", "empty"],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    assert inspect(tmp_path / "a.safetensors").refused


# ---- Fields of modules ----


def test_a_module_that_holds_itself_is_refused_or_read(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(1, 1))
    module._modules["0"] = module
    found = inspect(written(tmp_path / "a.pth", module))
    assert bool(found.refused) != bool(found.kind)


def test_modules_in_modules_without_end_are_refused_or_read(tmp_path: Path) -> None:
    module: nn.Module = nn.Linear(1, 1)
    for _ in range(400):
        module = nn.Sequential(module)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        path = written(tmp_path / "a.pth", module)
    finally:
        sys.setrecursionlimit(limit)
    found = inspect(path)
    assert bool(found.refused) != bool(found.kind)


@pytest.mark.parametrize(
    "fields",
    [
        {"out_features": 10**30},
        {"out_features": "2"},
        {"_parameters": None},
        {"_modules": {"x": 3}},
        {"_buffers": [torch.ones(1)]},
        {"_parameters": {"weight": torch.ones(5, 7), "bias": None}},
    ],
    ids=["huge", "text", "none", "number", "list", "other"],
)
def test_fields_that_do_not_fit_are_refused_or_told(tmp_path: Path, fields: dict[str, object]) -> None:
    module = nn.Linear(3, 2)
    module.__dict__ |= fields
    found = inspect(written(tmp_path / "a.pth", module))
    assert bool(found.refused) != bool(found.kind)


@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated:UserWarning")
def test_a_large_archive_is_mapped_and_checked_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpickle, "MAPPED", 0)
    path = written(tmp_path / "a.pth", STATE)
    state = load_model(path).state
    assert {name: tensor.tolist() for name, tensor in state.items()} == {
        name: tensor.tolist() for name, tensor in STATE.items()
    }
    assert inspect(written(tmp_path / "b.pth", {"a": viewed((HUGE,), (0,))})).refused
    assert (
        load_model(written(tmp_path / "c.pth", {"a": torch.tensor([1.0, float("inf")])})).notes[0].startswith("“a” is")
    )
