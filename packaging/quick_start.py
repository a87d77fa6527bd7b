"""What PyInstaller's program does before ours begins, made shorter.

A word in three of its modules is another one. A release of PyInstaller in which that word is not found is left as it
is; tests/packaging then says so. And Python's first modules lie in a folder instead of a zip.
"""

from __future__ import annotations

import py_compile
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import PyInstaller.loader

Entry = tuple[str, str, str]
"""Name, file and kind, as PyInstaller lists what goes into the program."""
LOADER = Path(PyInstaller.loader.__path__[0])
FIRST_MODULES = "base_library.zip"
"""What PyInstaller names them, and puts first where Python looks for modules: a folder of that name does as well."""


@dataclass(frozen=True, slots=True)
class Change:
    """Words of a module's text, what stands there instead, and why the program does without."""

    words: str
    instead: str
    why: str


CHANGES: Mapping[str, Change] = {
    "pyimod01_archive": Change(
        "marshal.load(fp)",
        "marshal.loads(fp.read())",
        "Asks the file for each word of the index of modules, six thousand modules long; in one piece it takes a "
        "sixth of the time.",
    ),
    "pyiboot01_bootstrap": Change(
        "os.listdir(sys._MEIPASS)",
        "()",
        "Looks at every file beside the program for packages in eggs, a form that nobody packs in any more.",
    ),
}
LINUX: Mapping[str, Change] = {
    "pyimod03_ctypes": Change(
        "        import ctypes\n",
        "        return\n",
        "Loads ctypes, to find libraries beside the program: the linker of Linux finds them, for PyInstaller's "
        "program starts itself again with their folder in LD_LIBRARY_PATH.",
    ),
}


def changes() -> dict[str, Change]:
    """Those of this system, by module."""
    return {**CHANGES, **(LINUX if sys.platform == "linux" else {})}


def changed(entries: Sequence[Entry], folder: Path) -> list[Entry]:
    """What PyInstaller begins with, where it differs from a file in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_changed(*entry, folder) for entry in entries]


def _changed(name: str, path: str, kind: str, folder: Path) -> Entry:
    change = changes().get(name)
    if change is None:
        return name, path, kind
    source = folder / f"{name}.py"
    text = (LOADER / source.name).read_text(encoding="utf-8")
    source.write_text(text.replace(change.words, change.instead), encoding="utf-8")
    if kind == "PYSOURCE":  # compiled when it goes into the program
        return name, str(source), kind
    return name, py_compile.compile(str(source), str(source.with_suffix(".pyc")), source.name, doraise=True) or "", kind


def unzipped(datas: Sequence[Entry], folder: Path) -> Iterator[Entry]:
    """Data files with those in the zip of Python's first modules instead of the zip; ``folder`` is for them.

    Python itself, not C, reads zips: a module from a file takes it a third less.
    """
    for name, path, kind in datas:
        if name != FIRST_MODULES or sys.platform != "linux":
            yield name, path, kind
            continue
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
            for inner in archive.namelist():
                yield f"{FIRST_MODULES}/{inner}", str(folder / inner), kind
