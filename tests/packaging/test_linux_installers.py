"""The package and the archive of a bundle that is small enough to look through."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

import debian
import icons
import needed_libraries
import sbom
import sizes
import tarball
from bundled import Bundle, File
from components import Component, licence_of

NEEDED = ("ar", "xz", "dpkg-deb", "readelf")
missing = [name for name in NEEDED if shutil.which(name) is None]

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="these installers are for Linux"),
    pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A program that says what it was given."""
    folder = tmp_path_factory.mktemp("build")
    bundle = Bundle(folder / "nnstudio", folder / "pyinstaller", version="1.2.3")
    bundle.inner.mkdir(parents=True)
    bundle.work.mkdir()
    bundle.program.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    bundle.program.chmod(0o700)
    (bundle.inner / "file.txt").write_text("a file", encoding="utf-8")
    (bundle.inner / "link.txt").symlink_to("file.txt")
    icons.write(bundle.work / "icons")
    return bundle


@pytest.fixture(scope="module")
def package(bundle: Bundle) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(debian, "dependencies", gives("libc6 (>= 2.35)"))
        return debian.build(bundle, bundle.work)


def gives(*names: str) -> Callable[..., list[str]]:
    """A function that gives ``names``, whatever it is asked."""

    def given(*_: object) -> list[str]:
        return list(names)

    return given


def said(*command: object) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def test_the_package_says_what_it_is_and_needs(package: Path) -> None:
    assert package.name in {"nnstudio_1.2.3_amd64.deb", "nnstudio_1.2.3_arm64.deb"}
    fields = said("dpkg-deb", "--field", package, "Package", "Version", "Depends", "Description")
    assert fields.startswith("Package: nnstudio\nVersion: 1.2.3\n")
    assert "Depends: libc6 (>= 2.35), tzdata, fonts-inter | " in fields
    assert "workbench for neural networks" in fields


def test_the_package_has_what_a_desktop_asks_for(package: Path, tmp_path: Path) -> None:
    said("dpkg-deb", "--extract", package, tmp_path)
    share = tmp_path / "usr" / "share"
    assert said(tmp_path / "usr" / "bin" / "nnstudio", "works") == "works\n"
    assert "MimeType=application/x-nnstudio;" in (share / "applications" / "nnstudio.desktop").read_text()
    assert '<glob pattern="*.nnstudio"/>' in (share / "mime" / "packages" / "nnstudio.xml").read_text()
    assert {path.name for path in (share / "icons" / "hicolor").iterdir()} > {"16x16", "256x256", "scalable"}
    assert (share / "man" / "man1" / "nnstudio.1.gz").is_file()
    assert (tmp_path / "usr" / "lib" / "nnstudio" / "_internal" / "link.txt").readlink() == Path("file.txt")


def test_the_package_is_roots_and_everybody_may_read_it(package: Path) -> None:
    for line in said("dpkg-deb", "--contents", package).splitlines():
        mode, owner, *_ = line.split()
        assert owner == "root/root"
        assert mode[1:] in {"rwxr-xr-x", "rw-r--r--"} or mode.startswith("l")


def test_what_lintian_is_told_has_its_reasons(package: Path, tmp_path: Path) -> None:
    said("dpkg-deb", "--extract", package, tmp_path)
    lines = (tmp_path / "usr" / "share" / "lintian" / "overrides" / "nnstudio").read_text(encoding="utf-8").splitlines()
    told = [number for number, line in enumerate(lines) if not line.startswith("#")]
    assert told
    assert all(lines[number - 1].startswith("#") or number - 1 in told for number in told)


def test_the_package_runs_no_scripts(package: Path, tmp_path: Path) -> None:
    said("dpkg-deb", "--control", package, tmp_path / "control")
    assert {path.name for path in (tmp_path / "control").iterdir()} == {"control", "md5sums"}


def test_the_same_bundle_gives_the_same_package(package: Path, bundle: Bundle, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(debian, "dependencies", gives("libc6 (>= 2.35)"))
        again = debian.build(bundle, tmp_path)
    assert again.read_bytes() == package.read_bytes()


@pytest.fixture(scope="module")
def archive(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tarball.build_for_all(bundle, tmp_path_factory.mktemp("dist"))


def unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def test_both_archives_hold_the_same(archive: Path, bundle: Bundle, tmp_path: Path) -> None:
    small = tarball.build_small(bundle, tmp_path)
    assert (archive.name.partition(".tar")[0], small.suffix) == (small.name.partition(".tar")[0], ".xz")
    with tarfile.open(archive, "r:gz") as one, tarfile.open(small, "r:xz") as other:
        assert [entry.get_info() for entry in one] == [entry.get_info() for entry in other]


def test_the_same_bundle_gives_the_same_archive(archive: Path, bundle: Bundle, tmp_path: Path) -> None:
    assert tarball.build_for_all(bundle, tmp_path).read_bytes() == archive.read_bytes()


def run_script(script: Path, home: Path) -> str:
    environment = {"HOME": str(home), "PATH": os.defpath, "CDPATH": str(home)}
    done = subprocess.run(
        [f"./{script.name}"], cwd=script.parent, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def command_of(entry: Path) -> list[str]:
    """The words that a desktop makes of the command of a menu entry."""
    (line,) = (line for line in entry.read_text(encoding="utf-8").splitlines() if line.startswith("Exec="))
    found = re.fullmatch(r'Exec="(.*)" (%F)', line.replace(r"\\", "\\"))
    assert found
    return [re.sub(r"\\(.)", r"\1", found[1]).replace("%%", "%"), found[2]]


@pytest.mark.parametrize(
    "name", ["plain", "with a space", "a|b&c;d", "it’s 'quoted' \"twice\"", "$HOME `id` \\ back\\slash 100% %F", "-n *"]
)
def test_the_archive_goes_into_the_menu_and_out_again(archive: Path, tmp_path: Path, name: str) -> None:
    folder, home = unpacked(archive, tmp_path / name), tmp_path / "home"
    home.mkdir()
    run_script(folder / "install", home)
    assert said(home / ".local" / "bin" / "nnstudio", "works") == "works\n"
    entry = home / ".local" / "share" / "applications" / "nnstudio.desktop"
    assert command_of(entry) == [f"{folder}/nnstudio", "%F"]
    if checker := shutil.which("desktop-file-validate"):
        subprocess.run([checker, entry], check=True)
    run_script(folder / "uninstall", home)
    left = {path.relative_to(home / ".local" / "share").parts[0] for path in home.rglob("*") if path.is_file()}
    assert left <= {"mime", "applications"}  # what the desktop's own programs noted there
    assert not list(home.rglob("nnstudio*"))


def test_an_older_copy_does_not_take_out_a_newer_one(archive: Path, tmp_path: Path) -> None:
    older, newer = (unpacked(archive, tmp_path / name) for name in ("older", "newer"))
    home = tmp_path / "home"
    home.mkdir()
    run_script(older / "install", home)
    run_script(newer / "install", home)
    assert f"another one, {newer}/nnstudio" in run_script(older / "uninstall", home)
    assert command_of(home / ".local" / "share" / "applications" / "nnstudio.desktop")[0] == f"{newer}/nnstudio"


def test_a_library_that_no_package_has_is_an_error(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needed_libraries, "_needed", gives("libc.so.6", "libEGL.so.1", "libglib-2.0.so.0"))
    found = needed_libraries.dependencies(bundle.folder, bundle.program)
    assert found[2:] == ["libegl1", "libglib2.0-0t64 | libglib2.0-0"]
    monkeypatch.setattr(needed_libraries, "_needed", gives("libnew.so.1"))
    with pytest.raises(LookupError, match=r"libnew\.so\.1"):
        needed_libraries.dependencies(bundle.folder, bundle.program)


def test_the_newest_symbols_say_which_system_is_needed(tmp_path: Path) -> None:
    library = tmp_path / "lib.so"
    library.write_bytes(b"\x7fELF\0GLIBC_2.4\0GLIBC_2.35\0GLIBCXX_3.4.29\0")
    assert needed_libraries.of_compiler([library]) == ["libc6 (>= 2.35)", "libstdc++6 (>= 11)"]


def test_the_bill_names_each_component_with_version_licence_and_hash(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("a", encoding="utf-8")
    files = (File("a", source, "some", is_module=True),)
    found = [
        Component("some", "1.0", "MIT OR Apache-2.0", (), files),
        Component("libz", "1.2", "", (), files, kind="system"),
    ]
    bill = json.loads(json.dumps(sbom.bill("nnstudio", "1.2.3", found)))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    some, libz = bill["components"]
    assert (some["purl"], libz["purl"]) == ("pkg:pypi/some@1.0", "pkg:deb/debian/libz@1.2")
    assert some["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert libz["licenses"] == [{"license": {"name": "see the licence text"}}]
    assert len(some["hashes"][0]["content"]) == 64
    source.write_text("b", encoding="utf-8")
    assert sbom.digest(found[0]) != some["hashes"][0]["content"]


def test_every_package_that_is_bundled_says_its_licence() -> None:
    from contents import distributions  # noqa: PLC0415  # reads the papers of every installed package

    assert [name for name, found in distributions().items() if not licence_of(found.metadata)] == []


def test_sizes_are_listed_with_the_largest_first() -> None:
    table = sizes.table({"small": (500, 100), "large": (3_000_000, 900_000), "larger": (2_000_000, 1_000_000)})
    names = [line.split()[0] for line in table.splitlines()[1:]]
    assert names == ["larger", "large", "1", "all"]
