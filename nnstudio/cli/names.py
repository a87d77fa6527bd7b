"""The commands: all that must be known to choose between window and terminal, and where each of them is to be found."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """What a command is for, what carries it out, what adds its options (empty: it has none), and an example.

    Functions are named as ``module:function``, for `loaded`: nothing of a command is imported before it is asked for.
    """

    help: str
    carrier: str
    options: str
    example: str


def loaded(name: str) -> Callable[..., Any]:
    """The function that is called ``module:function``."""
    module, function = name.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


COMMANDS: dict[str, Command] = {
    "new": Command(
        "make a project from a table or a folder of pictures",
        "nnstudio.cli.new:new",
        "nnstudio.cli.options.projects:add_new_options",
        "nnstudio new --data table.csv --target column --out project.nnstudio",
    ),
    "train": Command(
        "train a project",
        "nnstudio.cli.train:train",
        "nnstudio.cli.options.projects:add_train_options",
        "nnstudio train project.nnstudio --out model.pth",
    ),
    "resume": Command(
        "go on with a run, to its end or for longer",
        "nnstudio.cli.resume:resume",
        "nnstudio.cli.options.projects:add_resume_options",
        "nnstudio resume --more 10",
    ),
    "search": Command(
        "try many settings of a project, and say which are best",
        "nnstudio.cli.search:search",
        "nnstudio.cli.options.projects:add_search_options",
        "nnstudio search project.nnstudio --trials 40 --out best.nnstudio",
    ),
    "predict": Command(
        "apply a trained model to another table",
        "nnstudio.cli.predict:predict",
        "nnstudio.cli.options.models:add_predict_options",
        "nnstudio predict model.pth new-table.csv --out predictions.csv",
    ),
    "evaluate": Command(
        "judge a trained model on rows whose answers are known",
        "nnstudio.cli.evaluate:evaluate",
        "nnstudio.cli.options.models:add_evaluate_options",
        "nnstudio evaluate model.pth --part test",
    ),
    "runs": Command(
        "list what was trained, when, and how well",
        "nnstudio.cli.runs:runs",
        "nnstudio.cli.options.machine:add_runs_options",
        "nnstudio runs iris --sort score --limit 5",
    ),
    "export": Command(
        "write a trained model for use elsewhere",
        "nnstudio.cli.export:export",
        "nnstudio.cli.options.models:add_export_options",
        "nnstudio export model.pth --python train.py",
    ),
    "inspect": Command(
        "say what a weights file is",
        "nnstudio.cli.inspect:inspect",
        "nnstudio.cli.options.models:add_inspect_options",
        "nnstudio inspect theirs.pth --input 3x224x224",
    ),
    "convert": Command(
        "rebuild the network of a weights file, and keep both",
        "nnstudio.cli.convert:convert",
        "nnstudio.cli.options.models:add_convert_options",
        "nnstudio convert theirs.pth --out model.pth",
    ),
    "run": Command(
        "pass an array through a network as it is",
        "nnstudio.cli.run:run",
        "nnstudio.cli.options.models:add_run_options",
        "nnstudio run model.pth inputs.npy --out outputs.npy",
    ),
    "doctor": Command(
        "say what works on this machine, and what to do about the rest",
        "nnstudio.cli.doctor:doctor",
        "",
        "nnstudio doctor",
    ),
    "completion": Command(
        "print the script with which a shell completes these commands",
        "nnstudio.cli.completion:completion",
        "nnstudio.cli.options.machine:add_completion_options",
        "nnstudio completion bash",
    ),
}
