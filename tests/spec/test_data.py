"""Sources, columns, splits, and what was found in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnstudio.spec.data import LEAST_TRAIN, Batches, Column, DataSpec, ImageFolderSource, Kind, Role, Split, TableSource
from nnstudio.spec.errors import DataError, SpecError
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.spec.strategies import data_specs

shares = st.floats(0, 0.9)


# the split


@given(validation=shares, test=shares)
def test_enough_rows_are_left_to_train_on(validation: float, test: float) -> None:
    if round(1 - validation - test, 6) < LEAST_TRAIN:
        with pytest.raises(SpecError, match=r"^Split: at least 5% of the rows must be left to train on\.$"):
            Split(validation, test)
    else:
        split = Split(validation, test)
        assert LEAST_TRAIN <= split.train <= 1
        assert split.train + split.validation + split.test == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("validation", "test", "train"),
    [(0.1, 0.1, 0.8), (0, 0, 1), (0.9, 0, 0.1), (0.9, 0.05, 0.05), (0.15, 0.8, 0.05), (1 / 3, 1 / 3, 0.333333)],
)
def test_the_rest_of_the_rows_trains(validation: float, test: float, train: float) -> None:
    assert Split(validation, test).train == train


@pytest.mark.parametrize(
    ("field", "value"), [("validation", -0.1), ("validation", 0.91), ("test", 1), ("seed", -1), ("seed", 2**31)]
)
def test_a_share_or_a_seed_out_of_bounds_is_refused(field: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"^Split: {field} must be at (least|most)"):
        replace(Split(), **{field: value})  # type: ignore[arg-type]  # the test names the field


def test_batches_are_bounded() -> None:
    with pytest.raises(SpecError, match=r"^Batches: batch size must be at least 1, not 0\.$"):
        Batches(0)
    with pytest.raises(SpecError, match=r"must be at most 1,048,576, not 1048577\.$"):
        Batches(1_048_577)


# sources and columns


@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("rgb", 3)])
def test_channels_of_pictures(colour: str, channels: int) -> None:
    assert ImageFolderSource("digits", colour=colour).channels == channels  # type: ignore[arg-type]  # one of the two


@pytest.mark.parametrize("field", ["width", "height"])
@pytest.mark.parametrize("value", [0, 4_097])
def test_pictures_are_bounded(field: str, value: int) -> None:
    with pytest.raises(SpecError, match=f"^Image folder: {field} must be at "):
        replace(ImageFolderSource("digits"), **{field: value})  # type: ignore[arg-type]  # the test names the field


@given(spec=data_specs)
def test_target_and_features_follow_the_roles(spec: DataSpec) -> None:
    targets = [column for column in spec.columns if column.role is Role.TARGET]
    assert spec.target == (targets[0] if targets else None)
    assert spec.features == tuple(column for column in spec.columns if column.role is Role.FEATURE)


def test_what_a_project_leaves_out_means_the_same_tomorrow() -> None:
    assert (Split(), Batches()) == (Split(0.1, 0.1, True, 0), Batches(32, True))
    training = Training()
    assert (training.epochs, training.seed, training.device) == (100, 0, "auto")
    assert (training.loss, training.optimizer) == (CrossEntropy(), Adam())


def test_a_new_project_has_no_data() -> None:
    assert Project().data is None
    assert Project() == Project()
    assert hash(Project()) == hash(Project())


@given(spec=data_specs, other=data_specs)
def test_specs_are_equal_by_value(spec: DataSpec, other: DataSpec) -> None:
    assert replace(spec) == spec
    assert hash(replace(spec)) == hash(spec)
    assume(spec.fingerprint != other.fingerprint)
    assert spec != other


# facts


@pytest.mark.parametrize(
    ("kind", "distinct", "is_whole", "task"),
    [
        (Kind.CATEGORY, 2, False, Task.BINARY),
        (Kind.CATEGORY, 3, False, Task.MULTICLASS),
        (Kind.CATEGORY, 500, False, Task.MULTICLASS),
        (Kind.NUMBER, 2, True, Task.BINARY),
        (Kind.NUMBER, 20, True, Task.MULTICLASS),
        (Kind.NUMBER, 21, True, Task.REGRESSION),
        (Kind.NUMBER, 5, False, Task.REGRESSION),
        (Kind.NUMBER, 500, False, Task.REGRESSION),
    ],
)
def test_a_column_suggests_its_task(kind: Kind, distinct: int, is_whole: bool, task: Task) -> None:
    assert ColumnProfile("y", kind, missing=0, distinct=distinct, is_whole=is_whole).suggested_task is task


def found(*names: str) -> SourceFacts:
    """A source with number columns of these names."""
    profiles = tuple(ColumnProfile(name, Kind.NUMBER, 0, 9) for name in names)
    columns = tuple(Column(name, Kind.NUMBER) for name in names)
    return SourceFacts(TableSource("t.csv"), "f", "t.arrow", 9, profiles, columns, Task.REGRESSION)


def test_a_column_is_found_by_name() -> None:
    assert found("a", "b").column("b").name == "b"


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (["a", "b"], "a, b"),
        ([f"c{n}" for n in range(12)], ", ".join(f"c{n}" for n in range(12))),
        ([f"c{n}" for n in range(13)], ", ".join(f"c{n}" for n in range(12)) + " …"),
    ],
)
def test_a_column_that_is_not_there_is_refused_with_those_that_are(names: list[str], listed: str) -> None:
    with pytest.raises(DataError) as raised:
        found(*names).column("z")
    assert str(raised.value) == f"There is no column called “z”. The columns are {listed}."
