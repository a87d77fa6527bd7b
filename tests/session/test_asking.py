"""Examples that are made up: their values, the curve along one of them, and what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnstudio.session.answers import as_text, percent, ranked, remarks, standing, taken_words, verdict, which_model
from nnstudio.session.asking import Asked, days_of, moment_of, offered, read_cell, sweep, typical, with_cell, with_taken
from nnstudio.spec.events import ExampleTaken
from nnstudio.spec.facts import OTHER_CATEGORY
from nnstudio.spec.inputs import Cell, ChoiceInput, DateInput, Input, ModelForm, NumberInput, PictureInput, SeenValues
from nnstudio.spec.tasks import Task

LENGTH = NumberInput("length", 0.0, 10.0, 4.0, 5.0, (2.0, 4.0, 8.0), is_whole=False, fill=4.5)
PETALS = NumberInput("petals", 3.0, 6.0, 5.0, 4.5, (4.0, 5.0, 6.0), is_whole=True, fill=5.0)
CITY = ChoiceInput("city", ("Oslo", "Rome"), (5, 3), "Oslo", other=True, missing=True, fill="Oslo")
KIND = ChoiceInput("kind", ("a", "b"), (5, 3), "a", other=False, missing=False, fill="a")
DAY = DateInput("day", "2024-01-01", "2024-01-31", "2024-01-15")
FORM = ModelForm("m.pth", Task.MULTICLASS, "species", (LENGTH, PETALS, CITY, KIND, DAY), 1, ("x", "y", "z"))
SEEN = SeenValues("mass", 50.0, tuple(map(float, range(101))), (1,) * 24)
VALUES = ModelForm("m.pth", Task.REGRESSION, "mass", (LENGTH,), seen=(SEEN,))
ROW = (4.0, 5.0, "Oslo", "a", "2024-01-15")


def test_it_begins_with_a_typical_row() -> None:
    asked = typical(FORM)
    assert asked.cells == (ROW,)
    assert (asked.focused, asked.focused_cell) == (LENGTH, 4.0)
    assert typical(ModelForm("m.pth", Task.BINARY, "y", (PictureInput("image", 8, 8, 1),))).cells == ()
    assert len(typical(ModelForm("m.pth", Task.REGRESSION, "y", (LENGTH,), steps=3)).cells) == 3


def test_another_value_is_no_row_of_the_data_any_more() -> None:
    taken = ExampleTaken((1.0, 0, 0), (ROW,), number=2, total=9, row=5, truth=("x",))
    asked = with_taken(typical(FORM), taken)
    assert with_cell(asked, 0, 1, 5.0).taken is taken, "it is what it was"
    changed = with_cell(asked, 0, 1, 6.0)
    assert changed.taken is None
    assert changed.cells == ((4.0, 6.0, "Oslo", "a", "2024-01-15"),)
    assert changed.focus == (0, 1)


@pytest.mark.parametrize(
    ("at", "values"),
    [
        (1, (3.0, 4.0, 5.0, 6.0)),
        (2, ("Oslo", "Rome", OTHER_CATEGORY, None)),
        (3, ("a", "b")),
    ],
)
def test_a_curve_goes_over_what_there_is(at: int, values: tuple[object, ...]) -> None:
    going = sweep(with_cell(typical(FORM), 0, at, ROW[at]))
    assert going.values == values
    assert [row[at] for row in going.rows] == list(values)
    assert {row[:at] + row[at + 1 :] for row in going.rows} == {ROW[:at] + ROW[at + 1 :]}


def test_a_curve_goes_from_the_smallest_to_the_largest_value_and_to_the_present_one() -> None:
    places = sweep(typical(FORM)).places
    assert (len(places), places[0], places[-1]) == (100, 0.0, 10.0)
    assert sweep(with_cell(typical(FORM), 0, 0, 12.0)).places[-1] == 12.0
    assert sweep(with_cell(typical(FORM), 0, 0, None)).places[-1] == 10.0
    days = sweep(with_cell(typical(FORM), 0, 4, "2024-01-15"))
    assert (days.values[0], days.values[-1]) == ("2024-01-01", "2024-01-31")


def test_a_curve_of_a_window_has_all_rows_of_each() -> None:
    form = ModelForm("m.pth", Task.REGRESSION, "y", (PETALS,), steps=2, seen=(SEEN,))
    going = sweep(Asked(form, ((3.0,), (5.0,)), (0, 0)))
    assert going.rows == ((3.0,), (5.0,), (4.0,), (5.0,), (5.0,), (5.0,), (6.0,), (5.0,))


def test_moments_are_days_and_back() -> None:
    assert days_of("1970-01-02") == 1.0
    assert moment_of(1.5) == "1970-01-02 12:00"
    assert days_of("soon") is None
    assert days_of(None) is None


@pytest.mark.parametrize(
    ("at", "cell", "said"),
    [
        (0, 12.0, "“length” lies outside of what was seen in training, 0 to 10."),
        (0, 10.0, ""),
        (0, None, "“length” is missing: 4.5 stands in."),
        (2, "Bonn", ""),
        (3, "c", "“kind” has the value “c”, which was not seen in training: it counts as none."),
        (3, None, "“kind” is missing: “a” stands in."),
        (4, "2024-02-03", "“day” lies outside of what was seen in training, 2024-01-01 to 2024-01-31."),
    ],
)
def test_what_training_rows_do_not_have_is_said(at: int, cell: float | str | None, said: str) -> None:
    assert remarks(with_cell(typical(FORM), 0, at, cell)) == ((said,) if said else ())


def test_another_and_a_missing_category_are_offered_where_they_have_a_place() -> None:
    assert offered(CITY) == ("Oslo", "Rome", OTHER_CATEGORY, None)
    assert offered(KIND) == ("a", "b")


def test_of_many_classes_the_most_probable_and_the_true_one_are_shown() -> None:
    classes = tuple(f"class {number}" for number in range(100))
    form = ModelForm("m.pth", Task.MULTICLASS, "y", (LENGTH,), classes=classes)
    answer = tuple((100 - number) / 5050 for number in range(100))
    chances = ranked(form, answer, ("class 50",))
    assert [chance.name for chance in chances] == [*classes[:7], "class 50", "92 other classes"]
    assert [chance.name for chance in chances if chance.is_true] == ["class 50"]
    assert sum(chance.share for chance in chances) == pytest.approx(1)


def test_few_classes_keep_their_colours() -> None:
    assert [chance.colour for chance in ranked(FORM, (0.1, 0.2, 0.7))] == [2, 1, 0]
    form = ModelForm("m.pth", Task.MULTICLASS, "y", (LENGTH,), classes=("a", "b", "c", "d"))
    assert [chance.colour for chance in ranked(form, (0.1, 0.2, 0.3, 0.4))] == [0, 1, 2, None]


def test_whether_the_network_is_right_is_said() -> None:
    right = ExampleTaken((0.7, 0.2, 0.1), (ROW,), truth=("x",))
    assert verdict(FORM, right.answer, right) == "True: x. The network is right."
    assert verdict(FORM, (0.2, 0.7, 0.1), right).endswith("wrong.")
    assert verdict(FORM, right.answer, None) == ""
    assert verdict(VALUES, (42.5,), ExampleTaken((42.5,), truth=(40.0,))) == "True: 40. The network is 2.5 too high."
    assert verdict(VALUES, (40.0,), ExampleTaken((40.0,), truth=(40.0,))) == "True: 40. The network is right."


@pytest.mark.parametrize(
    ("value", "said"), [(-1, "Lower than in any"), (30.5, "Higher than in 31 % of"), (101, "Higher than in any")]
)
def test_where_a_value_lies_is_said(value: float, said: str) -> None:
    assert standing(SEEN, value).startswith(said)
    assert standing(SEEN, value).endswith("their mean is 50.")


def test_which_row_is_shown_is_said() -> None:
    taken = ExampleTaken((1.0,), number=3, total=34, row=12)
    assert taken_words(taken, "validation") == "Row 12 of the file: 3 of 34 validation rows."
    mistake = ExampleTaken((1.0,), number=1, total=2, row=12, is_mistake=True)
    assert taken_words(mistake, "test") == "Row 12 of the file: mistake 1 of 2 in the test rows."
    assert taken_words(ExampleTaken((1.0,), preview="p.arrow"), "test") == ""


def test_which_network_answers_is_said() -> None:
    assert which_model("/r/1/best.pth", "/r/1/best.pth", 12, False) == "The best weights of the last run, of epoch 12."
    assert which_model("/r/1/best.pth", "", 0, True) == "The best weights of run 1, while another run is going on."
    assert which_model("/m/theirs.pth", "", 0, False) == "The weights of “theirs.pth”."


def test_a_row_is_copied_as_a_table() -> None:
    names = "length\tpetals\tcity\tkind\tday"
    assert as_text(typical(FORM), (0.5, 0.25, 0.25)) == (
        f"{names}\tprobability_x\tprobability_y\tprobability_z\n4.0\t5.0\tOslo\ta\t2024-01-15\t0.5\t0.25\t0.25\n"
    )
    assert as_text(typical(VALUES), None) == "length\tpredicted_mass\n4.0\t\n"
    split = replace(VALUES, inputs=(replace(LENGTH, name="length\tin\nmm"),))
    assert as_text(typical(split), None) == "length in mm\tpredicted_mass\n4.0\t\n"


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100.0 %"), (0.99991, "> 99.9 %"), (0.5, "50.0 %"), (0.0001, "< 0.1 %"), (0.0, "0.0 %")]
)
def test_almost_certain_is_not_certain(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("asked", "text", "cell"),
    [
        (LENGTH, " 3,5 ", 3.5),
        (LENGTH, "−2", -2.0),
        (LENGTH, "1,234.5", 1234.5),
        (LENGTH, "", None),
        (CITY, "another value", OTHER_CATEGORY),
        (CITY, "Paris", "Paris"),
        (DAY, "2024-01-05", "2024-01-05"),
    ],
)
def test_what_is_typed_is_read_as_its_input_asks(asked: Input, text: str, cell: Cell) -> None:
    assert read_cell(asked, text) == cell


@pytest.mark.parametrize(("asked", "text"), [(LENGTH, "long"), (LENGTH, "nan"), (LENGTH, "inf"), (DAY, "tomorrow")])
def test_what_means_nothing_is_refused(asked: Input, text: str) -> None:
    assert isinstance(read_cell(asked, text), ValueError)
