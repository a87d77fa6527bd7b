"""``nnstudio run``: what a network gives for an array, as it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from nnstudio.cli.convert import answer_with_network
from nnstudio.cli.inspect import WEIGHTS
from nnstudio.spec.files import need_place
from nnstudio.spec.requests import RunModel


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
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
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Pass the examples of ``inputs`` through ``model`` as they are and write what comes out to ``--out``."""
    need_place(options.out.absolute(), options.model, options.inputs)
    request = RunModel(*(str(path.absolute()) for path in (options.model, options.inputs, options.out)))
    answer_with_network(options, request, "What the network gives is in")
