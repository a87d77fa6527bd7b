"""Declared fields check themselves, and say what is wrong in a sentence."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.spec.columns import ENCODINGS
from nnstudio.spec.data import Batches
from nnstudio.spec.errors import SpecError
from nnstudio.spec.layers import LAYERS, Conv1d, Conv2d, Linear
from nnstudio.spec.layouts import LAYOUTS
from nnstudio.spec.losses import LOSSES
from nnstudio.spec.optimizers import OPTIMIZERS, SGD
from nnstudio.spec.params import Declared, Field, Param, Registry, fields_of, read_fields, write_fields
from nnstudio.spec.sources import SOURCES
from nnstudio.spec.splits import SPLITS
from nnstudio.spec.training import Training
from tests.spec.attempt import attempt
from tests.spec.strategies import declared, few, json_values, values

REGISTRIES: list[Registry[Any]] = [LAYERS, LOSSES, OPTIMIZERS, SOURCES, SPLITS, LAYOUTS, ENCODINGS]
KINDS = [kind for registry in REGISTRIES for kind in registry.kinds.values()]
DECLARED: list[type[Declared]] = [*KINDS, Batches, Training]
FIELDS = [(cls, field) for cls in DECLARED for field in fields_of(cls)]
each_declared = pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.__name__)
each_field = pytest.mark.parametrize(
    ("cls", "field"), FIELDS, ids=[f"{cls.__name__}.{field.name}" for cls, field in FIELDS]
)


@dataclass(frozen=True, slots=True)
class Dial(Declared):
    """A dial with one field of each type.

    And more to say about it.
    """

    title = "Dial"

    count: Annotated[int, Param("Count", "How many.", low=1, high=1_048_576)] = 2
    rate: Annotated[float, Param("Rate", "How fast.", above=0, high=0.9999)] = 0.5
    free: Annotated[float, Param("Free", "Any number.")] = 0.0
    on: Annotated[bool, Param("On", "Whether it turns.")] = True
    label: Annotated[str, Param("Label", "What it says.")] = ""
    mode: Annotated[Literal["slow", "fast"], Param("Mode", "How it turns.", labels=("Slow", "Fast"))] = "slow"
    note: str = "not declared"


# what a field allows


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"count": 0}, "Dial: count must be at least 1, not 0."),
        ({"count": 1_048_577}, "Dial: count must be at most 1,048,576, not 1048577."),
        ({"count": 1.0}, "Dial: count must be a whole number, not 1.0."),
        ({"count": "1"}, "Dial: count must be a whole number, not '1'."),
        ({"count": True}, "Dial: count must be a whole number, not True."),
        ({"count": None}, "Dial: count must be a whole number, not None."),
        ({"rate": 0}, "Dial: rate must be greater than 0, not 0."),
        ({"rate": -0.5}, "Dial: rate must be greater than 0, not -0.5."),
        ({"rate": 1}, "Dial: rate must be at most 0.9999, not 1."),
        ({"rate": math.nan}, "Dial: rate must be a finite number, not nan."),
        ({"rate": math.inf}, "Dial: rate must be a finite number, not inf."),
        ({"free": -math.inf}, "Dial: free must be a finite number, not -inf."),
        ({"free": False}, "Dial: free must be a number, not False."),
        ({"free": "0.5"}, "Dial: free must be a number, not '0.5'."),
        ({"on": 1}, "Dial: on must be true or false, not 1."),
        ({"on": "yes"}, "Dial: on must be true or false, not 'yes'."),
        ({"label": 7}, "Dial: label must be text, not 7."),
        ({"mode": "medium"}, "Dial: mode must be one of slow, fast, not 'medium'."),
        ({"mode": ["slow"]}, "Dial: mode must be one of slow, fast, not ['slow']."),
    ],
)
def test_a_bad_value_is_named_with_its_rule(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as raised:
        Dial(**values)
    assert str(raised.value) == sentence


def test_the_bounds_themselves_are_allowed() -> None:
    assert Dial(count=1, rate=0.9999) == Dial(1, 0.9999)
    assert Dial(count=1_048_576, rate=5e-324).rate > 0


def test_whole_numbers_become_floats_where_a_float_is_declared() -> None:
    dial = Dial(free=3)
    assert isinstance(dial.free, float)
    assert dial == Dial(free=3.0)
    assert isinstance(SGD(momentum=0).momentum, float)


@pytest.mark.parametrize("given", [(1, 7), [1, 7]])
def test_a_window_may_have_another_length_on_each_side(given: Any) -> None:
    assert Conv2d(kernel_size=given).kernel_size == (1, 7)
    assert LAYERS.read(json.loads(json.dumps(LAYERS.write(Conv2d(8, given))))) == Conv2d(8, (1, 7))


def test_sides_that_are_all_alike_are_one_number() -> None:
    assert Conv2d(8, (5, 5), padding=(2, 2)) == Conv2d(8, 5, padding=2)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((1, 2, 3), "Convolution 2d: kernel must be a whole number, or 2 such as 1 × 2, not (1, 2, 3)."),
        ((1, "2"), "Convolution 2d: kernel must be a whole number, or 2 such as 1 × 2, not (1, '2')."),
        ((True, 1), "Convolution 2d: kernel must be a whole number, or 2 such as 1 × 2, not (True, 1)."),
        ((1, 0), "Convolution 2d: kernel must be at least 1, not (1, 0)."),
        ("1 × 2", "Convolution 2d: kernel must be a whole number, or 2 such as 1 × 2, not '1 × 2'."),
    ],
)
def test_sides_are_checked_one_by_one(given: Any, sentence: str) -> None:
    with pytest.raises(SpecError) as raised:
        Conv2d(kernel_size=given)
    assert str(raised.value) == sentence


def test_a_sequence_has_a_single_side() -> None:
    with pytest.raises(SpecError, match=r"kernel must be a whole number, not \(1, 2\)"):
        Conv1d(kernel_size=(1, 2))


@pytest.mark.parametrize("name", ["count", "free"])
@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_whole_number_of_any_length_is_refused_in_a_short_sentence(name: str, value: int) -> None:
    with pytest.raises(SpecError, match="must be a finite number") as raised:
        Dial(**{name: value})  # type: ignore[arg-type]  # the test names the field
    assert len(str(raised.value)) < 120


def test_a_long_text_is_cut_short_in_the_sentence() -> None:
    with pytest.raises(SpecError) as raised:
        Dial(count="x" * 100_000)  # type: ignore[arg-type]  # on purpose
    assert len(str(raised.value)) < 120


@few
@given(st.data())
@each_field
def test_every_declared_field_allows_what_lies_within_its_bounds(
    cls: type[Declared], field: Field, data: st.DataObject
) -> None:
    field.check(data.draw(values(field)), cls.title)


@few
@given(value=json_values)
@each_field
def test_every_declared_field_allows_or_refuses_any_value(cls: type[Declared], field: Field, value: object) -> None:
    problem = attempt(lambda: field.check(value, cls.title))
    if problem:
        assert problem.what.startswith(f"{cls.title}: {field.param.title.lower()} must be ")
    elif not isinstance(value, tuple):
        assert isinstance(value, (int, float) if field.type is float else field.type)
        assert not isinstance(value, bool) or field.type is bool


# what a declaration says


@each_field
def test_every_field_explains_itself(cls: type[Declared], field: Field) -> None:
    assert field.param.title[0].isupper()
    assert field.param.help[0].isupper()
    assert field.param.help.endswith(".")
    assert len(field.param.labels) in (0, len(field.choices))
    assert field.name in {item.name for item in fields(cls)}  # type: ignore[arg-type]  # all of them are dataclasses


@each_field
def test_every_default_is_allowed_and_not_hidden_behind_the_bounds(cls: type[Declared], field: Field) -> None:
    field.check(field.default, cls.title)
    assert isinstance(field.default, field.type)
    low, high = field.param.low, field.param.high
    assert low is None or high is None or low < high
    assert low is None or field.param.above is None


@each_declared
def test_every_declaration_has_a_title_and_one_sentence(cls: type[Declared]) -> None:
    assert cls.title
    assert cls.explanation().endswith((".", "?"))
    assert "\n" not in cls.explanation()


def test_the_explanation_is_the_first_line_of_the_docstring() -> None:
    assert Dial.explanation() == "A dial with one field of each type."


@pytest.mark.parametrize(
    ("title", "wording"),
    [
        ("Log-softmax", "log-softmax"),
        ("ReLU", "ReLU"),
        ("Leaky ReLU", "leaky ReLU"),
        ("Batch norm 1d", "batch norm 1d"),
        ("Mean absolute error (L1)", "mean absolute error (L1)"),
    ],
)
def test_a_title_within_a_sentence(title: str, wording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dial, "title", title)
    assert Dial.wording() == wording


def test_only_annotated_fields_are_declared_in_their_order() -> None:
    assert [field.name for field in fields_of(Dial)] == ["count", "rate", "free", "on", "label", "mode"]
    assert fields_of(Dial) is fields_of(Dial)
    assert fields_of(Dial)[-1].choices == ("slow", "fast")
    assert fields_of(Dial)[-1].type is str


def test_a_declared_field_needs_a_default() -> None:
    @dataclass(frozen=True)
    class Bare(Declared):
        """Nothing is given."""

        count: Annotated[int, Param("Count", "How many.")]

    with pytest.raises(TypeError, match="the declared field count needs a default"):
        fields_of(Bare)


# JSON


@few
@given(st.data())
@each_declared
def test_declared_fields_round_trip(cls: type[Declared], data: st.DataObject) -> None:
    value = data.draw(declared(cls))
    assert read_fields(cls, write_fields(value)) == value


@each_declared
def test_missing_fields_take_their_defaults(cls: type[Declared]) -> None:
    assert read_fields(cls, {}) == cls()


def test_unknown_fields_are_named() -> None:
    with pytest.raises(SpecError, match=r"^Dial has no field called note, size\.$"):
        read_fields(Dial, {"size": 1, "note": "", "count": 3})


@pytest.mark.parametrize("data", [None, 3, "text", ["count"], True])
def test_fields_are_read_from_an_object_only(data: object) -> None:
    with pytest.raises(SpecError, match=r"^Dial must be a JSON object, not .+\.$"):
        read_fields(Dial, data)


@given(data=st.dictionaries(st.sampled_from(["out_features", "bias", "p", ""]), json_values))
def test_reading_fields_gives_a_value_or_a_sentence(data: dict[str, object]) -> None:
    linear = attempt(lambda: read_fields(Linear, data))
    if isinstance(linear, Linear):
        assert write_fields(linear).items() >= data.items()
    else:
        assert linear.what.startswith(("Linear has no field called", "Linear: "))


def test_registering_a_key_twice_is_a_defect() -> None:
    registry: Registry[Dial] = Registry("dial")
    registry("dial", "Dial")(Dial)
    with pytest.raises(TypeError, match="two kinds of dial are called dial"):
        registry("dial", "Another")(Dial)


def test_a_choice_among_kinds_names_them_by_their_titles() -> None:
    field = LAYOUTS.choice("layout", Param("Example", "What one example is."))
    assert (field.name, field.choices) == ("layout", tuple(LAYOUTS.kinds))
    assert field.param.labels == tuple(kind.title for kind in LAYOUTS.kinds.values())
    assert field.param.title == "Example"


def test_a_subclass_has_the_fields_of_its_own() -> None:
    assert [field.name for field in fields_of(Conv2d)] == [
        "out_channels",
        "kernel_size",
        "stride",
        "padding",
        "bias",
        "dilation",
        "groups",
        "padding_mode",
    ]
