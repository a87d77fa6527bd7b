"""The commands: all that must be known to choose between window and terminal, and where each of them is declared."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """What a command is for, what adds its options (``module:function``, loaded when it is asked for), an example."""

    help: str
    options: str
    example: str


COMMANDS: dict[str, Command] = {
    "new": Command(
        "make a project from a table or a folder of pictures",
        "nnstudio.cli.new:add_new_options",
        "nnstudio new --data table.csv --target column --out project.nnstudio",
    ),
    "train": Command(
        "train a project",
        "nnstudio.cli.train:add_train_options",
        "nnstudio train project.nnstudio --out model.pth",
    ),
    "resume": Command(
        "go on with a run, to its end or for longer",
        "nnstudio.cli.resume:add_resume_options",
        "nnstudio resume --more 10",
    ),
    "search": Command(
        "try many settings of a project, and say which are best",
        "nnstudio.cli.search:add_search_options",
        "nnstudio search project.nnstudio --trials 40 --out best.nnstudio",
    ),
    "predict": Command(
        "apply a trained model to another table",
        "nnstudio.cli.predict:add_predict_options",
        "nnstudio predict model.pth new-table.csv --out predictions.csv",
    ),
    "evaluate": Command(
        "judge a trained model on rows whose answers are known",
        "nnstudio.cli.evaluate:add_evaluate_options",
        "nnstudio evaluate model.pth --part test",
    ),
    "runs": Command(
        "list what was trained, when, and how well",
        "nnstudio.cli.runs:add_runs_options",
        "nnstudio runs iris --sort score --limit 5",
    ),
    "export": Command(
        "write a trained model for use elsewhere",
        "nnstudio.cli.export:add_export_options",
        "nnstudio export model.pth --python train.py",
    ),
    "inspect": Command(
        "say what a weights file is",
        "nnstudio.cli.inspect:add_inspect_options",
        "nnstudio inspect theirs.pth --input 3x224x224",
    ),
    "convert": Command(
        "rebuild the network of a weights file, and keep both",
        "nnstudio.cli.convert:add_convert_options",
        "nnstudio convert theirs.pth --out model.pth",
    ),
    "run": Command(
        "pass an array through a network as it is",
        "nnstudio.cli.run:add_run_options",
        "nnstudio run model.pth inputs.npy --out outputs.npy",
    ),
    "doctor": Command(
        "say what works on this machine, and what to do about the rest",
        "nnstudio.cli.doctor:add_doctor_options",
        "nnstudio doctor",
    ),
    "completion": Command(
        "print the script with which a shell completes these commands",
        "nnstudio.cli.completion:add_completion_options",
        "nnstudio completion bash",
    ),
}
