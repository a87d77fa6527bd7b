"""Whole searches on iris: recorded, pruned, stopped, gone on with, and the same trials for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from nnstudio.jobs.link import ProcessLink, ThreadLink
from nnstudio.jobs.runner import Bundle
from nnstudio.jobs.searching import workers
from nnstudio.jobs.searching.search import search_project
from nnstudio.jobs.searching.study import Study
from nnstudio.jobs.searching.workers import Helper
from nnstudio.resources import resource
from nnstudio.runs.store import RunStore
from nnstudio.session.searching import search_field
from nnstudio.spec.errors import DataError, EngineLost, FileError, SpecError, TrainingError
from nnstudio.spec.events import (
    Event,
    Inbox,
    KnownSearch,
    Pause,
    Paused,
    Resume,
    Resumed,
    SearchesListed,
    SearchFinished,
    SearchStarted,
    Stop,
    TrialDone,
    TrialStarted,
)
from nnstudio.spec.files import project_from_json
from nnstudio.spec.losses import PoissonNLL
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueSearch, ListSearches, SearchProject, ShowSearch
from nnstudio.spec.search import Choices, Interval
from nnstudio.spec.sources import TableSource
from tests.jobs.test_training import ask, suggested

IRIS = TableSource(str(resource("samples/iris.csv")))


@pytest.fixture
def project() -> Project:
    """The learning rate of a small network on iris, tried four times for two epochs."""
    return searching(suggested(IRIS, epochs=2))


def searching(project: Project, **settings: object) -> Project:
    if not project.search.fields:
        project = search_field(project, "optimizer.lr")
    return replace(project, search=replace(project.search, **{"trials": 4, "method": "random"} | settings))  # type: ignore[arg-type]  # fields of Search


def done(events: list[Event]) -> list[TrialDone]:
    return [event for event in events if isinstance(event, TrialDone)]


def told(trials: list[TrialDone]) -> list[object]:
    """What has to be the same for the same seed."""
    return [(trial.number, dict(trial.values), trial.value, trial.outcome, trial.best) for trial in trials]


def end(events: list[Event]) -> SearchFinished:
    last = events[-1]
    assert isinstance(last, SearchFinished), last
    return last


def test_every_trial_is_a_run_and_the_best_one_can_be_opened(project: Project) -> None:
    events = ask(SearchProject(project, "iris"))
    trials, finished = done(events), end(events)
    assert [trial.number for trial in trials] == [1, 2, 3, 4]
    assert {trial.outcome for trial in trials} == {"completed"}
    values = [trial.value for trial in trials if trial.value is not None]
    assert finished.best is not None
    assert finished.best.value == min(values)
    best = project_from_json(finished.project)
    assert best.training.optimizer.lr == finished.best.values["optimizer.lr"]
    assert best.search == project.search, "the search can be gone on with from there"
    with closing(RunStore()) as store:
        records = {trial.number: store.run(trial.run) for trial in trials}
        epochs = store.epochs(finished.best.run)
        tags = dict(store.connection.execute("SELECT id, tags FROM runs"))
    assert [records[number].name for number in (1, 2)] == ["iris · trial 1", "iris · trial 2"]
    assert records[finished.best.number].project == best
    assert min(epoch.validation["loss"] for epoch in epochs) == finished.best.value
    assert set(tags.values()) == {f"search {finished.search}"}


def test_the_test_rows_are_never_looked_at_and_only_good_weights_are_written(project: Project) -> None:
    events = ask(SearchProject(project))
    best_so_far = {trial.run for trial in done(events) if trial.best}
    with closing(RunStore()) as store:
        results = {record.id: record.result for record in store.runs()}
    for run, result in results.items():
        assert result is not None
        assert result.test == {}
        assert bool(result.best_weights) == (run in best_so_far)
        assert not result.best_weights or Path(result.best_weights).exists()


def test_the_same_seed_tries_the_same_and_gets_the_same(project: Project) -> None:
    assert told(done(ask(SearchProject(project)))) == told(done(ask(SearchProject(project))))


@pytest.mark.parametrize("method", ["random", "tpe", "grid"])
def test_a_search_that_was_left_goes_on_as_if_nothing_had_happened(project: Project, method: str) -> None:
    wanted = searching(project, method=method)
    whole = told(done(ask(SearchProject(wanted))))
    events = search_project(SearchProject(wanted, "left"), SimpleQueue())
    third = (event for event in events if isinstance(event, TrialStarted) and event.number == 3)
    assert next(third).number == 3
    events.close()  # a killed process says no more either
    (known,) = [known for known in listed() if known.name == "left"]
    assert (known.status, known.done) == ("interrupted", 2)
    rest = ask(ContinueSearch(known.search))
    started = rest[0]
    assert isinstance(started, SearchStarted)
    assert told([*started.done, *done(rest)]) == whole
    assert [trial.number for trial in done(rest)] == [3, 4], "nothing is repeated"
    assert listed()[0].status == "completed"


def listed() -> tuple[KnownSearch, ...]:
    (event,) = ask(ListSearches())
    assert isinstance(event, SearchesListed)
    return event.searches


def test_a_finished_search_can_be_lengthened_and_looked_at(project: Project) -> None:
    first = end(ask(SearchProject(project, "iris")))
    more = ask(ContinueSearch(first.search, trials=6))
    assert [trial.number for trial in done(more)] == [5, 6]
    assert end(more).trials == 6
    shown = ask(ShowSearch(first.search))
    started = shown[0]
    assert isinstance(started, SearchStarted)
    assert len(started.done) == started.trials == 6
    assert end(shown).best == end(more).best
    assert started.fields == {"optimizer.lr": "Learning rate"}


def commanded(project: Project, on: type[Event], command: object, count: int = 1) -> list[Event]:
    """A search that is told something when it says something for the ``count``-th time."""
    inbox: Inbox = SimpleQueue()
    events: list[Event] = []
    for event in search_project(SearchProject(project), inbox):
        events.append(event)
        if isinstance(event, on) and sum(isinstance(each, on) for each in events) == count:
            inbox.put(command)  # type: ignore[arg-type]  # a command
    return events


def test_a_stop_ends_the_trial_under_way_and_the_search_can_go_on(project: Project) -> None:
    long = replace(project, training=replace(project.training, epochs=100_000, patience=0))
    events = commanded(long, TrialStarted, Stop())
    (trial,) = done(events)
    assert (trial.outcome, trial.run) == ("stopped", "")
    assert (end(events).outcome, end(events).trials, end(events).best) == ("stopped", 0, None)
    assert listed()[0].status == "interrupted"


def test_minutes_end_a_search(project: Project) -> None:
    long = searching(project, minutes=0.0005, trials=0)
    events = ask(SearchProject(replace(long, training=replace(long.training, epochs=100_000, patience=0))))
    assert end(events).outcome == "completed"
    assert [trial.outcome for trial in done(events)] == ["stopped"]


def test_a_search_rests_while_it_is_paused(project: Project) -> None:
    inbox: Inbox = SimpleQueue()
    told: list[str] = []
    for event in search_project(SearchProject(project), inbox):
        told.append(type(event).__name__)
        if isinstance(event, TrialStarted) and event.number == 2:
            inbox.put(Pause())
        if isinstance(event, Paused):
            inbox.put(Resume())
    assert told.count(Paused.__name__) == told.count(Resumed.__name__) == 1
    assert told[told.index("Paused") + 1] == "Resumed"
    assert told.count("TrialDone") == 4


def test_a_trial_that_cannot_be_fails_with_its_sentence_and_the_search_goes_on(project: Project) -> None:
    last = project.model.rows[-1].id
    width = f"layer.{last}.out_features"
    project = search_field(search_field(project, width, Choices((3, 2))), "optimizer.lr", Choices((0.01, 0.02)))
    events = ask(SearchProject(searching(project, method="grid", trials=0)))
    trials = {(trial.values[width], trial.values["optimizer.lr"]): trial for trial in done(events)}
    assert [trials[(3, rate)].outcome for rate in (0.01, 0.02)] == ["completed"] * 2
    assert "gives 2" in trials[(2, 0.01)].error
    assert (trials[(2, 0.01)].value, trials[(2, 0.01)].run) == (None, "")
    best = end(events).best
    assert best is not None
    assert best.values[width] == 3
    (started,) = (event for event in events if isinstance(event, SearchStarted))
    assert end(events).trials == started.trials == 4


def test_a_loss_that_is_not_finite_is_a_failed_trial() -> None:
    diabetes = suggested(TableSource(str(resource("samples/diabetes.csv"))), epochs=20)
    project = searching(search_field(diabetes, "optimizer.lr", Choices((1e-3, 100.0))), method="grid", trials=0)
    long = replace(project, training=replace(project.training, optimizer=SGD()))
    trials = {trial.values["optimizer.lr"]: trial for trial in done(ask(SearchProject(long)))}
    assert trials[1e-3].outcome == "completed"
    assert trials[100.0].outcome == "failed"
    assert "Choose a smaller learning rate" in trials[100.0].error
    with closing(RunStore()) as store:
        assert store.run(trials[100.0].run).error == trials[100.0].error


def test_all_trials_that_fail_alike_end_the_search(project: Project) -> None:
    last = project.model.rows[-1].id
    project = search_field(project, f"layer.{last}.out_features", Choices((2,)))
    with pytest.raises(TrainingError, match="first 10 trials failed for the same reason"):
        ask(SearchProject(searching(project, trials=0)))


def test_values_that_were_tried_are_not_trained_again(project: Project) -> None:
    project = search_field(project, "optimizer.lr", Choices((0.01, 0.02)))
    events = ask(SearchProject(project))
    trials = done(events)
    fresh = [trial for trial in trials if not trial.same_as]
    assert len(trials) == 4
    assert len(fresh) <= 2
    more = done(ask(ContinueSearch(end(events).search, trials=6)))
    assert all(trial.same_as for trial in more)
    for trial in trials + more:
        if trial.same_as:
            earlier = trials[trial.same_as - 1]
            assert earlier in fresh
            assert (trial.values, trial.value, trial.run) == (earlier.values, earlier.value, earlier.run)
            assert not trial.best


def test_a_bad_trial_is_pruned_and_remembered_as_a_run(project: Project) -> None:
    project = search_field(project, "optimizer.lr", Choices((0.01, 0.011, 0.012, 0.013, 0.014, 1e-7)))
    long = replace(project, training=replace(project.training, epochs=30, patience=0))
    seeds = (searching(long, method="grid", trials=0, seed=seed) for seed in range(20))
    wanted = next(each for each in seeds if _last_rate(each) == 1e-7)
    trials = done(ask(SearchProject(wanted)))
    assert [trial.outcome for trial in trials] == ["completed"] * 5 + ["pruned"]
    assert trials[-1].epochs < 30
    with closing(RunStore()) as store:
        record = store.run(trials[-1].run)
        (tags,) = store.connection.execute("SELECT tags FROM runs WHERE id = ?", (record.id,)).fetchone()
    assert record.status == "stopped"
    assert tags.endswith(", pruned")


def _last_rate(project: Project) -> object:
    """The learning rate that a grid tries last."""
    study = Study(project, "lower")
    return [study.ask()[1]["optimizer.lr"] for _ in range(6)][-1]


def test_the_score_can_be_what_counts(project: Project) -> None:
    events = ask(SearchProject(searching(project, objective="score")))
    started = events[0]
    assert isinstance(started, SearchStarted)
    assert (started.objective, started.better) == ("validation accuracy", "higher")
    best = end(events).best
    assert best is not None
    assert best.value == max(trial.value for trial in done(events) if trial.value is not None)


def test_what_cannot_be_searched_is_said_before_anything_begins(project: Project) -> None:
    with pytest.raises(SpecError, match="No field is searched yet"):
        ask(SearchProject(replace(project, search=replace(project.search, fields=()))))
    with pytest.raises(SpecError, match="no data"):
        ask(SearchProject(Project(search=project.search)))
    assert project.data is not None
    none = replace(project, data=replace(project.data, split=replace(project.data.split, validation=0.0)))  # type: ignore[type-var]
    with pytest.raises(TrainingError, match="no validation rows"):
        ask(SearchProject(none))
    with pytest.raises(FileError, match="No search was interrupted"):
        ask(ContinueSearch())
    with pytest.raises(FileError, match="no search “x”"):
        ask(ShowSearch("x"))
    assert listed() == ()


def test_counts_are_searched_in_their_own_unit() -> None:
    project = suggested(TableSource(str(resource("samples/diabetes.csv"))), epochs=1)
    project = replace(project, training=replace(project.training, loss=PoissonNLL()))
    (trial,) = done(ask(SearchProject(searching(project, trials=1, prune=False))))
    assert (trial.outcome, trial.error) == ("completed", "")


def test_a_search_whose_data_changed_cannot_go_on(tmp_path: Path) -> None:
    table = tmp_path / "iris.csv"
    table.write_text(Path(IRIS.path).read_text())
    project = searching(suggested(TableSource(str(table)), epochs=1), trials=1)
    first = end(ask(SearchProject(project)))
    table.write_text("\n".join(table.read_text().splitlines()[:-20]) + "\n")
    with pytest.raises(DataError, match=r"The search cannot go on\. Its data changed"):
        ask(ContinueSearch(first.search, trials=2))


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Helpers in threads of this process: they say the same, and start at once."""
    monkeypatch.setattr(workers, "ProcessLink", ThreadLink)
    yield
    Helper.end_idle()


@pytest.mark.usefixtures("helpers")
def test_trials_run_side_by_side(project: Project) -> None:
    long = replace(project, training=replace(project.training, epochs=20, patience=0))
    beside = searching(long, at_once=2, trials=8, prune=False)
    trials = done(ask(SearchProject(beside)))
    alone = done(ask(SearchProject(replace(beside, search=replace(beside.search, at_once=1)))))
    assert sorted(trial.number for trial in trials) == list(range(1, 9))
    assert all(trial.value is not None for trial in trials)  # threads share one generator: only processes repeat values
    by_number = {trial.number: trial.values for trial in trials}
    assert by_number == {trial.number: trial.values for trial in alone}, "a random search tries the same anyway"
    assert threads_of(trials) == {1}


@pytest.mark.usefixtures("helpers")
@pytest.mark.parametrize(("at_once", "each"), [(1, 4), (2, 2)])
def test_trials_share_the_threads_that_are_preferred(project: Project, at_once: int, each: int) -> None:
    events = ask(SearchProject(searching(project, at_once=at_once, trials=3), threads=4))
    assert threads_of(done(events)) == {each}
    more = ask(ContinueSearch(end(events).search, trials=4, threads=2))
    assert threads_of(done(more)[-1:]) == {2 // at_once}


def threads_of(trials: Sequence[TrialDone]) -> set[int]:
    """How many threads trials were trained with, as their runs remember it."""
    with closing(RunStore()) as store:
        plans = [store.run(trial.run).plan for trial in trials]
    return {plan.threads for plan in plans if plan}


class LosingLink(ThreadLink):
    """A link to an engine that ends without a word when it begins its first trial."""

    def receive(self) -> Bundle | None:
        bundle = super().receive()
        if bundle is not None and bundle.job == 2:
            raise EngineLost("The engine stopped unexpectedly.")
        return bundle


@pytest.mark.usefixtures("helpers")
def test_a_helper_that_is_lost_costs_its_trial_only(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ProcessLink", LosingLink)
    events = ask(SearchProject(searching(project, at_once=2, trials=12)))
    lost = [trial for trial in done(events) if trial.outcome == "failed"]
    assert all(trial.error.startswith("The process of the trial ended unexpectedly.") for trial in lost)
    assert lost
    assert end(events).trials == 12
    assert end(events).best is not None


def test_the_engine_process_may_have_helpers(project: Project) -> None:
    with closing(ProcessLink()) as link:
        link.submit(SearchProject(searching(project, at_once=2, trials=2)))
        events: list[Event] = []
        while (bundle := link.receive()) is not None and not bundle.done:
            events += bundle.events
    assert end([*events, *bundle.events] if bundle else events).trials == 2


def test_ranges_may_be_of_counts(project: Project) -> None:
    project = search_field(project, "batches.size", Interval(8, 64, log=True, whole=True))
    trials = done(ask(SearchProject(project)))
    assert all(isinstance(trial.values["batches.size"], int) for trial in trials)
