"""How far a file may unfold when it is read: small files that unfold to more than any memory are traps."""

from __future__ import annotations

from pathlib import Path

from nnstudio.spec.errors import DataError

MOST_BYTES = 2**34
"""Bytes that a source may have in memory: 16 GiB, more than most machines have."""


def require_room(path: Path, size: int) -> None:
    """Raise `DataError` where ``path`` unfolds to more than `MOST_BYTES`; ``size`` is what is known of it so far."""
    if size > MOST_BYTES:
        raise DataError(
            f"“{path.name}” was not read.",
            f"It unfolds to more than {MOST_BYTES / 2**30:.0f} GB, which no table for this program does.",
            "If you trust it, split it into smaller files in the program that it comes from.",
        )
