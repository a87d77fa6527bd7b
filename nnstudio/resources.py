"""Where the files of the ``resources`` folder and the program's own source lie, in a checkout and in a wheel.

Imports the standard library only.
"""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent / "resources"
_WHEEL = _PACKAGE / "_resources"  # pyproject.toml packs the folder under this name


def resource(path: str) -> Path:
    """Return the file or folder ``path`` of the resources, such as ``samples/iris.csv``.

    Raises ``FileNotFoundError`` where there is none: the installation is incomplete.
    """
    found = (_WHEEL if _WHEEL.is_dir() else _CHECKOUT) / path
    if not found.exists():
        raise FileNotFoundError(f"nnstudio is not installed completely: {found} is missing.")
    return found


def source(path: str) -> str:
    """The text of one of the program's own modules, such as ``engine/modules.py``, for code that carries it along."""
    return (_PACKAGE / path).read_text(encoding="utf-8")


@cache
def modules_source() -> str:
    """The text of the small modules that PyTorch lacks, of which printed code carries along what it uses."""
    return source("engine/modules.py") + source("engine/windowed.py")
