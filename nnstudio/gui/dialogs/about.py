"""What this program is, and what a report of a defect should contain."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio import __version__
from nnstudio.gui.panel import Button, Note
from nnstudio.gui.theme import GRID
from nnstudio.spec.events import EngineReady

PACKAGES = ("PySide6-Essentials", "pyqtgraph", "numpy", "pandas", "pyarrow", "torch", "torchmetrics")


class AboutDialog(QDialog):
    """The version, and diagnostics to copy. torch is asked about, not imported."""

    def __init__(self, ready: EngineReady | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About nnstudio")
        self.diagnostics = diagnostics(ready)
        text = QPlainTextEdit(self.diagnostics)
        text.setReadOnly(True)
        text.setAccessibleName("Diagnostics")
        self.copy = Button("Copy diagnostics", clicked=lambda: QGuiApplication.clipboard().setText(self.diagnostics))
        close = Button("Close", "primary", self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * GRID] * 4)
        layout.setSpacing(GRID)
        layout.addWidget(Note(f"nnstudio {__version__}", "strong"))
        layout.addWidget(Note("A desktop workbench to build, train, understand, reuse and ship neural networks."))
        layout.addWidget(text, 1)
        layout.addLayout(buttons)
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
