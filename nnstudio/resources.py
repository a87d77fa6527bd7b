"""Where the files of the ``resources`` folder lie, in a checkout and in an installed wheel.

Imports the standard library only.
"""

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
