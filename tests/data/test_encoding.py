"""An encoding keeps every bit as JSON, and says no to what makes no sense."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.data.encoders import CategoryFeature, ClassTarget, ImageFeature, NumberFeature, ValueTarget
from nnstudio.data.encoding import Encoding, decode_target
from nnstudio.spec.errors import ModelFileError
from nnstudio.spec.tasks import Task

AGE = NumberFeature("age", 30.5, 31.0, 0.1 + 0.2)
SEX = CategoryFeature("sex", ("female", "male"), True, "male")
CLASSES = ClassTarget("species", ("Adelie", "Gentoo"))
TABLE = Encoding(Task.BINARY, (AGE, SEX), CLASSES)
PICTURES = Encoding(Task.MULTICLASS, (ImageFeature("image", 4, 3, "rgb", (0.1, 0.2, 0.3), (1.0, 2.0, 3.0)),), CLASSES)
VALUES = Encoding(Task.REGRESSION, (AGE,), ValueTarget("price", 1 / 3, 2.5))

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=5e-324, allow_infinity=False)
names = st.text(max_size=8)
number_features = st.builds(NumberFeature, names, finite, finite, positive)
category_features = st.lists(names, min_size=1, max_size=4, unique=True).flatmap(
    lambda found: st.builds(CategoryFeature, names, st.just(tuple(found)), st.booleans(), st.sampled_from(found))
)
encodings = st.builds(
    Encoding,
    st.just(Task.REGRESSION),
    st.lists(number_features | category_features, min_size=1, max_size=4).map(tuple),
    st.builds(ValueTarget, names, finite, positive),
)


@given(encodings)
def test_json_keeps_every_bit(encoding: Encoding) -> None:
    assert Encoding.from_json(encoding.to_json()) == encoding


@pytest.mark.parametrize("encoding", [TABLE, PICTURES, VALUES])
def test_json_keeps_each_kind(encoding: Encoding) -> None:
    again = Encoding.from_json(encoding.to_json())
    assert again == encoding
    assert again.to_json() == encoding.to_json()
    assert hash(again) == hash(encoding)


def test_names_and_shapes() -> None:
    assert TABLE.names == ("age", "sex = female", "sex = male", "sex = (missing)")
    assert (TABLE.input_shape, TABLE.image) == ((4,), None)
    assert (PICTURES.names, PICTURES.input_shape) == ((), (3, 3, 4))
    assert CLASSES.positive == "Gentoo"


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
        changed("version", 2),
        changed("task", "regression"),
        changed("task", "divination"),
        changed("features", []),
        changed("features.0", 5),
        changed("features.0.kind", "os.system"),
        changed("features.0.name", 5),
        changed("features.0.mean", "0.5"),
        changed("features.0.mean", True),
        changed("features.0.mean", None),
        changed("features.0.std", 0),
        changed("features.0.std", -1.5),
        changed("features.0.fill", math.nan),
        changed("features.0.mean", math.inf),
        changed("features.1.categories", ["male", "male"]),
        changed("features.1.categories", [1, 2]),
        changed("features.1.missing", 1),
        changed("target.classes", ["Adelie"]),
        changed("target.classes", ["Adelie", "Adelie"]),
        changed("target.scale", 0, VALUES),
        changed("features.0.colour", "cmyk", PICTURES),
        changed("features.0.width", 0, PICTURES),
        changed("features.0.mean", [0.5], PICTURES),
        changed("features.0.std", [1, 1, 0], PICTURES),
    ],
)
def test_a_damaged_encoding_is_refused(text: str) -> None:
    with pytest.raises(ModelFileError):
        Encoding.from_json(text)


def test_a_stand_in_must_be_a_known_category() -> None:
    with pytest.raises(ModelFileError, match="“sex” makes no sense"):
        CategoryFeature("sex", ("female", "male"), False, "none")


def test_pictures_come_alone() -> None:
    with pytest.raises(ModelFileError, match="its inputs make"):
        Encoding(Task.BINARY, (AGE, *PICTURES.features), CLASSES)


def test_places_of_categories() -> None:
    assert SEX.places(["male", "other", "female"]).tolist() == [1, -1, 0, 2]
    filled = CategoryFeature("sex", ("female", "male"), False, "male")
    assert filled.places(["male"]).tolist() == [1, 1]


def test_answers_come_back_in_the_targets_own_words() -> None:
    assert decode_target(TABLE, np.array([1, 0, 1])).tolist() == ["Gentoo", "Adelie", "Gentoo"]
    for shape in ((2,), (2, 1)):
        values = decode_target(VALUES, np.array([0.0, 2.0], np.float32).reshape(shape))
        assert values.dtype == np.float64
        assert values.tolist() == [1 / 3, 2.0 * 2.5 + 1 / 3]
