"""A project as a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nnstudio.spec.errors import ProjectFileError, SpecError
from nnstudio.spec.files.atomic import write_atomically
from nnstudio.spec.files.data import read_data, write_data
from nnstudio.spec.files.members import member
from nnstudio.spec.files.model import read_model, write_model
from nnstudio.spec.files.search import read_search, write_search
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.model import Model
from nnstudio.spec.optimizers import OPTIMIZERS
from nnstudio.spec.params import read_fields, write_fields
from nnstudio.spec.project import Project
from nnstudio.spec.schedules import SCHEDULES
from nnstudio.spec.search import Search
from nnstudio.spec.training import Training
from nnstudio.spec.versions import VERSION, upgraded

FORMAT = "nnstudio-project"
SUFFIX = ".nnstudio"
LARGEST_PROJECT = 64 * 2**20
"""Bytes; a project holds no data, so that a larger file is not one."""


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


def project_to_json(project: Project, folder: Path | None = None, indent: int | None = 2) -> str:
    """``project`` as JSON text; paths below ``folder`` or beside it are written relative to it.

    Without an ``indent`` it is one line, which takes a third of the time.
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "data": None if project.data is None else write_data(project.data, folder),
        "model": write_model(project.model, folder),
        "training": _write_training(project.training),
    }
    if project.search != Search():
        content["search"] = write_search(project.search)
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
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
        None if content.get("data") is None else read_data(member(content, "data", dict), folder),
        read_model(member(content, "model", dict), folder),
        _read_training(member(content, "training", dict)),
        read_search(content.get("search", {})),  # projects without a search do not say it
    )


@lru_cache(16)
def project_in(text: str) -> Project | None:
    """The project that a weights file carries as JSON, if it has one that can be read."""
    try:
        return project_from_json(text) if text else None
    except SpecError:
        return None


def model_in(text: str) -> Model | None:
    """The network of the project that a weights file carries as JSON, if that can be read."""
    project = project_in(text)
    return project.model if project else None


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
        loss=LOSSES.read(member(data, "loss", dict)),
        optimizer=OPTIMIZERS.read(member(data, "optimizer", dict)),
        schedule=SCHEDULES.read(member(data, "schedule", dict)),
    )
