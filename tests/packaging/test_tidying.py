"""The files of a bundle before they are passed on, with a library that is compiled for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tidying import tidy

NEEDED = ("cc", "patchelf", "readelf", "strip")
missing = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it is for Linux"),
    pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with libraries, a helper and a text that says it was a program."""
    tmp_path = tmp_path_factory.mktemp("tidied")
    inner = tmp_path / "nnstudio" / "_internal"
    inner.mkdir(parents=True)
    source = tmp_path / "some.c"
    source.write_text("static int hidden(int a) { return a + 1; }\nint main(void) { return hidden(1); }\n")
    command = [shutil.which("cc") or "", "-g", str(source), "-o"]
    for name, path in {"libsome.so": "/home/builder/lib", "libother.so.1": "$ORIGIN/more"}.items():
        subprocess.run([*command, inner / name, "-shared", "-fPIC", f"-Wl,-rpath,{path}"], check=True)
    subprocess.run([*command, inner / "libmoved-0123abcd.so.1", "-shared", "-fPIC"], check=True)
    subprocess.run([*command, inner / "helper"], check=True)
    shutil.copy(inner / "helper", inner.parent / "nnstudio")
    (inner / "METADATA").write_text("a text", encoding="utf-8")
    (inner / "script").write_text("#!/bin/sh\n", encoding="utf-8")
    for name in ("METADATA", "script"):
        (inner / name).chmod(0o700)
    tidy(inner.parent)
    return inner.parent


def told(path: Path, *options: str) -> str:
    command = [shutil.which("readelf") or "", *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_symbols_go_where_that_does_no_harm(folder: Path) -> None:
    with_symbols = {path.name for path in folder.rglob("*") if path.is_file() and "hidden" in _symbols(path)}
    assert with_symbols == {"nnstudio", "libmoved-0123abcd.so.1"}


def _symbols(path: Path) -> str:
    return told(path, "--symbols", "--wide") if path.read_bytes().startswith(b"\x7fELF") else ""


def test_paths_of_the_machine_that_built_are_forgotten(folder: Path) -> None:
    assert "builder" not in told(folder / "_internal" / "libsome.so", "--dynamic")
    assert "$ORIGIN/more" in told(folder / "_internal" / "libother.so.1", "--dynamic")


def test_only_programs_are_executable(folder: Path) -> None:
    executable = {path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o111}
    assert executable == {"nnstudio", "helper", "script"}
