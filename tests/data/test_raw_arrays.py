"""Arrays that go through a network as they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnstudio.data.raw_arrays import read_examples, write_array
from nnstudio.spec.errors import DataError


@pytest.mark.parametrize("kind", ["float64", "float16", "int64", "uint8", "bool"])
def test_numbers_of_any_kind_become_float32(tmp_path: Path, kind: str) -> None:
    values = np.arange(12).reshape(3, 4).astype(kind)
    np.save(tmp_path / "x.npy", np.asfortranarray(values))
    read = read_examples(tmp_path / "x.npy")
    assert read.dtype == np.float32
    assert read.flags["C_CONTIGUOUS"]
    assert np.array_equal(read, values.astype(np.float32))


@pytest.mark.parametrize("values", [np.ones(3), np.ones((0, 3)), np.array([["a"]]), np.ones((2, 2), complex)])
def test_what_holds_no_examples_is_refused(
    tmp_path: Path, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> None:
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(DataError, match=r"“x\.npy” holds no examples of numbers\."):
        read_examples(tmp_path / "x.npy")


def test_an_array_comes_back_as_it_was_written(tmp_path: Path) -> None:
    values = np.array([[1.5, np.nan], [np.inf, -0.0]], np.float32)
    write_array(tmp_path / "y.npy", values)
    assert np.load(tmp_path / "y.npy").tobytes() == values.tobytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "y.npy"]


def test_what_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_array(tmp_path / "y.npy", np.ones((1, 1), np.float32))
    before = (tmp_path / "y.npy").read_bytes()
    monkeypatch.setattr(np, "load", lambda *_, **__: np.zeros((1, 1)))
    with pytest.raises(DataError, match=r"“y\.npy” was not saved"):
        write_array(tmp_path / "y.npy", np.ones((1, 1), np.float32))
    assert (tmp_path / "y.npy").read_bytes() == before
