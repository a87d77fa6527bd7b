"""The parsers of the command line: each command's, made alone when it runs, and the whole, for help and manual."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from nnstudio import __version__
from nnstudio.cli.declared import actions_of, options_of, usage_of
from nnstudio.cli.names import COMMANDS, loaded
from nnstudio.spec.exits import MEANINGS

WINDOW = (
    "nnstudio [FILE …] opens the window on a project, a table, a folder of pictures or a model; with --new-window in"
    " a window of its own, although one is open already."
)
PURPOSE = "Build, train and use neural networks. Without a command the window opens."


class WrongUsage(Exception):
    """What was typed cannot be meant so; ``usage`` shows what can."""

    def __init__(self, message: str, usage: str, program: str) -> None:
        super().__init__(message)
        self.usage, self.program = usage, program

    def __str__(self) -> str:
        return f"{self.usage}\n{self.program}: {self.args[0]}\nSee {self.program} --help"


class Parser(argparse.ArgumentParser):
    """Takes options by their whole name only, so that a script means the same when there are more of them."""

    def __init__(self, **settings: object) -> None:
        settings["formatter_class"] = argparse.RawDescriptionHelpFormatter
        super().__init__(**settings, allow_abbrev=False)  # type: ignore[arg-type]  # passed on as they are

    def error(self, message: str) -> NoReturn:
        """Raise `WrongUsage`, with the option that was most likely meant."""
        flags = [flag for option in options_of(self) for flag in option.flags]
        unknown = re.findall(r"(--[^\s=]+)", message) if message.startswith("unrecognized") else []
        meant = [best for word in unknown for best in get_close_matches(word, flags, 1)]
        hint = f". Did you mean {' '.join(meant)}?" if meant else ""
        raise WrongUsage(message + hint, self.format_usage().strip(), self.prog)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What was typed, as values; ``carrier`` among them names what carries it out. Raises `WrongUsage`."""
    name, *rest = arguments
    if name in COMMANDS:
        return command_parser(name).parse_args(rest)
    outer = outer_parser()
    if not any(name in option.flags for option in options_of(outer)):
        outer.error(f"unrecognized arguments: {name}")
    return outer.parse_args(arguments)


def command_parser(name: str) -> Parser:
    """The parser of one command; loads nothing of the others."""
    parser = Parser(prog=f"nnstudio {name}")
    _fill(parser, name)
    return parser


def outer_parser() -> Parser:
    """The parser of what is typed without a command; loads nothing of the commands, which it names."""
    parser = Parser(prog="nnstudio", usage="%(prog)s COMMAND [option …]", description=PURPOSE, epilog=_endings())
    parser.add_argument("--version", action="version", version=f"nnstudio {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="nnstudio")
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser


def whole_parser() -> Parser:
    """The parser of everything that can be typed."""
    parser = outer_parser()
    for name, command in command_parsers(parser).items():
        _fill(command, name)
    return parser


def command_parsers(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers inside the whole one, by the names of their commands."""
    return next(action.choices for action in actions_of(whole) if isinstance(action.choices, dict))


def unknown_command(word: str) -> WrongUsage:
    """What is said of a first word that is neither a command nor a file."""
    meant = get_close_matches(word, COMMANDS, 1)
    hint = f" Did you mean {meant[0]}?" if meant else f" The commands are {', '.join(COMMANDS)}."
    return WrongUsage(f"There is no command and no file called “{word}”.{hint}", "usage: nnstudio COMMAND", "nnstudio")


def _fill(parser: argparse.ArgumentParser, name: str) -> None:
    if COMMANDS[name].options:
        loaded(COMMANDS[name].options)(parser)
    parser.set_defaults(carrier=COMMANDS[name].carrier)
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--debug", action="store_true", help="print details of an error")
    help_of = COMMANDS[name].help
    parser.description = f"{help_of[0].upper()}{help_of[1:]}."
    parser.epilog = f"example:\n  {COMMANDS[name].example}"
    parser.usage = usage_of(parser)


def _endings() -> str:
    codes = "\n".join(f"  {code.value:<4} {meaning}" for code, meaning in MEANINGS.items())
    return f"{WINDOW}\nnnstudio COMMAND --help says what a command takes.\n\nexit codes:\n{codes}"
