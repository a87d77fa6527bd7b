"""Files that PyTorch's restricted reader refuses: their tensors are read all the same, and nothing else is made.

Modules of a stranger's own class, checkpoints with settings of any kind, programs (TorchScript, .pt2): every name in
their pickles is answered with a stand-in, so that no class or function but those of this room can be reached.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from _compat_pickle import IMPORT_MAPPING
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnstudio.engine.foreign.listing import parameter
from nnstudio.engine.foreign.pickles import (
    EXPORTED,
    LARGEST,
    STORED,
    Inert,
    Pickles,
    description,
    exported_entries,
    old_content,
)

PROGRAMS = sys.stdlib_module_names | IMPORT_MAPPING.keys() | {"torch", "numpy"}
"""What may run programs, or reach all else: Python's own library (as Python 2 calls it, too), PyTorch and NumPy."""

VALUES = (
    "argparse.Namespace", "types.SimpleNamespace", "pathlib.", "datetime.", "uuid.UUID", "decimal.Decimal", "enum.",
    "copy_reg._reconstructor", "copyreg._reconstructor", "_codecs.encode",
    "torch.nn.", "torch.optim.", "torch.ao.nn.", "torch.jit._pickle.",
)  # fmt: skip
"""How names begin of plain values of Python's library and of parts of PyTorch, which lie beside weights."""

BUILT_IN = re.compile(
    r"(builtins|__builtin__)\.(object|set|frozenset|slice|complex|bytearray|bytes|x?range|dict|list|tuple|int|long|float|"
    r"str|unicode|bool)"
)
"""Plain values that need no import."""

NUMPY = re.compile(r"numpy\.(_?core\.multiarray\.(scalar|_reconstruct)|dtype|ndarray|dtypes\.\w+)")

DTYPE = re.compile(r"[<>|=]?([biuf][1248]|b1|\?)")
"""The types of numbers that an array may have."""


class Unreadable(Exception):
    """The tensors of a file cannot be told without running something, or it claims what does not lie in it."""


class Harmful(Exception):
    """A file asks for something that no weights need, and that may run programs; it is told by its name."""


@dataclass(frozen=True, eq=False, slots=True)
class Read:
    """What a file holds, its devices, and the names that it asks for; see `Pickles`."""

    content: Any
    devices: frozenset[str] = frozenset()
    wants: tuple[str, ...] = ()


def read_inert(path: Path) -> Read:
    """What ``path`` holds; raises `Harmful`, or anything where that cannot be told: the file may be crafted."""
    storages = _Storages(path.stat().st_size)
    pickles = Pickles(_calls(storages), storages.get)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content = _in_archive(archive, pickles, storages)
    else:
        with path.open("rb") as file:
            content = _in_old_file(file, pickles, storages)
    if harmful := next(filter(_may_run, pickles.wants), ""):
        raise Harmful(harmful)
    names = tuple(name for name in pickles.wants if not _is_value(name))
    return Read(_with_tensors(content), frozenset(storages.devices), names)


def _may_run(path: str) -> bool:
    """Whether a name is one of Python's own library or of PyTorch that no weights need."""
    return not _is_value(path) and path.partition(".")[0] in PROGRAMS


def _is_value(path: str) -> bool:
    return path.startswith(VALUES) or bool(NUMPY.fullmatch(path) or BUILT_IN.fullmatch(path))


# ---- Storages ----


@dataclass(frozen=True, eq=False, slots=True)
class _Storage:
    dtype: torch.dtype
    content: bytearray


@dataclass(eq=False, slots=True)
class _Storages:
    """The numbers of a file by their keys: room for them, which is filled once the pickle was read.

    ``room`` is how many bytes there may be in all: no more than the file has.
    """

    room: int
    devices: set[str] = field(default_factory=set)
    known: dict[str, bytearray] = field(default_factory=dict)

    def get(self, kind: str, key: str, count: int, place: str) -> _Storage:
        if kind not in STORED:
            raise Unreadable(f"numbers of the type {kind}")
        dtype = getattr(torch, STORED[kind])
        size = count * dtype.itemsize
        if key not in self.known:
            self.room -= size
            if count < 0 or self.room < 0:
                raise Unreadable("it claims more numbers than it holds")
            self.known[key] = bytearray(size)
        self.devices.add(place)
        return _Storage(dtype, self.known[key])

    def fill(self, key: str, part: IO[bytes], size: int) -> None:
        """Take the ``size`` bytes of a storage from ``part``."""
        if size != len(self.known[key]) or part.readinto(memoryview(self.known[key])) != size:  # type: ignore[attr-defined]
            raise Unreadable("its numbers are cut off")


def _in_archive(archive: zipfile.ZipFile, pickles: Pickles, storages: _Storages) -> Any:
    entry = description(archive)
    if entry.file_size > LARGEST:
        raise Unreadable("its list of tensors is too long")
    if entry.filename.endswith(EXPORTED):
        return _exported(archive, entry.filename, storages)
    content = pickles.read(io.BytesIO(archive.read(entry)))
    before = entry.filename.removesuffix("data.pkl")
    if f"{before}byteorder" in archive.namelist() and archive.read(f"{before}byteorder") != b"little":
        raise Unreadable("its numbers are written backwards")
    for key in storages.known:
        entry = archive.getinfo(f"{before}data/{key}")
        with archive.open(entry) as part:
            storages.fill(key, part, entry.file_size)
    return content


def _exported(archive: zipfile.ZipFile, config: str, storages: _Storages) -> dict[str, Tensor]:
    """The weights of an exported program (.pt2)."""
    folder, found = config.rpartition("/")[0], {}
    for name, (kind, sizes, strides, offset, member) in exported_entries(archive.read(config)).items():
        if not kind or not member:
            raise Unreadable(f"{name} is not stored plainly")
        part = archive.getinfo(f"{folder}/{member}")
        storages.room -= part.file_size
        if storages.room < 0:
            raise Unreadable("it claims more numbers than it holds")
        storage = _Storage(getattr(torch, kind), bytearray(archive.read(part)))
        found[name] = _strided(storage, offset, sizes, strides)
    return found


def _in_old_file(file: BinaryIO, pickles: Pickles, storages: _Storages) -> Any:
    """PyTorch's files of before 2020, and plain pickles: behind the description come keys, and the numbers of each."""
    content = old_content(file, pickles)
    if storages.known:
        for key in pickles.read(file):
            file.read(8)  # how many numbers there are, as their description says, too
            storages.fill(str(key), file, len(storages.known[str(key)]))
    return content


# ---- What is called in the place of PyTorch's and NumPy's functions ----


def _calls(storages: _Storages) -> dict[str, Any]:
    build: Callable[..., Tensor] = _strided
    return {
        "torch._utils._rebuild_tensor": build,
        "torch._utils._rebuild_tensor_v2": build,
        "torch._utils._rebuild_parameter": parameter,
        "torch._utils._rebuild_parameter_with_state": parameter,
        "torch.storage._load_from_bytes": lambda content: _nested(content, storages),
        "collections.defaultdict": lambda *_: {},
        "_codecs.encode": _encoded,
        "numpy.core.multiarray._reconstruct": lambda *_: _Array(),
        "numpy._core.multiarray._reconstruct": lambda *_: _Array(),
        "numpy.dtype": _Dtype,
    }


def _strided(storage: Any, offset: Any, size: Any, stride: Any, *rest: Any) -> Tensor:
    """A tensor of the numbers of a storage; PyTorch raises RuntimeError where they do not reach that far."""
    del rest
    if not isinstance(storage, _Storage):
        raise Unreadable("a tensor without numbers")
    if not storage.content:
        return torch.empty(tuple(size), dtype=storage.dtype).as_strided(tuple(size), tuple(stride))
    return torch.frombuffer(storage.content, dtype=storage.dtype).as_strided(tuple(size), tuple(stride), offset)


def _nested(content: Any, storages: _Storages) -> _Storage:
    """A storage in a plain pickle, where it is a file of PyTorch's within the file."""
    inner = _Storages(min(storages.room, len(content)))
    storages.room -= len(content)
    pickles = Pickles({}, inner.get)
    found = _in_old_file(io.BytesIO(content), pickles, inner)
    if not isinstance(found, _Storage) or pickles.wants:
        raise Unreadable("a storage that PyTorch does not write")
    storages.devices |= inner.devices
    return found


def _encoded(text: Any, encoding: Any = "latin1") -> bytes:
    """Bytes, as pickles of protocol 2 spell them."""
    if encoding != "latin1":
        raise Unreadable("bytes in an unusual spelling")
    return str(text).encode("latin-1")


class _Dtype(Inert):
    """A type of numbers of NumPy's."""

    def __new__(cls, code: object = "", *flags: object) -> Self:
        made = super().__new__(cls, *flags)
        vars(made)["code"] = str(code)
        return made

    def __setstate__(self, state: Any) -> None:
        vars(self)["order"] = state[1] if isinstance(state, tuple) and len(state) > 1 else ""


class _Array(Inert):
    """An array of NumPy's."""

    def __setstate__(self, state: Any) -> None:
        vars(self)["state"] = state

    def tensor(self) -> Tensor | None:
        """The same numbers; None where they are none that a network has."""
        _, shape, dtype, is_fortran, content = vars(self)["state"]
        code, order = vars(dtype)["code"], vars(dtype).get("order", "")
        if not DTYPE.fullmatch(code) or not isinstance(content, bytes | str):
            return None
        raw = content if isinstance(content, bytes) else content.encode("latin-1")
        array: NDArray[Any] = np.frombuffer(raw, np.dtype(code).newbyteorder(order if order in ("<", ">") else "="))
        array = array.reshape(shape, order="F" if is_fortran else "C")
        return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), order="C"))


def _with_tensors(content: Any) -> Any:
    """The same, with tensors in the place of arrays; in dictionaries, which is where weights lie."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            content[name] = _with_tensors(value)  # type: ignore[index]  # a pickle makes nothing but dictionaries
    if not isinstance(content, _Array):
        return content
    made = content.tensor()
    return content if made is None else made
