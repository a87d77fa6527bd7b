"""An encoding keeps every bit as JSON, reads what earlier versions wrote, and says no to what makes no sense."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.answers import ClassTarget, InputTarget, ValueTarget
from nnstudio.data.encoding.encoders import DATE_PARTS, CategoryFeature, DateFeature, ImageFeature, NumberFeature
from nnstudio.data.encoding.fitted import Encoding, decode_target
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.layouts import RowLayout, SequenceLayout, WindowLayout
from nnstudio.spec.tasks import Task

AGE = NumberFeature("age", 30.5, 31.0, 0.1 + 0.2)
SEX = CategoryFeature("sex", ("female", "male"), True, "male")
BORN = DateFeature("born", ("elapsed", "month", "weekday"), True, 10_957.5, 365.25, 0.0, 1.0)
CLASSES = ClassTarget("species", ("Adelie", "Gentoo"))
PRICE = ValueTarget(("price",), (1 / 3,), (2.5,), (1 / 3,))
IMAGE = ImageFeature("image", 4, 3, "rgb", (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))

TABLE = Encoding(Task.BINARY, (AGE, SEX, BORN), CLASSES)
PICTURES = Encoding(Task.MULTICLASS, (IMAGE,), CLASSES)
VALUES = Encoding(Task.REGRESSION, (AGE,), PRICE)
PAIR = Encoding(Task.REGRESSION, (AGE,), ValueTarget(("a", "b"), (1.0, 2.0), (10.0, 0.5), (1.0, 2.0)))
LINES = Encoding(Task.RECONSTRUCTION, (IMAGE,), InputTarget(), SequenceLayout(3))
STEPS = Encoding(Task.BINARY, (SEX, AGE), CLASSES, SequenceLayout(2))
SERIES = Encoding(
    Task.REGRESSION, (AGE,), PRICE, WindowLayout(5, 2, "day"), (NumberFeature("price", 1.0, 0.0, 2.0),), "shop"
)
ALL = (TABLE, PICTURES, VALUES, PAIR, LINES, STEPS, SERIES)

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=5e-324, allow_infinity=False)
names = st.text(max_size=8)
methods = st.sampled_from(["standard", "minmax", "robust", "log", "none"])
number_features = st.builds(NumberFeature, names, finite, finite, positive, methods, st.booleans())
category_features = st.lists(names, min_size=1, max_size=4, unique=True).flatmap(
    lambda found: st.builds(
        CategoryFeature,
        names,
        st.just(tuple(found)),
        st.booleans(),
        st.sampled_from(found),
        st.sampled_from(["one_hot", "ordinal", "index"]),
        st.booleans(),
    )
)
parts = st.sets(st.sampled_from(DATE_PARTS), min_size=1).map(
    lambda found: tuple(part for part in DATE_PARTS if part in found)
)
days = st.floats(-1e6, 1e6)
date_features = st.builds(DateFeature, names, parts, st.booleans(), days, positive, finite, positive)
values = st.lists(st.tuples(names, finite, positive, finite), min_size=1, max_size=3).map(
    lambda found: ValueTarget(*map(tuple, zip(*found, strict=True)))
)
encodings = st.builds(
    Encoding,
    st.just(Task.REGRESSION),
    st.lists(number_features | category_features | date_features, min_size=1, max_size=4).map(tuple),
    values,
    st.just(RowLayout()) | st.builds(WindowLayout, st.integers(1, 99), st.integers(1, 99), names),
)


@given(encodings)
def test_json_keeps_every_bit(encoding: Encoding) -> None:
    assert Encoding.from_json(encoding.to_json()) == encoding


@pytest.mark.parametrize("encoding", ALL)
def test_json_keeps_each_kind(encoding: Encoding) -> None:
    again = Encoding.from_json(encoding.to_json())
    assert again == encoding
    assert again.to_json() == encoding.to_json()
    assert hash(again) == hash(encoding)


@pytest.mark.parametrize("encoding", ALL)
def test_every_number_has_a_name_an_origin_and_a_meaning(encoding: Encoding) -> None:
    count = len(encoding.names)
    assert len(encoding.origins) == len(encoding.meanings()) == count
    assert len(encoding.meanings(figures=True)) == (3 if encoding.image else count)


def test_names_and_shapes() -> None:
    assert TABLE.names == (
        *("age", "sex = female", "sex = male", "sex = (missing)", "born: elapsed"),
        *("born: month, sine", "born: month, cosine", "born: weekday, sine", "born: weekday, cosine"),
    )
    assert TABLE.origins == ("age", *["sex"] * 3, *["born"] * 5)
    assert (TABLE.input_shape, TABLE.image, TABLE.answers) == ((9,), None, 1)
    assert (PICTURES.names, PICTURES.input_shape) == ((), (3, 3, 4))
    assert (LINES.input_shape, LINES.answers) == ((3, 12), 36)
    assert (STEPS.input_shape, STEPS.answers) == ((2, 2), 1)
    assert (SERIES.input_shape, SERIES.names) == ((5, 2), ("age", "price (past)"))
    assert PAIR.answers == 2
    assert CLASSES.positive == "Gentoo"


def test_meanings_are_told_in_words_and_with_figures() -> None:
    assert TABLE.meanings()[:5] == (
        "standardised: mean 0, deviation 1",
        *("1 where it is “female”", "1 where it is “male”", "1 where it is missing"),
        "days, standardised",
    )
    assert TABLE.meanings(figures=True)[0] == "(cell − 31) ÷ 0.3"
    assert TABLE.meanings(figures=True)[4:6] == ("days since 2000-01-02 ÷ 365.2", "sine of the month")
    assert PICTURES.meanings(figures=True)[2] == "blue: (level ÷ 255 − 0.3) ÷ 3"
    logs = NumberFeature("x", 0.0, -1.5, 1.0, "log", indicator=True)
    assert logs.meanings(figures=True) == ("sign × log(1 + |cell|) + 1.5", "1 where the cell is missing")


# ---- version 1 ----

FIRST = {
    "version": 1,
    "task": "binary",
    "features": [
        {"kind": "number", "name": "age", "fill": 30.5, "mean": 31.0, "std": 0.1 + 0.2},
        {"kind": "category", "name": "sex", "categories": ["female", "male"], "missing": True, "fill": "male"},
    ],
    "target": {"name": "species", "classes": ["Adelie", "Gentoo"]},
}


def test_models_of_version_1_still_load() -> None:
    assert Encoding.from_json(json.dumps(FIRST)) == Encoding(Task.BINARY, (AGE, SEX), CLASSES)
    value = {"name": "price", "offset": 1 / 3, "scale": 2.5}
    numbers = {**FIRST, "task": "regression", "features": FIRST["features"][:1], "target": value}  # type: ignore[index]
    assert Encoding.from_json(json.dumps(numbers)) == VALUES
    image = {"kind": "image", "name": "image", "width": 4, "height": 3, "colour": "rgb"}
    image |= {"mean": [0.1, 0.2, 0.3], "std": [1.0, 2.0, 3.0]}
    pictures = {**FIRST, "task": "multiclass", "features": [image]}
    assert Encoding.from_json(json.dumps(pictures)) == PICTURES


# ---- what strangers send ----


def changed(path: str, value: object, encoding: Encoding = TABLE) -> str:
    """The JSON of an encoding with one value replaced (or removed)."""
    content: Any = json.loads(encoding.to_json())
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = content
    for parent in parents:
        inner = inner[parent]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        "{}",
        json.dumps(FIRST | {"features": [{"kind": "number", "name": "age", "fill": 1}]}),
        json.dumps(FIRST | {"features": 5}),
        json.dumps(FIRST | {"target": None}),
        changed("version", 3),
        changed("version", None),
        changed("task", "regression"),
        changed("task", "reconstruction"),
        changed("task", "divination"),
        changed("features", []),
        changed("features", {}),
        changed("features.0", 5),
        changed("features.0.kind", "os.system"),
        changed("features.0.kind", ["number"]),
        changed("features.0.name", 5),
        changed("features.0.offset", "0.5"),
        changed("features.0.offset", True),
        changed("features.0.offset", None),
        changed("features.0.offset", 10**400),
        changed("features.0.scale", 0),
        changed("features.0.scale", -1.5),
        changed("features.0.fill", math.nan),
        changed("features.0.offset", math.inf),
        changed("features.0.method", "magic"),
        changed("features.0.method", 1),
        changed("features.0.indicator", "yes"),
        changed("features.1.categories", ["male", "male"]),
        changed("features.1.categories", [1, 2]),
        changed("features.1.categories", "male"),
        changed("features.1.missing", 1),
        changed("features.1.code", "hash"),
        changed("features.2.parts", []),
        changed("features.2.parts", ["month", "elapsed"]),
        changed("features.2.parts", ["century"]),
        changed("features.2.days_mean", 1e300),
        changed("features.2.days_std", 0.0),
        changed("target.kind", "values"),
        changed("target.kind", "secret"),
        changed("target.classes", ["Adelie"]),
        changed("target.classes", ["Adelie", "Adelie"]),
        changed("target.scales", [0], VALUES),
        changed("target.scales", [1, 1], VALUES),
        changed("target.offsets", [], PAIR),
        changed("target.means", [1.0], PAIR),
        changed("layout", 5),
        changed("layout.kind", "spiral"),
        changed("layout.steps", 3, STEPS),
        changed("layout.steps", 0, STEPS),
        changed("layout.length", 10**9, SERIES),
        changed("layout", {"kind": "window"}, PICTURES),
        changed("layout", {"kind": "row"}, SERIES),
        changed("group", 5, SERIES),
        changed("past", [5], SERIES),
        changed("features.0.colour", "cmyk", PICTURES),
        changed("features.0.width", 0, PICTURES),
        changed("features.0.levels", 10**9, PICTURES),
        changed("features.0.mean", [0.5], PICTURES),
        changed("features.0.std", [1, 1, 0], PICTURES),
    ],
)
def test_a_damaged_encoding_is_refused(text: str) -> None:
    with pytest.raises(ModelFileError):
        Encoding.from_json(text)


def test_values_that_do_not_say_their_means_were_standardised() -> None:
    content = json.loads(PAIR.to_json())
    del content["target"]["means"]
    assert Encoding.from_json(json.dumps(content)) == PAIR


def test_a_stand_in_must_be_a_known_category() -> None:
    with pytest.raises(ModelFileError, match="“sex” makes no sense"):
        CategoryFeature("sex", ("female", "male"), False, "none")


def test_pictures_come_alone() -> None:
    with pytest.raises(ModelFileError, match="its inputs make"):
        Encoding(Task.BINARY, (AGE, *PICTURES.features), CLASSES)


# ---- categories and answers ----


def test_places_of_categories() -> None:
    assert SEX.places(["male", "new", "female"]).tolist() == [1, -1, 0, 2]
    filled = CategoryFeature("sex", ("female", "male"), False, "male")
    assert filled.places(["male"]).tolist() == [1, 1]
    capped = CategoryFeature("sex", ("female", "male"), True, "male", "one_hot", other=True)
    assert capped.names == ("sex = female", "sex = male", "sex = (other)", "sex = (missing)")
    assert capped.places(["male", "new"]).tolist() == [1, 2, 3]


def test_places_as_one_number() -> None:
    sizes = CategoryFeature("size", ("1", "2", "3"), True, "1", "ordinal")
    assert sizes.coded(sizes.places(["3", "1", "9"])).tolist() == pytest.approx([2 / 3, 0, 0.5, 1])
    rows = CategoryFeature("size", ("1", "2", "3"), True, "1", "index")
    assert rows.coded(rows.places(["3", "1", "9"])).tolist() == [3, 1, 0, 0]
    most = CategoryFeature("size", ("1", "2", "3"), False, "2", "index", other=True)
    assert most.coded(most.places(["3", "1", "9"])).tolist() == [3, 1, 4, 2]
    assert most.meanings(figures=False) == ("row 0 to 4 of an embedding table; 0 is unknown or missing",)


def test_answers_come_back_in_the_targets_own_words() -> None:
    assert decode_target(TABLE, np.array([1, 0, 1])).tolist() == ["Gentoo", "Adelie", "Gentoo"]
    for shape in ((2,), (2, 1)):
        values = decode_target(VALUES, np.array([0.0, 2.0], np.float32).reshape(shape))
        assert values.dtype == np.float64
        assert values.tolist() == [1 / 3, 2.0 * 2.5 + 1 / 3]
    both = decode_target(PAIR, np.array([[0.0, 0.0], [1.0, -2.0]], np.float32))
    assert both.tolist() == [[1.0, 2.0], [11.0, 1.0]]
    assert decode_target(LINES, np.ones((2, 3, 12), np.float32)).shape == (2, 36)
