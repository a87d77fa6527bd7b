"""What is amiss in the data is said with its remedy, few at first, and can be put aside."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.data import watch
from nnstudio.gui.data.findings_section import FEW, MOST, FindingCard, FindingsSection
from nnstudio.gui.data.panel import DataPanel
from nnstudio.gui.data.words import NO_WIDTH
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session import edits
from nnstudio.session.document import State
from nnstudio.session.finding import Finding, Fix
from nnstudio.spec.columns import Role
from nnstudio.spec.errors import SpecError
from nnstudio.spec.project import Project
from tests.gui.data.penguins import column, data_of, open_penguins, penguin_facts, penguin_source


def ignore(project: Project) -> Project:
    return edits.set_used(project, {"island"}, False)


def same(project: Project) -> Project:
    return project


def about(name: str, **more: object) -> Finding:
    return replace(Finding(SpecError(f"“{name}” is amiss.", "It is so."), blocks=False, column=name), **more)  # type: ignore[arg-type]


class Asked(list[object]):
    """What was asked of a section."""


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def section(qtbot: QtBot, theme: Theme, asked: Asked) -> FindingsSection:
    del theme
    section = FindingsSection(asked.append, asked.append)
    qtbot.addWidget(section)
    section.show()
    return section


def said(section: FindingsSection) -> list[str]:
    return [card.what.text() for card in section.list.cards]


def test_nothing_amiss_takes_no_room(section: FindingsSection) -> None:
    section.render_findings(())
    assert section.isHidden()
    section.render_findings((about("a"),))
    assert section.isVisible()
    assert not section.toggle.isVisible()


def test_few_are_shown_until_all_are_asked_for(section: FindingsSection) -> None:
    section.render_findings([about(name) for name in "abcd"])
    assert said(section) == ["“a” is amiss.", "“b” is amiss."]
    assert section.count.text() == "4"
    section.toggle.click()
    assert len(said(section)) == 4
    assert section.toggle.text() == "Show fewer"
    section.toggle.click()
    assert len(said(section)) == FEW


def test_hundreds_are_counted_rather_than_shown(section: FindingsSection) -> None:
    section.render_findings([about(str(number)) for number in range(500)])
    section.toggle.click()
    assert len(said(section)) == MOST
    assert section.more.text() == "and 488 more"


def test_cards_are_used_again(section: FindingsSection) -> None:
    section.render_findings([about("a"), about("b")])
    cards = list(section.list.cards)
    section.render_findings([about("c"), about("b")])
    assert section.list.cards == cards
    assert said(section) == ["“c” is amiss.", "“b” is amiss."]
    section.render_findings([about("b")])
    assert section.list.cards == cards[:1]


def test_remedies_and_putting_aside_are_asked_for(section: FindingsSection, asked: Asked) -> None:
    weights, sampling = Fix("Use class weights", ignore), Fix("Use balanced sampling", same)
    finding = about("a", fix=weights, other_fix=sampling)
    section.render_findings([finding])
    (card,) = section.list.cards
    card.remedy.click()
    card.other.click()
    card.close_button.click()
    assert asked == [weights, sampling, finding]


@pytest.mark.parametrize(
    ("finding", "level"),
    [
        (about("a", blocks=True), "bad"),
        (about("a"), "warning"),
        (about("a", is_note=True), "info"),
    ],
)
def test_levels_have_their_colours(qtbot: QtBot, theme: Theme, finding: Finding, level: str) -> None:
    del theme
    card = FindingCard(finding)
    qtbot.addWidget(card)
    assert card.property("level") == level


def test_without_a_remedy_the_card_says_what_to_do(qtbot: QtBot) -> None:
    card = FindingCard(Finding(SpecError("Rows repeat.", "They flatter.", "Remove them from the file."), blocks=False))
    qtbot.addWidget(card)
    assert card.remedy.isHidden()
    assert card.accessibleName() == "Rows repeat. They flatter. Remove them from the file."


def test_long_names_widen_nothing(qtbot: QtBot) -> None:
    name = "a_column_with_a_name_that_is_very_much_longer_than_any_panel_is_wide" * 2
    card = FindingCard(about(name, fix=Fix(f"Ignore “{name}”", ignore)))
    qtbot.addWidget(card)
    assert card.minimumSizeHint().width() < 320
    assert card.what.text().replace(NO_WIDTH, "") == f"“{name}” is amiss."
    assert name in card.remedy.toolTip()


# the panel


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> DataPanel:
    found = (about("island", fix=Fix("Ignore island", ignore)), about("sex", is_note=True), about("body_mass_g"))
    monkeypatch.setattr(watch, "findings", lambda _: found)
    panel = DataPanel(studio, theme)
    qtbot.addWidget(panel)
    open_penguins(studio)
    panel.resize(360, 900)
    panel.show()
    return panel


def test_rows_of_columns_are_marked(panel: DataPanel) -> None:
    marked = [entry.name for entry in panel.content.columns.entries() if entry.warnings]
    assert marked == ["island", "body_mass_g"], "a note marks nothing"


def test_a_remedy_is_an_edit(panel: DataPanel, studio: Studio) -> None:
    panel.content.findings.list.cards[0].remedy.click()
    assert column(studio, "island").role is Role.IGNORE
    assert studio.document.undo_name == "Ignore island"


def test_what_is_put_aside_stays_aside(panel: DataPanel, studio: Studio) -> None:
    panel.content.findings.list.cards[0].close_button.click()
    assert panel.content.findings.count.text() == "2"
    studio.apply("Use", edits.set_used(studio.state.project, {"sex"}, False))
    assert panel.content.findings.count.text() == "2"
    assert [entry.name for entry in panel.content.columns.entries() if entry.warnings] == ["body_mass_g"]


def test_other_data_begins_anew(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "findings", lambda _: (about("a"),))
    open_penguins(studio)
    seen = watch.Watch()
    seen.put_aside(about("a"))
    seen.look(studio.state)
    seen.put_aside(about("a"))
    assert seen.look(studio.state) == ()
    other = replace(penguin_source().source, path="/data/other.csv")  # type: ignore[type-var]  # a dataclass
    studio.apply("Other", edits.set_source(studio.state.project, other))
    assert [finding.column for finding in seen.look(studio.state)] == ["a"]


def test_an_edit_of_the_network_does_not_let_the_data_be_looked_at_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[State] = []

    def find(state: State) -> tuple[Finding, ...]:
        looked.append(state)
        return ()

    monkeypatch.setattr(watch, "findings", find)
    open_penguins(studio)
    seen = watch.Watch()
    seen.look(studio.state)
    studio.apply("Suggest", replace(studio.state.project, training=replace(studio.state.project.training, epochs=7)))
    seen.look(studio.state)
    assert len(looked) == 1
    studio.document.found_facts(data_of(studio), replace(penguin_facts(), filled_cells=0))
    seen.look(studio.state)
    assert len(looked) == 2


def test_without_data_there_is_nothing_to_look_at(studio: Studio) -> None:
    assert watch.Watch().look(studio.state) == ()
