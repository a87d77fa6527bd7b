"""Options of the commands about this machine: its runs, its shells."""

from __future__ import annotations

import argparse

from nnstudio.runs.sorting import SORT_KEYS

SHELLS = ("bash", "zsh", "fish")


def add_runs_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``runs``."""
    parser.add_argument(
        "filter", nargs="*", metavar="WORD", help="words that must occur in name, data, outcome, tags or notes"
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many are listed; 0 lists all (20)")
    parser.add_argument(
        "--compare",
        nargs=2,
        metavar=("RUN", "OTHER"),
        help="in which fields the projects of two runs differ, instead of a list; runs go by their first column",
    )
    parser.add_argument("--sort", choices=SORT_KEYS, default="started", help="what they are sorted by (started)")


def add_completion_options(parser: argparse.ArgumentParser) -> None:
    """Options of ``completion``."""
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete them")
