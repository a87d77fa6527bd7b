"""A file that printed code reads and that lies beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Beside:
    """Where the file lies, and what writes it there; it is written with the code, and not before."""

    path: Path
    write: Callable[[Path], object]
