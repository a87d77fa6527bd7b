"""A step of real data in slow motion: which rows of the file it learns, and that the run is kept for the next step."""

from __future__ import annotations

from dataclasses import replace
from queue import SimpleQueue

from nnstudio.jobs import watching
from nnstudio.jobs.watching import watch_step
from nnstudio.resources import resource
from nnstudio.spec.events import Inbox, Stop
from nnstudio.spec.files import load_project
from nnstudio.spec.requests import WatchStep
from nnstudio.spec.watched import WatchedStep

PROJECT = load_project(resource("samples/penguins.nnstudio"))


def watched(request: WatchStep) -> WatchedStep:
    (event,) = watch_step(request, SimpleQueue())
    return event.watched


def test_a_step_names_rows_features_and_classes_of_the_file() -> None:
    found = watched(WatchStep(PROJECT, layer=PROJECT.model.rows[0].id))
    assert PROJECT.data is not None
    assert len(found.rows) == len(set(found.rows)) == PROJECT.data.batches.size
    assert max(found.rows) < 344
    assert len(found.features) == len(found.inputs) == found.input_shape[1]
    assert {term.name for term in found.answers} == {"Adelie", "Chinstrap", "Gentoo"}
    assert found.layer is not None
    assert found.layer.neuron is not None
    assert {term.name for term in found.layer.neuron.terms} <= set(found.features)


def test_the_next_step_goes_on_from_the_one_before() -> None:
    watched(WatchStep(PROJECT))
    ((run, _),) = watching._LAST.values()
    assert watched(WatchStep(PROJECT, 1)).steps == 1
    ((again, _),) = watching._LAST.values()
    assert again is run
    assert watched(WatchStep(replace(PROJECT, training=replace(PROJECT.training, seed=5)), 1)).steps == 1
    assert [other is run for other, _ in watching._LAST.values()] == [False]


def test_who_wants_it_no_more_ends_it() -> None:
    inbox: Inbox = SimpleQueue()
    inbox.put(Stop())
    assert list(watch_step(WatchStep(PROJECT, 50), inbox)) == []
