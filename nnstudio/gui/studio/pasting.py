"""Keeps what was pasted as a file, so that a project can name it like any other."""

from __future__ import annotations

import time
from pathlib import Path

from nnstudio.spec.errors import DataError
from nnstudio.spec.files import write_atomically


def keep_pasted(text: str) -> Path:
    """Write a pasted table into the user's data folder; raises `DataError` where it is empty, and OSError."""
    if not text.strip():
        raise DataError(
            "There is no table on the clipboard.", "It holds no text.", "Copy some cells of a spreadsheet first."
        )
    from nnstudio.runs.store import runs_folder  # noqa: PLC0415  # loads SQLite, which the window starts without

    folder = runs_folder() / "pasted"
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, time.strftime("pasted %Y-%m-%d %H.%M.%S"))
    content = text.encode("utf-8", "replace")
    write_atomically(path, lambda partial: partial.write_bytes(content))
    return path


def _free(folder: Path, stem: str) -> Path:
    """A path in ``folder`` that no file has yet."""
    number, path = 1, folder / f"{stem}.txt"
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}).txt"
    return path
