"""The tensors that a file names, without making one: for files that are refused, so that people see what is in them."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.engine.foreign.pickles import (
    EXPORTED,
    LARGEST,
    STORED,
    Pickles,
    description,
    exported_entries,
    old_content,
)
from nnstudio.engine.foreign.records import Record, named
from nnstudio.spec.events import TensorListed


@dataclass(frozen=True, slots=True)
class _Tensor:
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The tensors that a file names, and the classes and functions that it asks for beside those of PyTorch."""

    tensors: tuple[TensorListed, ...] = ()
    wants: tuple[str, ...] = ()


def listed(path: Path) -> Listed:
    """What the pickle in ``path`` names; nothing where it cannot be read."""
    pickles = Pickles(_CALLS, lambda kind, *_: STORED.get(kind, ""))
    try:
        content = _in_archive(path, pickles) if zipfile.is_zipfile(path) else _in_old_file(path, pickles)
        found = {name: tensor for name, tensor in named(content, _Tensor) if name}
    except Exception:  # noqa: BLE001  # a crafted or torn pickle can break at any point
        return Listed(wants=tuple(pickles.wants))
    tensors = tuple(TensorListed(name, tensor.shape, tensor.dtype) for name, tensor in found.items())
    return Listed(tensors, tuple(pickles.wants))


def _in_archive(path: Path, pickles: Pickles) -> Any:
    with zipfile.ZipFile(path) as archive:
        entry = description(archive)
        if entry.file_size > LARGEST:
            return None
        content = archive.read(entry)
    if not entry.filename.endswith(EXPORTED):
        return pickles.read(io.BytesIO(content))
    return {name: _Tensor(sizes, dtype) for name, (dtype, sizes, *_) in exported_entries(content).items()}


def _in_old_file(path: Path, pickles: Pickles) -> Any:
    with path.open("rb") as file:
        return old_content(io.BytesIO(file.read(LARGEST)), pickles)


def _tensor(storage: Any, offset: Any, size: Any, *rest: Any) -> _Tensor:
    """For ``torch._utils._rebuild_tensor_v2`` and its kin."""
    del offset
    dtype = next((_dtype(each) for each in rest if isinstance(each, type)), "")
    return _Tensor(tuple(int(length) for length in size), dtype or (storage if isinstance(storage, str) else ""))


def _dtype(kind: type) -> str:
    """What the stand-in of ``torch.float16`` and its like is called."""
    return kind.__name__ if issubclass(kind, Record) else ""


def parameter(data: Any, *rest: Any) -> Any:
    """For ``torch._utils._rebuild_parameter`` and its kin."""
    del rest
    return data


_CALLS: dict[str, Any] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor,
    "torch._utils._rebuild_parameter": parameter,
    "torch._utils._rebuild_parameter_with_state": parameter,
}
