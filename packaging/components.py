"""The packages and libraries inside a bundle: their versions, licences and licence texts."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bundled import PYTHON, Bundle, File
from contents import PROJECT, ROOT, distributions

TEXTS = ROOT / "packaging" / "texts"
LGPL = (TEXTS / "LGPL-3.0.txt", TEXTS / "GPL-3.0.txt")
WITHOUT_TEXTS: Mapping[str, tuple[Path, ...]] = {"pyside6-essentials": LGPL, "shiboken6": LGPL}
"""Licence texts of packages that bring none along."""
TEXT_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors|copyright)", re.IGNORECASE)
SHORT = 80
"""A longer field is the text of a licence rather than its name."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something that others have made: ``kind`` is ``python``, ``system`` or ``interpreter``."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]
    files: tuple[File, ...]
    kind: str = "python"


def components(bundle: Bundle) -> list[Component]:
    """All that is inside, in alphabetical order, without nnstudio itself.

    Raises ``LookupError`` where one has no licence text: then it may not be passed on, and packaging/texts needs one.
    """
    owned: dict[str, list[File]] = {}
    for file in bundle.files():
        owned.setdefault(file.owner, []).append(file)
    owned.pop(PROJECT, None)
    found = [_component(name, tuple(files)) for name, files in sorted(owned.items())]
    if without := [component.name for component in found if not component.texts]:
        raise LookupError(f"No licence text was found for {', '.join(without)}; add it to packaging/components.py.")
    return found


def _component(name: str, files: tuple[File, ...]) -> Component:
    if name == PYTHON:
        return Component(name, platform.python_version(), "PSF-2.0", tuple(_texts_of_python()), files, "interpreter")
    if distribution := distributions().get(name):
        texts = tuple(_texts_of(distribution)) or WITHOUT_TEXTS.get(name, ())
        return Component(name, distribution.version, licence_of(distribution.metadata), texts, files)
    version, text = _of_system(files[0].source)
    return Component(name, version, "", (text,) if text else (), files, "system")


def licence_of(fields: metadata.PackageMetadata) -> str:
    """The licence of a package as it says it: an SPDX expression, a name, or what its classifiers say."""
    if "License-Expression" in fields:
        return fields["License-Expression"]
    named = fields["License"].strip() if "License" in fields else ""
    if named and len(named) <= SHORT and "\n" not in named:
        return named
    classifiers = fields.get_all("Classifier") or []
    return " AND ".join(each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::"))


def _texts_of(distribution: metadata.Distribution) -> Iterator[Path]:
    for file in distribution.files or ():
        is_text = any(part.endswith(".dist-info") for part in file.parts) or file.suffix in {"", ".txt", ".md"}
        path = Path(str(distribution.locate_file(file)))
        if is_text and TEXT_NAMES.search(file.name) and path.is_file():
            yield path


def _texts_of_python() -> Iterator[Path]:
    library = Path(sys.base_prefix, "lib", f"python{sys.version_info.major}.{sys.version_info.minor}")
    places = (library / "LICENSE.txt", Path(sys.base_prefix, "LICENSE.txt"), Path("/usr/share/doc/python3/copyright"))
    yield from [place for place in places if place.is_file()][:1]
    yield TEXTS / "PyInstaller-COPYING.txt"


def _of_system(library: Path) -> tuple[str, Path | None]:
    """The version of the Debian package that a library is in, and the text about its licence."""
    for path in (library, library.resolve()):
        search = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True, check=False)
        if search.returncode == 0:
            package = search.stdout.partition(":")[0]
            query = ["dpkg-query", "-W", "-f", "${Version}", package]
            version = subprocess.run(query, capture_output=True, text=True, check=True).stdout
            return version, Path("/usr/share/doc", package, "copyright")
    return "", None
