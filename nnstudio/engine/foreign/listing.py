"""The tensors that a file names, without making one: for files that are refused, so that people see what is in them.

The pickle in the file is read with a stand-in for whatever it names, so that only this module's code runs.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnstudio.engine.foreign.records import Record, named, record_type, torch_modules
from nnstudio.spec.events import TensorListed

LARGEST = 2**26
"""Bytes of a pickle that are read; the numbers of tensors lie outside of it."""

_STORED = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
}  # fmt: skip

EXPORTED = "/data/weights/model_weights_config.json"
"""Where an exported program says what its weights are."""

_EXPORTED_TYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64", 12: "bool",
    13: "bfloat16",
}  # fmt: skip
"""The numbers that stand for them there."""

HARMLESS = ("collections.", "torch._utils.", "torch.storage.", "torch.serialization.", "__builtin__.set")
"""What every file of PyTorch may name, beside the classes of storages and dtypes."""


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
    lister = _Lister()
    try:
        content = _in_archive(path, lister) if zipfile.is_zipfile(path) else _in_old_file(path, lister)
        found = {name: tensor for name, tensor in named(content, _Tensor) if name}
    except Exception:  # noqa: BLE001  # a crafted or torn pickle can break at any point
        return Listed(wants=tuple(lister.wants))
    tensors = tuple(TensorListed(name, tensor.shape, tensor.dtype) for name, tensor in found.items())
    return Listed(tensors, tuple(lister.wants))


def _in_archive(path: Path, lister: _Lister) -> Any:
    with zipfile.ZipFile(path) as archive:
        entry = next(each for each in archive.infolist() if each.filename.endswith(("/data.pkl", EXPORTED)))
        if entry.file_size > LARGEST:
            return None
        content = archive.read(entry)
    return _exported(json.loads(content)) if entry.filename.endswith(EXPORTED) else lister.read(io.BytesIO(content))


def _exported(content: Any) -> dict[str, _Tensor]:
    """The weights that an exported program (.pt2) says that it has."""
    about = {name: each["tensor_meta"] for name, each in content["config"].items()}
    return {
        name: _Tensor(tuple(int(side["as_int"]) for side in each["sizes"]), _EXPORTED_TYPES.get(each["dtype"], ""))
        for name, each in about.items()
    }


def _in_old_file(path: Path, lister: _Lister) -> Any:
    """PyTorch's files of before 2020: a magic number, a version and facts on the system come first."""
    with path.open("rb") as file:
        stream = io.BytesIO(file.read(LARGEST))
    first = lister.read(stream)
    if not isinstance(first, int):
        return first
    for _ in range(2):
        lister.read(stream)
    return lister.read(stream)


class _Lister:
    """Reads pickles one behind the other, and notes what they ask for."""

    def __init__(self) -> None:
        self.wants: list[str] = []

    def read(self, stream: io.BytesIO) -> Any:
        """What the next pickle in ``stream`` describes."""
        return _Reader(stream, self._stand_in).load()

    def _stand_in(self, path: str) -> Any:
        if path in _CALLS:
            return _CALLS[path]
        known = torch_modules().get(path)
        is_known = known or path.startswith(HARMLESS) or (path.startswith("torch.") and path.count(".") == 1)
        if not is_known and path not in self.wants:
            self.wants.append(path)
        return known or record_type(path)


class _Reader(pickle.Unpickler):
    """The standard unpickler with a stand-in for every name: it cannot reach any class or function but these."""

    def __init__(self, stream: io.BytesIO, stand_in: Callable[[str], Any]) -> None:
        super().__init__(stream, encoding="latin-1")
        self._stand_in = stand_in

    def find_class(self, module: str, name: str) -> Any:
        return self._stand_in(f"{module}.{name}")

    def persistent_load(self, identity: Any) -> Any:
        kind = identity[1] if isinstance(identity, tuple) and len(identity) > 1 else None
        if isinstance(kind, type) and identity[0] == "module":  # a class with its source, as old files have it
            return kind
        return _STORED.get(kind.__name__, "") if isinstance(kind, type) else ""


def _tensor(storage: Any, offset: Any, size: Any, *rest: Any) -> _Tensor:
    """For ``torch._utils._rebuild_tensor_v2`` and its kin."""
    del offset
    dtype = next((_dtype(each) for each in rest if isinstance(each, type)), "")
    return _Tensor(tuple(int(length) for length in size), dtype or (storage if isinstance(storage, str) else ""))


def _dtype(kind: type) -> str:
    """What the stand-in of ``torch.float16`` and its like is called."""
    return kind.__name__ if issubclass(kind, Record) else ""


def _parameter(data: Any, *rest: Any) -> Any:
    """For ``torch._utils._rebuild_parameter`` and its kin."""
    del rest
    return data


_CALLS: dict[str, Any] = {
    "collections.OrderedDict": OrderedDict,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
}
