"""What this program is, and what a report of a defect should contain."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from nnstudio import __version__
from nnstudio.gui.dialogs.copying import CopyDialog
from nnstudio.gui.panel import Note
from nnstudio.spec.events import EngineReady

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "pandas", "pyarrow", "torch", "torchmetrics")


class AboutDialog(CopyDialog):
    """The version, and diagnostics to copy. torch is asked about, not imported."""

    def __init__(self, ready: EngineReady | None, parent: QWidget) -> None:
        self.diagnostics = diagnostics(ready)
        text = QPlainTextEdit(self.diagnostics)
        text.setReadOnly(True)
        text.setAccessibleName("Diagnostics")
        purpose = Note("A desktop workbench to build, train, understand, reuse and ship neural networks.")
        notes = [Note(f"nnstudio {__version__}", "strong"), purpose]
        super().__init__("About nnstudio", notes, text, self.diagnostics, parent)
        self.copy.setText("Copy diagnostics")
        self.resize(520, 360)


def diagnostics(ready: EngineReady | None) -> str:
    """Versions and the machine, a line each."""
    engine = f"{ready.torch} on {ready.device}, ready after {ready.seconds:.1f} s" if ready else "not ready yet"
    lines = {
        "nnstudio": __version__,
        "Python": platform.python_version(),
        "System": platform.platform(),
        "Processor": f"{platform.machine()} {platform.processor()}".strip(),
        "Qt": f"{qVersion()} ({QGuiApplication.platformName()})",
        "Engine": engine,
        **{package: _version(package) for package in PACKAGES},
    }
    return "\n".join(f"{name}: {value}" for name, value in lines.items())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
