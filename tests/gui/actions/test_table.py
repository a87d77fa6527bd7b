"""The table of actions is complete and without contradictions, and each row does what it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.action import Action, always
from nnstudio.gui.actions.board import Board
from nnstudio.gui.actions.files import sample_files
from nnstudio.gui.actions.table import ACTIONS
from nnstudio.gui.studio import Studio
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.session.live_search import SearchStatus
from nnstudio.session.preferences import Preferences, load_preferences
from nnstudio.spec.events import Pause, Paused, Resume, Stop
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Weights
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.requests import OpenSource, TrainProject
from tests.gui.fakes import FakeLink, open_iris, started
from tests.gui.search.searches import going_on
from tests.gui.stand_in import RecordingShell


def let_run(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    """A run is under way."""
    open_iris(studio)
    studio.train()
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(lambda: studio.run.status is Status.TRAINING)


def test_every_row_has_an_identity_of_its_own() -> None:
    assert max(Counter(row.id for row in ACTIONS).values()) == 1


def test_no_two_rows_share_a_shortcut() -> None:
    shortcuts = [row.shortcut for row in ACTIONS if row.shortcut]
    assert len(shortcuts) == len(set(shortcuts))


@pytest.mark.parametrize("row", [row for row in ACTIONS if row.shortcut], ids=lambda row: row.id)
def test_every_shortcut_is_one_that_qt_knows(row: Action, board: Board) -> None:
    shortcut = board.actions[row.id].shortcut()
    assert shortcut.toString(QKeySequence.SequenceFormat.PortableText) == row.shortcut


def test_every_row_explains_itself_in_a_sentence() -> None:
    assert [row.id for row in ACTIONS if not row.help.endswith(".")] == []


def test_what_cannot_always_be_done_says_what_it_needs() -> None:
    assert [row.id for row in ACTIONS if bool(row.needs) is (row.enabled is always)] == []


def test_a_disabled_action_says_why(studio: Studio, board: Board) -> None:
    disabled = [name for name, each in board.actions.items() if each.isVisible() and not each.isEnabled()]
    assert {"save_model", "train", "template.mlp"} <= set(disabled)
    for name in disabled:
        needs = board.needs(board.rows[name])
        assert needs.endswith("."), name
        assert board.actions[name].toolTip().endswith(needs)
    open_iris(studio)
    train = board.actions["train"]
    assert train.isEnabled()
    assert train.toolTip().endswith("(F5)")


def test_nothing_to_do_without_data(board: Board) -> None:
    enabled = {name for name, action in board.actions.items() if action.isEnabled()}
    assert enabled.isdisjoint({"undo", "redo", "suggest", "start_trained", "start_fresh", "train", "pause", "stop"})
    assert enabled.isdisjoint({"save_model", "save_state_dict"})
    assert {"new", "open", "open_folder", "palette", "about"} <= enabled


def test_undo_and_redo_name_the_edit(studio: Studio, board: Board) -> None:
    open_iris(studio)
    studio.suggest_network()
    assert board.actions["undo"].text() == "Undo suggest a network"
    board.actions["undo"].trigger()
    assert board.actions["redo"].text() == "Redo suggest a network"
    assert board.actions["undo"].text() == "Undo open iris.csv"
    board.actions["redo"].trigger()
    assert not board.actions["redo"].isEnabled()


def test_train_pause_resume_stop(qtbot: QtBot, studio: Studio, link: FakeLink, board: Board) -> None:
    open_iris(studio)
    board.actions["train"].trigger()
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(board.actions["pause"].isEnabled)
    assert board.actions["train"].text() == "Add to queue"
    board.actions["pause"].trigger()
    link.answer(TrainProject, Paused(), done=False)
    qtbot.waitUntil(lambda: board.actions["pause"].text() == "Resume")
    board.actions["pause"].trigger()
    board.actions["stop"].trigger()
    assert [type(command) for _, command in link.commands] == [Pause, Resume, Stop]
    assert not board.actions["stop"].isEnabled()


def test_no_new_project_during_a_run(qtbot: QtBot, studio: Studio, link: FakeLink, board: Board) -> None:
    let_run(studio, link, qtbot)
    assert not board.actions["new"].isEnabled()


def test_recent_files_are_offered_and_opened(studio: Studio, board: Board, shell: RecordingShell) -> None:
    assert not board.actions["recent.0"].isVisible()
    studio.prefer(Preferences(recent=("/a/first.nnstudio", "/a/second.pth")))
    assert board.actions["recent.0"].text() == "first.nnstudio"
    assert not board.actions["recent.2"].isVisible()
    board.actions["recent.1"].trigger()
    assert shell.files.asked == [Path("/a/second.pth")]


def test_samples_are_offered_and_opened(board: Board, shell: RecordingShell) -> None:
    path = sample_files()[0]
    board.actions[f"sample.{path.name}"].trigger()
    assert shell.files.asked == [path]
    assert path.exists()


def test_a_project_stands_for_its_table() -> None:
    names = {path.name for path in sample_files()}
    assert {"iris.nnstudio", "digits-pretrained.nnstudio", "digits-fine-tuned.nnstudio"} <= names
    assert names.isdisjoint({"iris.csv", "digits-pretrained.csv", "digits-fine-tuned.csv", "digits-pretrained.pth"})


def test_templates_that_fit_the_data_can_be_used_from_the_menu(studio: Studio, board: Board) -> None:
    assert not any(board.actions[f"template.{template.key}"].isEnabled() for template in NETWORK_TEMPLATES)
    open_iris(studio)
    enabled = [template.key for template in NETWORK_TEMPLATES if board.actions[f"template.{template.key}"].isEnabled()]
    assert enabled == ["logistic_regression", "mlp"]
    board.actions["template.logistic_regression"].trigger()
    assert [row.kind for row in studio.state.project.model.rows] == [Linear(3)]
    assert studio.document.undo_name == "Use Logistic regression"


def test_the_theme_is_a_preference(studio: Studio, board: Board) -> None:
    board.actions["theme.dark"].trigger()
    assert studio.preferences.theme == "dark"
    assert board.actions["theme.dark"].isChecked()
    assert not board.actions["theme.system"].isChecked()


def test_where_training_runs_is_a_preference(studio: Studio, board: Board) -> None:
    assert board.actions["own_process"].isChecked()
    board.actions["own_process"].trigger()
    assert studio.preferences.engine == "thread"
    assert not board.actions["own_process"].isChecked()
    assert load_preferences().engine == "thread"


def test_panels_are_ticked_as_they_are_shown(board: Board, shell: RecordingShell) -> None:
    board.actions["panel.Data"].trigger()
    assert shell.hidden == {"Data"}
    board.refresh()
    assert not board.actions["panel.Data"].isChecked()
    assert board.actions["panel.Results"].isChecked()


FILES = ["new", "open", "open_folder", "save_as", "paste", "locate", "export_rows"]


@pytest.mark.parametrize("name", FILES)
def test_files_are_asked_for(studio: Studio, board: Board, shell: RecordingShell, name: str) -> None:
    open_iris(studio)
    board.actions[name].trigger()
    assert shell.files.asked == [name]


TRANSFERS = {
    "load_weights": "choose_weights",
    "replace_head": "replace_head",
    "freeze_pattern": "freeze_pattern",
    "insert_layers": "insert_layers",
}


@pytest.mark.parametrize("name", TRANSFERS)
def test_what_transfer_learning_needs_is_asked_for(
    studio: Studio, board: Board, shell: RecordingShell, name: str
) -> None:
    open_iris(studio)
    board.actions[name].trigger()
    assert shell.transfer.asked == [TRANSFERS[name]]


def test_layers_are_frozen_and_cut_where_one_is_chosen(studio: Studio, board: Board) -> None:
    open_iris(studio)
    rows = studio.state.project.model.rows
    assert not board.actions["freeze_up_to"].isEnabled()
    studio.choice.choose([rows[2].id])
    board.actions["freeze_up_to"].trigger()
    assert [row.locked for row in studio.state.project.model.rows] == [True, False, True, False, False]
    board.actions["unfreeze_all"].trigger()
    board.actions["freeze_all_but_head"].trigger()
    assert [row.locked for row in studio.state.project.model.rows] == [True, False, True, False, False]
    board.actions["lower_rates"].trigger()
    assert "only be lowered where two layers train" in studio.notices.all[-1].what
    board.actions["unfreeze_all"].trigger()
    board.actions["lower_rates"].trigger()
    assert [row.rate for row in studio.state.project.model.rows] == [0.1, 1.0, 0.32, 1.0, 1.0]
    board.actions["same_rates"].trigger()
    assert studio.document.undo_name == "Same rate everywhere"
    board.actions["cut_after"].trigger()
    assert studio.state.project.model.rows == rows[:3]


def test_the_chosen_layers_are_saved_once_there_are_weights(
    studio: Studio, board: Board, shell: RecordingShell
) -> None:
    open_iris(studio)
    studio.choice.choose([studio.state.project.model.rows[0].id])
    assert not board.actions["save_layers"].isEnabled()
    studio.apply("Start", edits.start_from(studio.state.project, Weights("/w.pth", "ab")))
    board.actions["save_layers"].trigger()
    assert shell.transfer.asked == ["save_layers"]


@pytest.mark.parametrize(("name", "page"), [("fine_tune", "steps"), ("show_tensors", "tensors")])
def test_the_transfer_tab_is_brought_to_the_front(
    studio: Studio, board: Board, shell: RecordingShell, name: str, page: str
) -> None:
    open_iris(studio)
    studio.apply("Start", edits.start_from(studio.state.project, Weights("/w.pth", "ab")))
    board.actions[name].trigger()
    assert shell.asked == [page]


def test_save_waits_for_something_to_save(studio: Studio, board: Board, shell: RecordingShell, tmp_path: Path) -> None:
    assert not board.actions["save"].isEnabled()
    open_iris(studio)
    board.actions["save"].trigger()
    assert shell.files.asked == ["save"]
    studio.save(tmp_path / "mine.nnstudio")
    assert not board.actions["save"].isEnabled()


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("change_reading", "change_reading"),
        ("show_encoded", "show_encoded"),
        ("reset_layout", "reset_layout"),
        ("notices", "toggle_notices"),
        ("palette", "show_palette"),
        ("shortcuts", "show_shortcuts"),
        ("about", "show_about"),
        ("welcome", "show_welcome"),
        ("preferences", "show_preferences"),
        ("quit", "quit"),
    ],
)
def test_the_window_is_asked(studio: Studio, board: Board, shell: RecordingShell, name: str, asked: str) -> None:
    open_iris(studio)
    board.actions[name].trigger()
    assert shell.asked == [asked]


def test_nothing_to_change_about_data_that_is_not_there(board: Board) -> None:
    enabled = {name for name, action in board.actions.items() if action.isEnabled()}
    assert enabled.isdisjoint({"change_reading", "read_again", "locate", "show_encoded", "export_rows"})
    assert "paste" in enabled


def test_the_file_is_read_again(studio: Studio, board: Board, link: FakeLink) -> None:
    open_iris(studio)
    board.actions["read_again"].trigger()
    assert len(link.asked(OpenSource)) == 1


def test_menus_hold_every_row(qtbot: QtBot, board: Board) -> None:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    board.fill(bar)
    titles = [action.text().replace("&", "") for action in bar.actions()]
    assert titles == ["File", "Edit", "Data", "Model", "Training", "View", "Help"]
    held = {action.objectName() for menu in bar.findChildren(QMenu) for action in menu.actions()}
    assert set(board.rows) <= held


def test_a_search_is_started_and_stopped(studio: Studio, board: Board, shell: RecordingShell) -> None:
    open_iris(studio)
    assert not board.actions["start_search"].isEnabled(), "nothing is searched yet"
    studio.searcher.toggle("optimizer.lr")
    board.actions["start_search"].trigger()
    assert shell.asked == ["show Search"]
    assert studio.searcher.search.status is SearchStatus.STARTING
    assert not board.actions["start_search"].isEnabled()
    studio.searcher.search.receive(going_on(studio))
    assert board.actions["stop_search"].isEnabled()
    board.actions["stop_search"].trigger()
    assert not board.actions["stop_search"].isEnabled()
    board.actions["search_field"].trigger()
    assert shell.asked == ["show Search", "search_field"]
