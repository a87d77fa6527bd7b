"""Options of the commands that use what was trained here or elsewhere."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from nnstudio.cli.options.reading import add_reading_option
from nnstudio.spec.exports import EXPORTS

WEIGHTS = "weights file (.pth, .pt, .bin, .ckpt, .safetensors)"


def add_predict_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``predict``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="model file (.pth)")
    parser.add_argument("data", type=Path, metavar="DATA", help="table, array file, or folder of pictures")
    add_reading_option(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="table of predictions to write (.csv, .xlsx, .csv.gz, .tsv, .parquet or .feather)",
    )
    parser.add_argument("--no-inputs", action="store_true", help="write the answers alone, without the columns of DATA")
    parser.add_argument(
        "--no-probabilities", action="store_true", help="write the predicted class alone, not what each one's chance is"
    )


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``evaluate``."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="model file (.pth)")
    parser.add_argument(
        "data", type=Path, nargs="?", metavar="DATA", help="another table or folder, which has the answers as well"
    )
    parser.add_argument(
        "--part",
        choices=("train", "validation", "test", "all"),
        help="part of the split that the model was trained with (test)",
    )
    add_reading_option(parser)
    parser.add_argument("--resamples", type=int, default=1_000, metavar="N", help="bootstrap samples (1000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the bootstrap samples (0)")


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """An option for each kind of export, all of which may be given at once."""
    words = "model file (.pth), or for --python and --notebook also a project (.nnstudio)"
    parser.add_argument("model", type=Path, metavar="MODEL", help=words)
    for key, kind in EXPORTS.items():
        words = f"{kind.title} to write ({kind.suffix}). {kind.help}".replace("%", "%%")
        parser.add_argument(f"--{key}", type=Path, metavar="FILE", help=words)


def add_inspect_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``inspect``."""
    parser.add_argument("file", type=Path, metavar="FILE", help=WEIGHTS)
    add_input_option(parser)
    parser.add_argument("--against", type=Path, metavar="OTHER", help="say what changed from this weights file to FILE")


def add_convert_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``convert``."""
    parser.add_argument("file", type=Path, metavar="FILE", help=WEIGHTS)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="model file to write (.pth)")
    add_input_option(parser)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``run``."""
    parser.add_argument(
        "model", type=Path, metavar="MODEL", help=f"model file, or {WEIGHTS} whose network can be rebuilt"
    )
    parser.add_argument(
        "inputs",
        type=Path,
        metavar="INPUTS",
        help="examples as the network takes them (.npy), the first side counts them",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="array to write (.npy)")


def add_input_option(parser: argparse.ArgumentParser) -> None:
    """The option that says what goes into a network whose file does not say so itself."""
    parser.add_argument("--input", type=shape, metavar="SHAPE", help="shape of an example, such as 3x224x224")


def shape(text: str) -> tuple[int, ...]:
    """The shape that ``3x224x224`` means."""
    if not re.fullmatch(r"[1-9]\d{0,6}(x[1-9]\d{0,6}){0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no shape such as 3x224x224")
    return tuple(map(int, text.split("x")))
