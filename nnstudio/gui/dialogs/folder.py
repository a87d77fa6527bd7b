"""Which folder a file dialog begins in."""

from __future__ import annotations

import os
from pathlib import Path

from nnstudio.gui.studio import Studio


def last_folder(studio: Studio) -> Path:
    """Where the last file was: to open one."""
    recent = studio.preferences.recent
    path = studio.state.path or (Path(recent[0]) if recent else None)
    return path.parent if path else Path.home()


def writable_folder(studio: Studio) -> Path:
    """The same to write one: the user's own folder where nothing can be written there, as beside the samples."""
    folder = last_folder(studio)
    return folder if os.access(folder, os.W_OK) else Path.home()
