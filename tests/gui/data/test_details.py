"""A column is shown in full in the place of the list, and everything about it can be changed there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.column_words import becomes, facts_of, percent, relation_sentence, unencoded
from nnstudio.gui.data.columns_model import Field
from nnstudio.gui.data.panel import DataPanel
from nnstudio.gui.data.value_plots import Histogram, ShareBar, ValueBars
from nnstudio.gui.forms.editors import CheckEdit, ChoiceEdit, NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.columns import CategoryEncoding, Column, Kind, NumberEncoding, Role
from nnstudio.spec.errors import SpecError
from nnstudio.spec.facts import ColumnProfile, Relation
from nnstudio.spec.project import Project
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import BILL, column, data_of, open_found, open_penguins, penguin_facts, penguin_source

DAY = ColumnProfile(
    "day", Kind.DATE, 0, 300, 1.7e15, 1.72e15, histogram=(3, 4, 5),
    earliest="2024-01-01T00:00:00", latest="2024-12-31T06:30:00",
)  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, studio: Studio) -> DataPanel:
    panel = DataPanel(studio, theme)
    qtbot.addWidget(panel)
    open_penguins(studio)
    panel.resize(330, 800)
    panel.show()
    return panel


def choice(panel: DataPanel, name: str) -> ChoiceEdit:
    editor = panel.details.meaning.editor(name)
    assert isinstance(editor, ChoiceEdit)
    return editor


def choose(editor: ChoiceEdit, value: str) -> None:
    """Choose as a user does: go to the entry by its name, and take it."""
    place = editor.findData(value)
    assert place >= 0
    while editor.currentIndex() != place:
        QTest.keyClick(editor, Qt.Key.Key_Down if editor.currentIndex() < place else Qt.Key.Key_Up)


def setting(panel: DataPanel, name: str) -> ChoiceEdit | NumberEdit | CheckEdit:
    assert panel.details.encoding.form is not None
    editor = panel.details.encoding.form.editor(name)
    assert isinstance(editor, ChoiceEdit | NumberEdit | CheckEdit)
    return editor


def test_enter_shows_a_column_and_escape_the_list(panel: DataPanel) -> None:
    panel.content.columns.selectRow(2)
    QTest.keyClick(panel.content.columns, Qt.Key.Key_Return)
    assert panel.details.isVisible()
    assert not panel.content.isVisible()
    assert panel.details.title.text() == "bill_length_mm"
    assert panel.details.back.hasFocus()
    QTest.keyClick(panel.details.back, Qt.Key.Key_Escape)
    assert panel.content.isVisible()
    assert panel.content.columns.hasFocus()
    assert panel.content.columns.currentIndex().row() == 2, "where one was"


def test_chevron_shows_a_column_and_back_the_list(panel: DataPanel) -> None:
    place = panel.content.columns.visualRect(panel.content.columns.model().index(1, Field.MORE)).center()
    QTest.mouseClick(panel.content.columns.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel.details.title.text() == "island"
    panel.details.back.click()
    assert panel.content.isVisible()


def test_figures_of_a_number(panel: DataPanel) -> None:
    panel.show_details(["bill_length_mm"])
    facts = panel.details.facts
    assert facts.histogram.isVisible()
    assert not facts.values.isVisible()
    assert facts.relation.text() == "Explains 64 % of species on its own."
    assert facts.share.isVisible()
    assert choice(panel, "kind").currentText() == "Number"
    assert choice(panel, "role").currentText() == "Feature"
    assert panel.details.becomes.text() == "Becomes 1 number:\nbill_length_mm: (cell − 43.9) ÷ 5.46"


def test_values_of_a_category(panel: DataPanel) -> None:
    panel.show_details(["island"])
    assert panel.details.facts.values.isVisible()
    assert panel.details.facts.values.accessibleName() == "Values: Biscoe 168, Dream 124, Torgersen 52"
    assert panel.details.becomes.text().splitlines()[0] == "Becomes 3 numbers:"


def test_neighbours_are_one_key_away(panel: DataPanel) -> None:
    panel.content.columns.selectRow(1)
    panel.show_details(["island"])
    panel.details.behind.click()
    assert panel.details.title.text() == "bill_length_mm"
    panel.details.before.click()
    panel.details.before.click()
    panel.details.before.click()
    assert panel.details.title.text() == "species", "there is none before the first"


def test_kind_and_role_are_edits(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["body_mass_g"])
    choose(choice(panel, "kind"), Kind.INTEGER)
    assert column(studio, "body_mass_g").kind is Kind.INTEGER
    choose(choice(panel, "role"), Role.IGNORE)
    assert column(studio, "body_mass_g").role is Role.IGNORE
    assert panel.details.unencoded.text() == "The network does not see it."
    assert not panel.details.encoding.isVisible()
    studio.document.undo()
    assert choice(panel, "role").currentData() == Role.FEATURE


def test_the_target_says_what_becomes_of_it(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["species"])
    assert not panel.details.encoding.isVisible()
    assert "0, 1, 2" in panel.details.unencoded.text()
    studio.apply("Predict", edits.set_target(studio.state.project, penguin_source(), "body_mass_g"))
    panel.show_details(["body_mass_g"])
    assert "its own unit" in panel.details.unencoded.text()


def test_encoding_is_changed_setting_by_setting(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["bill_length_mm"])
    assert not panel.details.encoding.kind.isVisible(), "a number can only be encoded as one"
    assert not panel.details.encoding.usual.isVisible()
    assert not setting(panel, "constant").isEnabled(), "nothing is filled with it"
    missing = setting(panel, "missing")
    assert isinstance(missing, ChoiceEdit)
    choose(missing, "constant")
    assert setting(panel, "constant").isEnabled()
    QTest.keyClicks(setting(panel, "constant"), "5")
    assert column(studio, "bill_length_mm").encoding == NumberEncoding("standard", "constant", 5.0)
    panel.details.encoding.usual.click()
    assert column(studio, "bill_length_mm").encoding is None


def test_an_integer_can_be_a_number_or_a_category(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["body_mass_g"])
    choose(choice(panel, "kind"), Kind.INTEGER)
    kind = panel.details.encoding.kind.editor("encoding")
    assert isinstance(kind, ChoiceEdit)
    assert kind.isVisible()
    choose(kind, "category")
    assert column(studio, "body_mass_g").encoding == CategoryEncoding()
    assert setting(panel, "code").isVisible()


def test_a_setting_that_cannot_be_is_said_below_it(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["island"])
    most = setting(panel, "most")
    assert isinstance(most, NumberEdit)
    most.selectAll()
    QTest.keyClicks(most, "-3")
    assert panel.details.encoding.form is not None
    assert "at least 0" in panel.details.encoding.form.problem("most")
    panel.show_details(["sex"])
    assert setting(panel, "most").property("text") == "0", "what was typed for another column is not its own"
    assert column(studio, "island").encoding is None


def test_several_columns_are_changed_together(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["island", "sex"])
    assert panel.details.title.text() == "2 columns"
    assert panel.details.all_names.text() == "island, sex"
    assert not panel.details.facts.isVisible()
    assert not panel.details.before.isVisible()
    code = setting(panel, "code")
    assert isinstance(code, ChoiceEdit)
    choose(code, "ordinal")
    assert [column(studio, name).encoding for name in ("island", "sex")] == [CategoryEncoding("ordinal")] * 2
    choose(choice(panel, "role"), Role.IGNORE)
    assert [column(studio, name).role for name in ("island", "sex")] == [Role.IGNORE] * 2


def test_columns_that_differ_show_nothing_in_common(panel: DataPanel, studio: Studio) -> None:
    studio.apply("Ignore", edits.set_used(studio.state.project, {"sex"}, False))
    panel.show_details(["bill_length_mm", "sex"])
    assert choice(panel, "kind").currentIndex() == -1
    assert choice(panel, "role").currentIndex() == -1
    studio.apply("Use", edits.set_used(studio.state.project, {"sex"}, True))
    assert panel.details.encoding.explanation.text() == "These columns have no encoding in common."


def test_only_one_column_can_be_the_group(panel: DataPanel) -> None:
    panel.show_details(["island"])
    assert choice(panel, "role").findData(Role.GROUP) >= 0
    panel.show_details(["island", "sex"])
    assert choice(panel, "role").findData(Role.GROUP) == -1


def test_a_column_that_goes_closes_its_details(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["island"])
    data = data_of(studio)
    rest = tuple(column for column in data.columns if column.name != "island")
    studio.apply("Other", edits.set_data(studio.state.project, replace(data, columns=rest)))
    assert panel.content.isVisible()
    assert [entry.name for entry in panel.content.columns.entries()] == [
        "species",
        "bill_length_mm",
        "body_mass_g",
        "sex",
    ]


def test_closing_the_project_closes_details(panel: DataPanel, studio: Studio) -> None:
    panel.show_details(["island"])
    studio.new_project()
    assert panel.empty.isVisible()
    assert not panel.details.isVisible()


def test_findings_of_a_column_stand_above_it(panel: DataPanel, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def ignore(project: Project) -> Project:
        return edits.set_used(project, {"island"}, False)

    about = Finding(SpecError("It gives the answer away."), fix=Fix("Ignore it", ignore), column="island")
    monkeypatch.setattr("nnstudio.gui.data.watch.findings", lambda _: (about, Finding(SpecError("Rows repeat."))))
    studio.document.found_facts(data_of(studio), replace(penguin_facts(), filled_cells=3))
    panel.show_details(["island"])
    (card,) = panel.details.findings.cards
    assert card.what.text() == "It gives the answer away."
    card.remedy.click()
    assert column(studio, "island").role is Role.IGNORE


def test_nothing_is_clipped_in_narrow_details(panel: DataPanel) -> None:
    panel.show_details(["bill_length_mm"])
    panel.resize(320, 700)
    assert panel.minimumSizeHint().width() <= 320
    for widget in (panel.details.meaning, panel.details.facts, panel.details.encoding):
        assert widget.mapTo(panel, widget.rect().topRight()).x() < panel.width()


# the words


def test_facts_of_numbers_and_dates() -> None:
    number = dict(facts_of(replace(BILL, std=5.46, median=44.45, skew=0.053, infinite=1), 344))
    assert number["Missing"] == "2 of 344 (0.6 %)"
    assert number["Range"] == "32.1 to 59.6"
    assert number["Mean"] == "43.92 ± 5.46"
    assert number["Skew"] == "+0.05"
    assert number["Infinite"] == "1 cell, taken as missing"
    assert dict(facts_of(replace(BILL, skew=2.4), 344))["Skew"] == "+2.40: a long tail to the right"
    date = dict(facts_of(DAY, 366))
    assert (date["From"], date["To"], date["Missing"]) == ("2024-01-01", "2024-12-31 06:30:00", "none")


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (4e-4, "less than 0.1 %"), (0.0058, "0.6 %"), (0.64, "64 %"), (0.999, "more than 99 %"), (1, "100 %")],
)
def test_shares_are_never_nothing_or_all_by_rounding(share: float, said: str) -> None:
    assert percent(share) == said


def test_relation_in_words(studio: Studio) -> None:
    open_penguins(studio)
    data = data_of(studio)
    assert relation_sentence(Relation("sex", 0.001), data) == "On its own it says nothing about species."
    assert relation_sentence(Relation("sex", 1.0, True), data).startswith("Gives species away")
    assert relation_sentence(Relation("sex", 0.5), replace(data, task=Task.RECONSTRUCTION)) == ""


def test_what_a_column_becomes_is_cut_where_it_is_long() -> None:
    facts = replace(
        penguin_facts(),
        features=tuple(f"x = {place}" for place in range(20)),
        origins=("x",) * 20,
        meanings=("one",) * 20,
    )
    lines = becomes("x", facts).splitlines()
    assert lines[0] == "Becomes 20 numbers:"
    assert lines[-1] == "and 14 more numbers"
    assert becomes("y", facts) == ""


@pytest.mark.parametrize(("role", "words"), [(Role.GROUP, "belong together"), (Role.WEIGHT, "counts in the loss")])
def test_what_the_network_does_not_see_says_why_it_is_there(role: Role, words: str) -> None:
    assert words in unencoded(role, Task.REGRESSION)


# the drawings


def test_histogram_names_its_ends_and_the_bin_below_the_pointer(qtbot: QtBot, theme: Theme) -> None:
    histogram = Histogram(theme)
    qtbot.addWidget(histogram)
    histogram.resize(200, 120)
    histogram.render_counts((1, 0, 3, 4), 0.0, 8.0, None)
    assert histogram.accessibleName() == "Histogram from 0 to 8"
    assert [histogram.bin_at(x) for x in (-5, 10, 110, 500)] == [0, 0, 2, 3]
    image = histogram.grab().toImage()
    bars = [image.pixelColor(x, 94).name() != theme.colours.surface for x in (25, 75, 125, 175)]
    assert bars[0] is bars[2] is True


def test_values_end_with_what_is_left(qtbot: QtBot, theme: Theme) -> None:
    values = ValueBars(theme)
    qtbot.addWidget(values)
    values.render_counts((("a", 5), (" ", 3)), 7, 12)
    assert values.accessibleName() == "Values: a 5,   3, 7 other values 12"
    assert values.sizeHint().height() == 60
    values.render_counts((("a", 5),), 0, 0)
    assert values.sizeHint().height() == 20


def test_share_is_as_long_as_it_is_large(qtbot: QtBot, theme: Theme) -> None:
    bar = ShareBar(theme)
    qtbot.addWidget(bar)
    bar.resize(100, 8)
    bar.render_share(0.5, is_bad=False)
    image = bar.grab().toImage()
    assert image.pixelColor(20, 4).name() == theme.colours.accent
    assert image.pixelColor(80, 4).name() == theme.colours.neutral
    bar.render_share(1.0, is_bad=True)
    assert bar.grab().toImage().pixelColor(80, 4).name() == theme.colours.bad


def test_dates_are_written_as_moments(panel: DataPanel, studio: Studio) -> None:
    source = penguin_source()
    source = replace(source, columns=(*source.columns, DAY), suggested=(*source.suggested, Column("day", Kind.DATE)))
    open_found(studio, source, None)
    panel.show_details(["day"])
    assert panel.details.facts.histogram.accessibleName() == "Histogram from 2024-01-01 to 2024-12-31 06:30:00"
