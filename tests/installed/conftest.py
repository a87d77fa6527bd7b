"""The installers of ``dist/``, and a bare system to install them in; `make test-installers` runs this."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed.root import Root
from tests.window.conftest import screen

__all__ = ["screen"]  # the same virtual screen that the window of the checkout is tested on

DIST = Path(__file__).resolve().parent.parent.parent / "dist"
NEEDED = ("debootstrap", "unshare", "chroot", "apt-get")


def _only(pattern: str) -> Path:
    folder = Path(os.environ.get("NNSTUDIO_DIST", DIST))
    found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)
    if not found:
        pytest.skip(f"there is no {pattern} in {folder}: make installers builds it")
    return found[-1]


@pytest.fixture(scope="session")
def package() -> Path:
    return _only("nnstudio_*.deb")


@pytest.fixture(scope="session")
def archives() -> dict[str, Path]:
    """Those for every Linux, by suffix."""
    return {suffix: _only(f"nnstudio-*{suffix}") for suffix in (".tar.gz", ".tar.xz")}


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """A bare system, which ends with the session."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of a Linux can make a system within a folder")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        pytest.skip(f"needs {', '.join(missing)}, which packaging/system-libraries.sh installers installs")
    root = Root(tmp_path_factory.mktemp("clean") / "root")
    root.prepare()
    yield root
    shutil.rmtree(root.folder)
