"""Collects the licences of everything inside a bundle into its folder ``licenses``."""

from __future__ import annotations

import shutil

from bundled import Bundle
from components import Component, components
from contents import ROOT

INTRODUCTION = """\
nnstudio is under the MIT licence, which is the text nnstudio/LICENSE.

It comes with the work of many others. Each folder here has the licence texts of one of them, under which it is used and
passed on unchanged. sbom.cdx.json, beside this folder, lists the same in a form for programs.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3. They are separate libraries, which lie
in _internal/PySide6 and _internal/shiboken6: you may replace them by your own builds of the same interface. Their
source text is at https://download.qt.io/official_releases/QtForPython/ and https://download.qt.io/official_releases/qt/.

"""


def collect(bundle: Bundle) -> None:
    """Write ``licenses``: a folder for each component, and a list of all."""
    folder = bundle.folder / "licenses"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "nnstudio").mkdir(parents=True)
    shutil.copy(ROOT / "LICENSE", folder / "nnstudio")
    found = components(bundle)
    for component in found:
        for number, text in enumerate(component.texts):
            place = (
                folder / component.name / (f"{number}-{text.name}" if _is_repeated(component, text.name) else text.name)
            )
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(text, place)
    (folder / "README.txt").write_text(INTRODUCTION + listing(found), encoding="utf-8")


def _is_repeated(component: Component, name: str) -> bool:
    return sum(text.name == name for text in component.texts) > 1


def listing(found: list[Component]) -> str:
    """A line for each component: name, version, licence."""
    return "".join(f"{each.name} {each.version}: {each.licence or 'see its text'}\n" for each in found)
