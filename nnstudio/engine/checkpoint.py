"""Model files: weights and all that is needed to use them. Plain PyTorch opens them, and reading them runs nothing.

A file is the dictionary that ``torch.load(path, weights_only=True)`` gives: ``format``, ``version``, ``state_dict``,
``project`` and ``encoding`` (JSON texts), ``metrics``, ``versions``, ``data_fingerprint``.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nnstudio import __version__
from nnstudio.engine.frozen import same_bits
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.events import ModelOpened
from nnstudio.spec.files import write_atomically
from nnstudio.spec.model import Weights

FORMAT = "nnstudio-model"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """What a weights file holds; all but ``path``, ``sha256`` and ``state`` is empty for a plain ``state_dict``."""

    path: str
    sha256: str
    state: Mapping[str, Tensor]
    project: str = ""
    encoding: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""

    def opened(self) -> ModelOpened:
        """The event that tells of this file."""
        shapes = {name: tuple(tensor.shape) for name, tensor in self.state.items()}
        return ModelOpened(self.path, self.sha256, self.project, shapes, self.metrics)


def save_model(
    path: Path,
    state: Mapping[str, Tensor],
    *,
    project_json: str,
    encoding_json: str,
    metrics: Mapping[str, float],
    fingerprint: str,
) -> None:
    """Write a model file in the place of ``path``, after reading it back; raises OSError or `ModelFileError`."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "state_dict": _plain(state),
        "project": project_json,
        "encoding": encoding_json,
        "metrics": {str(name): float(value) for name, value in metrics.items()},
        "versions": {"nnstudio": __version__, "torch": str(torch.__version__), "python": platform.python_version()},
        "data_fingerprint": fingerprint,
    }
    _write(path, content)


def save_state_dict(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write the tensors alone, as ``torch.save(model.state_dict(), path)`` does; raises OSError or `ModelFileError`."""
    _write(path, _plain(state))


def _plain(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, each with a storage of its own: a view would be written with all that it looks into."""
    return {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in state.items()}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    def check(partial: Path) -> None:
        if not _same(_unpickled(partial), content):
            raise ModelFileError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    write_atomically(path, lambda partial: _save(content, partial), check)


def _save(content: Mapping[str, Any], path: Path) -> None:
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
    return type(one) is type(other) and repr(one) == repr(other)  # a metric that is not a number equals itself


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_start(weights: Weights) -> ModelFile:
    """The file that a project starts from; raises `ModelFileError` if it is no longer the one that was chosen."""
    path = Path(weights.path)
    if weights.sha256 and sha256_of(path) != weights.sha256:
        raise ModelFileError(
            f"“{path.name}” is not the weights file that was chosen.",
            "Its content has changed since then.",
            "Choose the weights to start from again.",
        )
    return load_model(path)


def load_model(path: Path) -> ModelFile:
    """What a weights file holds; no code in it ever runs.

    Takes files of `save_model` and plain ``state_dict`` files (names to tensors). Raises `ModelFileError` with the
    reason for anything else, or OSError.
    """
    content = _unpickled(path)
    if not isinstance(content, Mapping) or not all(isinstance(name, str) for name in content):
        raise _refused(path, f"It holds {_kind(content)}, not weights by name.")
    if content.get("format") == FORMAT:
        return _model_file(path, content)
    return ModelFile(str(path), sha256_of(path), _state(path, content))


def _model_file(path: Path, content: Mapping[str, Any]) -> ModelFile:
    if content.get("version") != VERSION:
        why = f"It has version {content.get('version')!r}, and this nnstudio reads version {VERSION}."
        raise _refused(path, why, "A newer nnstudio may open it.")
    kinds = {"state_dict": Mapping, "project": str, "encoding": str, "metrics": Mapping, "versions": Mapping}
    for name, kind in (kinds | {"data_fingerprint": str}).items():
        if not isinstance(content.get(name), kind):
            raise _refused(path, f"Its entry {_name(name)} is missing or damaged.")
    return ModelFile(
        str(path),
        sha256_of(path),
        _state(path, content["state_dict"]),
        content["project"],
        content["encoding"],
        {str(name): float(value) for name, value in content["metrics"].items() if isinstance(value, (int, float))},
        {str(name): str(version) for name, version in content["versions"].items()},
        content["data_fingerprint"],
    )


def _state(path: Path, content: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors of ``content``: plain dense ones that are no larger than what lies in the file."""
    for name, tensor in content.items():
        if not isinstance(tensor, Tensor):
            raise _refused(path, f"Its entry {_name(name)} is {_kind(tensor)}, not a tensor.")
        if tensor.layout is not torch.strided or tensor.device.type != "cpu" or tensor.is_quantized:
            raise _refused(path, f"Its tensor {_name(name)} is not a plain one.")
        if tensor.nbytes > tensor.untyped_storage().nbytes():
            raise _refused(path, f"Its tensor {_name(name)} claims more numbers than the file holds.")
    if not content:
        raise _refused(path, "It holds no tensors.")
    return {str(name): tensor.detach() for name, tensor in content.items()}


def _unpickled(path: Path) -> Any:
    with path.open("rb"):  # what cannot be opened at all is an OSError
        try:
            if _grows(path):
                raise _refused(path, "It is compressed, which PyTorch's own files never are.")
            return torch.load(path, map_location="cpu", weights_only=True)
        except (ModelFileError, MemoryError):
            raise
        except pickle.UnpicklingError as error:
            raise _would_run(path, str(error)) from error
        except Exception as error:  # a crafted or torn file can break the readers at any point
            raise _refused(path, "It is damaged, or not a weights file.", details=repr(error)) from error


def _grows(path: Path) -> bool:
    """Whether an archive holds more than its size: it would take memory that nobody expects."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size


def _would_run(path: Path, message: str) -> ModelFileError:
    """Why PyTorch's restricted unpickler refused, in our words: it names the first thing that it would have to call."""
    found = re.search(r"GLOBAL (\S+) (?:was not an allowed global|whose module)", message)
    if found is None:
        return _refused(path, "It is damaged, or not a weights file.", details=message)
    why = f"Opening it would run code: it asks for {_name(found[1])}."
    return _refused(path, why, "Ask whoever made it for a state_dict, which holds tensors only.", message)


def _refused(path: Path, why: str, remedy: str = "", details: str = "") -> ModelFileError:
    return ModelFileError(f"“{path.name}” could not be opened.", why, remedy, details)


def _name(found: object) -> str:
    """A name that a stranger chose, fit to be shown: control characters as escapes, and no more than a line."""
    text = str(found)
    return f"“{text if text.isprintable() else repr(text)[1:-1]:.80}”"


def _kind(value: object) -> str:
    return f"a value of type {type(value).__name__}"
