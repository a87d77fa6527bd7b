"""Pickles read with a stand-in for whatever they name, so that only this package's code runs."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from nnstudio.engine.foreign.records import Record, record_type, torch_modules

STORED = {
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
}  # fmt: skip
"""The types of numbers by the classes of storages."""

EXPORTED = "/data/weights/model_weights_config.json"
"""Where an exported program (.pt2) says what its weights are."""

EXPORTED_TYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64", 12: "bool",
    13: "bfloat16",
}  # fmt: skip
"""The numbers that stand for them there."""

LARGEST = 2**26
"""Bytes of a pickle that are read; the numbers of tensors lie outside of it."""

HARMLESS = (
    "collections.", "torch._utils._rebuild_", "torch.storage._load_from_bytes", "torch.storage.TypedStorage",
    "torch.storage.UntypedStorage", "torch.serialization._get_layout", "__builtin__.set",
)  # fmt: skip
"""What every file of PyTorch may name, beside the classes of storages and dtypes."""

Storage = Callable[[str, str, int, str], Any]
"""What stands for a storage of some type of numbers: its name, its key, how many there are, and where they were."""


class Inert(Record):
    """A stand-in that may be filled as dictionaries and lists are."""

    def __setitem__(self, name: object, value: object) -> None:
        vars(self)[str(name)] = value

    def append(self, value: object) -> None:
        """Keep what a list of an unknown class holds, by its place."""
        self[len(vars(self))] = value


class Pickles:
    """Reads pickles one behind the other, and notes in ``wants`` what they ask for beside PyTorch's own.

    ``calls`` are what is called in the place of some functions.
    """

    def __init__(self, calls: Mapping[str, Any], storage: Storage) -> None:
        self.wants: list[str] = []
        self._calls, self._storage = {"collections.OrderedDict": OrderedDict, **calls}, storage
        self._types: dict[str, type[Record]] = {}

    def read(self, stream: BinaryIO) -> Any:
        """What the next pickle in ``stream`` describes."""
        return _Reader(stream, self._stand_in, self._storage).load()

    def _stand_in(self, path: str) -> Any:
        if path in self._calls:
            return self._calls[path]
        known = torch_modules().get(path)
        is_known = known or path.startswith(HARMLESS) or _is_type(path)
        if not is_known and path not in self.wants:
            self.wants.append(path)
        return self._types.setdefault(path, record_type(path, Inert))


def _is_type(path: str) -> bool:
    """Whether it is a type of numbers, or another plain value that lies directly in PyTorch."""
    module, _, name = path.rpartition(".")
    return module == "torch" and (
        name.endswith(("Storage", "Tensor")) or name.rstrip("0123456789") in _TYPES or name in {"Size", "device"}
    )


_TYPES = frozenset({"float", "bfloat", "complex", "int", "uint", "qint", "quint", "bool"})


class _Reader(pickle.Unpickler):
    """The standard unpickler with a stand-in for every name: it cannot reach any class or function but these."""

    def __init__(self, stream: BinaryIO, stand_in: Callable[[str], Any], storage: Storage) -> None:
        super().__init__(stream, encoding="latin-1")
        self._stand_in, self._storage = stand_in, storage

    def find_class(self, module: str, name: str) -> Any:
        return self._stand_in(f"{module}.{name}")

    def persistent_load(self, identity: Any) -> Any:
        what, kind, *rest = identity
        if what == "module" and isinstance(kind, type):  # a class with its source, as old files have it
            return kind
        if what != "storage" or not isinstance(kind, type) or len(rest) < 3 or (len(rest) > 3 and rest[3] is not None):
            raise pickle.UnpicklingError("a storage that PyTorch does not write")
        key, place, count = rest[:3]
        return self._storage(kind.__name__, str(key), int(count), str(place))


def description(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The part of an archive of PyTorch's that says what its tensors are; StopIteration where there is none."""
    return next(each for each in archive.infolist() if each.filename.endswith(("/data.pkl", EXPORTED)))


def old_content(stream: BinaryIO, pickles: Pickles) -> Any:
    """What a file of before 2020 describes: there a magic number, a version and facts on the system come first."""
    first = pickles.read(stream)
    if not isinstance(first, int):
        return first
    for _ in range(2):
        pickles.read(stream)
    return pickles.read(stream)


def exported_entries(content: bytes) -> dict[str, tuple[str, tuple[int, ...], tuple[int, ...], int, str]]:
    """Of each weight of an exported program: type of its numbers, sizes, strides, offset, and the member they lie in.

    The member is empty where it is none of plain numbers.
    """
    return {name: _exported(each) for name, each in json.loads(content)["config"].items()}


def _exported(each: Any) -> tuple[str, tuple[int, ...], tuple[int, ...], int, str]:
    about = each["tensor_meta"]
    sizes, strides = (tuple(int(side["as_int"]) for side in about[sides]) for sides in ("sizes", "strides"))
    member = "" if each.get("use_pickle") else str(each["path_name"])
    return EXPORTED_TYPES.get(about["dtype"], ""), sizes, strides, int(about["storage_offset"]["as_int"]), member
