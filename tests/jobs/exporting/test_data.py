"""Printed code comes to the same tensors as the program: pandas and NumPy read, encode and deal out alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.data.printing.script import data_parts
from nnstudio.jobs.given import encoded_for
from nnstudio.spec.code.script import script
from nnstudio.spec.project import data_to_train_on
from tests.printed_data import BESIDE, DATA, Make


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNSTUDIO_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("make", DATA, ids=lambda make: make.__name__)
def test_the_tensors_are_the_same(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make(tmp_path / "given")
    encoded = encoded_for(project)
    here = tmp_path / "code"
    here.mkdir()
    printed = data_parts(data_to_train_on(project), encoded, here / "train.py")
    assert list(here.iterdir()) == []  # nothing is written before it is asked for
    beside, ending = [printed.beside] if printed.beside else [], BESIDE.get(make.__name__)
    assert [file.path.name for file in beside] == ([f"train{ending}"] if ending else [])
    for file in beside:
        file.write(file.path)
    monkeypatch.chdir(tmp_path)  # it is started from another folder than its own
    made = executed(script(["Read the rows."], printed.parts).text, here / "train.py")
    tensors = [("x", encoded.x), ("y", encoded.y), ("weights", encoded.weights), *encoded.rows.by_part.items()]
    for name, known in tensors:
        found = made.get(name)
        assert (found is None) == (known is None)
        if known is not None:
            assert np.asarray(found).dtype == known.dtype
            assert np.array_equal(np.asarray(found), known)


def executed(code: str, path: Path) -> dict[str, Any]:
    """The names that code leaves behind which lies at ``path``."""
    names: dict[str, Any] = {"__file__": str(path)}
    exec(compile(code, "train.py", "exec"), names)  # noqa: S102  # what was just printed
    return names
