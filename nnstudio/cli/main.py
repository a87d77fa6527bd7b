"""The command line: what can be asked, and how it is answered.

Exit codes: 0 done, 1 refused with a sentence on standard error, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from nnstudio import __version__
from nnstudio.cli.answers import tell
from nnstudio.cli.evaluate import evaluate
from nnstudio.cli.export import add_export_options
from nnstudio.cli.fine_tuning import add_fine_tuning_options
from nnstudio.cli.foreign import convert
from nnstudio.cli.foreign import run as run_model
from nnstudio.cli.inspect import inspect
from nnstudio.cli.new import new
from nnstudio.cli.predict import predict
from nnstudio.cli.project import add_data_options
from nnstudio.cli.resume import resume
from nnstudio.cli.runs import runs
from nnstudio.cli.search import add_search_options
from nnstudio.cli.train import train
from nnstudio.runs.listing import SORT_KEYS
from nnstudio.spec.errors import StudioError, UnexpectedError, as_studio_error

REFUSED = 1

WEIGHTS = "weights file (.pth, .pt, .bin, .ckpt, .safetensors)"


def run(arguments: Sequence[str]) -> int:
    """Carry out a command; gives the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the boundary: whatever went wrong becomes a sentence
        return _refuse(error, options.debug)
    return 0


def _refuse(error: BaseException, debug: bool) -> int:
    if isinstance(error, KeyboardInterrupt):
        known: StudioError = StudioError("Interrupted.", "", "Nothing was written.")
    else:
        known = as_studio_error(error)
    tell(f"nnstudio: {known}")
    if debug:
        tell(known.details or repr(error))
    elif isinstance(known, UnexpectedError):
        tell("nnstudio: --debug shows the details.")
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnstudio",
        description="Build, train and use neural networks. Without a command the window opens.",
        epilog="nnstudio [FILE …] opens the window on a project, a table, a folder of pictures or a model.",
    )
    parser.add_argument("--version", action="version", version=f"nnstudio {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object on standard output at the end")
    common.add_argument("--debug", action="store_true", help="print details of an error")
    _add_new(commands.add_parser("new", parents=[common], help="make a project from a table or a folder of pictures"))
    _add_train(commands.add_parser("train", parents=[common], help="train a project"))
    _add_resume(commands.add_parser("resume", parents=[common], help="go on with a run, to its end or for longer"))
    add_search_options(
        commands.add_parser("search", parents=[common], help="try many settings of a project, and say which are best")
    )
    _add_predict(commands.add_parser("predict", parents=[common], help="apply a trained model to another table"))
    _add_evaluate(
        commands.add_parser("evaluate", parents=[common], help="judge a trained model on rows whose answers are known")
    )
    _add_runs(commands.add_parser("runs", parents=[common], help="list what was trained, when, and how well"))
    add_export_options(commands.add_parser("export", parents=[common], help="write a trained model for use elsewhere"))
    _add_inspect(commands.add_parser("inspect", parents=[common], help="say what a weights file is"))
    _add_convert(
        commands.add_parser("convert", parents=[common], help="rebuild the network of a weights file, and keep both")
    )
    _add_run(commands.add_parser("run", parents=[common], help="pass an array through a network as it is"))
    return parser


def _add_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="table, array file, or folder of pictures")
    parser.add_argument("--out", type=Path, required=True, help="project file to write (.nnstudio)")
    add_data_options(parser)
    parser.set_defaults(run=new)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=Path, help="project file (.nnstudio), or data to suggest a network for")
    parser.add_argument("--out", type=Path, help="write the best weights to this model file (.pth)")
    parser.add_argument("--epochs", type=int, help="instead of the project's")
    parser.add_argument("--seed", type=int, help="instead of the project's")
    parser.add_argument("--learning-rate", type=float, help="instead of the project's")
    parser.add_argument("--threads", type=int, help="train on the CPU with so many threads instead of measuring")
    add_fine_tuning_options(parser)
    add_data_options(parser)
    parser.set_defaults(run=train)


def _add_resume(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_name", nargs="?", default="", metavar="RUN", help="which run (the newest)")
    parser.add_argument("--more", type=int, metavar="N", help="train a run that has ended for N more epochs")
    parser.add_argument(
        "--from", dest="weights", choices=("last", "best"), help="weights that --more goes on from (last)"
    )
    parser.add_argument("--out", type=Path, help="write the best weights to this model file (.pth)")
    parser.set_defaults(run=resume)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="model file (.pth)")
    parser.add_argument("data", type=Path, nargs="?", help="another table or folder, which has the answers as well")
    parser.add_argument(
        "--part",
        choices=("train", "validation", "test", "all"),
        help="part of the split that the model was trained with (test)",
    )
    parser.add_argument(
        "--read", action="append", default=[], metavar="NAME=VALUE", help="how the file is read, such as sheet=Sales"
    )
    parser.add_argument("--resamples", type=int, default=1_000, metavar="N", help="bootstrap samples (1000)")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap samples (0)")
    parser.set_defaults(run=evaluate)


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("filter", nargs="*", help="words that must occur in name, data, outcome, tags or notes")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many are listed; 0 lists all (20)")
    parser.add_argument("--sort", choices=SORT_KEYS, default="started", help="what they are sorted by (started)")
    parser.set_defaults(run=runs)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=WEIGHTS)
    _add_input(parser)
    parser.set_defaults(run=inspect)


def _add_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=WEIGHTS)
    parser.add_argument("--out", type=Path, required=True, help="model file to write (.pth)")
    _add_input(parser)
    parser.set_defaults(run=convert)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help=f"model file, or {WEIGHTS} whose network can be rebuilt")
    parser.add_argument(
        "inputs", type=Path, help="examples as the network takes them (.npy), the first side counts them"
    )
    parser.add_argument("--out", type=Path, required=True, help="array to write (.npy)")
    parser.set_defaults(run=run_model)


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--input",
        type=_shape,
        metavar="SHAPE",
        help="shape of an example, such as 3x224x224",
    )


def _shape(text: str) -> tuple[int, ...]:
    """The shape that ``3x224x224`` means."""
    if not re.fullmatch(r"[1-9]\d{0,6}(x[1-9]\d{0,6}){0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no shape such as 3x224x224")
    return tuple(map(int, text.split("x")))


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="model file (.pth)")
    parser.add_argument("data", type=Path, help="table, array file, or folder of pictures")
    parser.add_argument(
        "--read", action="append", default=[], metavar="NAME=VALUE", help="how the file is read, such as sheet=Sales"
    )
    parser.add_argument("--out", type=Path, required=True, help="table of predictions to write (CSV)")
    parser.set_defaults(run=predict)
