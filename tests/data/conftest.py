"""Files to open, and a cache that is gone after the test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from numpy.typing import NDArray
from PIL import Image

from nnstudio.resources import resource
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakePicture = Callable[[str, NDArray[Any]], Path]
MakeSpec = Callable[..., DataSpec]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that sources are cached in."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("NNSTUDIO_CACHE", str(folder))
    return folder


@pytest.fixture
def sample() -> Callable[[str], TableSource]:
    """A table of the sample data by its name."""
    return lambda name: TableSource(str(resource(f"samples/{name}.csv")))


@pytest.fixture
def table(tmp_path: Path) -> MakeTable:
    """Write a text table of the given lines (or bytes) and return its source."""

    def make(*lines: str | bytes, name: str = "table.csv") -> TableSource:
        content = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        path = tmp_path / name
        path.write_bytes(content)
        return TableSource(str(path))

    return make


@pytest.fixture
def picture(tmp_path: Path) -> MakePicture:
    """Save pixels, uint8 (height, width) or (height, width, 3), as a file below ``pictures``."""

    def make(name: str, pixels: NDArray[Any]) -> Path:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
        return path

    return make


@pytest.fixture
def spec() -> MakeSpec:
    """A data spec: number columns in lower case, categories in upper case, the last column to predict."""

    def make(source: TableSource, columns: Sequence[str], task: Task, split: RandomSplit | None = None) -> DataSpec:
        kinds = [Kind.CATEGORY if name.isupper() else Kind.NUMBER for name in columns]
        roles = [Role.FEATURE] * (len(columns) - 1) + [Role.TARGET]
        chosen = tuple(Column(*column) for column in zip(columns, kinds, roles, strict=True))
        return DataSpec(source, chosen, task, split or RandomSplit(validation=0, test=0))

    return make
