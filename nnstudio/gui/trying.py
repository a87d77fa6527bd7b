"""Opens Qt as the window would, in a process of its own: Qt ends a program whose screen it cannot use."""

from __future__ import annotations

import sys


def try_display() -> int:
    """Print the name of the platform that Qt works on; any other exit code than 0, or an abort, says that it fails."""
    try:
        from PySide6.QtGui import QGuiApplication  # noqa: PLC0415  # that it cannot be loaded is one of the answers
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    application = QGuiApplication(sys.argv[:1])
    sys.stdout.write(f"{application.platformName()}\n")
    return 0
