"""Events, commands and requests are plain values that cross a pipe."""

from __future__ import annotations

import pickle
import typing
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest

from nnstudio.spec.code.text import part
from nnstudio.spec.columns import Column, Kind
from nnstudio.spec.data import DataSpec
from nnstudio.spec.diagnosis import (
    CardFacts,
    DeviceTrial,
    Diagnosis,
    DisplayFacts,
    FolderFacts,
    Machine,
    StoreFacts,
)
from nnstudio.spec.errors import NotFiniteError
from nnstudio.spec.events import (
    BatchLosses,
    ChangeRates,
    CheckpointSaved,
    CodePrinted,
    Command,
    ComputedOnce,
    DataDescribed,
    Diagnosed,
    DiskFull,
    EngineReady,
    EpochDone,
    Evaluated,
    Evaluating,
    Event,
    ExamplesShown,
    ExampleTaken,
    Exported,
    ExportFailed,
    Exporting,
    Failed,
    FitDone,
    Fitting,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    GradientsSeen,
    ImportanceFound,
    Inbox,
    InterruptedRun,
    KnownSearch,
    ModelAnswered,
    ModelDescribed,
    ModelOpened,
    NumericPlan,
    PartsListed,
    Pause,
    Paused,
    PlanChanged,
    Predicted,
    PredictedFirst,
    Predicting,
    PredictingStopped,
    Previewed,
    Progress,
    RatesChanged,
    RatesTried,
    Reading,
    RepeatDone,
    RepeatsStopped,
    RepeatStarted,
    Resume,
    Resumed,
    RunFinished,
    RunsInterrupted,
    RunStarted,
    Saved,
    SearchesListed,
    SearchFinished,
    SearchStarted,
    SourceOpened,
    StepWatched,
    Stop,
    TensorListed,
    TrialDone,
    TrialProgress,
    TrialStarted,
    WeightsInspected,
    WeightsLoaded,
    WeightsShown,
)
from nnstudio.spec.facts import (
    ColumnProfile,
    DataFacts,
    Preview,
    Relation,
    Rows,
    SeenTensor,
    SharedExamples,
    ShownExamples,
    SourceFacts,
)
from nnstudio.spec.inputs import ModelForm, NumberInput
from nnstudio.spec.layers import Linear
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.project import Project
from nnstudio.spec.rebuilt import Rebuilt
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
from nnstudio.spec.scores import ClassScore, Evaluation, Score
from nnstudio.spec.sources import TableSource
from nnstudio.spec.tasks import Task
from nnstudio.spec.watched import Passed, WatchedStep

SOURCE = TableSource("t.csv")
DATA = DataSpec(SOURCE, (Column("y", Kind.NUMBER),), Task.REGRESSION)
ROWS = Rows(8, 1, 1)
FACTS = DataFacts(Task.REGRESSION, (1,), ROWS, "y", relations=(Relation("x", 0.5),))
SHOWN = ShownExamples("p.arrow", "train", 1, 0, 8, (1,), (1,), "float32")
PROFILE = ColumnProfile("y", Kind.NUMBER, 0, 10, 0.0, 1.0, 0.5, False, (4, 6), (("1", 1),))
FOUND = SourceFacts(SOURCE, "f", "t.arrow", 10, (PROFILE,), DATA.columns, Task.REGRESSION)

EVALUATION = Evaluation(
    "w.pth",
    "abc",
    "test",
    "t.csv",
    10,
    Task.BINARY,
    "y",
    (Score("accuracy", "Accuracy", "", 0.9, 0.8, 1.0, 0.5),),
    "a.arrow",
    "f.arrow",
    ("t.arrow",),
    ("no", "yes"),
    (ClassScore("no", 1.0, 1.0, 1.0, 5, 5),),
)
TRIAL = TrialDone("s1", 1, "completed", {"optimizer.lr": 0.01}, 0.2, "run-1", 10, 0.5, best=True)
CARDS = CardFacts("2.6+cpu", trials=(DeviceTrial("cpu", "x86_64", 0.1),))
DIAGNOSIS = Diagnosis(
    {"Python": "3.11"},
    Machine("Linux", "x86_64", 2, 1, 0, 0),
    CARDS,
    (FolderFacts("runs", "/runs", 10),),
    StoreFacts(),
    display=DisplayFacts(screen=True, platform="xcb"),
)
WATCHED = WatchedStep(
    2,
    1,
    3,
    8,
    (4, 9),
    0,
    (0.5,),
    (2, 1),
    (Passed("a", "0", (2, 3), "float32", (1.0,), 0.0, 1.0, 0.2),),
    (),
    1.1,
    1.0,
    0.9,
    0.1,
    0.2,
)
EVENTS: list[Event] = [
    EngineReady("2.6", "CPU", 1.5, CARDS),
    Diagnosed(DIAGNOSIS),
    Previewed(Preview(SOURCE, DATA.columns, (("1",), ("2",)))),
    Reading(10, 100, "bytes", 0.5),
    SourceOpened(FOUND),
    DataDescribed(FACTS),
    ExamplesShown(SHOWN),
    WeightsShown((SeenTensor("weight", (3, 4), -1.0, 1.0, 0.0, 0.5, (4, 8)),)),
    PartsListed("parts.arrow"),
    FoldStarted(1, 5),
    FoldDone(1, 5, {"loss": 0.5}),
    FoldsStopped(2, 5),
    WeightsLoaded("w.pth", ("0.weight",), ("0.bias",)),
    RunStarted("r1", NumericPlan(), 3, 4, ROWS, 51, 51),
    ComputedOnce(64, 1_000, 2.5),
    Progress(1, 2, 0.5, 1_000.0, 3.0),
    BatchLosses(2, 0, 3, (0.5, 0.3), (0.4, 0.3), (0.6, 0.3)),
    EpochDone(1, {"loss": 0.5}, {}, 0.1, True),
    PlanChanged(2, NumericPlan(threads=2)),
    RatesChanged(2, 5, 0.01, 0.0),
    CheckpointSaved(2, 0),
    DiskFull("“runs” could not be written."),
    Paused(),
    Resumed(),
    RunFinished("r1", "completed", 3, 2, {"loss": 0.4}, {}, {}, 1.0, 900.0, "b.pth", "l.pth"),
    RunsInterrupted((InterruptedRun("r1", "iris", 0.0, 2, 3, "{}"),)),
    ModelOpened("w.pth", "ab", "", {"0.weight": (3, 4)}, rebuilt=Rebuilt("exact", rows=(new_row(Linear()),))),
    ModelDescribed(ModelForm("m.pth", Task.BINARY, "y", (NumberInput("a", 0, 1, 0.5, 0.5, (0, 0.5, 1), False, 0.5),))),
    ModelAnswered(((0.25, 0.75),)),
    ExampleTaken((0.25, 0.75), ((1.5, "red", None),), number=3, total=10, row=7, truth=("yes",)),
    PredictedFirst("/cache/preview.arrow"),
    Predicting(10_000, 1_000_000, 12.5, 80_000.0),
    PredictingStopped(),
    Predicted(10, ("y",), "p.arrow"),
    Evaluating(10, 100),
    Evaluated(EVALUATION),
    Exporting("onnx", "Checking"),
    Exported("onnx", "m.onnx", "It agrees.", ("m.json",), 1e-7, 100),
    CodePrinted(("Train.",), (part("Plan", ["import torch"]),), "A layer is missing."),
    RepeatStarted(1, 5, 0),
    RepeatDone(1, 5, 0, "run-1", {"loss": 0.1}, {"loss": 0.2}),
    RepeatsStopped(2, 5),
    Fitting("batch", 16, 3, 0.7, 0.5),
    FitDone("batch", 16, 58, 0.04, 1.0, True, "The loss rises.", "Choose a smaller learning rate."),
    SearchStarted("s1", "iris", {"optimizer.lr": "Learning rate"}, "validation loss", "lower", 2, 0.0, "{}", (TRIAL,)),
    TrialStarted("s1", 2, {"optimizer.lr": 0.1}),
    TrialProgress("s1", 2, 1, 10, 0.4),
    TRIAL,
    ImportanceFound("s1", {"optimizer.lr": 1.0}),
    SearchFinished("s1", "completed", 2, TRIAL, "{}", 1.5, {"optimizer.lr": 1.0}),
    SearchesListed((KnownSearch("s1", "iris", 0.0, "completed", 2, 2, 0.2, "validation loss", "t.csv", "{}"),)),
    RatesTried((1e-6, 0.1), (1.0, 0.2), 0.01, done=True),
    StepWatched(WATCHED),
    GradientsSeen(3, {"0": 0.25}),
    WeightsInspected("w.pth", "ab", "a state_dict", (TensorListed("0.weight", (3, 4), "float32"),)),
    Saved("w.pth"),
]
COMMANDS: list[Command] = [Pause(), Resume(), Stop(), ChangeRates(0.01, 0.0)]
SHARED = SharedExamples("examples", FACTS, (1.0,), ("x", "y"))
TRAIN_TRIAL = TrainTrial(Project(DATA), SHARED, "r1", "loss", "lower", None, "best.pth", "{}", "f")
REQUESTS: list[Request] = [
    OpenSource(SOURCE),
    ListInterrupted(),
    DiscardRun("r1"),
    ResumeRun("r1"),
    ExportModel("m.pth", {"python": "m.py"}),
    PrintCode(Project(DATA), "m.py"),
    WriteCode(PrintCode(Project(DATA), "m.py", "m.pth")),
    ContinueRun("r1", 5, "best"),
    OpenPath("t.csv"),
    PreviewSource(SOURCE),
    DescribeData(DATA),
    ShowExamples(DATA),
    ShowWeights(Model(), (4,), "a"),
    ListParts(DATA),
    ExportRows(DATA, "rows.csv"),
    TrainProject(Project(DATA)),
    OpenModel("w.pth"),
    InspectWeights("w.pth", (3, 8, 8)),
    ConvertWeights("w.pth", "m.pth", (4,)),
    RunModel("m.pth", "x.npy", "y.npy"),
    SaveLayers(Model(), (4,), ("a",), "layers.pth"),
    SaveModel("w.pth", "out.pth"),
    PredictTable("w.pth", SOURCE),
    DescribeModel("w.pth", SOURCE),
    AskModel("w.pth", ((1.5, "red", None),)),
    AskPicture("w.pth", "cat.png"),
    TakeExample("w.pth", "validation", 3, mistaken=True),
    Evaluate("w.pth"),
    RepeatProject(Project(DATA)),
    FitBatch(Project(DATA)),
    TryRates(Project(DATA)),
    WatchStep(Project(DATA), 3, layer="a"),
    SearchProject(Project(DATA)),
    ContinueSearch("s1", trials=100),
    ShowSearch("s1"),
    ListSearches(),
    TRAIN_TRIAL,
    WarmUp(),
    Diagnose(display=False),
]
VALUES: list[Any] = [*EVENTS, *COMMANDS, *REQUESTS]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_survive_a_pipe_and_cannot_be_changed(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301  # what the test itself pickled
    assert is_dataclass(value)
    assert type(value).__doc__
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


def test_a_failure_survives_a_pipe() -> None:
    error = NotFiniteError("The loss became NaN.", "The steps are too large.")
    for failed in (Failed(error), ExportFailed("onnx", error)):
        twin = pickle.loads(pickle.dumps(failed))  # noqa: S301  # what the test itself pickled
        assert type(twin.error) is NotFiniteError
        assert str(twin.error) == "The loss became NaN. The steps are too large."


@pytest.mark.parametrize(
    ("union", "tried"),
    [(Event, [*EVENTS, Failed, ExportFailed]), (Command, COMMANDS), (Request, REQUESTS)],
    ids=["Event", "Command", "Request"],
)
def test_every_member_of_a_union_is_tried_here(union: Any, tried: list[Any]) -> None:
    names = {value.__name__ if isinstance(value, type) else type(value).__name__ for value in tried}
    assert names == {member.__name__ for member in typing.get_args(union)}


def test_an_inbox_gives_commands_in_their_order() -> None:
    inbox: Inbox = Inbox()
    for command in COMMANDS:
        inbox.put(command)
    assert [inbox.get() for _ in COMMANDS] == COMMANDS
    assert inbox.empty()
