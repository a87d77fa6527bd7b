"""Runs before the bundled program: what it starts must find the system's libraries, not the bundle's.

PyInstaller's program sets ``LD_LIBRARY_PATH`` for itself. The linker has read it by now, so that programs that nnstudio
starts, such as the browser or ``systemd-inhibit``, may have the user's own value again. What nnstudio starts of itself,
the engine first of all, sets it anew: PyInstaller's program then takes its child for another one, and begins like that.
"""

import os

if "LD_LIBRARY_PATH_ORIG" in os.environ:
    os.environ["LD_LIBRARY_PATH"] = os.environ.pop("LD_LIBRARY_PATH_ORIG")
else:
    os.environ.pop("LD_LIBRARY_PATH", None)
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
