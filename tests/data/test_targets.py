"""What is to be predicted: several values, the input itself, and how much each row counts."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnstudio.data.answers import InputTarget, ValueTarget
from nnstudio.data.encoding.encode import Encoded, describe, encode
from nnstudio.data.encoding.fitted import decode_target
from nnstudio.data.source import open_source
from nnstudio.data.suggest import default_spec
from nnstudio.spec.columns import CategoryEncoding, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.errors import DataError
from nnstudio.spec.layouts import WindowLayout
from nnstudio.spec.sources import TableSource
from nnstudio.spec.splits import RandomSplit, TimeSplit
from nnstudio.spec.tasks import Task

MakeTable = Callable[..., TableSource]
MakeSpec = Callable[..., DataSpec]

HALF = RandomSplit(validation=0.5, test=0.0, stratify=False)


def with_role(data: DataSpec, role: Role, *names: str) -> DataSpec:
    columns = (replace(column, role=role) if column.name in names else column for column in data.columns)
    return replace(data, columns=tuple(columns))


@pytest.fixture
def pair(table: MakeTable, spec: MakeSpec) -> DataSpec:
    """Two targets, in metres and in grams, one or the other of which is missing in two rows."""
    rows = [f"{row},{row / 10},{row * 100}" for row in range(12)] + ["12,,1", "13,1,"]
    data = spec(table("n,m,g", *rows), ["n", "m", "g"], Task.REGRESSION, HALF)
    return with_role(data, Role.TARGET, "m", "g")


# ---- very many classes ----


def test_rare_classes_become_one(table: MakeTable, spec: MakeSpec) -> None:
    labels = ["c"] * 5 + ["a"] * 9 + ["d", "e", "(other)"] + ["b"] * 3
    data = spec(
        table("n,y", *(f"{row},{label}" for row, label in enumerate(labels))), ["n", "y"], Task.MULTICLASS, HALF
    )
    kept = replace(data.columns[1], encoding=CategoryEncoding(most=2))
    encoded = encode(replace(data, columns=(data.columns[0], kept)))
    assert encoded.facts.classes == ("a", "c", "(other)")
    assert encoded.y.tolist() == [1] * 5 + [0] * 9 + [2] * 6
    whole = encode(replace(data, columns=(data.columns[0], replace(kept, encoding=CategoryEncoding(most=5)))))
    assert whole.facts.classes == ("(other)", "a", "b", "c", "d", "e")


# ---- repeated rows ----


def test_repeated_rows_can_be_left_out(table: MakeTable, spec: MakeSpec) -> None:
    rows = [f"{row % 9},{row % 3}" for row in range(12)] + ["3,"]
    data = spec(table("n,y", *rows), ["n", "y"], Task.REGRESSION, HALF)
    whole, once = encode(data), encode(replace(data, keep_repeats=False))
    assert (len(whole.x), len(once.x)) == (12, 9)
    assert once.source_rows.tolist() == list(range(9))
    assert (once.facts.repeated_rows, once.facts.dropped_rows) == (3, 1)
    assert whole.facts.repeated_rows == 0


def test_a_series_keeps_rows_that_come_again(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,y", *(f"{row % 3},{row % 2}" for row in range(20))), ["n", "y"], Task.REGRESSION, TimeSplit())
    windows = replace(data, layout=WindowLayout(length=3), keep_repeats=False)
    assert encode(windows).facts == encode(replace(windows, keep_repeats=True)).facts


# ---- several values ----


def test_several_targets_are_standardised_each(pair: DataSpec) -> None:
    encoded = encode(pair)
    target = encoded.encoding.target
    train = np.array(encoded.source_rows[encoded.rows.train])
    assert isinstance(target, ValueTarget)
    assert target.names == ("m", "g")
    assert target.offsets == pytest.approx((train.mean() / 10, train.mean() * 100))
    assert target.scales == pytest.approx((train.std() / 10, train.std() * 100))
    assert (str(encoded.y.dtype), *encoded.y.shape) == ("float32", 12, 2)
    assert encoded.y.flags.c_contiguous
    rows = np.arange(12)
    np.testing.assert_allclose(
        decode_target(encoded.encoding, encoded.y), np.stack([rows / 10, rows * 100], 1), atol=1e-4
    )


def test_values_that_are_not_standardised_stay_in_their_unit(pair: DataSpec) -> None:
    encoded, usual = encode(pair, standardised=False), encode(pair)
    target, scaled = encoded.encoding.target, usual.encoding.target
    assert isinstance(target, ValueTarget)
    assert isinstance(scaled, ValueTarget)
    assert (target.offsets, target.scales, target.means) == ((0.0, 0.0), (1.0, 1.0), scaled.offsets)
    rows = np.arange(12)
    np.testing.assert_array_equal(encoded.y, np.stack([rows / 10, rows * 100], 1).astype(np.float32))
    np.testing.assert_array_equal(decode_target(encoded.encoding, encoded.y), encoded.y.astype(np.float64))
    assert encoded.facts == usual.facts


def test_the_facts_of_several_targets(pair: DataSpec) -> None:
    encoded = encode(pair)
    facts = encoded.facts
    assert (facts.answers, facts.target, facts.dropped_rows, facts.classes) == (2, "m, g", 2, ())
    train, judged = (encoded.source_rows[rows] for rows in (encoded.rows.train, encoded.rows.validation))
    error = np.abs(judged - train.mean()).mean()
    assert facts.baseline.validation["mae"] == pytest.approx((error / 10 + error * 100) / 2)
    assert facts.baseline.answer == f"{train.mean() / 10:.4g}, {train.mean() * 100:.4g}"
    assert replace(describe(pair), relations=()) == facts
    assert [relation.column for relation in describe(pair).relations] == ["n"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["1,1,5", "2,2,5"], "the target “g” is always the same. Every row says “5”."),
        (["1,1,", "2,,5"], "The target “g” has no values."),
        (["1,1,a", "2,2,5"], "“g” cannot be used as a number. It holds “a”."),
    ],
)
def test_several_targets_that_cannot_be_learned(
    table: MakeTable, spec: MakeSpec, rows: list[str], sentence: str
) -> None:
    data = with_role(spec(table("n,m,g", *rows), ["n", "m", "g"], Task.REGRESSION), Role.TARGET, "m", "g")
    with pytest.raises(DataError, match=re.escape(sentence)):
        encode(data)


def test_only_one_column_of_classes_at_a_time(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,A,B", "1,a,b", "2,b,a"), ["n", "A", "B"], Task.MULTICLASS)
    with pytest.raises(DataError, match="Only one column of classes can be predicted at a time"):
        encode(with_role(data, Role.TARGET, "A", "B"))


finite = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(finite, finite), min_size=2, max_size=20, unique_by=(lambda it: it[0], lambda it: it[1])))
def test_values_come_back_in_their_own_units(
    table: MakeTable, spec: MakeSpec, values: list[tuple[float, float]]
) -> None:
    source = table("n,a,b", *(f"{row},{a!r},{b!r}" for row, (a, b) in enumerate(values)))
    data = with_role(spec(source, ["n", "a", "b"], Task.REGRESSION), Role.TARGET, "a", "b")
    encoded = encode(data)
    target = encoded.encoding.target
    assert isinstance(target, ValueTarget)
    back = decode_target(encoded.encoding, encoded.y)
    for place, scale in enumerate(target.scales):
        wanted = np.array(values)[:, place]
        np.testing.assert_allclose(back[:, place], wanted, rtol=1e-5, atol=1e-5 * scale)


# ---- the input itself ----


def reconstructed(sample: Callable[[str], TableSource], name: str) -> tuple[DataSpec, Encoded]:
    data = default_spec(open_source(sample(name)))
    data = replace(data, task=Task.RECONSTRUCTION, columns=tuple(replace(c, role=Role.FEATURE) for c in data.columns))
    return data, encode(data)


def test_a_reconstruction_gives_its_input_again(sample: Callable[[str], TableSource]) -> None:
    data, encoded = reconstructed(sample, "penguins")
    assert isinstance(encoded.encoding.target, InputTarget)
    assert encoded.y.shape == encoded.x.shape == (344, 14)
    assert np.shares_memory(encoded.x, encoded.y)
    np.testing.assert_array_equal(encoded.y, encoded.x)
    facts = encoded.facts
    assert (facts.answers, facts.target, facts.dropped_rows, facts.classes) == (14, "input", 0, ())
    mean = encoded.x[encoded.rows.train].mean(axis=0)
    assert facts.baseline.validation["mae"] == pytest.approx(
        np.abs(encoded.x[encoded.rows.validation] - mean).mean(), rel=1e-5
    )
    assert describe(data) == facts


def test_a_reconstruction_needs_no_target_and_sees_every_row(table: MakeTable, spec: MakeSpec) -> None:
    data = spec(table("n,y", "1,1", "2,", "4,5"), ["n", "y"], Task.RECONSTRUCTION)
    encoded = encode(data)
    assert encoded.source_rows.tolist() == [0, 1, 2]
    assert encoded.facts.features == ("n",)


# ---- weights ----


@pytest.fixture
def weighted(table: MakeTable, spec: MakeSpec) -> Callable[..., DataSpec]:
    def make(*weights: object) -> DataSpec:
        source = table("n,w,y", *(f"{row},{weight},{row}" for row, weight in enumerate(weights)), "9,,")
        return with_role(spec(source, ["n", "w", "y"], Task.REGRESSION), Role.WEIGHT, "w")

    return make


def test_weights_stand_beside_the_rows(weighted: Callable[..., DataSpec]) -> None:
    encoded = encode(weighted(1, 0, 2.5))
    assert encoded.weights is not None
    assert (str(encoded.weights.dtype), encoded.weights.tolist()) == ("float32", [1, 0, 2.5])
    assert encoded.facts.features == ("n",)


def test_without_weights_all_rows_count_alike(pair: DataSpec) -> None:
    assert encode(pair).weights is None


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        ((1, "", 2), "1 row of the weight “w” is missing. Every row needs a finite weight."),
        ((1, "inf", ""), "2 rows of the weight “w” are missing."),
        ((1, -1, 2), "The weight “w” is negative in 1 row. A row can count less"),
        ((1, "x", 2), "“w” cannot be used as a number. It holds “x”."),
    ],
)
def test_weights_that_cannot_be(weighted: Callable[..., DataSpec], weights: tuple[object, ...], sentence: str) -> None:
    data = weighted(*weights)
    for look in (encode, describe):
        with pytest.raises(DataError, match=re.escape(sentence)):
            look(data)


def test_some_training_row_must_count(weighted: Callable[..., DataSpec]) -> None:
    with pytest.raises(DataError, match="No training row counts"):
        encode(weighted(0, 0, 0))


def test_a_group_is_no_feature(pair: DataSpec) -> None:
    data = with_role(with_role(pair, Role.FEATURE, "g"), Role.GROUP, "n")
    assert encode(data).facts.features == ("g",)
