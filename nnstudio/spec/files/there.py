"""Whether something lies at a path, for paths that nobody has checked yet."""

from __future__ import annotations

import os
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether something lies at ``path``; False also where it may not be looked at, or there can be no such name.

    Unlike `Path.exists`, which raises `PermissionError` below a folder of somebody else's.
    """
    return os.path.exists(path)  # noqa: PTH110  # it never raises OSError


def nearest_there(path: Path) -> Path:
    """``path``, or what lies nearest above it where nothing is there yet."""
    return next((each for each in (path, *path.parents) if is_there(each)), Path(path.anchor))
