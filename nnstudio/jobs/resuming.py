"""Jobs on runs that were interrupted: name them, and go on with one from its checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from nnstudio.runs.records import RunRecord
from nnstudio.runs.store import RECOVERY, RunStore
from nnstudio.spec.errors import FileError
from nnstudio.spec.events import Event, Inbox, InterruptedRun, RunsInterrupted
from nnstudio.spec.files import project_to_json
from nnstudio.spec.requests import DiscardRun, ListInterrupted, ResumeRun


def list_interrupted(request: ListInterrupted, inbox: Inbox) -> Iterator[Event]:
    """Say which runs could go on."""
    del request, inbox
    with closing(RunStore()) as store:
        store.tidy()
        yield RunsInterrupted(tuple(_told(store, found) for found in store.interrupted()))


def _told(store: RunStore, found: RunRecord) -> InterruptedRun:
    epochs = found.project.training.epochs
    return InterruptedRun(
        found.id, found.name, found.started, store.epochs_done(found.id), epochs, project_to_json(found.project)
    )


def discard_run(request: DiscardRun, inbox: Inbox) -> Iterator[Event]:
    """Give up what an interrupted run could go on from; gives those that are left."""
    with closing(RunStore()) as store:
        store.abandon(_interrupted(store, request.run).id)
        (store.run_folder(request.run) / RECOVERY).unlink(missing_ok=True)
    yield from list_interrupted(ListInterrupted(), inbox)


def resume_run(request: ResumeRun, inbox: Inbox) -> Iterator[Event]:
    """Go on with a run to the end that it would have had; yields its curve up to now behind `RunStarted`.

    Whatever keeps it from going on, such as data that changed, leaves it as it is, to be resumed another time.
    """
    from nnstudio.engine.recovery import load_recovery  # noqa: PLC0415  # naming runs does not wait for torch and pandas
    from nnstudio.jobs.recording import encoded_again, recorded  # noqa: PLC0415
    from nnstudio.jobs.training import taken_up  # noqa: PLC0415

    with closing(RunStore()) as store:
        found = _interrupted(store, request.run)
        content = load_recovery(store.run_folder(found.id) / RECOVERY)
    encoded = encoded_again(found)
    with recorded(found.project, encoded, lambda _: found.id) as record:
        yield from taken_up(record, found.project, encoded, inbox, plan=found.plan, at=content)


def _interrupted(store: RunStore, run: str) -> RunRecord:
    """The run that was named, or the newest; raises `FileError` where there is none."""
    found = [each for each in store.interrupted() if run in {"", each.id}]
    if not found:
        what = f"There is no interrupted run “{run}”." if run else "No run was interrupted."
        raise FileError(what, "A run can go on where it left a checkpoint and no program trains it.")
    return found[0]
