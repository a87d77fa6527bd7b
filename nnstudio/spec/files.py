"""Projects as JSON files, and how any file is written so that a crash leaves the old one."""

from __future__ import annotations

import json
import os
import reprlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from nnstudio.spec.columns import ENCODINGS, Column, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import ProjectFileError, SpecError
from nnstudio.spec.initialisations import INITIALISATIONS, Default, Initialisation
from nnstudio.spec.layers import LAYERS
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.model import RATE, THAW, MatchBy, Model, Pair, Row, Weights, paths
from nnstudio.spec.nesting import DEEPEST
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.params import Declared, Registry, fields_of, read_fields, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.sources import SOURCES
from nnstudio.spec.splits import SPLITS
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from nnstudio.spec.versions import VERSION, upgraded

FORMAT = "nnstudio-project"
SUFFIX = ".nnstudio"
LAYERS_FORMAT = "nnstudio-layers"
SELDOM = (RATE, THAW)
"""Fields of a row that are written where they are not what they usually are."""
LARGEST_PROJECT = 64 * 2**20
"""Bytes; a project holds no data, so that a larger file is not one."""


def write_atomically(
    path: Path, write: Callable[[Path], object], check: Callable[[Path], object] | None = None
) -> None:
    """Let ``write`` fill a file beside ``path``, ``check`` read it back, then put it in the place of ``path`` at once.

    Whatever fails, ``path`` stays what it was and nothing is left behind. Raises OSError, or what the functions raise.
    """
    partial = _partial(path)
    try:
        write(partial)
        if check is not None:
            check(partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.chmod(_mode_of(path))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _partial(path: Path) -> Path:
    """A new empty file beside ``path``; where there can be none, the OSError names the folder."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    except OSError as error:
        error.filename = str(path.parent)
        raise
    os.close(handle)
    return Path(name)


def _mode_of(path: Path) -> int:
    """The permissions of the file to replace, or those that a new file gets."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def save_project(project: Project, path: Path) -> None:
    """Write ``project`` to ``path``; it is read back before the old file is replaced."""
    text = project_to_json(project, path.parent)

    def check(partial: Path) -> None:
        read = project_from_json(partial.read_text(encoding="utf-8"), path.parent)
        if project_to_json(read, path.parent) != text:
            raise ProjectFileError(f"“{path.name}” was not saved.", "What was written could not be read back.")

    write_atomically(path, lambda partial: partial.write_text(text, encoding="utf-8"), check)


def load_project(path: Path) -> Project:
    """The project in ``path``; raises `ProjectFileError` or OSError."""
    if path.stat().st_size > LARGEST_PROJECT:
        raise ProjectFileError(f"“{path.name}” is not a project.", "It is far larger than a project can be.")
    try:
        return project_from_json(path.read_text(encoding="utf-8"), path.parent)
    except UnicodeDecodeError as error:
        raise ProjectFileError(f"“{path.name}” is not a project.", "It is not a text file.") from error
    except SpecError as error:
        raise ProjectFileError(f"“{path.name}” could not be opened.", str(error)) from error


def project_to_json(project: Project, folder: Path | None = None) -> str:
    """``project`` as JSON text; paths below ``folder`` or beside it are written relative to it."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "data": None if project.data is None else _write_data(project.data, folder),
        "model": _write_model(project.model, folder),
        "training": _write_training(project.training),
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")  # undecodable bytes of a file name, as JSON escapes


def project_from_json(text: str, folder: Path | None = None) -> Project:
    """The project that `project_to_json` wrote; raises `SpecError` with the reason."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpecError("This is not a project file.", f"It is not valid JSON ({error}).") from error
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise SpecError("This is not a project file.", "It does not say that it is one.")
    content = upgraded(content)
    return Project(
        None if content.get("data") is None else _read_data(_member(content, "data", dict), folder),
        _read_model(_member(content, "model", dict), folder),
        _read_training(_member(content, "training", dict)),
    )


@lru_cache(16)
def model_in(text: str) -> Model | None:
    """The network of the project that a weights file carries as JSON, if that can be read."""
    try:
        return project_from_json(text).model if text else None
    except SpecError:
        return None


T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_JSON = {dict: "a JSON object", list: "a list", str: "text", bool: "true or false", int: "a whole number"}


def _member(data: object, name: str, kind: type[T]) -> T:
    """What a JSON object calls ``name``; raises `SpecError` unless it is there and of that kind."""
    if not isinstance(data, dict):
        raise SpecError("This project is damaged.", f"{reprlib.repr(data)} stands where a JSON object should.")
    if name not in data:
        raise SpecError("This project is damaged.", f"“{name}” is missing.")
    value = data[name]
    if not isinstance(value, kind):
        raise SpecError("This project is damaged.", f"“{name}” must be {_JSON[kind]}, not {reprlib.repr(value)}.")
    return value


def _choice(data: object, name: str, choices: type[E]) -> E:
    """The same for a name out of ``choices``."""
    value = _member(data, name, str)
    if value not in set(choices):
        why = f"“{name}” must be one of {', '.join(choices)}, not {reprlib.repr(value)}."
        raise SpecError("This project is damaged.", why)
    return choices(value)


def _write_data(data: DataSpec, folder: Path | None) -> dict[str, Any]:
    return {
        "source": _write_kind(SOURCES, data.source, folder),
        "fingerprint": data.fingerprint,
        "task": data.task,
        "columns": list(map(_write_column, data.columns)),
        "split": _write_kind(SPLITS, data.split, folder),
        "layout": LAYOUTS.write(data.layout),
        "batches": write_fields(data.batches),
        "keep_repeats": data.keep_repeats,
    }


def _read_data(data: Mapping[str, Any], folder: Path | None) -> DataSpec:
    return DataSpec(
        _read_kind(SOURCES, _member(data, "source", dict), folder),
        tuple(map(_read_column, _member(data, "columns", list))),
        _choice(data, "task", Task),
        _read_kind(SPLITS, _member(data, "split", dict), folder),
        read_fields(Batches, _member(data, "batches", dict)),
        _member(data, "fingerprint", str),
        LAYOUTS.read(_member(data, "layout", dict)),
        _member(data, "keep_repeats", bool) if "keep_repeats" in data else True,  # older files do not say it
    )


def _write_column(column: Column) -> dict[str, Any]:
    written = {"name": column.name, "kind": column.kind, "role": column.role}
    return written if column.encoding is None else written | {"encoding": ENCODINGS.write(column.encoding)}


def _read_column(data: object) -> Column:
    column = Column(_member(data, "name", str), _choice(data, "kind", Kind), _choice(data, "role", Role))
    encoding = data.get("encoding") if isinstance(data, dict) else None
    return column if encoding is None else replace(column, encoding=ENCODINGS.read(encoding))


D = TypeVar("D", bound=Declared)


def _write_kind(registry: Registry[D], value: D, folder: Path | None) -> dict[str, Any]:
    """A declared value as JSON, its paths seen from ``folder``."""
    paths = _paths_of(value)
    return registry.write(value) | {name: _relative(path, folder) for name, path in paths.items()}


def _read_kind(registry: Registry[D], data: object, folder: Path | None) -> D:
    value = registry.read(data)
    paths = {name: _absolute(path, folder) for name, path in _paths_of(value).items()}
    return replace(value, **paths)  # type: ignore[type-var]  # every registered kind is a dataclass


def _paths_of(value: Declared) -> dict[str, str]:
    return {field.name: getattr(value, field.name) for field in fields_of(type(value)) if field.param.is_path}


def _write_model(model: Model, folder: Path | None) -> dict[str, Any]:
    start = None if model.start is None else _write_start(model.start, folder)
    written = {"start": start, "rows": [_write_row(row) for row in model.rows]}
    grafts = [_write_start(graft, folder) for graft in model.grafts]
    return written | {"grafts": grafts} if grafts else written


def _write_start(start: Weights, folder: Path | None) -> dict[str, Any]:
    written: dict[str, Any] = {"path": _relative(start.path, folder), "sha256": start.sha256}
    pairs = [asdict(pair) for pair in start.pairs]
    return written | ({} if start.by == "name" else {"by": start.by}) | ({"pairs": pairs} if pairs else {})


def _write_row(row: Row) -> dict[str, Any]:
    written = {
        "id": row.id,
        "name": row.name,
        "locked": row.locked,
        "locked_parameters": list(row.locked_parameters),
        "layer": LAYERS.write(row.kind),
    }
    guess = {"guess": row.guess} if row.guess else {}
    start = {"initialisation": INITIALISATIONS.write(row.initialisation)} if row.initialisation else {}
    inner = [[_write_row(one) for one in branch] for branch in row.branches]
    seldom = {"branches": inner} if inner else {}
    return (
        written
        | guess
        | start
        | seldom
        | {field.name: value for field in SELDOM if (value := getattr(row, field.name)) != field.default}
    )


def _read_model(data: Mapping[str, Any], folder: Path | None) -> Model:
    rows = tuple(map(_read_row, _member(data, "rows", list)))
    identities = [row.id for _, row in paths(rows)]
    if len(set(identities)) < len(identities):
        raise SpecError("Two layers of this project have the same identity.")
    start = None if data.get("start") is None else _read_start(_member(data, "start", dict), folder)
    grafts = _member(data, "grafts", list) if "grafts" in data else []
    return Model(rows, start, tuple(_read_start(graft, folder) for graft in grafts))


def _read_start(data: object, folder: Path | None) -> Weights:
    path, sha256 = _absolute(_member(data, "path", str), folder), _member(data, "sha256", str)
    assert isinstance(data, dict)  # its members were found
    by: MatchBy = data.get("by", "name")
    if by not in get_args(MatchBy):
        raise SpecError("This project is damaged.", f"Weights match by name, order or hand, not {reprlib.repr(by)}.")
    return Weights(path, sha256, by, tuple(map(_read_pair, _member(data, "pairs", list) if "pairs" in data else [])))


def _read_pair(data: object) -> Pair:
    row, tensor, source = (_member(data, name, str) for name in ("row", "tensor", "source"))
    return Pair(row, tensor, source, _member(data, "repetition", int))


def _read_row(data: object, depth: int = 0) -> Row:
    if depth > DEEPEST:
        raise SpecError(f"This project has blocks in blocks, more than {DEEPEST} deep.")
    stacks = _member(data, "branches", list) if isinstance(data, dict) and "branches" in data else []
    if not all(isinstance(stack, list) for stack in stacks):
        raise SpecError("This project is damaged.", "A branch must be a list of layers.")
    seldom = {field.name: data[field.name] for field in SELDOM if isinstance(data, dict) and field.name in data}
    return Row(
        _member(data, "id", str),
        LAYERS.read(_member(data, "layer", dict)),
        _member(data, "name", str),
        _member(data, "locked", bool),
        tuple(str(name) for name in _member(data, "locked_parameters", list)),
        tuple(tuple(_read_row(one, depth + 1) for one in stack) for stack in stacks),
        _member(data, "guess", str) if isinstance(data, dict) and "guess" in data else "",
        initialisation=_read_initialisation(data),
        **seldom,
    )


def _read_initialisation(data: object) -> Initialisation | None:
    """How the weights of a row start; None where it is not said, or said to be PyTorch's way."""
    if not isinstance(data, dict) or "initialisation" not in data:
        return None
    read = INITIALISATIONS.read(data["initialisation"])
    return None if isinstance(read, Default) else read


def rows_to_json(rows: Sequence[Row]) -> str:
    """Some layers as JSON text, for the clipboard."""
    content = {"format": LAYERS_FORMAT, "version": VERSION, "rows": list(map(_write_row, rows))}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def rows_from_json(text: str) -> tuple[Row, ...]:
    """The layers that `rows_to_json` wrote, with the identities that they had; raises `SpecError` with the reason."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_layers() from error
    if not isinstance(content, Mapping) or content.get("format") != LAYERS_FORMAT:
        raise _no_layers()
    if content.get("version") != VERSION:
        raise SpecError("These layers were copied from another version of nnstudio.", "", "Copy them anew.")
    return tuple(map(_read_row, _member(content, "rows", list)))


def _no_layers() -> SpecError:
    return SpecError("There are no layers on the clipboard.", "It holds something else.", "Copy some layers first.")


def _write_training(training: Training) -> dict[str, Any]:
    parts = {
        "loss": LOSSES.write(training.loss),
        "optimizer": OPTIMIZERS.write(training.optimizer),
        "schedule": SCHEDULES.write(training.schedule),
    }
    return parts | write_fields(training)


def _read_training(data: Mapping[str, Any]) -> Training:
    rest = {name: value for name, value in data.items() if name not in ("loss", "optimizer", "schedule")}
    training = read_fields(Training, rest)
    return replace(
        training,
        loss=LOSSES.read(_member(data, "loss", dict)),
        optimizer=OPTIMIZERS.read(_member(data, "optimizer", dict)),
        schedule=SCHEDULES.read(_member(data, "schedule", dict)),
    )


def _relative(path: str, folder: Path | None) -> str:
    """``path`` seen from ``folder`` when both lie on one drive and share more than its root, else as it is."""
    if folder is None or not path:
        return path
    try:
        common = os.path.commonpath([path, folder.absolute()])
    except ValueError:
        return path
    shared = len(Path(common).parts) > 1
    return Path(os.path.relpath(path, folder.absolute())).as_posix() if shared else path


def _absolute(path: str, folder: Path | None) -> str:
    return os.path.normpath(folder.absolute() / path) if folder is not None and path else path
