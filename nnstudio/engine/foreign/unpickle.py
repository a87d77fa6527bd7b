"""Files of PyTorch and safetensors as plain values and tensors; nothing in them is ever called."""

from __future__ import annotations

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch.serialization import safe_globals

from nnstudio.engine.foreign.records import torch_modules
from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.spec.errors import ModelFileError

OTHERS = {
    b"\x89HDF": "an HDF5 file, as Keras writes",
    b"GGUF": "a GGUF file, as llama.cpp reads",
} | {bytes((8, version, 18)): "an ONNX model" for version in range(3, 16)}
"""How files of other programs begin; ONNX with its version and the name of who wrote it."""

CHUNK = 2**20
"""Bytes that are read at once."""

ONLY_TENSORS = "Ask whoever made it for a state_dict, which holds tensors only."


@dataclass(frozen=True, eq=False, slots=True)
class Unpickled:
    """What a file holds: plain values, tensors on the CPU, and `Record` for modules of `torch.nn`.

    ``devices`` are where its tensors were when they were saved; ``is_safetensors`` says that it is of that format, and
    ``texts`` are what such a file says of itself by key.
    """

    content: Any
    devices: frozenset[str] = frozenset()
    is_safetensors: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)


def unpickled(path: Path) -> Unpickled:
    """What ``path`` holds; raises `ModelFileError` with the reason where that cannot be told safely, or OSError."""
    with path.open("rb") as file:  # what cannot be opened at all is an OSError
        head = file.read(16)
    if kind := next((kind for start, kind in OTHERS.items() if head.startswith(start)), ""):
        raise refused(
            path, f"It is {kind}, not a weights file of PyTorch.", "Export it for PyTorch, or as safetensors."
        )
    try:
        if head[8:9] == b"{" and not head.startswith(b"PK"):
            return _safetensors(path)
        if zipfile.is_zipfile(path):
            _need_plain_archive(path)
        return _load(path)
    except (ModelFileError, MemoryError):
        raise
    except pickle.UnpicklingError as error:
        raise _would_run(path, str(error)) from error
    except Exception as error:  # a crafted or torn file can break the readers at any point
        raise refused(path, "It is damaged, or not a weights file.", details=repr(error)) from error


def _load(path: Path) -> Unpickled:
    devices: set[str] = set()

    def on_the_cpu(storage: Any, device: str) -> Any:
        devices.add(device)
        return storage

    stand_ins: list[Any] = [(kind, name) for name, kind in torch_modules().items()]
    with safe_globals(stand_ins), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # PyTorch's word to itself on storages that are out of date
        content = torch.load(path, map_location=on_the_cpu, weights_only=True)
    return Unpickled(content, frozenset(devices))


def _safetensors(path: Path) -> Unpickled:
    try:
        with safe_open(str(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dictionary
            return Unpickled(tensors, is_safetensors=True, texts=file.metadata() or {})
    except SafetensorError as error:
        raise refused(path, "It is damaged, or not a weights file.", details=str(error)) from error


def _need_plain_archive(path: Path) -> None:
    """Raise `ModelFileError` for archives that PyTorch writes for programs, and for packed ones."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    inner = {entry.filename.partition("/")[2] for entry in entries}
    if any(name.startswith("code/") for name in inner):
        raise refused(path, "It is a TorchScript program, which has to be run to be used.", ONLY_TENSORS)
    if "archive_format" in inner:
        raise refused(path, "It is a program exported by PyTorch (.pt2), which has to be run.", ONLY_TENSORS)
    if sum(entry.file_size for entry in entries) > path.stat().st_size:  # would take memory that nobody expects
        raise refused(path, "It is compressed, which PyTorch's own files never are.")
    _need_checksums(path, entries)


def _need_checksums(path: Path, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Raise `ModelFileError` where a part of an archive is not what was written; PyTorch itself does not look."""
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            if not entry.CRC:  # left out when it was saved (`torch.serialization.set_crc32_options`)
                continue
            try:
                with archive.open(entry) as part:
                    while part.read(CHUNK):
                        pass
            except zipfile.BadZipFile as error:
                why = f"It is damaged: the checksum of its part {quoted(entry.filename)} is wrong."
                raise refused(path, why, "Copy or download it again.", str(error)) from error


def _would_run(path: Path, message: str) -> ModelFileError:
    """Why PyTorch's restricted unpickler refused, in our words: it names the first thing that it would have to call."""
    if "persistent_load of storage" in message:
        return refused(path, "It is a whole module in PyTorch's format of before 2020.", ONLY_TENSORS, message)
    found = re.search(r"GLOBAL (\S+) (?:was not an allowed global|whose module)", message)
    if found is None:
        return refused(path, "It is damaged, or not a weights file.", details=message)
    return refused(path, f"Opening it would run code: it asks for {quoted(found[1])}.", ONLY_TENSORS, message)
