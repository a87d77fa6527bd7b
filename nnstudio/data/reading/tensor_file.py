"""Tensors in .pt files, without PyTorch and without running anything: an unpickler that knows nothing but tensors."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from nnstudio.data.reading.array_files import Stored, Values
from nnstudio.data.reading.limits import require_room
from nnstudio.spec.errors import DataError

LARGEST_PICKLE = 2**24
"""Bytes of the part of a file that names its tensors; their values lie elsewhere."""

MOST_DEPTH = 3
"""Dictionaries and lists within each other in which tensors are looked for."""

MOST_TENSORS = 1_000

BFLOAT16 = "bfloat16"
"""Not known to numpy: the upper half of a float32."""

DTYPES = {
    "Double": "f8", "Float": "f4", "Half": "f2", "BFloat16": BFLOAT16, "Long": "i8", "Int": "i4", "Short": "i2",
    "Char": "i1", "Byte": "u1", "Bool": "?", "ComplexFloat": "c8", "ComplexDouble": "c16",
}  # fmt: skip
NEW_DTYPES = {
    "float64": "f8", "float32": "f4", "float16": "f2", "bfloat16": BFLOAT16, "int64": "i8", "int32": "i4",
    "int16": "i2", "int8": "i1", "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8", "bool": "?",
    "complex64": "c8", "complex128": "c16",
}  # fmt: skip

KNOWN = frozenset({*DTYPES.values(), *NEW_DTYPES.values()})


class _Unknown(Exception):
    """A pickle names something else than tensors; says what."""


@dataclass(frozen=True, slots=True)
class _Type:
    """The type of a storage or tensor as numpy spells it."""

    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    type: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage: offset and strides count elements; until it is checked, whatever a pickle made of it."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    type: str


@contextmanager
def opened_pt(path: Path, archive: zipfile.ZipFile) -> Iterator[Mapping[str, Stored]]:
    """The tensors of a .pt file by their keys or places; raises `DataError` where it holds anything else.

    What a `TensorDataset` holds counts as a list. Brain floats become float32.
    """
    (listing,) = (info for info in archive.infolist() if info.filename.split("/")[1:] == ["data.pkl"])
    root = listing.filename.removesuffix("data.pkl")
    if listing.file_size > LARGEST_PICKLE:
        raise DataError(f"“{path.name}” was not read.", "It lists more than any file of tensors does.")
    try:
        content = _load(archive.read(listing))
    except _Unknown as error:
        raise DataError(
            f"“{path.name}” was not read.",
            f"It holds more than tensors (“{error}”), and opening that could run a stranger's program.",
            "Save the tensors alone, for example torch.save({'x': x, 'y': y}, file).",
        ) from error
    is_big = f"{root}byteorder" in archive.namelist() and archive.read(f"{root}byteorder") == b"big"
    tensors = dict(_tensors(content, "", 0))
    yield {name: _stored(path, archive, root, tensor, is_big) for name, tensor in tensors.items()}


def _load(content: bytes) -> object:
    """The pickle's value, in which a tensor is a `_Tensor`."""
    return _Unpickler(io.BytesIO(content), _allowed()).load()


class _Unpickler(pickle.Unpickler):
    """Finds what ``allowed`` names, and nothing else."""

    def __init__(self, file: Any, allowed: Mapping[str, object]) -> None:
        super().__init__(file)
        self._allowed = allowed

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._allowed[f"{module}.{name}"]
        except KeyError:
            raise _Unknown(f"{module}.{name}"[:100]) from None

    def persistent_load(self, pid: Any) -> _Storage:
        kind, storage_type, key, _, count = pid
        if kind != "storage" or not isinstance(storage_type, _Type) or not isinstance(key, str):
            raise _Unknown("storage")
        return _Storage(key, storage_type.name, int(count))


def _allowed() -> dict[str, object]:
    """What a file of tensors may name, made anew for each file: nothing that a pickle does to it outlives the file."""

    class Ordered(dict[str, object]):
        pass

    class TensorDataset:
        tensors: Sequence[object] = ()

    storages = {f"torch.{name}Storage": _Type(kind) for name, kind in DTYPES.items()}
    dtypes = {f"torch.{name}": _Type(kind) for name, kind in NEW_DTYPES.items()}
    return {
        **storages,
        **dtypes,
        "torch.storage.UntypedStorage": _Type("u1"),
        "torch._utils._rebuild_tensor_v2": lambda *parts: _rebuilt(parts),
        "torch._utils._rebuild_tensor_v3": lambda *parts: _rebuilt(parts, parts[6].name),
        "torch._utils._rebuild_parameter": lambda data, *_: data,
        "collections.OrderedDict": Ordered,
        "torch.utils.data.dataset.TensorDataset": TensorDataset,
    }


def _rebuilt(parts: Sequence[Any], kind: str = "") -> _Tensor:
    storage, offset, shape, strides = parts[:4]
    return _Tensor(storage, offset, shape, strides, kind or storage.type)


def _tensors(value: Any, above: str, depth: int) -> Iterator[tuple[str, _Tensor]]:
    """Every tensor in a value, by its keys and places joined with dots; other values are passed over."""
    if isinstance(value, _Tensor):
        yield above or "array", value
        return
    if hasattr(value, "tensors"):
        value = value.tensors
    if depth == MOST_DEPTH:
        return
    if isinstance(value, dict):
        items = [(str(key), inner) for key, inner in value.items() if isinstance(key, str | int)]
    elif isinstance(value, list | tuple):
        items = [(f"array {place}", inner) for place, inner in enumerate(value[:MOST_TENSORS], 1)]
    else:
        return
    for key, inner in items[:MOST_TENSORS]:
        yield from _tensors(inner, f"{above}.{key}" if above else key, depth + 1)


def _checked(tensor: Any) -> _Tensor:
    """The same, made of nothing but the types that it should be; raises ValueError where it is not."""
    storage = tensor.storage
    numbers = (tensor.offset, storage.count, *tensor.shape, *tensor.strides)
    if len(tensor.shape) != len(tensor.strides) or not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a tensor that is none")
    if tensor.type not in KNOWN or type(storage.key) is not str:
        raise ValueError("a tensor of no type")
    return _Tensor(storage, tensor.offset, tuple(tensor.shape), tuple(tensor.strides), tensor.type)


def _stored(path: Path, archive: zipfile.ZipFile, root: str, tensor: _Tensor, is_big: bool) -> Stored:
    """A tensor as an array that is read when asked; raises ValueError where it reaches out of its storage."""
    tensor = _checked(tensor)
    shown = np.dtype("f4" if tensor.type == BFLOAT16 else tensor.type)
    require_room(path, prod(tensor.shape) * shown.itemsize)
    width = 2 if tensor.type == BFLOAT16 else shown.itemsize
    if _end(tensor, tensor.shape) * width > archive.getinfo(f"{root}data/{tensor.storage.key}").file_size:
        raise ValueError("a tensor reaches out of its storage")
    return Stored(tensor.shape, shown, partial(_read, archive, root, tensor, is_big))


def _end(tensor: _Tensor, shape: Sequence[int]) -> int:
    """Where in its storage the last element of a tensor (or of a part that begins like it) ends."""
    if not prod(shape):
        return 0
    return 1 + tensor.offset + sum((n - 1) * step for n, step in zip(shape, tensor.strides, strict=True))


def _read(archive: zipfile.ZipFile, root: str, tensor: _Tensor, is_big: bool, rows: int) -> Values:
    shape = (min(rows, tensor.shape[0]), *tensor.shape[1:]) if tensor.shape else ()
    dtype = np.dtype("u2" if tensor.type == BFLOAT16 else tensor.type).newbyteorder(">" if is_big else "<")
    count = _end(tensor, shape)
    with archive.open(f"{root}data/{tensor.storage.key}") as file:
        flat = np.frombuffer(file.read(count * dtype.itemsize), dtype, count)
    if not count:
        return np.empty(shape, np.float32 if tensor.type == BFLOAT16 else dtype)
    steps = [step * dtype.itemsize for step in tensor.strides]
    values = np.lib.stride_tricks.as_strided(flat[tensor.offset :], shape, steps, writeable=False)
    return (values.astype(np.uint32) << 16).view(np.float32) if tensor.type == BFLOAT16 else values
