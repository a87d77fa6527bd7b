"""Options of the commands that make projects and train them; what is not given is as the project says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from nnstudio.cli.options.data import add_data_options
from nnstudio.spec.search import Method, Objective


def add_new_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``new``."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DATA", help="table, array file, or folder of pictures"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="project file to write (.nnstudio)")
    add_data_options(parser)


def _add_threads(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--threads", type=int, default=0, metavar="N", help=help)


def add_train_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``train``."""
    _add_project(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the best weights to this model file (.pth)")
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the training rows; else the project's")
    parser.add_argument("--seed", type=int, metavar="N", help="where random numbers begin; else the project's")
    parser.add_argument("--learning-rate", type=float, metavar="RATE", help="of the optimiser; else the project's")
    _add_threads(parser, "train on the CPU with so many threads instead of measuring")
    add_fine_tuning_options(parser)
    add_data_options(parser)


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", type=Path, metavar="PROJECT", help="project file (.nnstudio), or data to suggest a network for"
    )


def add_fine_tuning_options(parser: argparse.ArgumentParser) -> None:
    """The options that say where training starts and what it keeps."""
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="start from the weights in this file; data without a project get its network, too",
    )
    parser.add_argument(
        "--freeze",
        action="append",
        default=[],
        metavar="PATTERN",
        help="keep what is called so, such as 0.weight or features.* (again for several)",
    )
    parser.add_argument("--head", type=int, metavar="N", help="replace the last layer with weights by one of N outputs")


def add_resume_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``resume``."""
    parser.add_argument("run_name", nargs="?", default="", metavar="RUN", help="which run (the last that can go on)")
    parser.add_argument("--more", type=int, metavar="N", help="train a run that has ended for N more epochs")
    parser.add_argument(
        "--from", dest="weights", choices=("last", "best"), help="weights that --more goes on from (last)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the best weights to this model file (.pth)")


def add_search_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``search``."""
    _add_project(parser)
    parser.add_argument(
        "--trials", type=int, metavar="N", help="how many are tried in all, 0 for no limit; else the project's"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="no trial goes on after so long, 0 for no limit; else the project's"
    )
    parser.add_argument(
        "--method", choices=get_args(Method), help="values on a grid, at random, or where earlier trials did well (tpe)"
    )
    parser.add_argument(
        "--objective", choices=get_args(Objective), help="what trials are judged by on the validation rows"
    )
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="PATH=RANGE",
        help="a field to search (again for several): lr=1e-5..0.1:log, optimizer=sgd,adam, layer.0.out_features=8..128",
    )
    parser.add_argument(
        "--at-a-time",
        type=int,
        metavar="K",
        help="trials that run side by side; each has one thread, or its share of --threads",
    )
    _add_threads(parser, "threads on the CPU, shared by trials side by side")
    parser.add_argument("--no-pruning", action="store_true", help="let bad trials train to their end, too")
    parser.add_argument(
        "--search-seed", type=int, metavar="N", help="where the random choice of values begins; else the project's"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the rows in a trial; else the project's")
    parser.add_argument(
        "--continue",
        dest="go_on",
        nargs="?",
        const="",
        metavar="SEARCH",
        help="go on with the newest search of this project that was interrupted, or with that one",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the project of the best trial to this file (.nnstudio)"
    )
    add_data_options(parser)
