"""Folders of their own for what jobs write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CACHE"):
        monkeypatch.setenv(f"NNSTUDIO_{name}", str(tmp_path / name.lower()))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of a module's own, for the cache and the runs as well."""
    folder = tmp_path_factory.mktemp("here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNSTUDIO_CACHE", str(folder / "cache"))
        patch.setenv("NNSTUDIO_DATA", str(folder / "data"))
        yield folder
