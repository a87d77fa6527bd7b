"""The page says what was found, is well-formed whatever names it shows, and needs nothing from anywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnstudio.report.content import Mistakes, Report
from nnstudio.report.page import render_page
from nnstudio.report.verdict import verdict
from tests.report.made import Element, check_self_contained, classifier, judged_classes, judged_values, regressor, tree

LARGEST = 2 * 2**20
SCRIPT, HANDLER, CLOSING = "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style></title></svg>"
ODD = ("🐧 & 🐟", "עברית", "a\tb", "'; DROP", "{{ 7 * 7 }}", "{% raw %}")


def page_of(report: Report) -> str:
    return render_page(report, 0.0)


def words(element: Element) -> str:
    return " ".join(element.text.split())


def cells(page: str, kind: str) -> list[list[str]]:
    """The rows of the tables of a class."""
    tables = [one for one in tree(page).every("table") if kind in one.attributes.get("class", "").split()]
    return [[words(cell) for cell in row.children] for table in tables for row in table.every("tr")]


def test_it_is_complete_in_itself() -> None:
    for report in (classifier(), regressor(("mass", "wing"))):
        check_self_contained(page_of(report))
    check_self_contained(page_of(classifier((SCRIPT, HANDLER, CLOSING), (*ODD, SCRIPT), name=HANDLER)))


def test_every_score_stands_beside_its_interval_and_baseline() -> None:
    rows = cells(page_of(classifier()), "scores")
    assert ["Accuracy", *["0.800", "0.714 to 0.886", "0.333"] * 3] in rows
    assert ["Calibration error", *["0.123", "–", "–"] * 3] in rows
    assert words(tree(page_of(regressor())).every("table")[-1])
    assert ["MAE", "312.5", "300 to 330", "690"] in cells(page_of(regressor()), "scores")


def test_numbers_below_nothing_have_a_minus_sign_in_tables() -> None:
    below = replace(judged_values(("mass",), -312.5).found.scores[0], value=-0.3, low=-0.7, high=0.1)
    report = regressor(("mass",))
    judged = replace(report.judged[0], found=replace(report.judged[0].found, scores=(below,)))
    assert ["R²", "−0.300", "−0.700 to 0.100", "0.000"] in cells(page_of(replace(report, judged=(judged,))), "scores")
    missed = replace(report, judged=(), measures={"test r2": -0.25})
    assert any("−0.250" in " ".join(row) for row in cells(page_of(missed), "scores"))


def test_the_confusion_has_every_cell() -> None:
    rows = cells(page_of(classifier()), "confusion")
    assert rows[2:5] == [["Adelie", "4", "1", "0"], ["Chinstrap", "0", "4", "1"], ["Gentoo", "1", "0", "4"]]


def test_names_of_strangers_are_words_and_nothing_else() -> None:
    names = (SCRIPT, HANDLER, CLOSING)
    page = page_of(classifier(names, (*ODD, SCRIPT), name=HANDLER))
    root = tree(page)
    assert not root.every("img")
    assert words(root.every("h1")[0]) == HANDLER
    said = words(root)
    assert all(" ".join(name.split()) in said for name in (*names, *ODD))


@settings(max_examples=12)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=4, unique=True), st.text(min_size=1))
def test_no_name_changes_what_the_page_is_built_of(classes: list[str], name: str) -> None:
    plain = classifier([f"class {number}" for number in range(len(classes))], name="plain")
    shapes = [[one.tag for one in tree(page_of(report)).every()] for report in (plain, classifier(classes, name=name))]
    assert [tag for tag in shapes[1] if tag != "title"] == [tag for tag in shapes[0] if tag != "title"]


def test_what_is_missing_is_said_and_the_rest_still_comes() -> None:
    gone = "There is no “penguins.csv”."
    report = replace(classifier(), data=None, facts=None, judged=(), course=None, missing=(gone,))
    root = tree(page_of(report))
    assert gone in words(root)
    assert "accuracy on the test rows was 0.910" in words(root)
    sections = [one.attributes["id"] for one in root.every("section")]
    assert sections == ["network", "data", "evaluation", "limits", "settings", "provenance"]
    assert ["Accuracy", "0.910", "–"] in cells(page_of(report), "scores")
    unknown = replace(report, measures={})
    assert "evaluation" not in [one.attributes["id"] for one in tree(page_of(unknown)).every("section")]
    links = {one.attributes["href"].removeprefix("#") for one in root.every("a")}
    assert links == set(sections)


def test_every_link_leads_somewhere() -> None:
    root = tree(page_of(classifier()))
    ids = {one.attributes["id"] for one in root.every() if "id" in one.attributes}
    assert {one.attributes["href"] for one in root.every("a")} <= {f"#{name}" for name in ids}


def test_hundreds_of_columns_and_classes_fit() -> None:
    classes = [f"class {number}" for number in range(120)]
    report = classifier(classes, [f"column {number} " + "long " * 20 for number in range(400)], epochs=2_000)
    page = page_of(report)
    assert len(page.encode()) < LARGEST
    assert len(cells(page, "data-columns")) == 402
    matrices = [one for one in tree(page).every("svg") if one.attributes.get("class") == "confusion"]
    assert [len(one.every("path")) for one in matrices] == [240] * 3


def test_long_runs_are_thinned() -> None:
    short, long = (len(page_of(classifier(epochs=epochs))) for epochs in (2_000, 20_000))
    assert long < 1.1 * short
    best = [words(one) for one in tree(page_of(classifier(epochs=900))).every("span") if "best" in one.text]
    assert best == ["best: 2"] * 2


def test_the_pictures_of_mistakes_are_in_the_page() -> None:
    judged = judged_classes("test", ("a", "b"))
    shown = Mistakes(("row",), (("1",), ("2",)), 2, (b"one", b"two"))
    page = page_of(replace(classifier(("a", "b")), judged=(replace(judged, mistakes=shown),)))
    images = [one.attributes["src"] for one in tree(page).every("img")]
    assert images == ["data:image/png;base64,b25l", "data:image/png;base64,dHdv"]


def test_dark_and_print_have_looks_of_their_own() -> None:
    page = page_of(classifier())
    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert "@media print" in page
    defined = set(re.findall(r"^--([a-z0-9-]+):", page, re.MULTILINE))
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", page))
    assert used - defined <= {"family", "role", "cell", "k", "v"}, "set where it is used"


@pytest.mark.parametrize("report", [classifier(), regressor(), regressor(("mass", "wing"))])
def test_the_verdict_stands_first(report: Report) -> None:
    (box,) = [one for one in tree(page_of(report)).every("div") if one.attributes.get("class") == "verdict"]
    assert [words(one) for one in box.children] == [" ".join(sentence.split()) for sentence in verdict(report)]
