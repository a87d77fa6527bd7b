"""A bundle that PyInstaller has built: what is in it, and which package each file comes from."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contents import PROJECT, ROOT, comes_with_python, distributions
from nnstudio import __version__

PYTHON = "python"
"""Owner of the interpreter with its standard library, and of what PyInstaller adds to start it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file or a module of the bundle: where it is, where it came from, and whose it is.

    ``path`` is relative to the bundle's inner folder, and that of a module its dotted name; ``owner`` is the canonical
    name of a package, `PYTHON`, `PROJECT`, or the name of a library of the system such as ``libssl``.
    """

    path: str
    source: Path
    owner: str
    is_module: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder with the program in it, and the folder that PyInstaller worked in; ``flavour`` is empty or ``cuda``."""

    folder: Path
    work: Path
    flavour: str = ""
    version: str = __version__

    @property
    def program(self) -> Path:
        return self.folder / (f"{PROJECT}.exe" if sys.platform == "win32" else PROJECT)

    @property
    def inner(self) -> Path:
        return self.folder / "_internal"

    @property
    def package(self) -> str:
        """What the installed package is called."""
        return f"{PROJECT}-{self.flavour}" if self.flavour else PROJECT

    def files(self) -> list[File]:
        """Everything that PyInstaller put in, by its own account."""
        return [*self._collected(), *self._modules()]

    def _collected(self) -> Iterator[File]:
        (entries,) = _table(self.work / PROJECT / "COLLECT-00.toc")
        for path, source, kind, *_ in entries:
            if kind not in {"SYMLINK", "EXECUTABLE"}:
                yield File(Path(path).as_posix(), Path(source), owner_of(Path(source)))

    def _modules(self) -> Iterator[File]:
        for name, source, *_ in _table(self.work / PROJECT / "PYZ-00.toc")[1]:
            if Path(source).suffix == ".py":
                yield File(name, Path(source), owner_of(Path(source)), is_module=True)


def _table(path: Path) -> list[list[tuple[str, ...]]]:
    """One of PyInstaller's tables of contents, which it writes as Python literals."""
    table: list[list[tuple[str, ...]]] = ast.literal_eval(path.read_text(encoding="utf-8"))
    return table


def owner_of(source: Path) -> str:
    """Whose a file is: that of a package, else the project's own, else Python's or a library of the system's."""
    if owner := _owners().get(str(source)):
        return owner
    if source.is_relative_to(ROOT / PROJECT) or source.is_relative_to(ROOT / "resources"):
        return PROJECT
    if comes_with_python(source.name) and not source.name.startswith("libpython"):
        return source.name.partition(".")[0]
    return PYTHON


@cache
def _owners() -> dict[str, str]:
    """The package of every installed file of the packages that the program needs."""
    return {
        str(distribution.locate_file(file)): name
        for name, distribution in distributions().items()
        for file in distribution.files or ()
    }
