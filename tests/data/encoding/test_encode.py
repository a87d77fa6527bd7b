"""A data spec becomes arrays: fitted on the training rows alone, complete, and exactly as stated."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.data.answers import ValueTarget
from nnstudio.data.columns import LARGEST
from nnstudio.data.encoding.encode import describe, encode
from nnstudio.data.encoding.encoders import CategoryFeature, NumberFeature
from nnstudio.data.encoding.fitted import decode_target
from nnstudio.data.pictures.advice import suggest_image_source
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.resources import resource
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.facts import Rows
from nnstudio.spec.sources import ImageFolderSource, TableSource
from nnstudio.spec.splits import RandomSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakeSpec = Callable[..., DataSpec]
Sample = Callable[[str], TableSource]


def with_role(data: DataSpec, name: str, role: Role) -> DataSpec:
    columns = (replace(column, role=role) if column.name == name else column for column in data.columns)
    return replace(data, columns=tuple(columns))


def test_the_penguins(sample: Sample) -> None:
    data = default_spec(open_source(sample("penguins")))
    encoded = encode(data)
    facts = encoded.facts
    assert (facts.task, facts.target, facts.input_shape) == (Task.MULTICLASS, "species", (11,))
    assert facts.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert facts.rows == Rows(276, 34, 34)
    assert facts.features[:4] == ("island = Biscoe", "island = Dream", "island = Torgersen", "bill_length_mm")
    assert facts.features[-4:] == ("sex = female", "sex = male", "sex = (missing)", "year")
    assert facts.baseline.validation["accuracy"] == np.mean(encoded.y[encoded.rows.validation] == 0)
    assert (facts.baseline.answer, facts.dropped_rows) == ("“Adelie”", 0)
    assert facts.filled_cells == 8  # two penguins without any of their four measurements
    assert (str(encoded.x.dtype), *encoded.x.shape) == ("float32", 344, 11)
    assert encoded.x.flags.c_contiguous
    assert (str(encoded.y.dtype), *encoded.y.shape) == ("int64", 344)
    assert np.isfinite(encoded.x).all()
    assert replace(describe(data), relations=()) == facts


@pytest.mark.parametrize("name", ["iris", "penguins", "digits", "diabetes"])
def test_numbers_of_the_training_rows_have_mean_0_and_deviation_1(sample: Sample, name: str) -> None:
    data = default_spec(open_source(sample(name)))
    encoded = encode(data)
    numbers = [position for position, feature in enumerate(encoded.facts.features) if " = " not in feature]
    train = encoded.x[encoded.rows.train][:, numbers].astype(np.float64)
    assert len(numbers) >= 4
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-6)
    assert replace(describe(data), relations=()) == encoded.facts


def test_the_fit_sees_training_rows_only(table: MakeTable, spec: MakeSpec) -> None:
    split = RandomSplit(validation=0.25, test=0.25, stratify=False)
    rows = [[row, row % 3, row] for row in range(40)]

    def encoding(rows: list[list[int]]) -> object:
        source = table("n,C,y", *(",".join(map(str, row)) for row in rows))
        return encode(spec(source, ["n", "C", "y"], Task.REGRESSION, split)).encoding

    source = table("n,C,y", *(",".join(map(str, row)) for row in rows))
    parts = encode(spec(source, ["n", "C", "y"], Task.REGRESSION, split)).rows
    before = encoding(rows)
    for row in (*parts.validation, *parts.test):
        rows[row] = [10_000, 77, -10_000]
    assert encoding(rows) == before
    rows[parts.train[0]] = [10_000, 77, -10_000]
    assert encoding(rows) != before


def test_a_regression_target_is_standardised_and_comes_back(sample: Sample) -> None:
    data = default_spec(open_source(sample("diabetes")))
    encoded = encode(data)
    target = encoded.encoding.target
    assert isinstance(target, ValueTarget)
    assert (str(encoded.y.dtype), *encoded.y.shape) == ("float32", 442, 1)
    assert encoded.facts.classes == ()
    values = np.loadtxt(sample("diabetes").path, delimiter=",", skiprows=1)[:, -1]
    train, validation = values[encoded.rows.train], values[encoded.rows.validation]
    assert target == ValueTarget(("progression",), (train.mean(),), (train.std(),), (train.mean(),))
    np.testing.assert_allclose(decode_target(encoded.encoding, encoded.y), values, rtol=1e-6)
    assert encoded.facts.baseline.validation["mae"] == np.abs(validation - train.mean()).mean()
    assert encoded.facts.baseline.answer == f"{train.mean():.4g}"


def test_missing_numbers_take_the_median(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,y", "1,1", "2,2", "inf,3", ",4", "9,5", "1e39,6")
    encoded = encode(spec(source, ["n", "y"], Task.REGRESSION))
    filled = np.array([1, 2, 2, 2, 9, 2])
    assert encoded.encoding.features == (NumberFeature("n", 2.0, filled.mean(), filled.std()),)
    np.testing.assert_allclose(encoded.x[:, 0], (filled - filled.mean()) / filled.std(), rtol=1e-6)
    assert encoded.facts.filled_cells == 3


def test_a_missing_category_is_one_of_its_own_when_training_rows_lack_it(table: MakeTable, spec: MakeSpec) -> None:
    source = table("C,y", "b,1", "a,2", ",3", "b,4")
    encoded = encode(spec(source, ["C", "y"], Task.REGRESSION))
    assert encoded.facts.features == ("C = a", "C = b", "C = (missing)")
    assert encoded.x.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert encoded.facts.filled_cells == 0


def test_a_category_that_only_other_rows_lack_or_have(table: MakeTable, spec: MakeSpec) -> None:
    split = RandomSplit(validation=0.25, test=0.25, stratify=False)
    lines = [f"{'b' if row % 4 else 'a'},{row}" for row in range(20)]
    columns = ["C", "y"]
    rows = encode(spec(table("C,y", *lines), columns, Task.REGRESSION, split)).rows
    lacks, strange = rows.validation[:2]
    lines[lacks], lines[strange] = ",1", "z,1"
    encoded = encode(spec(table("C,y", *lines), columns, Task.REGRESSION, split))
    assert encoded.encoding.features == (CategoryFeature("C", ("a", "b"), False, "b"),)
    assert encoded.x[lacks].tolist() == [0, 1]  # the most frequent
    assert encoded.x[strange].tolist() == [0, 0]  # none of the known ones
    assert encoded.facts.filled_cells == 1


def test_numbers_can_be_categories(table: MakeTable, spec: MakeSpec) -> None:
    source = table("C,y", "10,1", "9,2", ",3", "10,4")
    encoded = encode(spec(source, ["C", "y"], Task.REGRESSION))
    assert encoded.facts.features == ("C = 9", "C = 10", "C = (missing)")
    assert encoded.x[:, 1].tolist() == [1, 0, 0, 1]


def test_values_too_close_for_float32_are_constant(table: MakeTable, spec: MakeSpec) -> None:
    encoded = encode(spec(table("n,y", "0,1", "1e-60,2", "0,3"), ["n", "y"], Task.REGRESSION))
    (number,) = encoded.encoding.features
    assert isinstance(number, NumberFeature)
    assert number.scale == 1.0
    assert np.abs(encoded.x).max() < 1e-38


def test_what_leaves_float32_when_scaled_stays_finite(table: MakeTable, spec: MakeSpec) -> None:
    split = RandomSplit(validation=0.25, test=0.25, stratify=False)
    lines = [f"{row % 2}e-30,{row % 2}e-30,{row}" for row in range(20)]
    data = spec(table("n,y,z", *lines), ["n", "z", "y"], Task.REGRESSION, split)
    strange = encode(data).rows.validation[0]
    lines[strange] = "1e38,-1e38,0"
    table("n,y,z", *lines)
    encoded = encode(data)
    assert encoded.x[strange, 0] == np.float32(LARGEST)
    assert encoded.y[strange, 0] == np.float32(-LARGEST)


def test_a_constant_feature_becomes_zero(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,e,y", "0.1,,1", "0.1,,2", "0.1,,3")
    encoded = encode(spec(source, ["n", "e", "y"], Task.REGRESSION))
    assert encoded.encoding.features == (NumberFeature("n", 0.1, 0.1, 1.0), NumberFeature("e", 0.0, 0.0, 1.0))
    assert not encoded.x.any()


def test_rows_without_a_target_are_dropped_and_counted(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,Y", "1,a", "2,", "3,b", "4,a", "5,")
    encoded = encode(spec(source, ["n", "Y"], Task.BINARY))
    assert (encoded.source_rows.tolist(), encoded.facts.dropped_rows) == ([0, 2, 3], 2)
    assert encoded.y.tolist() == [0, 1, 0]
    kept = np.array([1.0, 3.0, 4.0])
    np.testing.assert_allclose(encoded.x[:, 0], (kept - kept.mean()) / kept.std(), rtol=1e-6)


def test_dropped_rows_across_blocks(table: MakeTable, spec: MakeSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.data.encoding.fill.BLOCK", 4)
    source = table("n,C,y", *(f"{row},{row % 3},{'' if row % 2 or row < 6 else row}" for row in range(21)))
    encoded = encode(spec(source, ["n", "C", "y"], Task.REGRESSION))
    kept = np.array([6, 8, 10, 12, 14, 16, 18, 20])
    assert encoded.source_rows.tolist() == kept.tolist()
    np.testing.assert_allclose(encoded.x[:, 0], (kept - kept.mean()) / kept.std(), rtol=1e-6)
    assert encoded.x[:, 1:].argmax(axis=1).tolist() == (kept % 3).tolist()
    assert encoded.x[:, 1:].sum(axis=1).tolist() == [1.0] * 8


def test_numeric_classes_are_in_numeric_order(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,y", "1,10", "2,9", "3,-1.5", "4,9.0", "5,inf")
    encoded = encode(spec(source, ["n", "y"], Task.MULTICLASS))
    assert encoded.facts.classes == ("-1.5", "9", "10")
    assert (encoded.y.tolist(), encoded.facts.dropped_rows) == ([2, 1, 0, 1], 1)


def test_a_class_outside_the_training_rows_has_a_number(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,Y", *(f"{row},{'ab'[row % 2]}" for row in range(18)), "19,c", "20,c")
    lonely = next(
        encoded
        for seed in range(100)
        for encoded in [encode(spec(source, ["n", "Y"], Task.MULTICLASS, RandomSplit(0.5, 0.0, False, seed)))]
        if 2 not in encoded.y[encoded.rows.train]
    )
    assert lonely.facts.classes == ("a", "b", "c")
    assert set(lonely.y.tolist()) == {0, 1, 2}


def test_stratified_parts_keep_the_shares(sample: Sample) -> None:
    encoded = encode(default_spec(open_source(sample("iris"))))
    for part in (encoded.rows.train, encoded.rows.validation, encoded.rows.test):
        assert len(set(np.bincount(encoded.y[part]))) == 1


def test_truth_values_are_a_yes_or_no(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,Y", "1,True", "2,False", "3,True", "4,")
    encoded = encode(spec(source, ["n", "Y"], Task.BINARY))
    assert (encoded.facts.classes, encoded.y.tolist()) == (("False", "True"), [1, 0, 1])
    values = encode(spec(source, ["n", "Y"], Task.REGRESSION))
    np.testing.assert_allclose(decode_target(values.encoding, values.y), [1, 0, 1], atol=1e-6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=True, width=32) | st.none(),
            st.sampled_from(["a", "b", "ü c", '"', None]),
            st.integers(-(10**6), 10**6).map(lambda value: value / 64),
        ),
        min_size=2,
        max_size=30,
        unique_by=lambda row: row[2],
    )
)
def test_what_was_encoded_can_be_decoded(
    table: MakeTable, spec: MakeSpec, rows: list[tuple[float | None, str | None, float]]
) -> None:
    def cell(value: object) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    source = table("n,C,y", *(",".join(map(cell, row)) for row in rows))
    encoded = encode(spec(source, ["n", "C", "y"], Task.REGRESSION))
    number, category = encoded.encoding.features
    assert isinstance(number, NumberFeature)
    assert isinstance(category, CategoryFeature)
    for x, (value, label, _) in zip(encoded.x.astype(np.float64), rows, strict=True):
        kept = number.fill if value is None or abs(value) > LARGEST else value
        assert x[0] * number.scale + number.offset == pytest.approx(kept, rel=1e-5, abs=1e-5 * number.scale)
        known = [*category.categories, None] if category.missing else [*category.categories]
        assert known[int(x[1:].argmax())] == label
        assert x[1:].sum() == 1
    spread = np.ptp([row[2] for row in rows])
    np.testing.assert_allclose(
        decode_target(encoded.encoding, encoded.y), [row[2] for row in rows], rtol=1e-5, atol=1e-5 * spread
    )


def test_pictures() -> None:
    folder = resource("samples/digits")
    data = default_spec(open_source(suggest_image_source(folder)))
    encoded = encode(data)
    assert data.source == ImageFolderSource(str(folder), 8, 8, "grey")
    assert (str(encoded.x.dtype), *encoded.x.shape) == ("float32", 600, 1, 8, 8)
    assert encoded.facts.input_shape == (1, 8, 8)
    assert (encoded.facts.classes, encoded.facts.features) == (tuple("0123456789"), ())
    assert (encoded.facts.baseline.test["accuracy"], encoded.facts.rows) == (0.1, Rows(480, 60, 60))
    train = encoded.x[encoded.rows.train].astype(np.float64)
    assert (train.mean(), train.std()) == pytest.approx((0, 1), abs=1e-6)
    assert replace(describe(data), relations=()) == encoded.facts


def test_a_picture_is_the_pixels_of_the_digits_table(sample: Sample) -> None:
    """The folder holds the table's first digits with 0 to 16 stretched to 0 to 255; standardising undoes the scale."""
    encoded = encode(default_spec(open_source(suggest_image_source(resource("samples/digits")))))
    first = np.loadtxt(sample("digits").path, delimiter=",", skiprows=1, max_rows=1)
    pixels = np.rint(first[:-1] * 255 / 16) / 255
    image = encoded.encoding.image
    assert image
    expected = (pixels - image.mean[0]) / image.std[0]
    np.testing.assert_allclose(encoded.x[0, 0].ravel(), expected, atol=0.02)
    assert encoded.facts.classes[encoded.y[0]] == f"{first[-1]:g}" == "0"


def test_a_used_column_that_is_gone_is_named(table: MakeTable) -> None:
    before = table("a,b,c,y", "1,2,3,4", "2,3,4,5", "3,4,5,7")
    data = with_role(default_spec(open_source(before)), "b", Role.IGNORE)
    table("a,y", "1,2", "2,3", "3,5")
    with pytest.raises(DataError, match=re.escape("“table.csv” has no column “c”. The file has changed since")):
        encode(data)
    with pytest.raises(DataError, match="has no column “c”"):
        describe(data)


def test_a_changed_file_whose_columns_still_match_is_fine(table: MakeTable) -> None:
    data = default_spec(open_source(table("a,y", "1,2.5", "2,3.5", "3,5.5")))
    table("new,y,a", "x,2.5,1", "x,3.5,2", "x,5.5,3", "x,9.5,4")
    encoded = encode(data)
    assert encoded.fingerprint != data.fingerprint
    assert encoded.facts.features == ("a",)
    assert len(encoded.x) == 4


@pytest.mark.parametrize(
    ("lines", "task", "sentence"),
    [
        (["n,Y", "1,a", "2,a"], Task.MULTICLASS, "“Y” is always the same. Every row says “a”."),
        (["n,y", "1,5", "2,5"], Task.REGRESSION, "“y” is always the same. Every row says “5”."),
        (["n,Y", "1,a", "2,"], Task.MULTICLASS, "“Y” is always the same."),
        (["n,Y", "1,", "2,"], Task.MULTICLASS, "The target “Y” has no values."),
        (["n,y", "1,inf", "2,"], Task.REGRESSION, "The target “y” has no values."),
        (["n,Y", "1,a", "2,b", "3,c"], Task.BINARY, "“Y” is not a yes or no. It has 3 different values."),
        (["n,y", "1,1", "2,a"], Task.REGRESSION, "“y” cannot be used as a number. It holds “a”."),
        (["n,y", "x,1", "2,2"], Task.REGRESSION, "“n” cannot be used as a number. It holds “x”."),
    ],
)
def test_what_cannot_be_learned_is_refused(
    table: MakeTable, spec: MakeSpec, lines: list[str], task: Task, sentence: str
) -> None:
    data = spec(table(*lines), lines[0].split(","), task)
    for look in (encode, describe):
        with pytest.raises(DataError, match=re.escape(sentence)):
            look(data)


def test_without_features_nothing_is_learned(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,y", "1,1", "2,2"), ["y"], Task.REGRESSION)
    with pytest.raises(DataError, match="There is nothing to predict from"):
        describe(data)


def test_without_a_target_nothing_is_learned(table: MakeTable, spec: MakeSpec) -> None:
    data = with_role(spec(table("n,y", "1,1", "2,2"), ["n", "y"], Task.REGRESSION), "y", Role.IGNORE)
    with pytest.raises(DataError, match="Choose the column to predict"):
        encode(data)


def test_a_table_column_is_no_picture_and_pictures_come_alone(table: MakeTable) -> None:
    source = table("a,b,y", "1,2,3", "2,3,4")
    columns = (Column("a", Kind.IMAGE), Column("y", Kind.NUMBER, Role.TARGET))
    with pytest.raises(DataError, match="“a” cannot be used as a picture"):
        encode(DataSpec(source, columns, Task.REGRESSION))
    digits = suggest_image_source(resource("samples/digits"))
    mixed = (
        Column("image", Kind.IMAGE),
        Column("path", Kind.CATEGORY),
        Column("class", Kind.CATEGORY, Role.TARGET),
    )
    with pytest.raises(DataError, match="cannot be combined"):
        encode(DataSpec(digits, mixed, Task.MULTICLASS))


def test_a_fold_fits_on_its_own_training_rows(table: MakeTable, spec: MakeSpec) -> None:
    source = table("n,y", *(f"{row * row},{row}" for row in range(12)))
    data = spec(source, ["n", "y"], Task.REGRESSION, RandomSplit(0, 0.25, False, folds=3))
    test = encode(data).source_rows[encode(data).rows.test]
    judged: list[int] = []
    for fold in (1, 2, 3):
        encoded = encode(data, fold=fold)
        train = encoded.source_rows[encoded.rows.train].astype(np.float64) ** 2
        assert encoded.encoding.features == (NumberFeature("n", float(np.median(train)), train.mean(), train.std()),)
        assert encoded.source_rows[encoded.rows.test].tolist() == test.tolist()
        judged += encoded.source_rows[encoded.rows.validation].tolist()
    assert sorted([*judged, *test.tolist()]) == list(range(12))


def test_every_number_has_its_origin_and_a_meaning(sample: Sample) -> None:
    facts = encode(default_spec(open_source(sample("penguins")))).facts
    assert facts.origins[:4] == ("island", "island", "island", "bill_length_mm")
    assert facts.meanings[2:4] == ("1 where it is “Torgersen”", "standardised: mean 0, deviation 1")
    assert len(facts.origins) == len(facts.meanings) == len(facts.features)
    assert facts.answers == 1
    assert sum(facts.class_counts) == facts.rows.train


def test_what_is_described_includes_relations(sample: Sample) -> None:
    data = default_spec(open_source(sample("penguins")))
    assert [relation.column for relation in describe(data).relations] == [column.name for column in data.features]


@pytest.mark.parametrize("code", ["one_hot", "index", "ordinal"])
def test_facts_say_how_many_rows_an_embedding_table_needs(
    sample: Sample, code: Literal["one_hot", "index", "ordinal"]
) -> None:
    data = default_spec(open_source(sample("penguins")))
    how = {"island": CategoryEncoding(code), "sex": CategoryEncoding(code)}
    columns = tuple(replace(column, encoding=how.get(column.name, column.encoding)) for column in data.columns)
    data = replace(data, columns=columns)
    assert describe(data).entries == encode(data).facts.entries == (("island", 4), ("sex", 3))
    if code == "index":
        x, at = encode(data).x, [encode(data).facts.features.index(name) for name in how]
        assert x[:, at].max(0).tolist() == [3, 2]
        assert x[:, at].min(0).tolist() == [1, 0]
