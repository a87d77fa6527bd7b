from hypothesis import example, given
from hypothesis import strategies as st

from nnstudio.data.reading.names import clean_names


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert clean_names(["a", "b", "a", "a"]) == ("a", "b", "a (2)", "a (3)")


def test_a_number_that_the_file_has_is_not_given_again() -> None:
    assert clean_names(["a", "a", "a (2)"]) == ("a", "a (3)", "a (2)")


def test_what_has_no_name_is_called_by_its_place() -> None:
    assert clean_names(["a", "", None, "  "]) == ("a", "column 2", "column 3", "column 4")


def test_breaks_and_nul_bytes_become_blanks() -> None:
    assert clean_names(["weight\n(kg)", "a\0b", "\ttab\r\n"]) == ("weight (kg)", "a b", "tab")


@given(st.lists(st.text(max_size=5) | st.none(), max_size=30))
@example(["column 2", ""])
@example(["a (2)", "a", "a", "a"])
def test_clean_names_are_different_and_stay_as_they_are(names: list[str | None]) -> None:
    cleaned = clean_names(names)
    assert len(set(cleaned)) == len(names)
    assert all(cleaned)
    assert clean_names(cleaned) == cleaned


def test_ten_thousand_equal_names_take_no_time() -> None:
    assert clean_names(["x"] * 10_000)[-1] == "x (10000)"
