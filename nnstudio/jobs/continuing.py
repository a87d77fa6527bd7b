"""The job that trains a run that has ended for more epochs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from nnstudio import __version__
from nnstudio.engine.longer import from_best, from_last
from nnstudio.engine.recovery import Content, load_recovery
from nnstudio.jobs.recording import encoded_again, recorded, up_to
from nnstudio.jobs.training import taken_up
from nnstudio.runs.course import Course, Origin
from nnstudio.runs.records import RunRecord
from nnstudio.runs.store import RunStore
from nnstudio.spec.errors import SpecError
from nnstudio.spec.events import ChangeRates, Event, Inbox
from nnstudio.spec.project import Project
from nnstudio.spec.requests import ContinueRun, Weights

LONGER = " · longer"
"""Behind the name of a run that goes on from another one."""


def continue_run(request: ContinueRun, inbox: Inbox) -> Iterator[Event]:
    """Train a run for longer, as a run of its own: the one that it goes on from stays as it is."""
    if request.epochs < 1:
        raise SpecError(f"A run is trained for one more epoch at least, not for {request.epochs}.")
    with closing(RunStore()) as store:
        found, at = _found(store, request)
    epochs = at["epochs"] + request.epochs
    longer = replace(found.project, training=replace(found.project.training, epochs=epochs))
    encoded = encoded_again(found)
    begin = partial(_begun, found=found, project=longer, at=at, weights=request.weights)
    with recorded(longer, encoded, begin) as record:
        yield from taken_up(record, longer, encoded, inbox, plan=found.plan, at=at)


def _found(store: RunStore, request: ContinueRun) -> tuple[RunRecord, Content]:
    """The run, and where it is taken up; raises `FileError` where that is not kept."""
    course = Course(store)
    found = store.run(request.run or course.newest_ending())
    ending = load_recovery(course.ending(found.id))
    if request.weights == "last":
        return found, from_last(ending, found.project.training.patience)
    if not ending["best_epoch"]:
        raise SpecError(
            "This run has no best epoch.", "It was stopped in its first one.", "Go on from its last weights."
        )
    made = up_to(course.changes(found.id), ending["best_epoch"], 0)
    optimizer = found.project.training.optimizer
    rates = [ChangeRates(optimizer.lr, optimizer.weight_decay)]
    rates += [ChangeRates(change.learning_rate, change.weight_decay) for change in made]
    return found, from_best(ending, store.epochs(found.id), rates[-1])


def _begun(store: RunStore, *, found: RunRecord, project: Project, at: Content, weights: Weights) -> str:
    """A new run with what the other one told up to there."""
    course, epochs = Course(store), at["epochs"]
    run = store.begin(project, f"{found.name.removesuffix(LONGER)}{LONGER}".strip(" ·"), __version__)
    course.set_origin(run, Origin(found.id, epochs, weights))
    store.add_epochs(run, [done for done in store.epochs(found.id) if done.epoch <= epochs])
    course.set_changes(run, up_to(course.changes(found.id), epochs, at["batches"]))
    return run
