"""Encoded data in files that several processes map."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.encoding.encode import Encoded, encode
from nnstudio.data.encoding.shared import mapped, share
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.resources import resource
from nnstudio.spec.data import DataSpec
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task


def spec(cache: Path) -> DataSpec:
    return default_spec(open_source(TableSource(str(resource("samples/iris.csv"))), cache))


@pytest.fixture
def encoded(tmp_path: Path) -> Encoded:
    return encode(spec(tmp_path), tmp_path)


def test_what_is_shared_is_what_was_encoded(encoded: Encoded, tmp_path: Path) -> None:
    shared = share(encoded, tmp_path / "shared")
    arrays = mapped(pickle.loads(pickle.dumps(shared)))  # noqa: S301  # as it crosses a pipe
    assert np.array_equal(arrays["x"], encoded.x)
    assert np.array_equal(arrays["y"], encoded.y)
    assert np.array_equal(arrays["train"], encoded.rows.train)
    assert np.array_equal(arrays["validation"], encoded.rows.validation)
    assert "weights" not in arrays
    assert "test" not in arrays, "nobody looks at it while a search goes on"


def test_arrays_are_mapped_and_writing_changes_no_file(encoded: Encoded, tmp_path: Path) -> None:
    shared = share(encoded, tmp_path / "shared")
    arrays = mapped(shared)
    assert isinstance(arrays["x"], np.memmap)
    assert arrays["x"].flags.writeable, "PyTorch takes it without a copy"
    arrays["x"][:] = 0
    assert np.array_equal(mapped(shared)["x"], encoded.x)


def test_weights_and_inputs_as_targets_are_shared_too(encoded: Encoded, tmp_path: Path) -> None:
    weights = np.ones(len(encoded.x), np.float32)
    shared = share(replace(encoded, weights=weights), tmp_path / "weighted")
    assert np.array_equal(mapped(shared)["weights"], weights)
    again = encode(replace(spec(tmp_path), task=Task.RECONSTRUCTION), tmp_path)
    arrays = mapped(share(again, tmp_path / "inputs"))
    assert np.shares_memory(arrays["y"], arrays["x"])
