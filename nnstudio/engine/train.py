"""Training as a generator of events."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from nnstudio.engine.build import build
from nnstudio.engine.devices import threads_restored
from nnstudio.engine.examples import Examples
from nnstudio.engine.front import passed_once
from nnstudio.engine.given import Given
from nnstudio.engine.load import load_own_starts
from nnstudio.engine.plan import device_for
from nnstudio.engine.precision import check_precision
from nnstudio.engine.preflight import check
from nnstudio.engine.recovery import Keeper, Restart
from nnstudio.engine.remote import Remote
from nnstudio.engine.retrace import explained
from nnstudio.engine.run import Run
from nnstudio.engine.trained import Trained
from nnstudio.spec.errors import NotFiniteError, OutOfMemory, as_studio_error
from nnstudio.spec.events import Event, Inbox, NumericPlan
from nnstudio.spec.project import Project


def train(
    project: Project,
    examples: Examples,
    *,
    inbox: Inbox,
    run: str,
    plan: NumericPlan | None = None,
    trained: Trained | None = None,
    keeper: Keeper | None = None,
    go_on_from: Restart | None = None,
) -> Generator[Event, None, None]:
    """Train ``project`` on ``examples``: [WeightsLoaded], RunStarted, then what comes of it, at last RunFinished.

    What layers at the front that never change make of the examples is computed once, told by ComputedOnce before it.

    Progress and BatchLosses come a few times a second, EpochDone after every epoch.

    Commands are taken from ``inbox`` after every batch; RatesChanged says from where on other rates are in force. A
    ``plan`` is followed as it is; without one it is chosen. PlanChanged says when measuring anew led to another, or
    memory ran out, so that batches go through in parts from there on. The weights are in ``trained``, also after an
    error or `close`; RunFinished names no files: its caller writes them. The same plan and seed give the same bits.
    Where a batch norm is trained, a last batch of a single row is left out of the epoch, since it cannot be normalised.

    A ``keeper`` is given checkpoints, each told by CheckpointSaved; while its disk is full, training rests (DiskFull).
    With one of them in ``go_on_from``, and with the plan of that run, training goes on from there, to the same bits;
    changes of rates that were made behind it are made again.

    Raises `ShapeError`, `TrainingError` or `ModelFileError` before anything starts, later `NotFiniteError` or
    `OutOfMemory`.
    """
    try:
        with threads_restored():
            yield from _train(
                project,
                examples,
                plan,
                Remote(inbox),
                trained or Trained(),
                run=run,
                keeper=keeper,
                go_on_from=go_on_from,
            )
    except (RuntimeError, MemoryError) as error:  # memory that ran out is a RuntimeError of PyTorch's
        known = as_studio_error(error)
        if isinstance(known, OutOfMemory):
            raise known from error
        raise


def _train(
    project: Project,
    examples: Examples,
    plan: NumericPlan | None,
    remote: Remote,
    trained: Trained,
    *,
    run: str,
    keeper: Keeper | None,
    go_on_from: Restart | None,
) -> Iterator[Event]:
    walked = check(project, examples)
    device = device_for(plan.device if plan else project.training.device)
    check_precision(plan.precision if plan else project.training.precision, device)
    module = build(project.model, walked.input_shape, project.training.seed)
    if project.model.starts:
        yield load_own_starts(module, project.model)
    given = Given(project, examples, walked, device, plan)
    module = module.to(device)
    given = yield from passed_once(given, module, remote)
    under_way = Run(given, module, remote, trained, keeper=keeper, restart=go_on_from)
    try:
        yield from under_way.events(run)
    except NotFiniteError as error:
        raise explained(error, under_way) from error
