"""What a run was made with: versions and machine, so that a figure can be explained years later."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata

PACKAGES = ("torch", "numpy", "pandas", "pyarrow", "torchmetrics")


@cache
def environment() -> Mapping[str, str]:
    """Versions of Python and of the packages that decide the figures, system, processor and cores."""
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.release()}"}
    found |= {"machine": platform.machine(), "cores": str(os.cpu_count() or 0)}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # a bundled program may lack the papers of a package
            continue
    return found
