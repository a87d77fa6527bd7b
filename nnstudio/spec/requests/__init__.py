"""What can be asked of the engine process: one plain value a job. The rooms that answer them live in ``jobs``."""

from __future__ import annotations

from nnstudio.spec.requests.data import (
    DescribeData,
    ExportRows,
    ListParts,
    OpenPath,
    OpenSource,
    PreviewSource,
    ShowExamples,
)
from nnstudio.spec.requests.engine import Diagnose, WarmUp
from nnstudio.spec.requests.models import (
    AskModel,
    AskPicture,
    ConvertWeights,
    DescribeModel,
    Evaluate,
    ExportModel,
    InspectWeights,
    OpenModel,
    PredictTable,
    PrintCode,
    RunModel,
    SaveLayers,
    SaveModel,
    ShowWeights,
    TakeExample,
    WriteCode,
)
from nnstudio.spec.requests.running import ContinueRun, DiscardRun, ListInterrupted, ResumeRun, TrainProject, Weights
from nnstudio.spec.requests.searching import ContinueSearch, ListSearches, SearchProject, ShowSearch, TrainTrial
from nnstudio.spec.requests.trials import FitBatch, RepeatProject, TryRates, WatchStep

Request = (
    OpenSource
    | OpenPath
    | PreviewSource
    | DescribeData
    | ShowExamples
    | ShowWeights
    | ListParts
    | ExportRows
    | TrainProject
    | ListInterrupted
    | DiscardRun
    | ResumeRun
    | ContinueRun
    | OpenModel
    | InspectWeights
    | ConvertWeights
    | RunModel
    | SaveModel
    | SaveLayers
    | PredictTable
    | DescribeModel
    | AskModel
    | AskPicture
    | TakeExample
    | Evaluate
    | RepeatProject
    | FitBatch
    | TryRates
    | WatchStep
    | SearchProject
    | ContinueSearch
    | TrainTrial
    | ShowSearch
    | ListSearches
    | ExportModel
    | PrintCode
    | WriteCode
    | WarmUp
    | Diagnose
)

__all__ = [
    "AskModel",
    "AskPicture",
    "ContinueRun",
    "ContinueSearch",
    "ConvertWeights",
    "DescribeData",
    "DescribeModel",
    "Diagnose",
    "DiscardRun",
    "Evaluate",
    "ExportModel",
    "ExportRows",
    "FitBatch",
    "InspectWeights",
    "ListInterrupted",
    "ListParts",
    "ListSearches",
    "OpenModel",
    "OpenPath",
    "OpenSource",
    "PredictTable",
    "PreviewSource",
    "PrintCode",
    "RepeatProject",
    "Request",
    "ResumeRun",
    "RunModel",
    "SaveLayers",
    "SaveModel",
    "SearchProject",
    "ShowExamples",
    "ShowSearch",
    "ShowWeights",
    "TakeExample",
    "TrainProject",
    "TrainTrial",
    "TryRates",
    "WarmUp",
    "WatchStep",
    "Weights",
    "WriteCode",
]
