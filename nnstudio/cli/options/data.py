"""Options about data that several commands take."""

from __future__ import annotations

import argparse

from nnstudio.cli.options.reading import add_reading_option
from nnstudio.spec.networks.templates import NETWORK_TEMPLATES
from nnstudio.spec.splits import SPLITS
from nnstudio.spec.tasks import Task


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how data are read and what they are for."""
    parser.add_argument(
        "--target", action="append", metavar="COLUMN", help="column to predict (again for several); else suggested"
    )
    parser.add_argument("--task", choices=list(Task), help="what is to be predicted; else suggested")
    add_reading_option(parser)
    templates = ", ".join(template.key for template in NETWORK_TEMPLATES)
    parser.add_argument("--template", metavar="KEY", help=f"network to begin with; else suggested. One of {templates}")
    add_split_options(parser)


def add_split_options(parser: argparse.ArgumentParser) -> None:
    """The options that say which rows are for what."""
    kinds = ", ".join(SPLITS.kinds)
    parser.add_argument(
        "--split", metavar="KIND[,NAME=VALUE…]", help=f"{kinds}; such as time,column=date or files,test=FILE"
    )
    parser.add_argument("--group", metavar="COLUMN", help="keep rows with the same value in it on one side")
    parser.add_argument("--folds", type=int, metavar="N", help="cross-validate with so many networks as well")
    parser.add_argument("--balance", choices=("none", "weights", "sampling"), help="help rare classes to be learned")
