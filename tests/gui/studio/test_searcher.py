"""Searches go to an engine of their own, and to none where something speaks against them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.studio import Studio
from nnstudio.session import searching
from nnstudio.session.live_search import SearchStatus
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Failed, Pause, Resume, SearchesListed, SearchFinished, Stop
from nnstudio.spec.requests import ContinueSearch, ListSearches, SearchProject, ShowSearch, TrainProject
from tests.gui.data.penguins import open_penguins
from tests.gui.fakes import FakeLink, open_iris
from tests.gui.search.searches import RATE, began, ended, going_on, known, search_iris


@pytest.fixture
def own(studio: Studio, link: FakeLink) -> FakeLink:
    """The engine that searches; the main one is there already."""
    assert studio.engines._main.worker.link is link
    found = studio.engines._searching.worker.link
    assert isinstance(found, FakeLink)
    return found


def test_a_search_has_an_engine_of_its_own(studio: Studio, link: FakeLink, own: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.start()
    (asked,) = own.asked(SearchProject)
    assert (asked.project, asked.name) == (studio.state.project, studio.state.name)
    own.answer(SearchProject, *going_on(studio), done=False)
    qtbot.waitUntil(lambda: studio.searcher.search.status is SearchStatus.RUNNING)
    studio.searcher.start()
    assert len(own.asked(SearchProject)) == 1, "one search at a time"
    studio.train()
    assert len(link.asked(TrainProject)) == 1, "a run can go on beside it"


def test_pause_resume_stop(studio: Studio, own: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.pause()
    studio.searcher.stop()
    studio.searcher.start()
    own.answer(SearchProject, *going_on(studio), done=False)
    qtbot.waitUntil(lambda: studio.searcher.search.status is SearchStatus.RUNNING)
    studio.searcher.pause()
    studio.searcher.resume()
    studio.searcher.stop()
    assert [type(command) for _, command in own.commands] == [Pause, Resume, Stop]
    assert studio.searcher.search.status is SearchStatus.STOPPING


def test_what_speaks_against_a_search_is_said(studio: Studio, own: FakeLink) -> None:
    studio.searcher.start()
    assert len(studio.notices.all) == 0
    open_iris(studio)
    studio.searcher.start()
    assert "No field is searched" in studio.notices.all[-1].what
    search_iris(studio)
    studio.apply("Empty", replace(studio.state.project, model=replace(studio.state.project.model, rows=())))
    assert not studio.searcher.can_start
    studio.searcher.start()
    assert own.asked(SearchProject) == []
    assert len(studio.notices.all) == 2


def test_the_list_is_read_anew_when_a_search_ends(studio: Studio, link: FakeLink, own: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.start()
    own.answer(SearchProject, *going_on(studio), *ended())
    qtbot.waitUntil(lambda: bool(link.asked(ListSearches)))
    link.answer(ListSearches, SearchesListed((known(),)))
    qtbot.waitUntil(lambda: studio.searcher.known == (known(),))


def test_a_failure_is_told(studio: Studio, own: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.start()
    own.answer(SearchProject, Failed(TrainingError("Nothing could be trained.")))
    qtbot.waitUntil(lambda: studio.searcher.search.status is SearchStatus.FAILED)
    assert studio.notices.all[-1].what == "Nothing could be trained."


def test_a_stopped_search_goes_on_with_the_budget_of_the_project(studio: Studio, own: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.go_on()
    studio.searcher.start()
    own.answer(SearchProject, *going_on(studio), SearchFinished("s1", "stopped", 2, None, "", 3.0))
    qtbot.waitUntil(lambda: studio.searcher.search.status is SearchStatus.STOPPED)
    assert studio.searcher.can_continue
    longer = replace(studio.state.project.search, trials=80)
    studio.apply("Longer", searching.set_search(studio.state.project, longer))
    studio.searcher.go_on()
    assert own.asked(ContinueSearch) == [ContinueSearch("s1", 80, 0.0, 1)]


def test_a_search_of_other_fields_goes_on_as_it_was(studio: Studio, own: FakeLink) -> None:
    search_iris(studio)
    studio.searcher.known = (replace(known(), project=began(studio).project),)
    studio.apply("Fewer", searching.leave_field(studio.state.project, RATE))
    studio.searcher.go_on("s0")
    assert own.asked(ContinueSearch) == [ContinueSearch("s0", None, None, None)]


def test_an_earlier_search_is_looked_at(studio: Studio, link: FakeLink, qtbot: QtBot) -> None:
    search_iris(studio)
    studio.searcher.show("s1")
    link.answer(ShowSearch, *going_on(studio)[:1], *ended())
    qtbot.waitUntil(lambda: studio.searcher.search.status is SearchStatus.FINISHED)


def test_the_project_of_a_trial_has_its_values(studio: Studio) -> None:
    search_iris(studio)
    studio.searcher.search.receive(going_on(studio))
    project = studio.searcher.project_of(studio.searcher.search.trials[2])
    assert project is not None
    assert project.training.optimizer.key == "sgd"
    assert project.training.optimizer.lr == 0.0001
    assert project.data is not None
    assert project.data.batches.size == 8


def test_other_data_take_the_search_away(studio: Studio) -> None:
    search_iris(studio)
    studio.searcher.search.receive([*going_on(studio), *ended()])
    studio.apply("Shuffle", searching.leave_field(studio.state.project, RATE))
    assert studio.searcher.search.trials
    open_penguins(studio)
    assert not studio.searcher.search.trials


def test_fields_are_taken_in_and_out_by_their_titles(studio: Studio) -> None:
    open_iris(studio)
    assert studio.searcher.can_search(RATE)
    assert not studio.searcher.can_search("optimizer.betas")
    studio.searcher.toggle(RATE)
    assert studio.searcher.is_searched(RATE)
    assert studio.document.undo_name == "Search learning rate"
    studio.searcher.toggle(RATE)
    assert studio.document.undo_name == "Do not search learning rate"
    assert studio.searcher.title("layer.gone.p") == "layer.gone.p"
