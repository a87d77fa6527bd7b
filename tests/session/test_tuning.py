"""The rates of a run in words."""

from __future__ import annotations

from dataclasses import replace

from nnstudio.session.live import LiveRun
from nnstudio.session.tuning import differs, in_force, place_words, rates_words
from nnstudio.spec.events import ChangeRates, RatesChanged
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.project import Project


def test_a_change_says_where_it_counts_from() -> None:
    change = RatesChanged(3, 40, 0.00025, 0.01)
    assert place_words(change) == "From epoch 3, batch 41"
    assert rates_words(change) == "learning rate 0.00025, weight decay 0.01"


def test_without_a_run_nothing_is_in_force() -> None:
    assert in_force(LiveRun()) is None
    assert not differs(LiveRun(), Project())


def test_the_newest_change_is_in_force() -> None:
    run = LiveRun()
    run.start(Project())
    assert in_force(run) == ChangeRates(0.001, 0.0)
    run.receive([RatesChanged(1, 1, 0.1, 0.0), RatesChanged(1, 2, 0.01, 0.5)])
    assert in_force(run) == ChangeRates(0.01, 0.5)


def test_settings_that_the_run_goes_by_do_not_differ() -> None:
    run, project = LiveRun(), Project()
    run.start(project)
    assert not differs(run, project)
    assert differs(run, replace(project, training=replace(project.training, epochs=7)))
    assert differs(run, replace(project, training=replace(project.training, optimizer=SGD(lr=0.001))))
    slower = replace(project, training=replace(project.training, optimizer=Adam(lr=0.0001, weight_decay=0.5)))
    assert differs(run, slower)
    run.receive([RatesChanged(1, 2, 0.0001, 0.5)])
    assert not differs(run, slower), "it was told to go by them"
    assert differs(run, project)
