"""Makes importing Qt raise, which proves that what runs afterwards works on a machine without it."""

import sys

QT_PACKAGES = frozenset({"PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy"})


def block_qt() -> None:
    """Make every later import of Qt in this process raise ``ModuleNotFoundError``."""
    loaded = QT_PACKAGES & sys.modules.keys()
    if loaded:
        raise RuntimeError(f"Qt is loaded already: {', '.join(sorted(loaded))}.")
    for package in QT_PACKAGES:
        sys.modules[package] = None  # type: ignore[assignment]  # how Python is told that there is no such module
