"""How a file is read: an option of every command that reads one."""

from __future__ import annotations

import argparse


def add_reading_option(parser: argparse.ArgumentParser) -> None:
    """The option that says how a file is read."""
    parser.add_argument(
        "--read", action="append", default=[], metavar="NAME=VALUE", help="how the file is read, such as sheet=Sales"
    )
