"""A few rows that a model was not trained on, with the bits that they have among all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnstudio.data.encoding.encode import encode
from nnstudio.data.encoding.held_out import held_out
from nnstudio.resources import resource
from nnstudio.session.edits import data_of
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.files import load_project
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit


def sample(name: str) -> DataSpec:
    return data_of(load_project(resource(f"samples/{name}.nnstudio")))


def windows() -> DataSpec:
    return replace(sample("diabetes"), split=TimeSplit(), layout=WindowLayout(5, 1))


@pytest.mark.parametrize(
    "data", [sample("penguins"), sample("digits-images"), windows()], ids=["rows", "images", "windows"]
)
def test_they_are_those_of_validation_and_test(data: DataSpec) -> None:
    encoded = encode(data)
    rows = np.sort(np.concatenate((encoded.rows.validation, encoded.rows.test)))
    np.testing.assert_array_equal(held_out(data, encoded.encoding, 10_000), encoded.x[rows])
    few = held_out(data, encoded.encoding, 7)
    assert 4 <= len(few) <= 7
    np.testing.assert_array_equal(few[0], encoded.x[rows[0]])


def test_without_others_training_rows_take_their_place() -> None:
    data = replace(sample("iris"), split=RandomSplit(0.0, 0.0))
    assert held_out(data, encode(data).encoding, 1_000).shape == (150, 4)


def test_other_data_are_refused() -> None:
    data = sample("iris")
    other = replace(data, source=TableSource(str(resource("samples/diabetes.csv"))))
    with pytest.raises(DataError):
        held_out(other, encode(data).encoding, 10)
