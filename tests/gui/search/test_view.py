"""The Search tab teaches, shows what is searched and what was found, and opens it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.search.view import SearchView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.session.live_search import SearchStatus
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Failed, Paused, SearchesListed, TrialStarted
from nnstudio.spec.requests import ContinueSearch, ListSearches, SearchProject, ShowSearch
from nnstudio.spec.search import Interval
from tests.gui.fakes import FakeLink, open_iris
from tests.gui.search.searches import RATE, VALUES, ended, going_on, known, search_iris


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> SearchView:
    view = SearchView(studio, theme)
    qtbot.addWidget(view)
    view.resize(580, 640)
    view.show()
    return view


@pytest.fixture
def running(view: SearchView, studio: Studio, qtbot: QtBot) -> SearchView:
    """Two trials are done, the third is under way."""
    search_iris(studio)
    studio.searcher.search.start()
    studio.searcher.search.receive(going_on(studio))
    qtbot.waitUntil(lambda: view.trials.model.rowCount() == 3)
    return view


def press(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]  # a button


def cells(view: SearchView, column: int) -> list[str]:
    model = view.trials.table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_an_empty_tab_teaches_and_begins_with_the_learning_rate(view: SearchView, studio: Studio) -> None:
    assert view.lesson.isVisible()
    assert not view.lesson.begin.isEnabled(), "there is no data yet"
    open_iris(studio)
    view.lesson.grab()
    press(view.lesson.begin)
    assert studio.state.project.search.span(RATE) == Interval(1e-5, 0.1, log=True)
    assert not view.lesson.isVisible()
    assert view.plan.text() == "1 field · TPE · 50 trials"
    studio.document.undo()
    assert view.lesson.isVisible()


def test_while_it_is_looked_at_every_field_has_its_icon(view: SearchView, studio: Studio) -> None:
    assert studio.searcher.marks_all
    view.hide()
    assert not studio.searcher.marks_all


def test_start_says_why_it_cannot(view: SearchView, studio: Studio) -> None:
    search_iris(studio)
    assert view.start.isEnabled()
    stale = replace(studio.state.project.model, rows=())
    studio.apply("Empty", replace(studio.state.project, model=stale))
    assert not view.start.isEnabled()
    assert view.start.toolTip() != "Begin a search of these fields."


def test_start_shows_the_trials(view: SearchView, studio: Studio, link: FakeLink) -> None:
    assert link.asked(ListSearches)
    search_iris(studio)
    press(view.start)
    own = studio.engines._searching.worker.link
    assert isinstance(own, FakeLink)
    assert len(own.asked(SearchProject)) == 1
    assert view.trials.isVisible()
    assert view.status.text() == "The search starts …"


def test_trials_are_listed_as_they_come(running: SearchView) -> None:
    assert running.status.text() == "2 of 3 trials · best validation loss 0.200 in trial 2"
    assert cells(running, 0) == ["3", "2", "1"]
    assert cells(running, 1) == ["epoch 4 of 40", "best", "completed"]
    assert cells(running, 2) == ["0.800", "0.200", "0.300"]
    assert cells(running, 3) == ["0.1", "0.0001", "0.01"]
    assert cells(running, 5) == ["Adam", "SGD with momentum", "Adam"]
    assert running.bar.isVisible()
    assert (running.bar.value(), running.bar.maximum()) == (2, 3)
    assert running.pause.isVisible()
    assert not running.start.isVisible()


def test_many_bundles_are_one_redraw(running: SearchView, studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(running.redraw.timeout):
        for number in range(4, 50):
            studio.searcher.search.receive([TrialStarted("s1", number, VALUES[0])])
        assert running.trials.model.rowCount() == 3
    assert running.trials.model.rowCount() == 49


def test_the_end_is_shown_at_once(running: SearchView, studio: Studio) -> None:
    studio.searcher.search.receive(ended())
    assert cells(running, 1) == ["pruned at epoch 40", "best", "completed"]
    assert running.status.text().startswith("3 of 3 trials")
    assert running.status.text().endswith("1:01 min")
    assert not running.bar.isVisible()
    assert running.go_on.isVisible()
    press(running.sections.buttons["importance"])
    assert list(running.importance.bars.shares) == ["Learning rate", "Optimiser", "Batch size"]
    running.importance.grab()
    assert "70%" in running.importance.bars.accessibleName()


def test_columns_are_sorted_with_what_is_missing_last(running: SearchView, studio: Studio) -> None:
    studio.searcher.search.receive([*ended(), TrialStarted("s1", 4, {RATE: 0.5})])
    for order, scores in (
        (Qt.SortOrder.AscendingOrder, ["0.200", "0.300", "0.900", "–"]),
        (Qt.SortOrder.DescendingOrder, ["0.900", "0.300", "0.200", "–"]),
    ):
        running.trials.table.sortByColumn(2, order)
        assert cells(running, 2) == scores


def test_a_trial_is_chosen_in_the_table_and_among_the_lines(running: SearchView, studio: Studio) -> None:
    lines = running.trials.lines
    studio.searcher.search.receive(ended())
    assert not running.use.isEnabled()
    running.trials.choose(1)
    assert lines._chosen == 1
    assert running.use.isEnabled()
    QTest.keyClick(lines, Qt.Key.Key_Up)
    chosen = running.trials.trial
    assert chosen is not None
    assert chosen.number == 2, "the next better one"
    lines.resize(500, 200)
    where = QPoint(round(lines._x(0)), round(lines._y(float(lines._places[0][0]))))
    found = lines.trial_at(where.toPointF())
    assert found is not None
    assert found.number == 1
    QTest.mouseClick(lines, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert running.trials.trial is not None
    assert running.trials.trial.number == 1


def test_a_row_under_the_pointer_shows_its_line(running: SearchView) -> None:
    table = running.trials.table
    table.entered.emit(table.model().index(0, 0))
    assert running.trials.lines._pointed == 3


def test_the_best_trial_is_put_into_the_project_and_taken_back(running: SearchView, studio: Studio) -> None:
    before = studio.state.project
    press(running.use_best)
    assert studio.state.project.training.optimizer.key == "sgd"
    assert studio.state.project.training.optimizer.lr == 0.0001
    assert studio.document.undo_name == "Use the values of trial 2"
    studio.document.undo()
    assert studio.state.project == before


def test_a_double_click_opens_a_trial(running: SearchView, studio: Studio) -> None:
    running.trials.choose(1)
    running.trials.table.activated.emit(running.trials.table.currentIndex())
    assert studio.state.project.training.optimizer.lr == 0.01


def test_the_run_of_a_trial_is_asked_for(running: SearchView, studio: Studio) -> None:
    running.trials.choose(1)
    press(running.run)
    assert studio.pointed.take() == "run-1"
    running.trials.choose(3)
    assert not running.run.isEnabled(), "it goes on"


def test_pause_becomes_resume(running: SearchView, studio: Studio, qtbot: QtBot) -> None:
    studio.searcher.search.receive([Paused()])
    qtbot.waitUntil(lambda: running.pause.text() == "Resume")
    assert running.status.text().startswith("Paused · ")


def test_a_failure_stands_above(running: SearchView, studio: Studio) -> None:
    studio.searcher.search.receive([Failed(TrainingError("There is no room.", "The disk is full."))])
    assert running.problem.isVisible()
    assert running.problem.title == "There is no room."


def test_an_interrupted_search_is_offered(view: SearchView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    open_iris(studio)
    elsewhere = replace(known(), search="s9", data="/data/other.csv")
    link.answer(ListSearches, SearchesListed((elsewhere, known("completed"), known())))
    qtbot.waitUntil(view.interrupted.isVisible)
    assert view.interrupted.title == "The search “iris” was interrupted after 12 of 50 trials."
    later, show, go_on = view.interrupted.buttons
    press(show)
    assert link.asked(ShowSearch) == [ShowSearch("s0")]
    assert studio.searcher.search.status is SearchStatus.STARTING
    assert not view.interrupted.isVisible()
    studio.searcher.search.clear()
    press(go_on)
    own = studio.engines._searching.worker.link
    assert isinstance(own, FakeLink)
    assert [asked.search for asked in own.asked(ContinueSearch)] == ["s0"]
    studio.searcher.search.clear()
    assert view.interrupted.isVisible()
    press(later)
    assert not view.interrupted.isVisible()


def test_earlier_searches_are_offered(view: SearchView, studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    link.answer(ListSearches, SearchesListed((known("completed"),)))
    qtbot.waitUntil(view.earlier.isVisible)
    view.earlier.menu().aboutToShow.emit()
    (action,) = view.earlier.menu().actions()
    assert "12 trials · best 0.250 · completed" in action.text()
    action.trigger()
    assert link.asked(ShowSearch) == [ShowSearch("s0")]
