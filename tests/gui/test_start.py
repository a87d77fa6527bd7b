"""What the first screen does not show is loaded after it was painted.

A module that is named here was imported at the head of one that the window begins with. It belongs into the function
that needs it, or behind ``if TYPE_CHECKING``, or among what `nnstudio.gui.app.build` loads after the first paint.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys

before = set(sys.modules)
from nnstudio.gui import app, main_window


def painted(self, event):
    print(*sorted(set(sys.modules) - before), flush=True)
    os._exit(0)


main_window.MainWindow.paintEvent = painted
app.run_window([])
"""
"""Paints the window once, says which modules that took, and ends."""

OTHERS = {
    *{"multiprocessing", "numpy", "openpyxl", "optuna", "pandas", "PIL", "pyarrow", "pyqtgraph", "qtawesome"},
    *{"filelock", "rich", "sqlite3", "torch", "torchmetrics"},
}
OURS = (
    *("cli", "engine", "jobs", "runs", "spec.code"),
    *("gui.code", "gui.evaluate", "gui.network", "gui.panels", "gui.results", "gui.views"),
)
"""Rooms, and the panels: who starts with nothing open sees the welcome page first."""


def test_what_is_not_on_the_first_screen_is_loaded_after_it(tmp_path: Path) -> None:
    folders = {f"NNSTUDIO_{name}": str(tmp_path) for name in ("CONFIG", "DATA", "CACHE")}
    command = [sys.executable, "-c", SCRIPT]
    loaded = subprocess.check_output(command, env=os.environ | folders, text=True, timeout=100).split()
    assert "nnstudio.gui.main_window" in loaded
    late = tuple(f"nnstudio.{name}." for name in OURS)
    assert [name for name in loaded if name in OTHERS or f"{name}.".startswith(late)] == []
