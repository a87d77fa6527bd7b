"""Model files: weights and all that is needed to use them. Plain PyTorch opens them, and reading them runs nothing.

A file is the dictionary that ``torch.load(path, weights_only=True)`` gives: ``format``, ``version``, ``state_dict``,
``project``, ``encoding`` and ``provenance`` (JSON texts; the last is newer than the others), ``metrics``, ``versions``,
``data_fingerprint``. A safetensors file of ours has the same entries, but for the tensors, as one JSON text.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nnstudio import __version__
from nnstudio.engine.foreign.recognise import checked, recognised
from nnstudio.engine.foreign.records import Record
from nnstudio.engine.foreign.refusals import quoted, refused
from nnstudio.engine.foreign.shards import is_index, shards_of
from nnstudio.engine.foreign.unpickle import unpickled
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.files import write_atomically
from nnstudio.spec.model import Weights
from nnstudio.spec.rebuilt import Rebuilt

FORMAT = "nnstudio-model"
VERSION = 1
ENTRIES = "nnstudio.model"
"""The key of `entries_json` among the texts of a safetensors file."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """What a weights file holds, what ``kind`` of file it is in words, and ``notes``: sentences on it.

    What nnstudio writes beside the weights (project, encoding, metrics, versions, fingerprint) others' files lack;
    ``module`` is the whole module that they may have instead, as it lay in the file.
    """

    path: str
    sha256: str
    state: Mapping[str, Tensor]
    project: str = ""
    encoding: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    provenance: str = ""
    """How its weights came about, as JSON; empty where the file does not say."""
    kind: str = ""
    notes: tuple[str, ...] = ()
    module: Record | None = None

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of its tensors by their names."""
        return {name: tuple(tensor.shape) for name, tensor in self.state.items()}

    def opened(self, rebuilt: Rebuilt | None = None) -> ModelOpened:
        """The event that tells of this file, and of the network that was rebuilt from it."""
        dtypes = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in self.state.items()}
        return ModelOpened(
            self.path, self.sha256, self.project, self.shapes, self.metrics, self.kind, self.notes, dtypes, rebuilt
        )


def save_model(
    path: Path,
    state: Mapping[str, Tensor],
    *,
    project_json: str,
    encoding_json: str,
    metrics: Mapping[str, float],
    fingerprint: str,
    provenance_json: str = "",
) -> None:
    """Write a model file in the place of ``path``, after reading it back; raises OSError or `ModelFileError`."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "state_dict": plain(state),
        "project": project_json,
        "encoding": encoding_json,
        "metrics": {str(name): float(value) for name, value in metrics.items()},
        "versions": versions(),
        "data_fingerprint": fingerprint,
        "provenance": provenance_json,
    }
    _write(path, content)


def entries_json(file: ModelFile) -> str:
    """What a model file holds beside its weights, as the JSON text that a safetensors file carries as `ENTRIES`."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "project": file.project,
        "encoding": file.encoding,
        "metrics": dict(file.metrics),
        "versions": dict(file.versions),
        "data_fingerprint": file.fingerprint,
        "provenance": file.provenance,
    }
    return json.dumps(content, ensure_ascii=False)


def versions() -> dict[str, str]:
    """What computes here, by name."""
    return {"nnstudio": __version__, "torch": str(torch.__version__), "python": platform.python_version()}


def save_state_dict(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write the tensors alone, as ``torch.save(model.state_dict(), path)`` does; raises OSError or `ModelFileError`."""
    _write(path, plain(state))


def plain(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, each with a storage of its own: a view would be written with all that it looks into."""
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in state.items()}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    write_atomically(path, lambda partial: save_content(content, partial), read_back(path, content))


def read_back(path: Path, content: Mapping[str, Any]) -> Callable[[Path], None]:
    """What raises `ModelFileError` for a file, to become ``path``, that does not hold ``content``."""

    def check(partial: Path) -> None:
        if not _same(unpickled(partial).content, content):
            raise ModelFileError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    return check


def save_content(content: Mapping[str, Any], path: Path) -> None:
    """Write with PyTorch; raises the OSError (of a full disk) that PyTorch hides behind one of its own."""
    try:
        with path.open("wb") as file:
            torch.save(content, file)
    except RuntimeError as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from error
        raise


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[name]) for name, value in one.items())
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return same_bits(one, other)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)  # a metric that is not a number equals itself


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits, or of an index and its files; raises as `load_model`."""
    if is_index(path):
        parts = [path, *dict.fromkeys(shards_of(path).values())]
        return hashlib.sha256("".join(map(sha256_of_bytes, parts)).encode()).hexdigest()
    return sha256_of_bytes(path)


def sha256_of_bytes(path: Path) -> str:
    """The SHA-256 of what lies at ``path``, whatever it is; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_start(weights: Weights) -> ModelFile:
    """The file that a project starts from; raises `ModelFileError` if it is no longer the one that was chosen."""
    path = Path(weights.path)
    file = load_model(path)
    if weights.sha256 and file.sha256 != weights.sha256:
        raise ModelFileError(
            f"“{path.name}” is not the weights file that was chosen.",
            "Its content has changed since then.",
            "Choose the weights to start from again.",
        )
    return file


def load_model(path: Path) -> ModelFile:
    """What a weights file holds; no code in it ever runs.

    Takes files of `save_model`, and what others save: names to tensors, alone or in a training checkpoint, whole
    modules of `torch.nn`, safetensors. Raises `ModelFileError` with the reason for anything else, or OSError.
    """
    with ThreadPoolExecutor(1, "hashing") as pool:  # a large file is read and hashed at the same time
        digest = pool.submit(sha256_of, path)
        file = _read(path)
        return replace(file, sha256=digest.result())


def _read(path: Path) -> ModelFile:
    found = unpickled(path)
    if isinstance(found.content, Mapping) and found.content.get("format") == FORMAT:
        return _model_file(path, found.content)
    if ENTRIES in found.texts:
        return _model_file(path, {**_entries(path, found.texts[ENTRIES]), "state_dict": found.content})
    weights = recognised(path, found)
    return ModelFile(str(path), "", weights.state, kind=weights.kind, notes=weights.notes, module=weights.module)


def _entries(path: Path, text: str) -> dict[str, Any]:
    """What `entries_json` wrote."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(path, "What it says of its project is damaged.", details=str(error)) from error
    if not isinstance(content, dict):
        raise refused(path, "What it says of its project is damaged.")
    return content


def _model_file(path: Path, content: Mapping[str, Any]) -> ModelFile:
    if content.get("version") != VERSION:
        why = f"It has version {content.get('version')!r}, and this nnstudio reads version {VERSION}."
        raise refused(path, why, "A newer nnstudio may open it.")
    kinds = {"state_dict": Mapping, "project": str, "encoding": str, "metrics": Mapping, "versions": Mapping}
    for name, kind in (kinds | {"data_fingerprint": str}).items():
        if not isinstance(content.get(name), kind):
            raise refused(path, f"Its entry {quoted(name)} is missing or damaged.")
    return ModelFile(
        str(path),
        "",
        checked(path, content["state_dict"])[0],
        content["project"],
        content["encoding"],
        {str(name): float(value) for name, value in content["metrics"].items() if isinstance(value, (int, float))},
        {str(name): str(version) for name, version in content["versions"].items()},
        content["data_fingerprint"],
        str(content.get("provenance", "")),
        "a model file of nnstudio",
    )
