"""Builds the ``.deb``: nnstudio in ``/usr/lib``, a link in ``/usr/bin``, and what desktops ask for in ``/usr/share``.

There are no scripts in it: the packages that keep the menu and the types of files look after their folders themselves.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from email.utils import format_datetime
from pathlib import Path

import share_folder
from bundled import Bundle
from contents import ROOT
from needed_libraries import dependencies
from packing import TEXTS, pack
from release import release_date

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
MAINTAINER = "the nnstudio authors <nnstudio@example.org>"
FONTS = "fonts-inter | fonts-dejavu-core | fonts-liberation | fonts-freefont-ttf"
MENU = "shared-mime-info, desktop-file-utils, hicolor-icon-theme, man-db"
OVERRIDES = Path(__file__).resolve().parent / "lintian-overrides"
DESCRIPTION = """\
workbench for neural networks
 Build, train, understand, reuse and ship a neural network by pointing and
 clicking, on your own machine: drop a table or a folder of pictures on the
 window, choose what to predict, and press Train. What was made can be left
 with at any time as plain PyTorch code that gives the same numbers.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: nnstudio
Comment: The package comes with the work of many others. Their licences are in
 /usr/lib/{package}/licenses, a folder for each; README.txt there lists them,
 and sbom.cdx.json beside it does so for programs. Qt and PySide6 are used under
 the LGPL-3, whose text is /usr/share/common-licenses/LGPL-3.

Files: *
Copyright: the nnstudio authors
License: Expat
{licence}
"""


def build(bundle: Bundle, out: Path) -> Path:
    """Write the package into ``out``."""
    architecture = ARCHITECTURES[platform.machine()]
    with tempfile.TemporaryDirectory(dir=bundle.work) as temporary:
        parts = Path(temporary)
        tree = parts / "tree"
        _tree(bundle, tree)
        pack(tree, parts / "data.tar.xz", ".")  # dpkg-deb cannot tell xz that this is machine code
        control = parts / "control"
        control.mkdir()
        (control / "control").write_text(_control(bundle, architecture, tree), encoding="utf-8")
        (control / "md5sums").write_text(_sums(tree), encoding="utf-8")
        pack(control, parts / "control.tar.xz", ".", TEXTS)
        (parts / "debian-binary").write_text("2.0\n", encoding="ascii")
        path = out.absolute() / f"{bundle.package}_{bundle.version}_{architecture}.deb"
        path.unlink(missing_ok=True)
        members = ("debian-binary", "control.tar.xz", "data.tar.xz")
        subprocess.run(["ar", "rcD", str(path), *members], cwd=parts, check=True)
    return path


def _tree(bundle: Bundle, tree: Path) -> None:
    """Lay out what is installed."""
    program = tree / "usr" / "lib" / bundle.package
    shutil.copytree(bundle.folder, program, symlinks=True, copy_function=os.link)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / "nnstudio").symlink_to(f"../lib/{bundle.package}/nnstudio")
    share = tree / "usr" / "share"
    share_folder.fill(share, bundle)
    (share / "lintian" / "overrides").mkdir(parents=True)
    shutil.copyfile(OVERRIDES, share / "lintian" / "overrides" / bundle.package)
    papers = share / "doc" / bundle.package
    papers.mkdir(parents=True)
    (papers / "copyright").write_text(_copyright(bundle), encoding="utf-8")
    (papers / "changelog.gz").write_bytes(gzip.compress(_changelog(bundle).encode(), mtime=0))


def _copyright(bundle: Bundle) -> str:
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").strip().splitlines()
    return COPYRIGHT.format(package=bundle.package, licence="\n".join(f" {line or '.'}" for line in lines))


def _changelog(bundle: Bundle) -> str:
    """Debian's own form; what changed for the user is said in the project's CHANGELOG.md."""
    heading = f"{bundle.package} ({bundle.version}) stable; urgency=medium"
    return f"{heading}\n\n  * See CHANGELOG.md of the project.\n\n -- {MAINTAINER}  {format_datetime(release_date())}\n"


def _control(bundle: Bundle, architecture: str, tree: Path) -> str:
    size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()) // 1024
    needs = [*dependencies(bundle.folder, bundle.program), "tzdata", FONTS]
    fields = {
        "Package": bundle.package,
        "Version": bundle.version,
        "Architecture": architecture,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": ", ".join(needs),
        "Recommends": MENU,
        "Section": "science",
        "Priority": "optional",
    }
    if bundle.flavour:
        fields |= dict.fromkeys(("Provides", "Conflicts", "Replaces"), "nnstudio")
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + f"Description: {DESCRIPTION}"


def _sums(tree: Path) -> str:
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = ((hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest(), path) for path in files)
    return "".join(f"{digest}  {path.relative_to(tree)}\n" for digest, path in sums)
