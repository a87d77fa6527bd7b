"""Runs the jobs that were asked for, one after another, and bundles what they say."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from queue import SimpleQueue

from nnstudio.jobs.awake import kept_awake
from nnstudio.spec.errors import as_studio_error
from nnstudio.spec.events import (
    BatchLosses,
    Command,
    EpochDone,
    Evaluating,
    Event,
    Failed,
    Fitting,
    GradientsSeen,
    Inbox,
    Predicting,
    Progress,
    RatesTried,
    Stop,
    TrialDone,
    TrialProgress,
    TrialStarted,
)
from nnstudio.spec.requests import (
    AskModel,
    AskPicture,
    ContinueRun,
    ContinueSearch,
    ConvertWeights,
    DescribeData,
    DescribeModel,
    Diagnose,
    DiscardRun,
    Evaluate,
    ExportModel,
    ExportRows,
    FitBatch,
    InspectWeights,
    ListInterrupted,
    ListParts,
    ListSearches,
    OpenModel,
    OpenPath,
    OpenSource,
    PredictTable,
    PreviewSource,
    PrintCode,
    RepeatProject,
    Request,
    ResumeRun,
    RunModel,
    SaveLayers,
    SaveModel,
    SearchProject,
    ShowExamples,
    ShowSearch,
    ShowWeights,
    TakeExample,
    TrainProject,
    TrainTrial,
    TryRates,
    WarmUp,
    WatchStep,
    WriteCode,
)

BUNDLE_SECONDS = 0.033
"""Events of this long go to the window together: more often costs speed and shows nothing more."""

STREAMED = (
    Progress,
    BatchLosses,
    EpochDone,
    Evaluating,
    Fitting,
    GradientsSeen,
    Predicting,
    RatesTried,
    TrialProgress,
    TrialStarted,
    TrialDone,
)
"""Events that more of their kind soon follow. All others go at once: a job may then be silent for hours (Paused)."""

Job = Callable[[Request, Inbox], Iterator[Event]]

ANSWERS: dict[type[Request], str] = {
    OpenSource: "nnstudio.jobs.opening:open_source",
    OpenPath: "nnstudio.jobs.opening:open_path",
    PreviewSource: "nnstudio.jobs.opening:preview_source",
    DescribeData: "nnstudio.jobs.opening:describe_data",
    ShowExamples: "nnstudio.jobs.looking:show_examples",
    ShowWeights: "nnstudio.jobs.models:show_weights",
    ListParts: "nnstudio.jobs.looking:list_the_parts",
    ExportRows: "nnstudio.jobs.looking:export_the_rows",
    OpenModel: "nnstudio.jobs.models:open_model",
    InspectWeights: "nnstudio.jobs.models:inspect_weights",
    ConvertWeights: "nnstudio.jobs.models:convert_weights",
    RunModel: "nnstudio.jobs.models:run_model",
    SaveModel: "nnstudio.jobs.models:save_model",
    SaveLayers: "nnstudio.jobs.models:save_layers",
    TrainProject: "nnstudio.jobs.training:train_project",
    ListInterrupted: "nnstudio.jobs.resuming:list_interrupted",
    DiscardRun: "nnstudio.jobs.resuming:discard_run",
    ResumeRun: "nnstudio.jobs.resuming:resume_run",
    ContinueRun: "nnstudio.jobs.continuing:continue_run",
    PredictTable: "nnstudio.jobs.predicting.table:predict_table",
    DescribeModel: "nnstudio.jobs.predicting.asking:describe_model",
    AskModel: "nnstudio.jobs.predicting.asking:ask_model",
    AskPicture: "nnstudio.jobs.predicting.asking:ask_picture",
    TakeExample: "nnstudio.jobs.predicting.asking:take_example",
    Evaluate: "nnstudio.jobs.evaluating:evaluate",
    RepeatProject: "nnstudio.jobs.repeating:repeat_project",
    FitBatch: "nnstudio.jobs.one_batch:fit_batch",
    TryRates: "nnstudio.jobs.ranging:try_rates",
    WatchStep: "nnstudio.jobs.watching:watch_step",
    SearchProject: "nnstudio.jobs.searching.search:search_project",
    ContinueSearch: "nnstudio.jobs.searching.search:continue_search",
    ShowSearch: "nnstudio.jobs.searching.search:show_search",
    ListSearches: "nnstudio.jobs.searching.search:list_searches",
    TrainTrial: "nnstudio.jobs.searching.trial:train_trial",
    ExportModel: "nnstudio.jobs.exporting.export:export_model",
    PrintCode: "nnstudio.jobs.printing:print_code",
    WriteCode: "nnstudio.jobs.exporting.code:write_code",
    WarmUp: "nnstudio.jobs.warming:warm_up",
    Diagnose: "nnstudio.jobs.diagnosing:diagnose",
}
"""Where each request is answered; imported when first asked, so that opening a table does not wait for torch."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one job said within a moment; ``done`` when it has nothing more to say."""

    job: int
    events: list[Event] = field(default_factory=list)
    done: bool = False


def answer(request: Request, inbox: Inbox) -> Generator[Event]:
    """The events of the job that answers ``request``; any exception becomes a last `Failed`.

    Whoever does not hear it to its end closes it, in the thread that heard it: a job holds files and a connection to
    the database, which belong to that thread.
    """
    try:
        module, function = ANSWERS[type(request)].split(":")
        job: Job = getattr(importlib.import_module(module), function)
        yield from kept_awake(job(request, inbox))
    except Exception as error:  # noqa: BLE001  # the boundary: whatever went wrong becomes a sentence
        yield Failed(as_studio_error(error))


class Runner:
    """A queue of jobs; ``submit`` and ``command`` may be called from another thread than ``bundles``."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[int, Request, Inbox] | None] = SimpleQueue()
        self._inboxes: dict[int, Inbox] = {}
        self._abandoned = False

    def submit(self, job: int, request: Request) -> None:
        inbox: Inbox = SimpleQueue()
        self._inboxes[job] = inbox
        self._waiting.put((job, request, inbox))

    def command(self, job: int, command: Command) -> None:
        """Say something to a job; one that has ended does not mind."""
        if inbox := self._inboxes.get(job):
            inbox.put(command)

    def abandon(self) -> None:
        """Stop the job that is under way and let `bundles` end."""
        self._abandoned = True
        for inbox in tuple(self._inboxes.values()):
            inbox.put(Stop())
        self._waiting.put(None)

    def bundles(self) -> Generator[Bundle]:
        """Run jobs as they come, until `abandon`; closed before, it closes the job under way."""
        while not self._abandoned and (item := self._waiting.get()) is not None:
            job, request, inbox = item
            with closing(answer(request, inbox)) as events:
                yield from _bundled(job, events)
            del self._inboxes[job]


def _bundled(job: int, events: Iterable[Event]) -> Generator[Bundle]:
    bundle: list[Event] = []
    due = 0.0
    for event in events:
        bundle.append(event)
        if not isinstance(event, STREAMED) or time.monotonic() >= due:
            yield Bundle(job, bundle)
            bundle, due = [], time.monotonic() + BUNDLE_SECONDS
    yield Bundle(job, bundle, done=True)
