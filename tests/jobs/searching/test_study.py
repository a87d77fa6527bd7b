"""What Optuna proposes for declared fields, what it prunes, and what it says mattered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nnstudio.jobs.searching.study import Study
from nnstudio.runs.searches import TrialRecord
from nnstudio.spec.columns import Column, Kind, Role
from nnstudio.spec.data import DataSpec
from nnstudio.spec.events import TrialDone, TrialOutcome
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, Row
from nnstudio.spec.project import Project
from nnstudio.spec.search import Choices, Interval, Method, Search, SearchedField, Values
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task

DATA = DataSpec(TableSource("t.csv"), (Column("y", Kind.CATEGORY, Role.TARGET),), Task.MULTICLASS)
FIELDS = (
    SearchedField("optimizer.momentum", Interval(0.1, 0.9)),
    SearchedField("optimizer", Choices(("adam", "sgd"))),
    SearchedField("optimizer.lr", Interval(1e-4, 1.0, log=True, points=3)),
    SearchedField("layer.a.out_features", Interval(4, 64, log=True, whole=True, points=3)),
)


def project(method: Method = "tpe", **settings: object) -> Project:
    search = replace(Search(FIELDS, method=method), **settings)  # type: ignore[arg-type]  # fields of Search
    return Project(DATA, Model((Row("a", Linear(8)),)), search=search)


def record(study: Study, number: int, values: Values, outcome: TrialOutcome, value: float | None) -> TrialRecord:
    done = TrialDone("s", number, outcome, values, value)
    return TrialRecord(done, study.reported(number), study.attributes(number))


def alike(values: Values) -> float:
    return float(len(values))


def tried(study: Study, count: int, judge: Callable[[Values], float] = alike) -> list[TrialRecord]:
    records = []
    for _ in range(count):
        number, values = study.ask()
        records.append(record(study, number, values, "completed", judge(values)))
        study.tell(records[-1])
    return records


def loss(values: Values) -> float:
    """The best learning rate is 0.1; nothing else matters."""
    return abs(float(values["optimizer.lr"]) - 0.1)


@pytest.mark.parametrize("method", ["tpe", "random"])
def test_values_lie_within_their_ranges(method: Method) -> None:
    for done in tried(Study(project(method), "lower"), 20, loss):
        values = done.done.values
        assert values["optimizer"] in ("adam", "sgd")
        assert 1e-4 <= float(values["optimizer.lr"]) <= 1
        assert isinstance(values["layer.a.out_features"], int)
        assert 4 <= values["layer.a.out_features"] <= 64
        assert ("optimizer.momentum" in values) == (values["optimizer"] == "sgd"), "Adam has no momentum"


def test_a_log_range_tries_every_power_of_ten() -> None:
    rates = [float(done.done.values["optimizer.lr"]) for done in tried(Study(project("random"), "lower"), 100)]
    counts = [sum(10.0**-u <= rate < 10.0 ** (1 - u) for rate in rates) for u in range(1, 5)]
    assert min(counts) > 10


@pytest.mark.parametrize("method", ["tpe", "random", "grid"])
def test_a_study_that_is_rebuilt_proposes_what_it_would_have_proposed(method: Method) -> None:
    whole = [done.done.values for done in tried(Study(project(method), "lower"), 16, loss)]
    first = tried(Study(project(method), "lower"), 12, loss)
    rest = tried(Study(project(method), "lower", first), 4, loss)
    assert [done.done.values for done in (*first, *rest)] == whole


def test_another_seed_proposes_others() -> None:
    one, other = (Study(project("random", seed=seed), "lower").ask()[1] for seed in (1, 2))
    assert one != other


def test_tpe_learns_where_good_values_are() -> None:
    done = tried(Study(project("tpe"), "lower"), 60, loss)
    late = [float(trial.done.values["optimizer.lr"]) for trial in done[40:]]
    assert sum(0.03 < rate < 0.3 for rate in late) > 0.4 * len(late), "a quarter, if nothing was learned"


def test_a_grid_tries_every_combination_once() -> None:
    fields = (FIELDS[2], FIELDS[3])
    grid = replace(project("grid"), search=Search(fields, method="grid"))
    done = tried(Study(grid, "lower"), 9)
    pairs = {tuple(trial.done.values.values()) for trial in done}
    assert len(pairs) == 9
    assert {value for _, value in pairs} == {4, 16, 64}


def test_a_grid_goes_on_with_what_is_missing_also_where_trials_were_lost() -> None:
    fields = (FIELDS[2], FIELDS[3])
    grid = replace(project("grid"), search=Search(fields, method="grid"))
    done = tried(Study(grid, "lower"), 9)
    kept = [trial for trial in done if trial.done.number not in (2, 5)]
    again = tried(Study(grid, "lower", kept), 2)
    lost = {tuple(trial.done.values.values()) for trial in done if trial not in kept}
    assert {tuple(trial.done.values.values()) for trial in again} == lost
    assert [trial.done.number for trial in again] == [10, 11]


@pytest.mark.parametrize(("better", "sign"), [("lower", 1.0), ("higher", -1.0)])
def test_a_trial_worse_than_the_median_is_pruned(better: str, sign: float) -> None:
    study = Study(project("random"), "lower" if better == "lower" else "higher")
    for level in range(5):
        number, values = study.ask()
        assert all(study.is_worth_it(number, epoch, sign * level) for epoch in range(1, 101))
        study.tell(record(study, number, values, "completed", sign * level))
    number, _ = study.ask()
    assert all(study.is_worth_it(number, epoch, sign * 9.0) for epoch in range(1, 10)), "it is given a start"
    assert not study.is_worth_it(number, 10, sign * 9.0)
    good, _ = study.ask()
    assert all(study.is_worth_it(good, epoch, sign * -1.0) for epoch in range(1, 101))


def test_without_pruning_every_trial_is_worth_it() -> None:
    study = Study(project("random", prune=False), "lower")
    number, _ = study.ask()
    assert all(study.is_worth_it(number, epoch, float(epoch)) for epoch in range(1, 101))
    assert study.reported(number) == {}


def test_long_trials_are_compared_at_evenly_many_epochs() -> None:
    long = project("random")
    study = Study(replace(long, training=replace(long.training, epochs=10_000)), "lower")
    number, _ = study.ask()
    for epoch in range(1, 10_001):
        study.is_worth_it(number, epoch, 1.0)
    assert len(study.reported(number)) == 200


def test_what_mattered_is_told_in_shares() -> None:
    study = Study(project("random"), "lower")
    assert study.importance() == {}
    tried(study, 60, loss)
    importance = study.importance()
    assert sum(importance.values()) == pytest.approx(1.0)
    assert max(importance, key=lambda path: importance[path]) == "optimizer.lr"
    assert importance["optimizer.lr"] > 0.5


def test_failed_and_pruned_trials_are_put_back_in_their_places() -> None:
    study = Study(project("random"), "lower")
    outcomes: tuple[TrialOutcome, ...] = ("completed", "failed", "pruned")
    records = []
    for outcome in outcomes:
        number, values = study.ask()
        study.is_worth_it(number, 1, 0.5)
        records.append(record(study, number, values, outcome, None if outcome == "failed" else 0.5))
        study.tell(records[-1])
    again = Study(project("random"), "lower", records)
    assert again.ask() == study.ask()
    assert again.reported(3) == {1: 0.5}
