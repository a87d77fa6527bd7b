"""Shapes of an example as they are written in a terminal: ``3x224x224``."""

from __future__ import annotations

import argparse
import re


def add_input_option(parser: argparse.ArgumentParser) -> None:
    """The option that says what goes into a network whose file does not say so itself."""
    parser.add_argument("--input", type=shape, metavar="SHAPE", help="shape of an example, such as 3x224x224")


def shape(text: str) -> tuple[int, ...]:
    """The shape that ``3x224x224`` means."""
    if not re.fullmatch(r"[1-9]\d{0,6}(x[1-9]\d{0,6}){0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no shape such as 3x224x224")
    return tuple(map(int, text.split("x")))
