"""``nnstudio completion``: the script with which bash, zsh or fish complete the commands, made from what they declare.

The script knows everything itself: pressing Tab starts no Python.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import shtab

from nnstudio.cli.declared import actions_of
from nnstudio.cli.output import print_json, print_line
from nnstudio.cli.parser import command_parsers, whole_parser
from nnstudio.spec.endings import DATA_FILES, MODEL_SUFFIXES
from nnstudio.spec.files import SUFFIX

DATA = " ".join(DATA_FILES.values()).split()
BY_VALUE = {"DATA": DATA, "PROJECT": [f"*{SUFFIX}", *DATA], "MODEL": [f"*{suffix}" for suffix in MODEL_SUFFIXES]}
"""What files are called by the word that stands for them in the help; for others the help says it in brackets."""
IN_BRACKETS = re.compile(r"\((\.[^)]+)\)")

FILES_IN_BASH = "complete -o bashdefault -o filenames -F _shtab_nnstudio nnstudio"
"""Names of files are completed with what their letters need, and the first word may be one, too."""


def completion(options: argparse.Namespace) -> None:
    """Print the script for a shell."""
    text = script(options.shell)
    if options.json:
        print_json({"shell": options.shell, "script": text})
    else:
        print_line(text)


def script(shell: str) -> str:
    """The script for one of `SHELLS`."""
    parser = whole_parser()
    for command in command_parsers(parser).values():
        for action in actions_of(command):
            if action.type is Path:
                files = tuple(_endings(action))
                action.complete = shtab.glob(*files) if files else shtab.FILE  # type: ignore[attr-defined]  # shtab's
    text = shtab.complete(parser, shell).rstrip()
    return f"{text}\n{FILES_IN_BASH}" if shell == "bash" else text


def _endings(action: argparse.Action) -> Iterator[str]:
    """Patterns of the files that an argument takes; none where any file will do."""
    named = IN_BRACKETS.search(action.help or "")
    if action.metavar in BY_VALUE:
        yield from BY_VALUE[action.metavar]
    elif named:
        yield from (f"*{suffix.strip()}" for suffix in named[1].split(","))
