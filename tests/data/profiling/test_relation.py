"""What a column says about the target on its own."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnstudio.data.cache import write_arrow
from nnstudio.data.profiling import relation
from nnstudio.data.profiling.relation import relations
from nnstudio.data.table import MappedTable
from nnstudio.data.targets import Known
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.facts import Relation
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

Values = NDArray[np.float64]
FACTORS = (1e-30, 1.0, 1e30)
few = settings(max_examples=40)
seeds = st.integers(0, 2**32 - 1)


def known_of(values: NDArray[Any], names: tuple[str, ...] = ("y",)) -> Known:
    """A target that every row has: classes where it holds whole numbers, values otherwise."""
    classes = tuple(map(str, range(int(values.max()) + 1))) if values.dtype == np.int64 else ()
    return Known(names, np.arange(len(values)), 0, classes, values)


def found(columns: dict[str, Any], known: Known, folder: Path, train: NDArray[np.int64] | None = None) -> Any:
    """The relations of ``columns`` with what is known, by name."""
    write_arrow(pa.table(columns), folder / "columns.arrow")
    spec = (*(Column(name, Kind.NUMBER) for name in columns), Column("y", Kind.NUMBER, Role.TARGET))
    data = DataSpec(TableSource("t.csv"), spec, Task.REGRESSION)
    with MappedTable(folder / "columns.arrow") as table:
        every = np.arange(len(known.rows)) if train is None else train
        return {relation.column: relation for relation in relations(data, table, every, known)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("relations")


def words(numbers: NDArray[Any]) -> pa.Array:
    return pa.array([f"w{number}" for number in numbers], pa.large_string())


# nothing, something, everything


@few
@given(seed=seeds, rows=st.integers(200, 800))
def test_a_column_of_noise_says_almost_nothing(folder: Path, seed: int, rows: int) -> None:
    draw = np.random.default_rng(seed)
    columns = {"normal": draw.normal(size=rows), "heavy": draw.standard_cauchy(rows), "few": draw.integers(0, 5, rows)}
    columns["words"] = words(draw.integers(0, 30, rows))
    columns["ids"] = words(np.arange(rows))
    for target in (draw.normal(size=rows), draw.integers(0, 4, rows)):
        for column in found(columns, known_of(target), folder).values():
            assert 0 <= column.strength < 0.2
            assert not column.is_same


@few
@given(seed=seeds, factor=st.sampled_from(FACTORS), offset=st.sampled_from([0.0, -7.5]))
def test_a_column_that_is_the_target_in_another_unit_gives_it_away(
    folder: Path, seed: int, factor: float, offset: float
) -> None:
    target = np.random.default_rng(seed).normal(size=50)
    same = found({"x": target * factor + offset * factor}, known_of(target), folder)["x"]
    assert same.strength == pytest.approx(1)
    assert same.is_same


@few
@given(seed=seeds, classes=st.integers(2, 9))
def test_a_column_that_renames_the_classes_gives_them_away(folder: Path, seed: int, classes: int) -> None:
    draw = np.random.default_rng(seed)
    target = np.concatenate([np.arange(classes), np.arange(classes), draw.integers(0, classes, 20)])
    renamed = draw.permutation(classes)[target]
    columns = {"word": words(renamed), "number": renamed.astype(float), "truth": pa.array(target == 0)}
    same = found(columns, known_of(target), folder)
    assert same["word"].is_same
    assert same["number"].is_same
    assert same["word"].strength == pytest.approx(1)
    assert same["truth"].is_same == (classes == 2)


def test_a_finer_column_explains_all_but_is_not_the_same(folder: Path) -> None:
    finer = np.tile(np.arange(6), 20)
    column = found({"x": words(finer)}, known_of(finer // 2), folder)["x"]
    assert (column.strength, column.is_same) == (1.0, False)


def test_values_that_repeat_are_given_away_by_words_for_them(folder: Path) -> None:
    codes = np.tile([0, 1, 2], 20)
    prices = np.array([9.5, 2.0, 30.0])[codes]
    same = found({"x": words(codes)}, known_of(prices), folder)["x"]
    assert (same.strength, same.is_same) == (pytest.approx(1), True)


@pytest.mark.parametrize("rows", [2, 5, 9])
def test_nobody_can_tell_from_few_rows(folder: Path, rows: int) -> None:
    values = np.arange(rows, dtype=np.float64)
    classes = np.arange(rows) % 2
    assert not found({"x": values}, known_of(values), folder)["x"].is_same
    assert not found({"x": words(classes)}, known_of(classes), folder)["x"].is_same


def test_a_line_and_a_curve_are_both_seen(folder: Path) -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=4_000)
    noise = draw.normal(size=4_000)
    line = found({"x": x, "other": noise}, known_of(x + noise), folder)
    assert line["x"].strength == pytest.approx(0.5, abs=0.05)
    assert line["other"].strength == pytest.approx(0.5, abs=0.05)
    assert found({"x": x}, known_of(x * x), folder)["x"].strength > 0.8
    assert found({"x": x}, known_of((np.abs(x) > 1).astype(np.int64)), folder)["x"].strength > 0.8


def test_that_a_value_is_missing_can_say_much(folder: Path) -> None:
    classes = np.tile([0, 1], 50)
    gaps = pa.array([1.0 if one else None for one in classes])
    assert found({"x": gaps}, known_of(classes), folder)["x"].strength == pytest.approx(1)
    gaps = pa.array(["here" if one else None for one in classes], pa.large_string())
    assert found({"x": gaps}, known_of(classes), folder)["x"].strength == pytest.approx(1)


def test_dates_are_read_as_numbers(folder: Path) -> None:
    days = np.arange(100)
    when = pa.array(days * 86_400, pa.timestamp("s"))
    assert found({"x": when}, known_of(days.astype(np.float64)), folder)["x"].is_same


# several targets, none, and what is left out


def test_of_several_targets_the_mean_is_told(folder: Path) -> None:
    draw = np.random.default_rng(2)
    x, other = draw.normal(size=(2, 2_000))
    both = found({"x": x}, known_of(np.stack([x * 5, other], axis=1), ("a", "b")), folder)["x"]
    assert both.strength == pytest.approx(0.5, abs=0.02)
    assert both.is_same


def test_a_target_that_does_not_vary_in_training_is_not_explained(folder: Path) -> None:
    x = np.arange(20, dtype=np.float64)
    assert found({"x": x}, known_of(np.full(20, 3.5)), folder)["x"] == Relation("x", 0.0)
    assert found({"x": x}, known_of(np.zeros(20, np.int64)), folder)["x"] == Relation("x", 0.0)


@pytest.mark.parametrize("values", [[7.0] * 20, [None] * 20, [float("inf")] * 20])
def test_a_constant_column_says_nothing(folder: Path, values: list[float | None]) -> None:
    target = np.arange(20, dtype=np.float64)
    assert found({"x": pa.array(values, pa.float64())}, known_of(target), folder)["x"] == Relation("x", 0.0)


def test_where_the_input_is_the_target_or_nothing_trains_nothing_is_said(folder: Path) -> None:
    x = np.arange(20, dtype=np.float64)
    assert found({"x": x}, Known((), np.arange(20), 0, (), np.empty((20, 0))), folder) == {}
    assert found({"x": x}, known_of(x), folder, np.empty(0, np.int64)) == {}


def test_pictures_are_left_out(folder: Path) -> None:
    pictures = pa.FixedShapeTensorArray.from_numpy_ndarray(np.zeros((20, 2, 2, 1), np.uint8))
    x = np.arange(20, dtype=np.float64)
    assert list(found({"image": pictures, "x": x}, known_of(x), folder)) == ["x"]


def test_only_training_rows_count(folder: Path) -> None:
    x = np.arange(40, dtype=np.float64)
    target = np.concatenate([x[:20], np.random.default_rng(0).normal(size=20)])
    known = known_of(target)
    assert found({"x": x}, known, folder, np.arange(20))["x"].is_same
    assert not found({"x": x}, known, folder)["x"].is_same


def test_rows_whose_target_is_unknown_do_not_shift_the_others(folder: Path) -> None:
    x = np.arange(40, dtype=np.float64)
    rows = np.arange(1, 40, 2)
    known = Known(("y",), rows, 20, (), x[rows])
    assert found({"x": x}, known, folder)["x"].is_same


def test_a_sample_of_many_rows_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=1_000)
    monkeypatch.setattr(relation, "MOST_ROWS", 100)
    same = found({"x": x}, known_of(x * 2 + 1), folder)["x"]
    assert (same.strength, same.is_same) == (pytest.approx(1), True)


def test_of_a_very_wide_table_nothing_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation, "MOST_COLUMNS", 1)
    x = np.arange(20, dtype=np.float64)
    assert found({"a": x, "b": x}, known_of(x), folder) == {}
