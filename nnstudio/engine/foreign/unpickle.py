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

from nnstudio.engine.foreign.inert import Harmful, read_inert
from nnstudio.engine.foreign.others import AGAIN, DAMAGED, HEAD, is_cut_off, need_archive_of_weights, need_weights
from nnstudio.engine.foreign.records import torch_modules
from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.engine.foreign.shards import is_index, together
from nnstudio.spec.errors import ModelFileError

MAPPED = 2**28
"""Bytes from which on an archive is mapped into memory: what is looked at is read, and can be let go again."""

CHUNK = 2**20
"""Bytes that are read at once."""

NOT_RUN = "Its program was not run: only its tensors are used."

MOST_WANTED = 3
"""Names of classes in a sentence."""

WOULD_RUN = "Opening it would run code: it asks for {}."
ONLY_TENSORS = "Ask whoever made it for a state_dict, which holds tensors only."


@dataclass(frozen=True, eq=False, slots=True)
class Unpickled:
    """What a file holds: plain values, tensors on the CPU, and `Record` for modules of `torch.nn`.

    ``devices`` are where its tensors were when they were saved; ``is_safetensors`` says that it is of that format, and
    ``texts`` are what such a file says of itself by key. ``kind`` is what else it is, in words, and ``notes`` are
    sentences on how it was read.
    """

    content: Any
    devices: frozenset[str] = frozenset()
    is_safetensors: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    notes: tuple[str, ...] = ()


def unpickled(path: Path) -> Unpickled:
    """What ``path`` holds; raises `ModelFileError` with the reason where that cannot be told safely, or OSError."""
    if is_index(path):
        content, count = together(path, lambda part: unpickled(part).content)
        return Unpickled(content, kind=f"a network in {count:,} files")
    with path.open("rb") as file:  # what cannot be opened at all is an OSError
        head = file.read(HEAD)
    need_weights(path, head)
    try:
        if head[8:9] == b"{" and not head.startswith(b"PK"):
            return _safetensors(path)
        if zipfile.is_zipfile(path) and (program := _program(path)):
            return _inert(path, program)
        return _load(path)
    except (ModelFileError, MemoryError):
        raise
    except pickle.UnpicklingError as error:
        return _otherwise(path, error)
    except Exception as error:  # a crafted or torn file can break the readers at any point
        raise refused(path, DAMAGED, AGAIN if is_cut_off(head, error) else "", details=repr(error)) from error


def _otherwise(path: Path, error: pickle.UnpicklingError) -> Unpickled:
    """What PyTorch's restricted unpickler refuses, without the classes that it asks for; raises `ModelFileError`."""
    try:
        return _inert(path, "")
    except MemoryError:
        raise
    except Harmful as name:
        raise refused(path, WOULD_RUN.format(quoted(name)), ONLY_TENSORS, str(error)) from error
    except Exception as other:  # a crafted or torn file can break the reader at any point
        raise _would_run(path, str(error)) from other


def _inert(path: Path, program: str) -> Unpickled:
    """The tensors of a file, whatever else is in it; ``program`` is what it is, in words, if it is one."""
    found = read_inert(path)
    notes = (NOT_RUN,) if program else ()
    if found.wants and not program:
        more = f" and {len(found.wants) - MOST_WANTED:,} more" if len(found.wants) > MOST_WANTED else ""
        named = ", ".join(map(quoted, found.wants[:MOST_WANTED]))
        notes = (f"It asks for classes that are not here ({named}{more}): its tensors were read, nothing of it ran.",)
    return Unpickled(found.content, found.devices, kind=program, notes=notes)


def _load(path: Path) -> Unpickled:
    devices: set[str] = set()

    def on_the_cpu(storage: Any, device: str) -> Any:
        devices.add(device)
        return storage

    stand_ins: list[Any] = [(kind, name) for name, kind in torch_modules().items()]
    large = path.stat().st_size >= MAPPED and zipfile.is_zipfile(path)
    with safe_globals(stand_ins), warnings.catch_warnings(), path.open("rb") as file:  # by its content, not its name
        warnings.simplefilter("ignore", UserWarning)  # PyTorch's word to itself on storages that are out of date
        if large and path.suffix != ".safetensors":  # which PyTorch would not read as what it is
            content = torch.load(path, map_location=on_the_cpu, weights_only=True, mmap=True)
        else:
            content = torch.load(file, map_location=on_the_cpu, weights_only=True)
    return Unpickled(content, frozenset(devices))


def _safetensors(path: Path) -> Unpickled:
    try:
        with safe_open(str(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # it is no dictionary
            return Unpickled(tensors, is_safetensors=True, texts=file.metadata() or {})
    except SafetensorError as error:
        raise refused(path, DAMAGED, AGAIN if is_cut_off(b"", error) else "", details=str(error)) from error


def _program(path: Path) -> str:
    """What program an archive of PyTorch's holds, in words; raises `ModelFileError` for what is none of PyTorch's."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    inner = {entry.filename.partition("/")[2] for entry in entries}
    if any(name.startswith("code/") for name in inner):
        return "a TorchScript program"
    if "archive_format" in inner:
        return "a program exported by PyTorch (.pt2)"
    need_archive_of_weights(path, entries)
    _need_checksums(path, entries)
    return ""


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
                raise refused(path, why, AGAIN, str(error)) from error


def _would_run(path: Path, message: str) -> ModelFileError:
    """Why PyTorch's restricted unpickler refused, in our words: it names the first thing that it would have to call."""
    found = re.search(r"GLOBAL (\S+) (?:was not an allowed global|whose module)", message)
    if found is None:
        return refused(path, DAMAGED, details=message)
    return refused(path, WOULD_RUN.format(quoted(found[1])), ONLY_TENSORS, message)
