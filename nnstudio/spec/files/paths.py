"""Declared values with paths in them: absolute in memory, in a file as its folder sees them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from nnstudio.spec.params import Declared, Registry, fields_of

D = TypeVar("D", bound=Declared)


def write_kind(registry: Registry[D], value: D, folder: Path | None) -> dict[str, Any]:
    """A declared value as JSON, its paths seen from ``folder``."""
    paths = paths_of(value)
    return registry.write(value) | {name: relative(path, folder) for name, path in paths.items()}


def read_kind(registry: Registry[D], data: object, folder: Path | None) -> D:
    value = registry.read(data)
    paths = {name: absolute(path, folder) for name, path in paths_of(value).items()}
    return replace(value, **paths)  # type: ignore[type-var]  # every registered kind is a dataclass


def paths_of(value: Declared) -> dict[str, str]:
    """The paths in a declared value by the names of their fields."""
    return {field.name: getattr(value, field.name) for field in fields_of(type(value)) if field.param.is_path}


def relative(path: str, folder: Path | None) -> str:
    """``path`` seen from ``folder`` when both lie on one drive and share more than its root, else as it is."""
    if folder is None or not path:
        return path
    try:
        common = os.path.commonpath([path, folder.absolute()])
    except ValueError:
        return path
    shared = len(Path(common).parts) > 1
    return Path(os.path.relpath(path, folder.absolute())).as_posix() if shared else path


def absolute(path: str, folder: Path | None) -> str:
    return os.path.normpath(folder.absolute() / path) if folder is not None and path else path
