"""Jobs that train: read, encode, train, remember, keep the weights."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nnstudio import __version__
from nnstudio.data.encoding.encode import Encoded
from nnstudio.engine.plan import device_for
from nnstudio.engine.recovery import Content, Restart
from nnstudio.engine.remote import Remote
from nnstudio.engine.train import train
from nnstudio.jobs.folds import cross_validate
from nnstudio.jobs.given import encoded_for, examples_of
from nnstudio.jobs.recording import Record, recorded
from nnstudio.spec.events import Event, Inbox, NumericPlan, RunFinished, RunStarted
from nnstudio.spec.project import Project, data_to_train_on
from nnstudio.spec.requests import TrainProject


def train_project(request: TrainProject, inbox: Inbox) -> Iterator[Event]:
    """Train a project, record the run, and keep its best and last weights in the run's folder.

    Where the split asks for folds, the cross-validation comes first; the run behind it is the same as without it.
    """
    project = request.project
    data = data_to_train_on(project)
    plan = request.plan or plan_with(request.threads, project)
    folds = yield from cross_validate(project, data, plan, inbox)
    if folds is None:
        return
    encoded = encoded_for(project)
    with recorded(project, encoded, lambda store: store.begin(project, request.name, __version__)) as record:
        record.keep_folds(folds)
        yield from followed(record, project, encoded, inbox, plan=plan)


def plan_with(threads: int, project: Project) -> NumericPlan | None:
    """The plan of a run on the processor with so many threads; None where it is to be measured, or is for a card."""
    training = project.training
    if not threads or device_for(training.device) != "cpu":
        return None
    return NumericPlan(threads, precision=training.precision, once=threads)


def followed(
    record: Record,
    project: Project,
    encoded: Encoded,
    inbox: Inbox,
    *,
    plan: NumericPlan | None,
    go_on_from: Restart | None = None,
) -> Iterator[Event]:
    """Train, and write down what is told; while the disk is full, that waits."""
    events = train(
        project,
        examples_of(encoded),
        inbox=inbox,
        run=record.run,
        plan=plan,
        trained=record.trained,
        keeper=record.keeper,
        go_on_from=go_on_from,
    )
    for event in events:
        if isinstance(event, RunFinished):
            yield from Remote(inbox).insist(partial(record.finish, event))
            yield record.ended()
        else:
            record.note(event)
            yield event


def taken_up(
    record: Record, project: Project, encoded: Encoded, inbox: Inbox, *, plan: NumericPlan | None, at: Content
) -> Iterator[Event]:
    """Go on with the run of ``record`` from ``at``: what it told up to there comes again, behind `RunStarted`."""
    told, changes = record.rewind(at["epochs"], at["batches"])
    for event in followed(record, project, encoded, inbox, plan=plan, go_on_from=Restart(at, changes)):
        yield event
        if isinstance(event, RunStarted):
            yield from told
