"""What a parser declares, as plain values: for short usage lines, the manual page and the completion of shells."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """An argument as it is written: ``flags`` is empty for one that is known by its place, ``value`` for a switch."""

    flags: tuple[str, ...]
    value: str
    help: str
    required: bool


def options_of(parser: argparse.ArgumentParser) -> list[Option]:
    """What can be given, in the order of the help; the commands of a parser are not among them."""
    return [
        Option(tuple(action.option_strings), _value(action), _help(parser, action), _is_required(action))
        for action in actions_of(parser)
        if not isinstance(action, argparse._SubParsersAction)  # noqa: SLF001  # argparse has no public name for it
    ]


def _is_required(action: argparse.Action) -> bool:
    """Whether it has to be given, which argparse also says of a place for any number of words."""
    return action.required and action.nargs != "*"


def actions_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every argument of a parser as argparse keeps it."""
    yield from parser._actions  # noqa: SLF001  # argparse has no public way to ask


def usage_of(parser: argparse.ArgumentParser) -> str:
    """A short usage line: what has to be given, and that there is more."""
    known = options_of(parser)
    needed = [f"{option.flags[-1]} {option.value}" for option in known if option.flags and option.required]
    places = [option.value if option.required else f"[{option.value}]" for option in known if not option.flags]
    return " ".join(("%(prog)s", *places, *needed, "[option …]"))


def _value(action: argparse.Action) -> str:
    """What stands for the value, ``FILE`` or ``a|b``; empty where none is taken."""
    if action.nargs == 0:
        return ""
    choices = "|".join(map(str, action.choices or ()))
    named = action.metavar or choices or action.dest.upper()
    word = " ".join(named) if isinstance(named, tuple) else named
    word = f"{word} …" if action.nargs in ("*", "+") else word
    return f"[{word}]" if action.option_strings and action.nargs == "?" else word


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return (action.help or "") % {**vars(action), "prog": parser.prog}
