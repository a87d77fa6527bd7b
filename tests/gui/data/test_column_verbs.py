"""What is asked of columns becomes one edit that undo can name, also for many columns at once."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.data.column_menu import ColumnMenu
from nnstudio.gui.data.column_verbs import ColumnVerbs
from nnstudio.gui.data.columns_model import entries_of
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.spec.columns import CategoryEncoding, DateEncoding, Kind, NumberEncoding, Role
from nnstudio.spec.errors import SpecError
from nnstudio.spec.splits import GroupSplit
from nnstudio.spec.tasks import Task
from tests.gui.data.penguins import column, data_of, open_found, open_penguins, penguin_facts, picture_source


@pytest.fixture
def verbs(studio: Studio) -> ColumnVerbs:
    open_penguins(studio)
    return ColumnVerbs(studio)


def undo_name(studio: Studio) -> str:
    return studio.document.undo_name


def test_columns_are_used_and_ignored(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.use(["island"], False)
    assert column(studio, "island").role is Role.IGNORE
    assert undo_name(studio) == "Ignore island"
    verbs.use(["island", "sex", "species"], True)
    assert [column(studio, name).role for name in ("island", "species")] == [Role.FEATURE, Role.TARGET]
    assert undo_name(studio) == "Use 3 columns"


def test_a_target_that_a_reconstruction_does_not_need_can_be_used(verbs: ColumnVerbs, studio: Studio) -> None:
    studio.apply("Task", edits.set_task(studio.state.project, Task.RECONSTRUCTION))
    verbs.use(["species"], True)
    assert column(studio, "species").role is Role.FEATURE


def test_one_column_is_predicted_by_the_task_that_it_suggests(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.predict(["sex"])
    assert data_of(studio).task is Task.BINARY
    assert verbs.targets == ["sex"]
    assert undo_name(studio) == "Predict sex"


def test_several_numbers_are_predicted_together(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.predict(["bill_length_mm", "body_mass_g"])
    assert data_of(studio).task is Task.REGRESSION
    assert verbs.targets == ["bill_length_mm", "body_mass_g"]
    assert verbs.can_predict_more
    assert undo_name(studio) == "Predict 2 columns"


def test_words_cannot_be_predicted_together_and_that_is_said(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.predict(["island", "sex"])
    assert verbs.targets == ["species"]
    assert studio.notices.all[-1].what == "Only numbers can be predicted together."


def test_nothing_is_predicted_before_values_are_known(verbs: ColumnVerbs, studio: Studio) -> None:
    studio.document.open(studio.state.project)
    verbs.predict(["sex"])
    assert verbs.targets == ["species"]


def test_a_group_brings_its_split(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.give_role(["island"], Role.GROUP)
    assert column(studio, "island").role is Role.GROUP
    assert isinstance(data_of(studio).split, GroupSplit)
    assert undo_name(studio) == "Group by island"


def test_roles_are_given(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.give_role(["body_mass_g"], Role.WEIGHT)
    assert column(studio, "body_mass_g").role is Role.WEIGHT
    verbs.give_role(["body_mass_g"], Role.TARGET)
    assert verbs.targets == ["body_mass_g"]
    verbs.give_role(["body_mass_g"], Role.IGNORE)
    assert verbs.targets == []


def test_kinds_are_called_as_everywhere(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.understand(["body_mass_g"], Kind.INTEGER)
    assert column(studio, "body_mass_g").kind is Kind.INTEGER
    assert undo_name(studio) == "Read body_mass_g as integer code"


def test_one_setting_of_an_encoding_changes_and_the_others_stay(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.encode_with(["bill_length_mm"], NumberEncoding, "missing", "mean")
    verbs.encode_with(["bill_length_mm", "body_mass_g"], NumberEncoding, "scale", "robust")
    assert column(studio, "bill_length_mm").encoding == NumberEncoding("robust", "mean")
    assert column(studio, "body_mass_g").encoding == NumberEncoding("robust")
    studio.document.undo()
    assert column(studio, "bill_length_mm").encoding == NumberEncoding("standard", "mean")


def test_a_setting_reaches_only_columns_that_can_have_it(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.encode_with(["island", "body_mass_g"], CategoryEncoding, "code", "ordinal")
    assert column(studio, "island").encoding == CategoryEncoding("ordinal")
    assert column(studio, "body_mass_g").encoded == NumberEncoding()


def test_an_encoding_of_another_kind_begins_as_usual(verbs: ColumnVerbs, studio: Studio) -> None:
    verbs.understand(["body_mass_g"], Kind.INTEGER)
    verbs.encode_by(["body_mass_g"], CategoryEncoding)
    assert column(studio, "body_mass_g").encoding == CategoryEncoding()
    verbs.encode_by(["body_mass_g"], DateEncoding)
    assert column(studio, "body_mass_g").encoded == CategoryEncoding(), "no integer is a date"
    verbs.encode_usually(["body_mass_g"])
    assert column(studio, "body_mass_g").encoding is None
    assert undo_name(studio) == "Encode body_mass_g as usual"


def test_a_setting_that_cannot_be_is_refused(verbs: ColumnVerbs, studio: Studio) -> None:
    with pytest.raises(SpecError, match="at most"):
        verbs.encode_with(["island"], CategoryEncoding, "most", 1_000_000)
    assert column(studio, "island").encoding is None


def test_typing_into_one_setting_is_undone_at_once(verbs: ColumnVerbs, studio: Studio) -> None:
    for most in (1, 12):
        verbs.encode_with(["island"], CategoryEncoding, "most", most)
    studio.document.undo()
    assert column(studio, "island").encoding is None


# the menu


def menu_for(studio: Studio, verbs: ColumnVerbs, window: QWidget, *names: str) -> ColumnMenu:
    entries = [entry for entry in entries_of(studio.state) if entry.name in names]
    return ColumnMenu(entries, verbs, lambda: None, window)


def actions_of(menu: QMenu) -> dict[str, bool]:
    """What the menu says, and whether it can be chosen."""
    return {action.text().replace("&", ""): action.isEnabled() for action in menu.actions() if action.text()}


def trigger(menu: QMenu, *path: str) -> None:
    """Choose an action, by its title and those of the menus that it lies in."""
    action = next(action for action in menu.actions() if action.text().replace("&", "") == path[0])
    inner = action.menu()
    if isinstance(inner, QMenu):
        trigger(inner, *path[1:])
    else:
        action.trigger()


def test_menu_of_one_feature(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    offered = actions_of(menu_for(studio, verbs, plain_window, "bill_length_mm"))
    assert list(offered)[:4] == ["Details", "Predict this column", "Use", "Ignore"]
    assert list(offered)[4:] == ["Use as group", "Use as weight", "Understand as", "Encode as"]
    assert not offered["Use"], "it is used already"
    assert offered["Use as weight"]
    assert not actions_of(menu_for(studio, verbs, plain_window, "island"))["Use as weight"], "words weigh nothing"


def test_menu_of_the_target_offers_no_other_use(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    offered = actions_of(menu_for(studio, verbs, plain_window, "species"))
    assert [offered[title] for title in ("Predict this column", "Use", "Ignore", "Use as group")] == [False] * 4


def test_menu_of_several_columns(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    numbers = actions_of(menu_for(studio, verbs, plain_window, "bill_length_mm", "body_mass_g"))
    assert numbers["Predict these 2 columns"]
    assert not numbers["Use as group"], "only one column is the group"
    mixed = actions_of(menu_for(studio, verbs, plain_window, "bill_length_mm", "sex"))
    assert not mixed["Predict these 2 columns"]


def test_menu_predicts_another_number_beside(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    verbs.predict(["body_mass_g"])
    trigger(menu_for(studio, verbs, plain_window, "bill_length_mm"), "Predict, too")
    assert verbs.targets == ["bill_length_mm", "body_mass_g"]


def test_menu_understands_and_encodes(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    trigger(menu_for(studio, verbs, plain_window, "bill_length_mm", "sex"), "Understand as", "Category")
    assert [column(studio, name).kind for name in ("bill_length_mm", "sex")] == [Kind.CATEGORY] * 2
    trigger(menu_for(studio, verbs, plain_window, "bill_length_mm", "sex"), "Encode as", "Ordinal (0 to 1)")
    assert column(studio, "sex").encoding == CategoryEncoding("ordinal")
    trigger(menu_for(studio, verbs, plain_window, "sex"), "Encode as", "As usual")
    assert column(studio, "sex").encoding is None
    assert column(studio, "bill_length_mm").encoding == CategoryEncoding("ordinal")


def test_menu_gives_roles(verbs: ColumnVerbs, studio: Studio, plain_window: QWidget) -> None:
    trigger(menu_for(studio, verbs, plain_window, "sex"), "Use as group")
    assert column(studio, "sex").role is Role.GROUP
    trigger(menu_for(studio, verbs, plain_window, "sex"), "Use")
    assert column(studio, "sex").role is Role.FEATURE


def test_a_picture_is_nothing_else(studio: Studio, plain_window: QWidget, qtbot: QtBot) -> None:
    del qtbot
    open_found(studio, picture_source(), penguin_facts())
    offered = actions_of(menu_for(studio, ColumnVerbs(studio), plain_window, "image"))
    assert not offered["Understand as"]
