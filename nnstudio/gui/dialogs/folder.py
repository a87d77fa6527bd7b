"""Which folder a file dialog begins in, and which ending the file gets that it asked for."""

from __future__ import annotations

import os
from pathlib import Path

from nnstudio.gui.studio import Studio
from nnstudio.resources import resource


def last_folder(studio: Studio) -> Path:
    """Where the last file was: to open one."""
    recent = studio.preferences.recent
    path = studio.state.path or (Path(recent[0]) if recent else None)
    return path.parent if path else Path.home()


def writable_folder(studio: Studio) -> Path:
    """The same to write one: the user's own folder where nothing can, or should, be written, as beside the samples."""
    folder = last_folder(studio)
    return folder if os.access(folder, os.W_OK) and not is_sample(folder) else Path.home()


def is_sample(path: Path) -> bool:
    """Whether ``path`` is one of the samples, or their folder: they stay as they are."""
    return path.resolve().is_relative_to(resource("samples").resolve())


def with_suffix(path: str, *suffixes: str) -> Path:
    """The path that was chosen, with the first of ``suffixes`` unless it ends with one of them."""
    return Path(path) if Path(path).suffix in suffixes else Path(path + suffixes[0])
