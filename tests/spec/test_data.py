"""Sources, columns, splits, and what was found in them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnstudio.spec.columns import DEFAULTS, Column, Kind, Role
from nnstudio.spec.data import Batches, DataSpec
from nnstudio.spec.errors import DataError, SpecError
from nnstudio.spec.facts import ColumnProfile, SourceFacts
from nnstudio.spec.layouts import RowLayout
from nnstudio.spec.losses import CrossEntropy
from nnstudio.spec.optimizers import Adam
from nnstudio.spec.project import Project
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import LEAST_TRAIN, SPLITS, GroupSplit, RandomSplit, Split, TimeSplit
from nnstudio.spec.tasks import Task
from nnstudio.spec.training import Training
from tests.spec.strategies import data_specs

shares = st.floats(0, 0.9)


# the split


@given(validation=shares, test=shares)
def test_enough_rows_are_left_to_train_on(validation: float, test: float) -> None:
    if round(1 - validation - test, 6) < LEAST_TRAIN:
        with pytest.raises(SpecError, match=r"^Random split: at least 5% of the rows must be left to train on\.$"):
            RandomSplit(validation, test)
    else:
        split = RandomSplit(validation, test)
        assert LEAST_TRAIN <= split.train <= 1
        assert split.train + split.validation + split.test == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("validation", "test", "train"),
    [(0.1, 0.1, 0.8), (0, 0, 1), (0.9, 0, 0.1), (0.9, 0.05, 0.05), (0.15, 0.8, 0.05), (1 / 3, 1 / 3, 0.333333)],
)
def test_the_rest_of_the_rows_trains(validation: float, test: float, train: float) -> None:
    assert RandomSplit(validation, test).train == train


@pytest.mark.parametrize(
    ("field", "value"), [("validation", -0.1), ("validation", 0.91), ("test", 1), ("seed", -1), ("seed", 2**31)]
)
def test_a_share_or_a_seed_out_of_bounds_is_refused(field: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"^Random split: {field} must be at (least|most)"):
        replace(RandomSplit(), **{field: value})  # type: ignore[arg-type]  # the test names the field


@pytest.mark.parametrize("kind", SPLITS.kinds.values(), ids=SPLITS.kinds)
def test_one_fold_is_no_cross_validation(kind: type[Split]) -> None:
    for folds in (0, 2, 50):
        assert kind(folds=folds).folds == folds  # type: ignore[call-arg]  # every kind of split is a dataclass with folds
    with pytest.raises(SpecError, match=rf"^{kind.title}: folds must be 0, or at least 2, not 1\.$"):
        kind(folds=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", [RandomSplit, GroupSplit, TimeSplit])
def test_every_split_by_shares_leaves_rows_to_train_on(kind: type[RandomSplit]) -> None:
    assert kind(0.25, 0.25).train == 0.5
    with pytest.raises(SpecError, match=rf"^{kind.title}: at least 5% of the rows must be left to train on\.$"):
        kind(0.5, 0.46)


def test_batches_are_bounded() -> None:
    with pytest.raises(SpecError, match=r"^Batches: batch size must be at least 1, not 0\.$"):
        Batches(0)
    with pytest.raises(SpecError, match=r"must be at most 1,048,576, not 1048577\.$"):
        Batches(1_048_577)


# sources and columns


@pytest.mark.parametrize(("colour", "channels"), [("grey", 1), ("rgb", 3), ("rgba", 4)])
def test_channels_of_pictures(colour: str, channels: int) -> None:
    assert ImageFolderSource("digits", colour=colour).channels == channels  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize("field", ["width", "height"])
@pytest.mark.parametrize("value", [0, 4_097])
def test_pictures_are_bounded(field: str, value: int) -> None:
    with pytest.raises(SpecError, match=f"^Image folder: {field} must be at "):
        replace(ImageFolderSource("digits"), **{field: value})  # type: ignore[arg-type]  # the test names the field


@pytest.mark.parametrize(("depth", "levels"), [("8", 256), ("16", 65_536)])
def test_levels_of_pictures(depth: str, levels: int) -> None:
    assert ImageFolderSource("digits", depth=depth).levels == levels  # type: ignore[arg-type]  # one of the two


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"encoding": "klingon"}, "there is no encoding called “klingon”."),
        ({"encoding": ""}, "there is no encoding called “”."),
        ({"encoding": "a\0b"}, "there is no encoding called “a\0b”."),
        ({"thousands": "."}, "thousands and decimals cannot be marked by the same sign."),
        ({"decimal": ",", "thousands": ",", "delimiter": ";"}, "thousands and decimals cannot be marked by the same"),
        ({"decimal": ","}, "one sign cannot stand both between cells and before fractions."),
        ({"delimiter": "+"}, "between cells must be one of"),
        ({"skip": -1}, "rows to skip must be at least 0, not -1."),
    ],
)
def test_a_text_table_in_which_a_sign_would_mean_two_things_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError, match=f"^Text table: {re.escape(sentence)}"):
        TableSource("t.csv", **fields)


@given(spec=data_specs)
def test_columns_follow_their_roles(spec: DataSpec) -> None:
    assert spec.target == (spec.targets[0] if spec.targets else None)
    assert spec.targets == spec.with_role(Role.TARGET)
    assert spec.features == spec.with_role(Role.FEATURE)
    named = [column for role in Role for column in spec.with_role(role)]
    assert sorted(named, key=repr) == sorted(spec.columns, key=repr)


@given(spec=data_specs)
def test_every_column_has_an_encoding_that_its_kind_allows(spec: DataSpec) -> None:
    for column in spec.columns:
        assert column.kind in column.encoded.kinds
        chosen = column.encoding
        assert column.encoded == (chosen if chosen and column.kind in chosen.kinds else DEFAULTS[column.kind])


def test_a_column_of_a_spec_is_found_by_name() -> None:
    column = Column("a", Kind.NUMBER)
    spec = DataSpec(TableSource("t.csv"), (column,), Task.REGRESSION)
    assert (spec.column("a"), spec.column("b")) == (column, None)


def test_what_a_project_leaves_out_means_the_same_tomorrow() -> None:
    assert (RandomSplit(), Batches()) == (RandomSplit(0.1, 0.1, True, 0, 0), Batches(32, True, "none"))
    data = DataSpec(TableSource("t.csv"), (), Task.BINARY)
    assert (data.split, data.layout, data.batches) == (RandomSplit(), RowLayout(), Batches())
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
    ("kind", "is_numeric", "distinct", "is_whole", "task"),
    [
        (Kind.CATEGORY, False, 2, False, Task.BINARY),
        (Kind.BOOLEAN, False, 2, False, Task.BINARY),
        (Kind.CATEGORY, False, 3, False, Task.MULTICLASS),
        (Kind.CATEGORY, False, 500, False, Task.MULTICLASS),
        (Kind.BOOLEAN, True, 2, True, Task.BINARY),
        (Kind.INTEGER, True, 20, True, Task.MULTICLASS),
        (Kind.NUMBER, True, 21, True, Task.REGRESSION),
        (Kind.IDENTIFIER, True, 500, True, Task.REGRESSION),
        (Kind.NUMBER, True, 2, False, Task.REGRESSION),
        (Kind.NUMBER, True, 5, False, Task.REGRESSION),
        (Kind.NUMBER, True, 500, False, Task.REGRESSION),
    ],
)
def test_a_column_suggests_its_task(kind: Kind, is_numeric: bool, distinct: int, is_whole: bool, task: Task) -> None:
    profile = ColumnProfile("y", kind, missing=0, distinct=distinct, is_whole=is_whole, is_numeric=is_numeric)
    assert profile.suggested_task is task


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
