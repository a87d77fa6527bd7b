"""Where a name that is too long for its room is cut."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt

_PATH = re.compile(r"\w+\.[\w.]+")


def cut_of(name: str) -> Qt.TextElideMode:
    """At its end; the path of a module (``encoder.layers.3.ln_1``) at its beginning, since many begin alike."""
    return Qt.TextElideMode.ElideLeft if _PATH.match(name) else Qt.TextElideMode.ElideRight
