"""What PyInstaller begins with is what its release has, but for a word in some modules."""

from __future__ import annotations

import ctypes
import runpy
import sys
import zipfile
from pathlib import Path

import pytest
from PyInstaller.depend.analysis import get_bootstrap_modules

import quick_start

KINDS = {name: kind for name, _, kind in get_bootstrap_modules()}


@pytest.mark.parametrize(("name", "change"), [*quick_start.CHANGES.items(), *quick_start.LINUX.items()])
def test_the_words_stand_once_in_the_release_that_is_installed(name: str, change: quick_start.Change) -> None:
    text = (quick_start.LOADER / f"{name}.py").read_text(encoding="utf-8")
    assert text.count(change.words) == 1
    assert change.why.endswith(".")
    assert name in KINDS


def test_only_what_is_named_is_changed(tmp_path: Path) -> None:
    entries = [(name, f"{name}.pyc", kind) for name, kind in KINDS.items()]
    changed = quick_start.changed(entries, tmp_path)
    assert [(name, kind) for name, _, kind in changed] == [(name, kind) for name, _, kind in entries]
    others = {name for (name, path, _), entry in zip(changed, entries, strict=True) if path != entry[1]}
    assert others == quick_start.changes().keys()
    assert all(Path(path).is_relative_to(tmp_path) for name, path, _ in changed if name in others)


def test_scripts_stay_text_and_modules_are_compiled(tmp_path: Path) -> None:
    for name, path, kind in quick_start.changed([(name, "", kind) for name, kind in KINDS.items()], tmp_path):
        if name in quick_start.changes():
            assert Path(path).suffix == (".py" if kind == "PYSOURCE" else ".pyc")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ctypes is told where libraries lie")
def test_ctypes_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CDLL", "PyDLL", "cdll", "pydll"):
        monkeypatch.setattr(ctypes, name, getattr(ctypes, name))  # put back, should they be others afterwards
    before = vars(ctypes).copy()
    ((_, path, _),) = quick_start.changed([("pyimod03_ctypes", "", "PYMODULE")], tmp_path)
    runpy.run_path(path)["install"]()
    assert vars(ctypes) == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the zip stays")
def test_the_first_modules_lie_in_a_folder_that_has_the_name_of_the_zip(tmp_path: Path) -> None:
    archive = tmp_path / "base_library.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("os.pyc", "an os")
        file.writestr("encodings/ascii.pyc", "a codec")
    datas = [("a.txt", "/a.txt", "DATA"), (archive.name, str(archive), "DATA")]
    assert list(quick_start.unzipped(datas, tmp_path / "modules")) == [
        ("a.txt", "/a.txt", "DATA"),
        ("base_library.zip/os.pyc", str(tmp_path / "modules" / "os.pyc"), "DATA"),
        ("base_library.zip/encodings/ascii.pyc", str(tmp_path / "modules" / "encodings" / "ascii.pyc"), "DATA"),
    ]
    assert (tmp_path / "modules" / "encodings" / "ascii.pyc").read_text() == "a codec"
