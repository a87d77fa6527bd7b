"""What long work says while it goes on, and what can be said to it: plain values that cross a pipe.

A job yields events. Commands lie in an `Inbox` and are acknowledged at the next batch boundary.
"""

from nnstudio.spec.events.commands import Command, Inbox, Pause, Resume, Stop
from nnstudio.spec.events.data import (
    DataDescribed,
    DataEvent,
    ExamplesShown,
    PartsListed,
    Previewed,
    Reading,
    SourceOpened,
)
from nnstudio.spec.events.engine import EngineEvent, EngineReady, Failed, Saved
from nnstudio.spec.events.models import (
    Evaluated,
    Evaluating,
    ModelEvent,
    ModelOpened,
    Predicted,
    TensorListed,
    WeightsInspected,
    WeightsLoaded,
    WeightsShown,
)
from nnstudio.spec.events.plan import Layout, NumericPlan
from nnstudio.spec.events.running import (
    CheckpointSaved,
    DiskFull,
    EpochDone,
    InterruptedRun,
    Measures,
    Paused,
    PlanChanged,
    Progress,
    Resumed,
    RunEvent,
    RunFinished,
    RunsInterrupted,
    RunStarted,
)
from nnstudio.spec.events.trials import (
    FitDone,
    FitStage,
    Fitting,
    FoldDone,
    FoldsStopped,
    FoldStarted,
    RatesTried,
    RepeatDone,
    RepeatsStopped,
    RepeatStarted,
    TrialEvent,
)

Event = EngineEvent | DataEvent | RunEvent | TrialEvent | ModelEvent

__all__ = [
    "CheckpointSaved",
    "Command",
    "DataDescribed",
    "DiskFull",
    "EngineReady",
    "EpochDone",
    "Evaluated",
    "Evaluating",
    "Event",
    "ExamplesShown",
    "Failed",
    "FitDone",
    "FitStage",
    "Fitting",
    "FoldDone",
    "FoldStarted",
    "FoldsStopped",
    "Inbox",
    "InterruptedRun",
    "Layout",
    "Measures",
    "ModelOpened",
    "NumericPlan",
    "PartsListed",
    "Pause",
    "Paused",
    "PlanChanged",
    "Predicted",
    "Previewed",
    "Progress",
    "RatesTried",
    "Reading",
    "RepeatDone",
    "RepeatStarted",
    "RepeatsStopped",
    "Resume",
    "Resumed",
    "RunFinished",
    "RunStarted",
    "RunsInterrupted",
    "Saved",
    "SourceOpened",
    "Stop",
    "TensorListed",
    "WeightsInspected",
    "WeightsLoaded",
    "WeightsShown",
]
